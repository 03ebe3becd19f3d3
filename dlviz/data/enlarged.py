"""The digits of 8 × 8 pixels as images of 28 × 28: enlarged to 20 × 20 and put in the middle, as those of MNIST are."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.data.dataset import Dataset
from dlviz.data.kind import DatasetKind, classified, datasets
from dlviz.data.shipped import UCI, read_shipped
from dlviz.i18n import tr

TITLE = "Handwritten digits 28×28"
SIDE, FIGURE = 28, 20  # pixels of an image, and of the figure in it
DARKEST = 16.0  # of the shipped digits


@lru_cache(maxsize=1)
def large_digits(title: str) -> Dataset:
    """Return the shipped digits as rows of 784 numbers from 0 to 1; made once, for it takes a tenth of a second."""
    small = read_shipped("digits", title)
    assert small.image_shape is not None
    figures = enlarged(small.inputs.reshape(-1, *small.image_shape[1:]) / DARKEST, FIGURE)
    images, margin = np.zeros((small.n, SIDE, SIDE)), (SIDE - FIGURE) // 2
    images[:, margin : margin + FIGURE, margin : margin + FIGURE] = figures
    names = tuple(f"pixel_{row}_{column}" for row in range(SIDE) for column in range(SIDE))
    made = classified(title, images.reshape(small.n, -1), small.targets, small.class_names, names)
    note = tr("Images of 8 × 8 pixels were enlarged to 20 × 20, in the middle of 28 × 28.")
    return replace(made, notes=(note,), attribution=small.attribution, image_shape=(1, SIDE, SIDE))


def enlarged(images: NDArray[np.float64], side: int) -> NDArray[np.float64]:
    """Return images (n, h, w) as (n, side, side), interpolated between the middles of their pixels."""
    down, across = (_shares(each, side) for each in images.shape[1:])
    return np.asarray(np.einsum("yh,nhw,xw->nyx", down, images, across, optimize=True))


def _shares(pixels: int, side: int) -> NDArray[np.float64]:
    """Return how much each of so many pixels counts in each of the enlarged ones, (side, pixels)."""
    places = np.clip((np.arange(side) + 0.5) * pixels / side - 0.5, 0, pixels - 1)
    return np.asarray(np.clip(1 - np.abs(places[:, None] - np.arange(pixels)), 0, None))


def _make(settings: Mapping[str, Any], seed: int) -> Dataset:
    return large_digits(TITLE)


datasets.add(
    DatasetKind(
        "digits_784", TITLE, (), _make, "multiclass", f"Alpaydin and Kaynak 1998; {UCI}",
        description="The digits of 8 × 8 pixels, enlarged to 28 × 28 grey pixels from 0 to 1", modality="image",
    )
)  # fmt: skip
