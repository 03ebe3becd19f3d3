"""A drawing made into an image like those of a data set: as large, as far in the middle, as light and as dark."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.data.dataset import Dataset

LOOKED_AT = 500  # images that tell how large and where their figures are
INKED = 0.25  # of the way from background to ink, from which a pixel belongs to the figure
SAMPLES = 8  # points a side of a pixel, over which ink is averaged
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """How images of a set are: shape (channels, height, width), the values of background and ink, and the figures.

    size: the longer side of a figure, as a share of the image's. centre: of its ink, down and across, as shares.
    """

    shape: tuple[int, int, int]
    background: float
    ink: float
    size: float
    centre: tuple[float, float]


def fit_of(dataset: Dataset) -> Fit:
    """Return how the images of a data set are. The set must have images."""
    assert dataset.image_shape is not None
    some = np.asarray(dataset.inputs[:: max(dataset.n // LOOKED_AT, 1)])
    low, high = float(some.min()), float(some.max())
    planes = some.reshape(len(some), *dataset.image_shape).mean(axis=1)
    border = np.concatenate([planes[:, 0], planes[:, -1], planes[:, :, 0], planes[:, :, -1]], axis=1)
    background, ink = (high, low) if np.median(border) > (low + high) / 2 else (low, high)
    shares = (planes - background) / (ink - background or 1.0)
    sizes = [_size(each) for each in shares]
    middles = [_centre(each) for each in shares if each.any()] or [(0.5, 0.5)]
    y, x = np.mean(middles, axis=0).tolist()
    return Fit(dataset.image_shape, background, ink, float(np.median(sizes)) or 1.0, (y, x))


def fitted(drawn: Floats, fit: Fit) -> Floats:
    """Return ink (H, W) from 0 to 1 as the inputs of an image (d,): all background where nothing is drawn."""
    channels, height, width = fit.shape
    made = np.zeros((height, width))
    if (drawn >= INKED).any():
        made = _shrunk(drawn, fit)
    values = fit.background + made * (fit.ink - fit.background)
    return np.tile(values.reshape(-1), channels)


def _shrunk(drawn: Floats, fit: Fit) -> Floats:
    """Average the ink over every pixel of the image, with the figure as large and where figures of the set are."""
    _, height, width = fit.shape
    rows, columns = _box(drawn)
    scale = max((rows[1] - rows[0]) / height, (columns[1] - columns[0]) / width) / fit.size  # drawn pixels to one
    middle_y, middle_x = _centre(drawn)
    y = (_points(height) - fit.centre[0] * height) * scale + middle_y * drawn.shape[0]
    x = (_points(width) - fit.centre[1] * width) * scale + middle_x * drawn.shape[1]
    inside = ((y >= 0) & (y < drawn.shape[0]))[:, None] & ((x >= 0) & (x < drawn.shape[1]))[None]
    at_y, at_x = (np.clip(each, 0, side - 1).astype(int) for each, side in zip((y, x), drawn.shape, strict=True))
    found = np.where(inside, drawn[at_y[:, None], at_x[None]], 0.0)
    return np.asarray(found.reshape(height, SAMPLES, width, SAMPLES).mean(axis=(1, 3)))


def _points(side: int) -> Floats:
    """Return the places in pixels over which the pixels of a side are averaged."""
    return (np.arange(side * SAMPLES) + 0.5) / SAMPLES


def _box(shares: Floats) -> tuple[tuple[int, int], tuple[int, int]]:
    """Return from where to where the figure reaches, down and across."""
    is_inked = shares >= INKED
    ends = (np.flatnonzero(is_inked.any(axis=axis)) for axis in (1, 0))
    first, second = ((int(each[0]), int(each[-1]) + 1) for each in ends)
    return first, second


def _size(shares: Floats) -> float:
    """Return the longer side of the figure as a share of the image's, 0 where there is none."""
    if not (shares >= INKED).any():
        return 0.0
    (top, bottom), (left, right) = _box(shares)
    height, width = shares.shape
    return float(max((bottom - top) / height, (right - left) / width))


def _centre(shares: Floats) -> tuple[float, float]:
    """Return the centre of mass of the ink, as shares of the sides."""
    total = shares.sum()
    y, x = (np.arange(side) + 0.5 for side in shares.shape)
    return float(y @ shares.sum(axis=1) / total / len(y)), float(x @ shares.sum(axis=0) / total / len(x))
