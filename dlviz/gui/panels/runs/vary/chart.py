"""What a chart of an experiment draws: curves with bands, places where runs diverged, and what it is called."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.gui import numbers
from dlviz.i18n import tr

PADDING = 0.06  # of the range, on every side
NOWHERE = (-1, -1)
PALE = -1  # instead of the number of a colour
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Curve:
    """One curve, (k,) places and values; NaN is a gap.

    band: lower and upper edge about it, (k,) each; bars where there is no line.
    colour: which of the colours for runs; PALE: grey and thin. is_thin: one of many, behind those that have a name.
    rows: the number of the outcome behind each point, or of the one behind all; empty where there are several.
    """

    words: str
    x: FloatArray
    y: FloatArray
    colour: int = 0
    band: tuple[FloatArray, FloatArray] | None = None
    has_points: bool = False
    has_line: bool = True
    is_thin: bool = False
    rows: tuple[int, ...] = ()

    def row(self, point: int) -> int | None:
        """Return the number of the outcome at a point."""
        return self.rows[min(point, len(self.rows) - 1)] if self.rows else None


@dataclass(frozen=True)
class Cross:
    """A run that diverged: the place of its setting, and what it says when pointed at."""

    x: float
    words: str
    row: int


@dataclass(frozen=True)
class Upright:
    """An upright line at a place, with words."""

    x: float
    words: str


@dataclass(frozen=True, eq=False)
class Chart:
    """Curves over one axis. caption: what is drawn against what. ticks: words of places that are no numbers."""

    caption: str
    across: str
    up: str
    curves: tuple[Curve, ...] = ()
    crosses: tuple[Cross, ...] = ()
    upright: Upright | None = None
    ticks: tuple[tuple[float, str], ...] = ()
    is_log_x: bool = False
    is_log_y: bool = False

    def place(self, values: FloatArray) -> FloatArray:
        """Return places along the axis, powers of ten where it is logarithmic."""
        return scaled(values, self.is_log_x)

    def height(self, values: FloatArray) -> FloatArray:
        """Return heights on the axis, powers of ten where it is logarithmic."""
        return scaled(values, self.is_log_y)

    def words_at(self, curve: Curve, point: int) -> str:
        """Say what a point of a curve is: "rate 0.01 · step 120 · loss 0.034 (0.03 … 0.041)"."""
        parts = [curve.words, self.name_of(float(curve.x[point])), f"{self.up} {numbers.number(curve.y[point])}"]
        words = " · ".join(part for part in parts if part)
        if curve.band is None:
            return words
        low, high = (numbers.number(float(edge[point]), 3) for edge in curve.band)
        return f"{words} ({low} … {high})"

    def name_of(self, x: float) -> str:
        """Say a place of the axis in words."""
        named = [words for at, words in self.ticks if at == x]
        return named[0] if named else f"{self.across} {numbers.number(x)}"

    def table(self) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """Return headings and rows of every point, with all digits."""
        has_band = any(curve.band is not None for curve in self.curves)
        edges = (tr("lower quartile"), tr("upper quartile")) if has_band else ()
        rows = [row for curve in self.curves for row in _rows(curve, self, has_band)]
        rows += [(each.words, each.x, tr("diverged"), *("",) * len(edges)) for each in self.crosses]
        return (tr("curve"), self.across, self.up, *edges), rows


def scaled(values: FloatArray, is_log: bool) -> FloatArray:
    """Return values as an axis has them: NaN for those that it cannot show."""
    values = np.asarray(values, np.float64)
    with np.errstate(all="ignore"):
        found = np.log10(np.where(values > 0, values, np.nan)) if is_log else values
    return np.where(np.isfinite(found), found, np.nan)


def span(parts: Sequence[FloatArray], padding: float = PADDING) -> tuple[float, float] | None:
    """Return the range of all finite numbers with a margin; None where there are none."""
    whole = np.concatenate([np.ravel(part) for part in parts]) if parts else np.empty(0)
    known = whole[np.isfinite(whole)]
    if not len(known):
        return None
    low, high = float(known.min()), float(known.max())
    margin = padding * (high - low) or 0.05 * abs(high) or 1.0
    return low - margin, high + margin


def nearest(chart: Chart, x: float, y: float, unit: tuple[float, float]) -> tuple[int, int]:
    """Return curve and point nearest to a place of the axes; unit: (width, height) of a pixel. NOWHERE if none."""
    best, found = np.inf, NOWHERE
    for index, curve in enumerate(chart.curves):
        across, up = chart.place(curve.x) - x, chart.height(curve.y) - y
        far = np.hypot(across / unit[0], up / unit[1])
        if np.isfinite(far).any() and np.nanmin(far) < best:
            best, found = float(np.nanmin(far)), (index, int(np.nanargmin(far)))
    return found


def _rows(curve: Curve, chart: Chart, has_band: bool) -> list[tuple[object, ...]]:
    low, high = curve.band if curve.band is not None else (curve.y, curve.y)
    return [
        (curve.words, _named(chart, float(x)), float(y), *((float(a), float(b)) if has_band else ()))
        for x, y, a, b in zip(curve.x, curve.y, low, high, strict=True)
        if np.isfinite(y)
    ]


def _named(chart: Chart, x: float) -> object:
    return chart.name_of(x) if chart.ticks else x
