"""Rows as points over two columns: a colour and a marker a class; filled, hollow or barred by their part."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui import numbers
from dlviz.gui.theme import CLASS_MARKERS, Theme, current, sequential
from dlviz.gui.widgets.points import MAX_POINTS
from dlviz.gui.widgets.symbols import barred_symbol
from dlviz.gui.widgets.zoom_plot import ZoomPlot, ends_of
from dlviz.i18n import tr

SIZE, RING = 7.0, 13.0  # pixels
SHADES = 6  # of a measured target, from low to high
FAINTEST = 0.3  # of the scale, which begins with the background


@dataclass(frozen=True, eq=False)
class Marks:
    """How rows are told apart: a group (n,) each, what the groups are called, and whether they are shades."""

    groups: NDArray[np.intp]
    names: tuple[str, ...]
    are_shades: bool = False


def marks_of(dataset: Dataset) -> Marks:
    """Return a group a class, or a shade of equally many rows of a measured target."""
    if dataset.task != "regression":
        return Marks(dataset.targets.astype(np.intp), dataset.class_names)
    values = dataset.targets.reshape(dataset.n, -1)[:, 0]
    levels = np.quantile(values, np.linspace(0, 1, SHADES + 1)[1:-1])
    ends = [float(values.min()), *levels.tolist(), float(values.max())]
    names = tuple(f"{numbers.number(low, 3)} … {numbers.number(high, 3)}" for low, high in pairwise(ends))
    return Marks(np.searchsorted(levels, values, "right").astype(np.intp), names, are_shades=True)


class Scatter(ZoomPlot):
    """Points of rows; those that are selected anywhere have a ring, and a click selects one."""

    clicked = Signal(int)  # place of the row among the data shown

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._items: list[tuple[pg.ScatterPlotItem, ...]] = []  # filled, hollow and barred for each group
        self._marks = Marks(np.zeros(0, np.intp), ())
        self._x = self._y = np.zeros(0)
        self._ringed: frozenset[int] = frozenset()
        self._rings = pg.ScatterPlotItem(size=RING, antialias=True)
        self._rings.setZValue(10)
        self.addItem(self._rings)
        self.call(self._rings, tr("selected rows"))
        self.apply_theme(current())

    def show_rows(self, x: NDArray[np.float64], y: NDArray[np.float64], marks: Marks, parts: NDArray[np.int8]) -> None:
        """Show rows at (n,), (n,) of parts (n,); of very many as many as can be told apart, evenly spaced."""
        self._x, self._y, self._marks = x, y, marks
        shown = np.linspace(0, len(x) - 1, min(len(x), MAX_POINTS)).astype(int) if len(x) else np.zeros(0, int)
        while len(self._items) < len(marks.names):
            self._items.append(self._new_items())
        said = tr("training rows"), tr("dev rows"), tr("test rows")
        for group, items in enumerate(self._items):
            own = shown[marks.groups[shown] == group]
            name = marks.names[group] if group < len(marks.names) else ""
            for part, item in enumerate(items):
                rows = own[parts[own] == part]
                item.setData(x[rows], y[rows], data=rows)
                self.call(item, f"{name}, {said[part]}")
        self.show_all(ends_of(x), ends_of(y))
        self.ring(self._ringed)
        self.apply_theme(current())

    def _new_items(self) -> tuple[pg.ScatterPlotItem, ...]:
        items = tuple(pg.ScatterPlotItem(size=SIZE, antialias=True) for _ in range(3))
        for item in items:
            self.addItem(item)
            item.sigClicked.connect(self._click)
        return items

    def ring(self, rows: frozenset[int]) -> None:
        """Put rings around these rows of those shown."""
        self._ringed = rows
        places = np.array(sorted(row for row in rows if row < len(self._x)), dtype=int)
        self._rings.setData(self._x[places], self._y[places])

    @Slot(object, object, object)
    def _click(self, _item: object, points: NDArray[np.object_], _event: object) -> None:
        if len(points):
            self.clicked.emit(int(points[0].data()))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        shades = sequential(theme)
        for group, (filled, *held) in enumerate(self._items):
            colour, symbol = QColor(theme.class_colour(group)), CLASS_MARKERS[group % len(CLASS_MARKERS)]
            if self._marks.are_shades:
                place = min(group / max(SHADES - 1, 1), 1.0)  # there may be items left of a set with more classes
                share = FAINTEST + (1 - FAINTEST) * place
                colour, symbol = QColor(*shades[round(255 * share)].tolist()), CLASS_MARKERS[0]
            filled.setSymbol(symbol)
            filled.setBrush(colour)
            filled.setPen(pg.mkPen(theme.panel, width=0.5))
            for item, shape in zip(held, (symbol, barred_symbol(symbol)), strict=True):
                item.setSymbol(shape)
                item.setBrush(QColor(theme.panel))
                item.setPen(pg.mkPen(colour, width=1.4 * theme.mark_width))
        self._rings.setBrush(None)
        self._rings.setPen(pg.mkPen(theme.accent, width=2.0 * theme.mark_width))
