"""Long lines as what can be seen of them: the lowest and the highest value in every column of pixels."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dlviz.gui.panels.surface.quantities import Line

COLUMNS = 600  # about as many as a plot is wide
ROUGH = 12.0  # heights of the plot that a line goes up and down; Qt paints the wide line of such a one in a second
FloatArray = NDArray[np.floating]


def narrowed(line: Line) -> Line:
    """Return a line that looks the same where it is drawn in so many columns; a short one as it is."""
    n = len(line.y)
    if n <= 2 * COLUMNS:
        return line
    first = np.linspace(0, n, COLUMNS, endpoint=False).astype(int)
    band = None if line.band is None else (_lowest(line.band[0], first), _highest(line.band[1], first))
    if band is not None:
        return Line(line.x[first], line.y[first], band)
    both = np.stack([_highest(line.y, first), _lowest(line.y, first)], axis=1).ravel()
    return Line(np.append(np.repeat(line.x[first], 2), line.x[-1]), np.append(both, line.y[-1]))


def is_rough(values: FloatArray, span: float) -> bool:
    """Say whether a line goes up and down so often, within so high a plot, that it fills an area."""
    with np.errstate(all="ignore"):
        return bool(np.nansum(np.abs(np.diff(values))) > ROUGH * span)


def _lowest(values: FloatArray, first: Sequence[int] | NDArray[np.intp]) -> FloatArray:
    return np.asarray(np.fmin.reduceat(values, first))


def _highest(values: FloatArray, first: Sequence[int] | NDArray[np.intp]) -> FloatArray:
    return np.asarray(np.fmax.reduceat(values, first))
