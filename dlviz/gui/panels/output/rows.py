"""Training, dev and test rows as filled, hollow and barred scatters, all alike or by class; selected ones in a ring."""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QBrush, QPainterPath, QPen

from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.points import BARRED, FILLED, HOLLOW, UNSEEN, barred, marker
from dlviz.gui.widgets.symbols import barred_symbol
from dlviz.i18n import tr

_MARGIN = 0.08


class Look(NamedTuple):
    """How a row is drawn. One for all rows alike: pyqtgraph draws a picture for each object it meets here."""

    symbol: QPainterPath
    brush: QBrush
    pen: QPen


class RowScatters(QObject):
    """The scatters of a plot, drawn over what it holds already and named in its legend; a click takes a row."""

    taken = Signal(int)  # place of the row among those on show

    def __init__(self, plot: Plot, size: int) -> None:
        super().__init__(plot)
        self.train, self.dev, self.test = (pg.ScatterPlotItem(size=size, antialias=True) for _ in range(3))
        self.test.setSymbol(barred_symbol("o"))
        self._marks = pg.ScatterPlotItem(size=size + 6, antialias=True, brush=None)
        self._marked: frozenset[int] = frozenset()
        self._rows = np.zeros(0, np.int64)
        self._classes: dict[pg.ScatterPlotItem, list[int]] = {}  # of the rows of each, where they have any
        self._theme = current()
        self._looks: dict[tuple[pg.ScatterPlotItem, int], Look] = {}  # of rows by their class, in this theme
        self._places = np.zeros((0, 2))
        named = (self.train, tr("training rows")), (self.dev, tr("dev rows")), (self.test, tr("test rows"))
        for item, words in named:
            plot.addItem(item)
            plot.call(item, words)
            item.sigClicked.connect(self._take)
        plot.addItem(self._marks)
        plot.call(self._marks, tr("selected rows"))

    def show(
        self,
        x: NDArray[np.floating],
        y: NDArray[np.floating],
        fills: NDArray[np.int8],
        rows: NDArray[np.integer] | None = None,
        classes: NDArray[np.integer] | None = None,
    ) -> None:
        """Show rows at (n,), (n,), filled so. rows: their numbers among those on show, 0 to n − 1 by default.

        classes: (n,), whose colours and markers they take; all alike by default.
        """
        numbers = np.arange(len(x)) if rows is None else np.asarray(rows, dtype=np.int64)
        for fill, item in ((FILLED, self.train), (HOLLOW, self.dev), (BARRED, self.test)):
            own = fills == fill
            self._classes[item] = [] if classes is None else classes[own].tolist()
            item.setData(x[own], y[own], data=numbers[own], **self._styles(item))
        is_seen = fills != UNSEEN
        self._rows, self._places = numbers[is_seen], np.column_stack([x, y])[is_seen]
        self.mark(self._marked)

    def mark(self, rows: Iterable[int]) -> None:
        """Ring the points of selected rows."""
        self._marked = frozenset(rows)
        chosen = np.isin(self._rows, list(self._marked)) if self._marked else np.zeros(len(self._rows), dtype=bool)
        self._marks.setData(self._places[chosen, 0], self._places[chosen, 1])

    @Slot(object, object, object)
    def _take(self, _item: object, points: NDArray[np.object_], _event: object = None) -> None:
        if len(points):
            self.taken.emit(int(points[0].data()))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        self._theme = theme
        self._looks.clear()
        for item in (self.train, self.dev, self.test):
            brush, pen = self._paint(item, theme.positive_mark)
            item.setBrush(brush)  # of rows that are all alike
            item.setPen(pen)
            if styles := self._styles(item):
                item.setBrush(styles["brush"])
                item.setPen(styles["pen"])
        self._marks.setPen(pg.mkPen(theme.text, width=1.6 * theme.mark_width))

    def _styles(self, item: pg.ScatterPlotItem) -> dict[str, list[object]]:
        """Return symbols, brushes and pens of the rows of a scatter, nothing if they are all alike."""
        looks = [self._look(item, index) for index in self._classes.get(item, ())]
        return {name: [getattr(each, name) for each in looks] for name in Look._fields} if looks else {}

    def _look(self, item: pg.ScatterPlotItem, index: int) -> Look:
        known = self._looks.get((item, index))
        if known is None:
            shape = marker(index, 0.5)
            shape = barred(shape) if item is self.test else shape
            known = self._looks[item, index] = Look(shape, *self._paint(item, self._theme.class_colour(index)))
        return known

    def _paint(self, item: pg.ScatterPlotItem, colour: str) -> tuple[QBrush, QPen]:
        """Fill training rows with a colour, and draw the outline of others with it."""
        if item is self.train:
            return pg.mkBrush(colour), pg.mkPen(self._theme.panel, width=1)
        return pg.mkBrush(self._theme.panel), pg.mkPen(colour, width=1.3)


def padded(values: NDArray[np.floating]) -> tuple[float, float]:
    """Return the range of values (n,) with a margin, for an axis."""
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin
