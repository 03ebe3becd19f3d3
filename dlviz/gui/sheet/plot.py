"""The plot of a sheet: curves or bars in colours with markers, their names above, every number to copy."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QColor, QContextMenuEvent, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.sheets import Curve, letter
from dlviz.core.sheets import Plot as Said
from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.theme import CLASS_MARKERS, GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import copy_csv, offer
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.plot import Plot, curve_entry, finite
from dlviz.gui.widgets.points import marker
from dlviz.i18n import tr

Look = Literal["markers", "dashes", "bars"]

FEW = 40  # points that have a marker each
MOST_TICKS = 12  # places of whole numbers that are all written below the axis
MARKER = 7.0  # pixels
LARGEST = 1e100  # beyond it the ranges of pyqtgraph overflow
GROUP = 0.8  # of the room between two places, for the bars there
FILL = 0.45  # how much of its colour the inside of a bar has
ROOM = 0.1  # of the height, left free above and below
DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine, Qt.PenStyle.DashDotLine)


class SheetPlot(Plot):
    """Items are made once for each place in the legend and reused."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Plot of the sheet"), parent=parent)
        self.drawn: tuple[Curve, ...] = ()
        self.said = Said((), "")
        self.curves: list[pg.PlotDataItem] = []
        self.bars: list[pg.BarGraphItem] = []
        self.getViewBox().sigResized.connect(self._mark_whole)
        theme_signals.changed.connect(self._recolour)

    def sizeHint(self) -> QSize:
        """Return the least useful size: the plot takes what the rest of the sheet leaves."""
        return QSize(30 * GRID, 12 * GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the same."""
        return self.sizeHint()

    def show_curves(self, drawn: Sequence[Curve], said: Said) -> None:
        """Draw these as the sheet says; what is not finite leaves a gap."""
        self.drawn, self.said = tuple(drawn), said
        self._mark_whole()
        while len(self.curves) < len(drawn):
            self._add()
        for index, (curve, bars) in enumerate(zip(self.curves, self.bars, strict=True)):
            is_there = index < len(drawn)
            curve.setVisible(is_there and not said.is_bars)
            bars.setVisible(is_there and said.is_bars)
        self._recolour(current())
        self._fit()

    @Slot()
    def _mark_whole(self) -> None:
        """Mark the places themselves where they are few whole numbers: there is no step 1.5. Write as many as fit."""
        x = np.unique(self.drawn[0].x) if self.drawn else np.empty(0)
        is_counted = 0 < len(x) <= MOST_TICKS and bool((x == np.round(x)).all())
        pixels = self.getViewBox().width() / ((1 + 2 * ROOM) * float(np.ptp(x)) or 1.0) if is_counted else 0.0
        written = _apart(x, pixels) if is_counted else []
        others = [(each, "") for each in x.tolist() if each not in dict(written)]
        self.getAxis("bottom").setTicks([written, others] if is_counted else None)

    def _add(self) -> None:
        curve, bars = pg.PlotDataItem(connect="finite", antialias=True), pg.BarGraphItem(x=[], height=[], width=1)
        for item in (curve, bars):
            self.addItem(item)
        self.curves.append(curve)
        self.bars.append(bars)

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        self.setBackground(theme.canvas)
        style = {"color": theme.muted, "font-size": f"{theme.small}pt"}  # as the numbers of the axis
        self.setLabel("bottom", letter(self.said.against), **style)
        for index, drawn in enumerate(self.drawn):
            colour = QColor(theme.class_colour(index))
            self.call(self.curves[index], letter(drawn.name))
            if self.said.is_bars:
                self._draw_bars(index, drawn, colour)
            else:
                self._draw_curve(index, drawn, colour, theme)

    def _draw_curve(self, index: int, drawn: Curve, colour: QColor, theme: Theme) -> None:
        has_markers = len(drawn.x) <= FEW
        style = Qt.PenStyle.SolidLine if has_markers else DASHES[index % len(DASHES)]
        pen = QPen(colour, 1.4 * theme.mark_width, style)
        pen.setCosmetic(True)
        symbol = CLASS_MARKERS[index % len(CLASS_MARKERS)] if has_markers else None
        x, y = _drawable(drawn.x), _drawable(drawn.y)
        if not (np.isfinite(x) & np.isfinite(y)).any():
            x = y = np.empty(0)
        self.curves[index].setData(
            x, y, pen=pen, symbol=symbol, symbolSize=MARKER, symbolBrush=pg.mkBrush(colour), symbolPen=pg.mkPen(colour)
        )

    def _draw_bars(self, index: int, drawn: Curve, colour: QColor) -> None:
        beside = 1 if self.said.is_stacked else len(self.drawn)
        width = GROUP * _spacing(drawn.x) / beside
        known = np.isfinite(_drawable(drawn.x)) & np.isfinite(_drawable(drawn.y))
        shift = 0.0 if self.said.is_stacked else (index - (beside - 1) / 2) * width
        self.bars[index].setOpts(
            x=drawn.x[known] + shift, y0=self._below(index)[known], height=drawn.y[known], width=0.9 * width,
            brush=_faint(colour), pen=colour,
        )  # fmt: skip

    def _below(self, index: int) -> NDArray[np.float64]:
        """Return where the bars of a curve begin: on the ones before it where they are stacked."""
        before = [_drawable(each.y) for each in self.drawn[:index]] if self.said.is_stacked else []
        return np.nansum([np.zeros(len(self.drawn[index].x)), *before], axis=0)

    def _fit(self) -> None:
        if not self.drawn:
            return
        tops = [_drawable(each.y) + self._below(index) for index, each in enumerate(self.drawn)]
        x, y = _drawable(self.drawn[0].x), np.concatenate(tops)
        x, y = x[np.isfinite(x)], y[np.isfinite(y)]
        if len(x) and len(y):
            is_bars = self.said.is_bars
            self.set_range(
                _padded(x, _spacing(x) / 2 if is_bars else 0.0), _from_zero(y) if is_bars else _padded(y, 0.0)
            )

    def entries(self) -> tuple[Entry, ...]:
        """Return every curve, or every group of bars, with its points."""
        if not self.said.is_bars:
            return super().entries()
        known = [np.isfinite(each.y) for each in self.drawn]
        return tuple(curve_entry(letter(d.name), d.x[k], d.y[k]) for d, k in zip(self.drawn, known, strict=True))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the numbers to copy."""
        offer(self, event.globalPos(), tr("Copy as CSV"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put the plotted numbers on the clipboard with every digit."""
        if self.drawn:
            columns = [self.drawn[0].x.tolist(), *(each.y.tolist() for each in self.drawn)]
            copy_csv([self.said.against, *(each.name for each in self.drawn)], list(zip(*columns, strict=True)))


def _apart(x: NDArray[np.float64], pixels: float) -> list[tuple[float, str]]:
    """Return places (k,) with their numbers, from the last one on those that do not lie on the one after them.

    pixels: of one unit of the axis.
    """
    metrics, kept, edge = QFontMetricsF(font("small")), list[tuple[float, str]](), np.inf
    for each in x[::-1].tolist():
        words = numbers.number(each)
        half = metrics.horizontalAdvance(words) / 2 + GRID / 4
        if each * pixels + half <= edge:
            kept.append((each, words))
            edge = each * pixels - half
    return kept[::-1]


def _drawable(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values with gaps where they are not finite, or lie where no axis has numbers."""
    return finite(np.where(np.abs(values) <= LARGEST, values, np.nan))


def _faint(colour: QColor) -> QColor:
    """Return a colour for the inside of a bar; its rim is the colour itself."""
    inside = QColor(colour)
    inside.setAlphaF(FILL)
    return inside


def _spacing(x: NDArray[np.float64]) -> float:
    """Return the smallest distance between two places; 1 for a single one."""
    gaps = np.diff(np.unique(x[np.isfinite(x)]))
    return float(gaps.min()) if len(gaps) else 1.0


def _padded(values: NDArray[np.float64], least: float) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    room = max(ROOM * (high - low), least) or ROOM * abs(high) or 1.0
    return low - room, high + room


def _from_zero(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the range of bars, which stand on 0 or hang from it: there is no room on its other side."""
    low, high = _padded(np.append(values, 0.0), 0.0)
    return (0.0 if values.min() >= 0 else low), (0.0 if values.max() <= 0 and values.min() < 0 else high)


class Legend(QWidget):
    """The names of the curves in their colours, in rows as there is room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self._looks: Look = "markers"
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def show_names(self, names: Sequence[str], looks: "Look") -> None:
        """Show these, told apart as they are in the plot."""
        if (tuple(names), looks) != (self._names, self._looks):
            self._names, self._looks = tuple(names), looks
            described = ", ".join(names)
            describe(self, tr("Curves"), tr("Curves: {names}", names=described))
            self.updateGeometry()
        self.update()

    def _places(self, width: int) -> list[QRectF]:
        metrics, places, x, y = QFontMetricsF(font("small")), list[QRectF](), 0.0, 0.0
        for name in self._names:
            own = metrics.horizontalAdvance(name) + 4.5 * GRID
            if x and x + own > width:
                x, y = 0.0, y + metrics.height()
            places.append(QRectF(x, y, own, metrics.height()))
            x += own
        return places

    def sizeHint(self) -> QSize:
        """Return the room for one row."""
        return QSize(20 * GRID, self.heightForWidth(40 * GRID))

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows."""
        places = self._places(width)
        return round(places[-1].bottom()) if places else 0

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a line and a marker before each name."""
        theme = current()
        places = self._places(self.width())
        with painter(self) as p:
            p.setFont(font("small"))
            for index, (name, place) in enumerate(zip(self._names, places, strict=True)):
                middle, colour = place.center().y(), QColor(theme.class_colour(index))
                self._sample(p, index, QPointF(place.left(), middle), colour)
                p.setPen(theme.colour("text"))
                p.drawText(place.adjusted(3 * GRID, 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), name)

    def _sample(self, p: QPainter, index: int, at: QPointF, colour: QColor) -> None:
        """Paint a piece of a curve: with its marker or its dashes, or a bar."""
        if self._looks == "bars":
            p.setPen(colour)
            p.setBrush(_faint(colour))
            p.drawRect(QRectF(at.x() + GRID / 2, at.y() - 4, 1.5 * GRID, 8))
            return
        dash = DASHES[index % len(DASHES)] if self._looks == "dashes" else Qt.PenStyle.SolidLine
        p.setPen(QPen(colour, 1.6 * current().mark_width, dash))
        p.drawLine(at, at + QPointF(2.5 * GRID, 0))
        if self._looks == "markers":
            p.setBrush(colour)
            p.drawPath(marker(index, MARKER / 2).translated(at.x() + 1.25 * GRID, at.y()))


class SheetPicture(QWidget):
    """The plot under its legend."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot, self.legend = SheetPlot(), Legend()
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.addWidget(self.legend)
        column.addWidget(self.plot, 1)

    def show_curves(self, drawn: Sequence[Curve], said: Said) -> None:
        """Draw these and name them."""
        self.plot.show_curves(drawn, said)
        looks: Look = "bars" if said.is_bars else "dashes" if drawn and len(drawn[0].x) > FEW else "markers"
        self.legend.show_names([letter(each.name) for each in drawn], looks)
