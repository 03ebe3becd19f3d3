"""Large matrices as pictures: one pixel a block of cells, on the scale of signed values."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

from dlviz.gui.theme import Theme, diverging
from dlviz.gui.widgets.colour_bar import rgba_image

Floats = NDArray[np.float64]


def largest(values: Floats) -> float:
    """Return the largest magnitude of the finite numbers; 0 where there are none."""
    magnitudes = np.abs(values[np.isfinite(values)])
    return float(magnitudes.max()) if magnitudes.size else 0.0


def reduced(values: Floats, rows: int, columns: int) -> Floats:
    """Return at most rows × columns numbers: of every block of cells the one farthest from 0, so that none is lost."""
    return _reduced_rows(_reduced_rows(values, rows).T, columns).T


def _reduced_rows(values: Floats, most: int) -> Floats:
    if len(values) <= most:
        return values
    starts = (np.arange(most) * len(values)) // most
    high, low = np.maximum.reduceat(values, starts), np.minimum.reduceat(values, starts)
    return np.where(high >= -low, high, low)


def heat_image(values: Floats, theme: Theme) -> QImage:
    """Paint numbers on the theme's diverging scale up to their largest magnitude; what is not finite in red."""
    limit = largest(values)
    table, share = diverging(theme), values / limit if limit else np.zeros_like(values)
    is_finite = np.isfinite(share)
    places = np.rint((np.where(is_finite, share, 0) + 1) * (len(table) - 1) / 2).astype(np.intp)
    pixels = table[places]
    red = QColor(theme.error)
    pixels[~is_finite] = (red.red(), red.green(), red.blue(), 255)
    return rgba_image(pixels)
