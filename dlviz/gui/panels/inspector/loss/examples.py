"""Every example with its loss: sorted by a click, with likelihoods and the cost of all."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.notation import subscript
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.number_table import Cell, Column, Line, NumberTable
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.loss_explanation import LossExplanation, LossRows

MOST_OUTPUTS = 2  # whose predictions and errors have columns of their own
MOST_ROWS = 8


class Examples(QWidget):
    """The table of the batch or of all training rows; a click takes a row."""

    taken = Signal(int)  # row of the data
    of_all_chosen = Signal(bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = SectionHeader(tr("Every sample"))
        self.which = Words(tr("Which samples"), [("batch", tr("batch")), ("all", tr("all rows"))])
        self.table, self.facts = NumberTable(MOST_ROWS), FactTable()
        tip = tr("A click on a heading sorts. Click a sample of the batch to walk through it.")
        describe(self.table, tr("Loss of every sample"), tip)
        heading = QHBoxLayout()
        spaced(heading)
        heading.addWidget(self.header, 1)
        heading.addWidget(self.which)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.addLayout(heading)
        column.addWidget(self.table)
        column.addWidget(self.facts)
        self.table.taken.connect(self.taken)
        self.which.chosen.connect(self._choose)

    @Slot(str)
    def _choose(self, key: str) -> None:
        self.of_all_chosen.emit(key == "all")

    def show_loss(self, shown: LossExplanation, names: Sequence[str], looked_at: int) -> None:
        """Show the rows of an explanation. looked_at: the row of the data that is walked, which is marked."""
        rows = shown.rows
        self.setVisible(rows is not None)
        if rows is None:
            return
        is_class = shown.labels in ("one_hot", "index") and rows.outputs.shape[1] > 1
        columns = _class_columns() if is_class else _value_columns(rows.outputs.shape[1])
        columns = (*columns, Column(tr("loss"), tr("loss of this sample by itself"), digits=3))
        if rows.likelihoods is not None:
            columns = (*columns, Column("P", tr("likelihood: the probability given to the target"), digits=3))
        lines = [_line(rows, k, is_class, names) for k in range(len(rows.rows))]
        self.table.show_lines(columns, lines, looked_at)
        self.facts.show_facts(_facts(shown, rows))
        self.header.set_info(_listed_words(rows))


def _class_columns() -> tuple[Column, ...]:
    return (
        Column("#", tr("row of the data")), Column("y", tr("target")),
        Column("ŷ", tr("the class with the largest output")),
        Column(tr("a of y"), tr("output of the target's class"), digits=3),
    )  # fmt: skip


def _value_columns(count: int) -> tuple[Column, ...]:
    found = [Column("#", tr("row of the data"))]
    for unit in range(min(count, MOST_OUTPUTS)):
        mark = subscript(unit + 1) if count > 1 else ""
        if count == 1:
            found += [Column("y", tr("target"), digits=3)]
        found += [
            Column(f"a{mark}", tr("prediction"), digits=3),
            Column(f"e{mark}", tr("error signal: target minus prediction"), is_signed=True, digits=3),
        ]
    return tuple(found)


def _line(rows: LossRows, k: int, is_class: bool, names: Sequence[str]) -> Line:
    number = int(rows.rows[k])
    a, y = rows.outputs[k], rows.targets[k]
    cells: list[Cell] = [float(number + 1)]
    if is_class:
        true, told = int(np.argmax(y)), int(np.argmax(a))
        cells += [_class(true, names, len(a)), _class(told, names, len(a)), float(a[true])]
    else:
        for unit in range(min(len(a), MOST_OUTPUTS)):
            cells += [float(y[unit])] if len(a) == 1 else []
            cells += [float(a[unit]), float(y[unit] - a[unit])]
    cells.append(float(rows.losses[k]))
    if rows.likelihoods is not None:
        cells.append(float(rows.likelihoods[k]))
    return Line(number, tuple(cells))


def _class(number: int, names: Sequence[str], count: int) -> str:
    return names[number] if len(names) == count else str(number)


def _facts(shown: LossExplanation, rows: LossRows) -> tuple[Fact, ...]:
    """Give the cost of all and, of probabilities, their product, its logarithm, and minus that."""
    reduction = "mean" if shown.counted is None else shown.counted.reduction
    words = tr("J = mean of {n} losses") if reduction == "mean" else tr("J = sum of {n} losses")
    name = tr("J = the one loss") if rows.total == 1 else words.format(n=numbers.count(rows.total))
    cost = Fact(name, (rows.cost,))
    if rows.log is None or rows.product is None:
        return (cost,)
    return (
        cost,
        Fact(tr("likelihood = product of all P"), (rows.product,)),
        Fact(tr("its logarithm ℓ = ln P"), (rows.log,)),
        Fact(tr("−ℓ = sum of all losses (ln)"), (-rows.log,)),
    )


def _listed_words(rows: LossRows) -> str:
    listed = len(rows.rows)
    if listed == rows.total:
        return ""
    return tr("{listed} of {total}", listed=numbers.count(listed), total=numbers.count(rows.total))
