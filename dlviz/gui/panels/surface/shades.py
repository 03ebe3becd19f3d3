"""Heights as shades: values that span decades are pressed together so that valleys stay readable."""

import numpy as np
from numpy.typing import NDArray

from dlviz.gui.theme import Theme, sequential
from dlviz.gui.widgets.plot import MOST_SHOWN

BANDS = 16
LINE = 0.28  # how much darker a contour line is than its band
FLOOR = 0.02  # of the middle height above the lowest: what counts as flat
FloatArray = NDArray[np.floating]
Pixels = NDArray[np.uint8]


class Shades:
    """Maps the heights of one surface to 0…1: the logarithm of what they rise above the lowest.

    Heights whose differences a number cannot hold are left out, as those that are not finite are.
    """

    def __init__(self, heights: FloatArray) -> None:
        known = heights[_can_be_shown(heights)]
        self.low, self.high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        rise = np.median(known) - self.low if len(known) else 1.0
        self._unit = max(FLOOR * float(rise), 1e-12 * max(abs(self.high), 1.0))
        self._top = self._press(self.high) or 1.0

    def _press(self, values: float | FloatArray) -> FloatArray:
        with np.errstate(all="ignore"):
            return np.asarray(np.log1p(np.maximum(np.asarray(values) - self.low, 0.0) / self._unit))

    def at(self, values: float | FloatArray) -> FloatArray:
        """Return where values lie between the lowest (0) and the highest (1); NaN where they are not finite."""
        shades = self._press(values) / self._top
        return np.where(_can_be_shown(values), np.clip(shades, 0.0, 1.0), np.nan)


def _can_be_shown(values: float | FloatArray) -> NDArray[np.bool_]:
    return np.asarray(np.abs(values) < MOST_SHOWN)


def enlarged(values: FloatArray, width: int, height: int) -> FloatArray:
    """Return a grid read between its points, (height, width)."""
    rows, columns = np.linspace(0, values.shape[0] - 1, height), np.linspace(0, values.shape[1] - 1, width)
    top, left = rows.astype(int), columns.astype(int)
    below, right = np.minimum(top + 1, values.shape[0] - 1), np.minimum(left + 1, values.shape[1] - 1)
    down, along = (rows - top)[:, None], (columns - left)[None]
    upper = values[top][:, left] * (1 - along) + values[top][:, right] * along
    lower = values[below][:, left] * (1 - along) + values[below][:, right] * along
    return np.asarray(upper * (1 - down) + lower * down)


def contour_pixels(shades: FloatArray, theme: Theme, width: int, height: int) -> Pixels:
    """Return the picture of a grid of shades from above, (height, width, 4) RGBA with the first row on top.

    Deep is dark on light themes and bright on dark ones; lines part the bands; where nothing is finite it is clear.
    """
    fine = enlarged(shades, width, height)[::-1]
    steps = np.nan_to_num(fine) * BANDS
    rows = np.round(shade_index(np.floor(steps).clip(0, BANDS - 1))).astype(np.uint8)
    colours = sequential(theme)
    towards = 255.0 if theme.is_dark else 0.0
    lined = (colours[:, :3] * (1 - LINE) + towards * LINE).astype(np.float32)
    pixels = colours[rows]
    near = _nearness(steps)
    on_line = near > 0
    share = near[on_line, None]
    pixels[on_line, :3] = pixels[on_line, :3] * (1 - share) + lined[rows[on_line]] * share
    pixels[~np.isfinite(fine)] = 0
    return pixels


def _nearness(steps: FloatArray) -> NDArray[np.float32]:
    """Return how much of every pixel a line covers that is one pixel wide where the bands meet, 0…1."""
    along, across = np.zeros_like(steps), np.zeros_like(steps)
    along[:, 1:], across[1:] = steps[:, 1:] - steps[:, :-1], steps[1:] - steps[:-1]
    slope = np.sqrt(along**2 + across**2)
    away = np.abs(steps - np.round(steps).clip(1, BANDS - 1))
    with np.errstate(all="ignore"):
        return np.nan_to_num(np.clip(1.0 - away / slope, 0.0, 1.0)).astype(np.float32)


def shade_index(bands: FloatArray) -> FloatArray:
    """Return rows of the theme's scale for bands counted from the lowest."""
    return np.asarray((1 - (bands + 0.5) / BANDS) * 235 + 10)
