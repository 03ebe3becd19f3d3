"""One pyqtgraph plot in the window's style: thin pens, no menu, no automatic range on every frame."""

import math
from collections.abc import Iterator, Sequence
from html import escape

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry, thinned
from dlviz.gui.theme import Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr

TICK_LINES = 1.2  # lines of text from one number of a logarithmic axis to the next
HALF_LINE = 7  # pixels above the plot, for the number at the upper end of its axis
LEAST_TICK = 30.0  # pixels between two powers of ten
FEW_DECADES = 2.5  # up to which there is room for numbers between powers of ten
BETWEEN = (5.0, 2.0, 3.0, 1.5, 7.0)  # times a power of ten; from the third on where one or none would stand there
FloatArray = NDArray[np.float64]
MOST_SHOWN = 1e300  # beyond it the width of a range, and a scale in its numbers, are no longer finite

MOST_DECADES = math.log10(MOST_SHOWN)  # from 1, either way: no number is as far off

pg.setConfigOptions(imageAxisOrder="row-major", antialias=False)


class Axis(pg.AxisItem):  # type: ignore[misc]
    """An axis whose numbers are written as everywhere in the window: with a true minus, 0.01 for 1e-02."""

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float | None, Sequence[float]]]:
        """Return where ticks stand: on a low axis as many as leave room for their numbers."""
        usual: list[tuple[float | None, Sequence[float]]] = super().tickValues(minVal, maxVal, size)
        if self.orientation != "left" or (self.logMode and maxVal - minVal < 2):
            return usual
        least = TICK_LINES * QFontMetrics(font("small")).height() * (maxVal - minVal) / max(size, 1)
        if not self.logMode:
            return _roomy(usual, least)
        apart = max(math.ceil(least), 1)
        places = range(math.ceil(minVal / apart), math.floor(maxVal / apart) + 1)
        return [(float(apart), [float(apart * place) for place in places])]

    def tickStrings(self, values: Sequence[float], scale: float, spacing: float) -> list[str]:
        """Return the words at these ticks."""
        if self.logMode:
            return [numbers.number(10**value, 3) if abs(value) < MOST_DECADES else "" for value in values]
        written = super().tickStrings(values, scale, spacing)
        if any("e" in each for each in written):
            return [numbers.number(value * scale, 3) for value in values]
        return [each.replace("-", numbers.MINUS) for each in written]

    def logTickValues(
        self, low: float, high: float, size: float, standard: list[tuple[float, list[float]]]
    ) -> list[tuple[float | None, list[float]]]:
        """Return powers of ten and, where they are few, numbers between that have room beside them."""
        first, last = math.floor(low), math.ceil(high)
        step = max(math.ceil((last - first) / max(size / LEAST_TICK, 1.0)), 1)
        kept = [float(power) for power in range(first, last + 1) if power % step == 0 and low <= power <= high]
        line = TICK_LINES * QFontMetrics(font("small")).height() if self.orientation == "left" else 0.0
        least = line * (high - low) / max(size, 1.0)
        for times in BETWEEN if high - low <= FEW_DECADES else ():
            if times not in BETWEEN[:2] and len(kept) > 1:
                break
            between = [power + math.log10(times) for power in range(first, last)]
            kept += [tick for tick in between if low <= tick <= high and _is_apart(tick, kept, least)]
        return [(None, sorted(kept))]


def _is_apart(tick: float, others: Sequence[float], least: float) -> bool:
    return all(abs(tick - each) >= least for each in others)


def _roomy(
    levels: list[tuple[float | None, Sequence[float]]], least: float
) -> list[tuple[float | None, Sequence[float]]]:
    """Return the levels of ticks that stand at least so far apart; of the first every second, fifth … where none do."""
    roomy = [level for level in levels if level[0] is None or level[0] >= least]
    if roomy or not levels or not math.isfinite(least):
        return roomy or levels
    spacing, values = levels[0]
    assert spacing is not None  # else it is among those above
    every = math.ceil(least / spacing)
    return [(spacing * every, [value for value in values if round(value / spacing) % every == 0])]


