"""Images of a data set as pictures: planes of numbers coloured by one range, three planes as red, green and blue."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from dlviz.data.dataset import Dataset
from dlviz.gui.theme import current, diverging, sequential

Floats = NDArray[np.floating]
COLOURS = 3  # planes that are shown as red, green and blue
RANGED = 2000  # rows whose numbers say how light and how dark pictures are
_OPAQUE = np.uint8(255)


def range_of(dataset: Dataset) -> tuple[float, float]:
    """Return the least and the largest number of the images, from evenly spaced rows of many: the ends of colours."""
    some = dataset.inputs[:: max(dataset.n // RANGED, 1)]
    return float(some.min()), float(some.max())


def picture(planes: Floats, low: float, high: float) -> QImage:
    """Return an image (channels, height, width) as a picture; low and high are the ends of its colours.

    Of another number of planes than three the first is shown.
    """
    return _in_colour(planes, low, high) if len(planes) == COLOURS else plane(planes[0], low, high)


def plane(values: Floats, low: float, high: float) -> QImage:
    """Return one plane (height, width) in the theme's scale of magnitudes."""
    return _made(sequential(current())[_levels(values, low, high)])


def signed_plane(values: Floats, half: float) -> QImage:
    """Return one plane (height, width) of signed numbers in the theme's diverging scale from −half to half."""
    return _made(diverging(current())[_levels(values, -half, half)])


def _in_colour(planes: Floats, low: float, high: float) -> QImage:
    channels = [_levels(each, low, high) for each in planes]
    return _made(np.dstack([*channels, np.full(channels[0].shape, _OPAQUE)]))


def _levels(values: Floats, low: float, high: float) -> NDArray[np.uint8]:
    span = high - low if high > low else 1.0
    with np.errstate(invalid="ignore", over="ignore"):
        return np.asarray(np.nan_to_num(255 * (values - low) / span).clip(0, 255), dtype=np.uint8)


def _made(pixels: NDArray[np.uint8]) -> QImage:
    height, width = pixels.shape[:2]
    held = np.ascontiguousarray(pixels, dtype=np.uint8)
    return QImage(held.tobytes(), width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
