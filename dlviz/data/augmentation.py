"""Augmentation: other views of an image, a new one each epoch, addressed by (seed, epoch, row) and so repeatable.

An image is mirrored, moved, turned, enlarged and distorted in one step, by looking up where each pixel comes from
(bilinear interpolation); then noise is added. Only rows that train are changed, as they were measured, before scaling,
which is fitted to variants too (data/prepare.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.core.hyper import choice, complete, flag, floating
from dlviz.core.randomness import Stream
from dlviz.data.dataset import Dataset
from dlviz.i18n import tr

Images = NDArray[np.float64]
Rows = NDArray[np.integer[Any]]

SETTINGS = (
    flag("flip", False, help="Mirror left and right, every second time"),
    floating("shift", 0.0, minimum=0.0, maximum=0.5, help="Move by up to this share of the sides"),
    floating("rotate", 0.0, minimum=0.0, maximum=180.0, unit="°", help="Turn by up to so many degrees either way"),
    floating("zoom", 0.0, minimum=0.0, maximum=0.9, help="Enlarge or shrink by up to this share"),
    floating("distort", 0.0, minimum=0.0, maximum=0.5, help="Pull parts about by up to this share of the sides"),
    floating("noise", 0.0, minimum=0.0, maximum=1.0, help="Standard deviation, as a share of the range of pixels"),
    choice(
        "outside",
        "background",
        ("background", "edge"),
        "What comes in from outside: the colour of most sides, or the edge",
    ),
)
KNOTS = 4  # a side, whose pulls the distortion is interpolated from
_MOVES = 5  # random numbers of an image before its distortion: mirror, two shifts, angle, zoom
VARIANTS = 3  # of each row that trains, to which a scaling is fitted beside the row itself
FITTED_NUMBERS = 2**20  # pixels of these, at most: they take a tenth of a second
_ROW_BITS = 32  # of the address that name the row; the epoch stands above them


def is_active(settings: Mapping[str, Any]) -> bool:
    """Say whether any setting changes images."""
    return any(settings.get(each.name) for each in SETTINGS if each.kind != "choice")


def check_images(dataset: Dataset) -> None:
    """Raise DataError unless the rows are images."""
    if dataset.image_shape is None:
        raise DataError(tr("Expected images to augment. Received: rows that are none"), place="data.augmentation")


@dataclass(frozen=True)
class Augmenter:
    """Makes variants of images of one shape (channels, height, width).

    low, high: the range of their numbers. background: (channels, 1, 1) what lies around them.
    """

    settings: Mapping[str, Any]
    shape: tuple[int, int, int]
    seed: int
    low: float
    high: float
    background: Images

    def variants(self, images: Images, rows: Rows, epoch: int) -> Images:
        """Return what the images (m, d) of these rows (m,) are in an epoch, (m, d). Sizes: a part of a set at once."""
        drawn = self._draws(rows, epoch)
        y, x = self._sources(drawn)
        planes = np.reshape(images, (len(images), self.shape[0], -1))
        changed = self._looked_up(planes, y, x).reshape(len(images), -1)
        if self.settings["noise"]:
            changed += self.settings["noise"] * (self.high - self.low) * self._normals(drawn)
            np.clip(changed, self.low, self.high, out=changed)
        return changed

    def _draws(self, rows: Rows, epoch: int) -> NDArray[np.float64]:
        """Return the random numbers in [0, 1) of every image, (m, k)."""
        d = int(np.prod(self.shape))
        count = _MOVES + (2 * KNOTS**2 if self.settings["distort"] or self.settings["noise"] else 0)
        count += 2 * (-(-d // 2)) if self.settings["noise"] else 0
        addresses = [(epoch << _ROW_BITS) + row for row in np.asarray(rows).tolist()]
        return Stream(self.seed, "augmentation").rows(addresses, count)

    def _normals(self, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return a standard normal number for every pixel (Box & Muller 1958)."""
        half = drawn[:, _MOVES + 2 * KNOTS**2 :].reshape(len(drawn), 2, -1)
        radius, angle = np.sqrt(-2.0 * np.log1p(-half[:, 0])), 2.0 * np.pi * half[:, 1]
        pairs = np.concatenate([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
        return np.asarray(pairs[:, : int(np.prod(self.shape))])

    def _sources(self, drawn: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return from where every pixel is taken: rows and columns (m, height · width), not whole numbers."""
        _, height, width = self.shape
        mirror, *moves = (2 * drawn[:, :_MOVES] - 1).T[:, :, None]
        across, up, turn, zoom = moves
        shift, angle = self.settings["shift"], np.deg2rad(self.settings["rotate"]) * turn
        centre_y, centre_x = (height - 1) / 2, (width - 1) / 2
        y, x = (each.reshape(1, -1) for each in np.mgrid[:height, :width].astype(np.float64))
        y, x = y - centre_y - shift * height * up, x - centre_x - shift * width * across
        scale = 1.0 + self.settings["zoom"] * zoom
        source_y = (np.cos(angle) * y - np.sin(angle) * x) / scale
        source_x = (np.sin(angle) * y + np.cos(angle) * x) / scale
        if self.settings["flip"]:
            source_x = np.where(mirror < 0, -source_x, source_x)
        pulls = self._pulls(drawn)
        return source_y + centre_y + height * pulls[0], source_x + centre_x + width * pulls[1]

    def _pulls(self, drawn: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return how far every pixel is pulled down and to the right, as shares of the sides: (2, m or 1, pixels)."""
        if not self.settings["distort"]:
            return np.zeros((2, 1, 1))
        knots = 2 * drawn[:, _MOVES : _MOVES + 2 * KNOTS**2].reshape(-1, 2, KNOTS, KNOTS) - 1
        rows, columns = (_interpolation(side) for side in self.shape[1:])
        field = np.einsum("yk,mikl,xl->imyx", rows, knots, columns)
        return np.asarray(self.settings["distort"] * field.reshape(2, len(drawn), -1))

    def _looked_up(self, planes: Images, y: NDArray[np.float64], x: NDArray[np.float64]) -> Images:
        """Interpolate planes (m, c, pixels) at places (m, pixels) between pixels, in a frame one pixel wide."""
        m, channels, _ = planes.shape
        _, height, width = self.shape
        framed = self._framed(planes)
        y, x = np.clip(y, -1, height), np.clip(x, -1, width)
        top, left = np.minimum(np.floor(y), height - 1), np.minimum(np.floor(x), width - 1)
        down, right = y - top, x - left
        first = ((top + 1) * (width + 2) + left + 1).astype(np.intp)
        first += np.arange(m)[:, None] * (height + 2) * (width + 2)
        found = np.empty((m, channels, y.shape[1]))
        for channel in range(channels):
            pixels = framed[:, channel].reshape(-1)
            above, below = (
                (1 - right) * pixels[corner] + right * pixels[corner + 1] for corner in (first, first + width + 2)
            )
            found[:, channel] = (1 - down) * above + down * below
        return found

    def _framed(self, planes: Images) -> Images:
        """Return planes (m, c, height + 2, width + 2) with what lies outside around them."""
        images = planes.reshape(len(planes), *self.shape)
        around = ((0, 0), (0, 0), (1, 1), (1, 1))
        if self.settings["outside"] == "edge":
            return np.pad(images, around, mode="edge")
        m, (channels, height, width) = len(planes), self.shape
        framed = np.empty((m, channels, height + 2, width + 2))
        framed[...] = self.background
        framed[:, :, 1:-1, 1:-1] = images
        return framed


def augmenter(settings: Mapping[str, Any], dataset: Dataset, train: Rows, seed: int, most: int = 2000) -> Augmenter:
    """Return what augments the images of a data set. train: rows of which up to `most` tell the range of pixels.

    Raises: SpecError for wrong settings; DataError unless the rows are images.
    """
    check_images(dataset)
    assert dataset.image_shape is not None
    some = np.asarray(dataset.inputs[train[:: max(len(train) // most, 1)]])
    whole = complete(settings, SETTINGS, "data.augmentation")
    background = _background(some.reshape(-1, *dataset.image_shape))
    return Augmenter(whole, dataset.image_shape, seed, float(some.min()), float(some.max()), background)


def with_variants(settings: Mapping[str, Any], dataset: Dataset, train: Rows) -> Images:
    """Return images that train (m, d): as they were measured, then a few variants of each; of many, evenly spaced ones.

    A pixel at the side of a digit has ink in one image of a thousand and in a tenth of those that are moved: scaled by
    the former alone, its variants would be a hundred deviations away from their mean and drown all other pixels.
    """
    most = max(FITTED_NUMBERS // ((1 + VARIANTS) * dataset.d), 2)
    rows = train[:: max(-(-len(train) // most), 1)]
    images, makes = np.asarray(dataset.inputs[rows]), augmenter(settings, dataset, train, seed=0)
    return np.concatenate([images, *(makes.variants(images, rows, epoch) for epoch in range(VARIANTS))])


def _background(images: Images) -> Images:
    """Return the median of the pixels at the four sides of images (m, c, h, w), channel by channel: (c, 1, 1)."""
    sides = images[:, :, 0], images[:, :, -1], images[:, :, :, 0], images[:, :, :, -1]
    return np.asarray(np.median(np.concatenate(sides, axis=2), axis=(0, 2)))[:, None, None]


def _interpolation(side: int) -> NDArray[np.float64]:
    """Return how much each knot counts at each pixel of a side, (side, KNOTS)."""
    places = np.linspace(0, KNOTS - 1, side)
    return np.asarray(np.clip(1 - np.abs(places[:, None] - np.arange(KNOTS)), 0, None))
