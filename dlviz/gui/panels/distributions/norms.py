"""Norms of the weights of every layer, how many are near 0, and how unequal they are, epoch by epoch."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.distributions.page import Page, Table
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.number_table import Column, Line, NumberTable
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Need
from dlviz.session.sizes import LayerSizes, SizeRow

MOST_ROWS = 24  # newest epochs that are listed; all are copied
READ: dict[str, Callable[[LayerSizes], float]] = {
    "norm": lambda sizes: sizes.norm,
    "squares": lambda sizes: sizes.squares,
    "zeros": lambda sizes: float(sizes.near_zero),
    "spread": lambda sizes: sizes.spread,
}


def whole(sizes: Sequence[LayerSizes]) -> LayerSizes:
    """Return the sizes of all layers together."""
    return LayerSizes(
        sum(each.squares for each in sizes), sum(each.magnitudes for each in sizes),
        max((each.largest for each in sizes), default=0.0), sum(each.near_zero for each in sizes),
        sum(each.count for each in sizes),
    )  # fmt: skip


class NormsPage(Page):
    """A table with a row an epoch and a column a layer; a click goes to that step."""

    needs: ClassVar[frozenset[Need]] = frozenset({"sizes"})
    sought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[SizeRow, ...] = ()
        self._here = 0
        choices = (
            ("norm", tr("norm")), ("squares", tr("Σ w²")), ("zeros", tr("near 0")), ("spread", tr("max/mean")),
        )  # fmt: skip
        self.which = Words(tr("Which size of the weights"), choices)
        self.which.setToolTip(
            tr("Frobenius norm and its square, how many weights are nearer to 0 than 0.001, and the largest magnitude "
               "over the mean one. Biases are left out.")
        )  # fmt: skip
        self.numbers = NumberTable(MOST_ROWS, is_sortable=False)
        describe(self.numbers, tr("Sizes of weights, newest first"), tr("A click goes to that step"))
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        layout.addWidget(self.which)
        inside, scrolled = QWidget(), Scrolled()
        column = QVBoxLayout(inside)
        spaced(column, gap=0)
        column.addWidget(self.numbers)
        column.addStretch(1)
        scrolled.hold(inside)
        layout.addWidget(scrolled, 1)
        self.which.chosen.connect(self._choose)
        self.numbers.taken.connect(self.sought)

    @Slot(str)
    def _choose(self, _key: str) -> None:
        self._fill()

    def show_frame(self, frame: Frame) -> None:
        """List new rows."""
        here = max((row.step for row in frame.sizes if row.step <= frame.step), default=0)
        if frame.sizes is not self._rows or here != self._here:
            self._rows, self._here = frame.sizes, here
            self._fill()

    def _fill(self) -> None:
        layers = tuple(self._rows[-1].layers) if self._rows else ()
        columns = [
            Column(tr("step")),
            Column(tr("epoch")),
            *(Column(layer, self._tip(layer)) for layer in layers),
            Column(tr("all")),
        ]
        lines = [Line(row.step, self._cells(row, layers)) for row in reversed(self._rows[-MOST_ROWS:])]
        self.numbers.show_lines(columns, lines, self._here)

    def _tip(self, layer: str) -> str:
        return tr("{layer}, {n} weights", layer=layer, n=numbers.count(self._rows[-1].layers[layer].count))

    def _cells(self, row: SizeRow, layers: Sequence[str]) -> tuple[float | None, ...]:
        read = READ[self.which.key()]
        known = [row.layers.get(layer) for layer in layers]
        of_all = read(whole([each for each in known if each is not None]))
        return float(row.step), float(row.epoch), *(None if each is None else read(each) for each in known), of_all

    def table(self) -> Table:
        """Return all sizes of all layers and epochs."""
        head = ("epoch", "step", "layer", "norm", "near_zero", "count", "max_over_mean")
        rows: list[tuple[object, ...]] = [
            (row.epoch, row.step, layer, each.norm, each.near_zero, each.count, each.spread)
            for row in self._rows
            for layer, each in row.layers.items()
        ]
        return head, rows