class Plot(pg.PlotWidget):  # type: ignore[misc]
    """Curves, points and pictures with named theme colours; items live as long as the plot.

    `axes=False` leaves only the picture (maps). Ranges are set by the owner with `set_range`.
    """

    def __init__(self, name: str, axes: bool = True, is_fixed: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, enableMenu=False, axisItems={side: Axis(side) for side in ("left", "bottom")})
        describe(self, name)
        self._lines: dict[pg.PlotDataItem, tuple[str, Qt.PenStyle, float]] = {}
        self._words: dict[pg.GraphicsObject, str] = {}
        self._directions = ""
        self.setFrameShape(self.Shape.NoFrame)
        self.hideButtons()
        self.setMouseEnabled(x=not is_fixed, y=not is_fixed)
        self.getViewBox().disableAutoRange()
        for side in ("left", "bottom"):
            self.showAxis(side, axes)
        if axes:
            self.getPlotItem().layout.setContentsMargins(0, HALF_LINE, 0, 0)
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    def line(self, colour: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine, width: float = 1.0) -> pg.PlotDataItem:
        """Add an empty curve in a named colour of the theme."""
        item = pg.PlotDataItem(pen=self._pen(current(), colour, style, width), connect="finite")
        self.addItem(item)
        self._lines[item] = (colour, style, width)
        return item

    def restyle(self, item: pg.PlotDataItem, colour: str, style: Qt.PenStyle, width: float = 1.0) -> None:
        """Draw a curve of `line` in another colour, named or #RRGGBB, from now on."""
        self._lines[item] = (colour, style, width)
        item.setPen(self._pen(current(), colour, style, width))

    def picture(self) -> pg.ImageItem:
        """Add an empty picture below everything else; row 0 is at the bottom."""
        item = pg.ImageItem()
        item.setZValue(-10)
        self.addItem(item)
        return item

    def call(self, item: pg.GraphicsObject, words: str) -> None:
        """Say what a curve or a group of points is, for the list of what is drawn."""
        self._words[item] = words

    def name_axes(self, across: str, up: str) -> None:
        """Say below the plot what runs across and up, in one line: one beside the plot would take its room."""
        words = f"→ {across}\u2003↑ {up}"
        if words != self._directions:
            self._directions = words
            self._use_theme(current())

    def entries(self) -> tuple[Entry, ...]:
        """Return every curve and group of points on show with its points."""
        return tuple(curve_entry(name, x, y) for name, x, y in self._drawn())

    def plotted(self) -> Rows:
        """Return every point of every curve and group of points, by its name, and every picture of numbers."""
        rows = [(name, float(at), float(value)) for name, x, y in self._drawn() for at, value in zip(x, y, strict=True)]
        return Rows((tr("line"), "x", "y"), rows)

    def _drawn(self) -> Iterator[tuple[str, FloatArray, FloatArray]]:
        """Give every curve and group of points on show that has points: what it is, and where they are."""
        items = [item for item in self.getPlotItem().items if isinstance(item, pg.PlotDataItem | pg.ScatterPlotItem)]
        shown = [(item, *_points(item)) for item in items if item.isVisible()]
        for number, (item, x, y) in enumerate([each for each in shown if len(each[1])], 1):
            is_curve = isinstance(item, pg.PlotDataItem)
            usual = tr("curve {number}", number=number) if is_curve else tr("points {number}", number=number)
            yield self._words.get(item, usual), x, y

    def set_range(self, x: tuple[float, float], y: tuple[float, float]) -> None:
        """Show exactly this range; one that is empty, or too large to be drawn, is left alone."""
        if np.abs((*x, *y)).max() < MOST_SHOWN and x[0] < x[1] and y[0] < y[1]:
            self.getViewBox().setRange(QRectF(x[0], y[0], x[1] - x[0], y[1] - y[0]), padding=0)

    @staticmethod
    def _pen(theme: Theme, colour: str, style: Qt.PenStyle, width: float) -> QPen:
        pen = QPen(theme.colour(colour), width * theme.mark_width, style)
        pen.setCosmetic(True)
        return pen

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        self.setBackground(theme.panel)
        for item, look in self._lines.items():
            item.setPen(self._pen(theme, *look))
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.setPen(theme.line)
            axis.setTextPen(theme.muted)
            axis.setTickFont(font("small"))
        if self._directions:
            style = {"color": theme.muted, "font-size": f"{theme.small}pt"}
            self.getAxis("bottom").setLabel(escape(self._directions), **style)  # it is read as HTML


def _points(item: pg.PlotDataItem | pg.ScatterPlotItem) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the finite points of an item, before any logarithm."""
    pair = (item.xData, item.yData) if isinstance(item, pg.PlotDataItem) else item.getData()
    x, y = (np.asarray([] if each is None else each, float) for each in pair)
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known]


def curve_entry(name: str, x: NDArray[np.float64], y: NDArray[np.float64]) -> Entry:
    """Return a curve by name with its points, thinned where there are many."""
    if len(x) == 1:
        return Entry(name, f"{numbers.number(x[0])}, {numbers.number(y[0])}")
    points = tuple(Entry(numbers.number(x[k]), numbers.number(y[k])) for k in thinned(len(x)))
    return Entry(name, tr("{count} points", count=numbers.count(len(x))), parts=points)


def finite(values: Sequence[float] | NDArray[np.floating]) -> NDArray[np.float64]:
    """Return values with infinities as NaN, the only gap a curve can draw."""
    array = np.asarray(values, float)
    return np.where(np.isfinite(array), array, np.nan)
