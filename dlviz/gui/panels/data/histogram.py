"""Histograms of several groups of rows in the same bins, as outlines with markers; a click gives the rows of a bin."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QWidget

from dlviz.data.study import Histograms
from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.theme import CLASS_MARKERS, Theme, current
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.zoom_plot import ZoomPlot
from dlviz.i18n import tr

FILL = 0.14  # of its colour under an outline
MARKER = 6.0  # pixels
CLICK = 4  # pixels that the pointer may move between press and release of a click
HEADROOM = 1.08
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


@dataclass(frozen=True, eq=False)
class Drawn:
    """Histograms with the name of each group, and a named colour of the theme for each; else those of classes."""

    counts: Histograms
    names: tuple[str, ...]
    colours: tuple[str, ...] = ()
    are_shares: bool = False  # of the rows of each group, so that groups of different sizes can be compared


class HistogramPlot(ZoomPlot):
    """One outline a group; all groups lie over each other."""

    clicked = Signal(int)  # number of the bin

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self.drawn: Drawn | None = None
        self._items: list[tuple[pg.PlotDataItem, pg.ScatterPlotItem]] = []
        self._place = (0.0, 0.0)

    def show_groups(self, drawn: Drawn) -> None:
        """Draw these histograms."""
        self.drawn = drawn
        edges = drawn.counts.edges
        while len(self._items) < len(drawn.names):
            pair = pg.PlotDataItem(stepMode="center", fillLevel=0), pg.ScatterPlotItem(size=MARKER)
            for item in pair:
                self.addItem(item)
            self._items.append(pair)
        heights = self.heights()
        middle = (edges[:-1] + edges[1:]) / 2
        for group, (outline, markers) in enumerate(self._items):
            is_shown = group < len(drawn.names) and bool(heights[group].any())
            outline.setVisible(is_shown)
            markers.setVisible(is_shown)
            if is_shown:
                own = heights[group]
                outline.setData(edges, own)
                markers.setData(middle[own > 0], own[own > 0])
        top = float(heights.max(initial=0.0)) * HEADROOM or 1.0
        self.show_all((float(edges[0]), float(edges[-1])), (0.0, top))
        self.apply_theme(current())

    def heights(self) -> np.ndarray:
        """Return the heights (groups, bins) that are drawn."""
        assert self.drawn is not None
        counts = self.drawn.counts.counts.astype(float)
        return counts / np.maximum(counts.sum(axis=1, keepdims=True), 1) if self.drawn.are_shares else counts

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        if self.drawn is None:
            return
        for group, (outline, markers) in enumerate(self._items[: len(self.drawn.names)]):
            named = self.drawn.colours
            colour = QColor(getattr(theme, named[group]) if named else theme.class_colour(group))
            soft = QColor(colour)
            soft.setAlphaF(FILL)
            style = STYLES[group % len(STYLES)] if named else Qt.PenStyle.SolidLine
            outline.setPen(pg.mkPen(colour, width=1.3 * theme.mark_width, style=style))
            outline.setBrush(soft)
            markers.setSymbol(CLASS_MARKERS[group % len(CLASS_MARKERS)])
            markers.setBrush(colour)
            markers.setPen(None)
            markers.setVisible(not named and outline.isVisible())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Note where a click begins."""
        self._place = event.position().x(), event.position().y()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Give the bin under the pointer, unless it was dragged."""
        super().mouseReleaseEvent(event)
        x, y = event.position().x(), event.position().y()
        if self.drawn is None or max(abs(x - self._place[0]), abs(y - self._place[1])) > CLICK:
            return
        value = self.getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint())).x()
        number = int(np.searchsorted(self.drawn.counts.edges, value, "right")) - 1
        if 0 <= number < len(self.drawn.counts.edges) - 1:
            self.clicked.emit(number)

    def _counted(self) -> Sequence[tuple[str, float, float, int]]:
        if self.drawn is None:
            return ()
        edges = self.drawn.counts.edges.tolist()
        return [
            (name, edges[place], edges[place + 1], count)
            for name, counts in zip(self.drawn.names, self.drawn.counts.counts.tolist(), strict=True)
            for place, count in enumerate(counts)
        ]

    def plotted(self) -> Rows:
        """Return the count of every bin of every group."""
        return Rows((tr("rows"), tr("from"), tr("to"), tr("count")), self._counted())

    def entries(self) -> tuple[Entry, ...]:
        """Return every bin of every group, as a list."""
        return tuple(
            Entry(f"{name}, {numbers.number(low, 3)} … {numbers.number(high, 3)}", numbers.count(count))
            for name, low, high, count in self._counted()
        )
