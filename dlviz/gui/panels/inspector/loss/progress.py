"""The loss over training: how the sample came nearer, and every batch beside the mean over all rows."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.number_table import Column, Line, NumberTable
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.plot import Plot, finite
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr
from dlviz.session.loss_explanation import Approach, Average, LossExplanation

HEIGHT = 12 * GRID  # pixels
DOT = 5  # pixels
MOST_ROWS = 7


class AveragePlot(Plot):
    """A line through the losses of the batches, and a dot wherever all rows were measured."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Loss of the batches and mean over all rows"), parent=parent)
        self.setToolTip(tr("Thin line: E(n), the loss of every batch. Dots: E_av, the mean over all training rows."))
        self.batches, self.average = self.line("muted"), pg.ScatterPlotItem(size=DOT)
        self.addItem(self.average)
        self.setFixedHeight(HEIGHT)
        self._recolour(current())
        theme_signals.changed.connect(self._recolour)

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        self.average.setPen(None)
        self.average.setBrush(QColor(theme.loss))

    def show_average(self, shown: Average) -> None:
        """Draw the newest part of the record."""
        self.batches.setData(shown.steps, finite(shown.batches))
        is_new = shown.measured_steps >= (shown.steps[0] - 1 if len(shown.steps) else 0)
        is_shown = is_new & np.isfinite(shown.measured)
        self.average.setData(shown.measured_steps[is_shown], shown.measured[is_shown])
        every = np.concatenate([shown.batches, shown.measured[is_shown]])
        known, first = every[np.isfinite(every)], shown.steps[0] if len(shown.steps) else 0
        if len(known) and len(shown.steps):
            margin = 0.08 * float(known.max() - known.min()) or 0.05 * max(abs(float(known.max())), 1e-6)
            ends = float(first) - 1, max(float(shown.steps[-1]), float(first)) + 0.5
            self.set_range(ends, (float(known.min()) - margin, float(known.max()) + margin))


class Progress(QWidget):
    """The table of one sample over the steps, and below it the batches of the epoch."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.table = SectionHeader(tr("This sample, step by step")), NumberTable(MOST_ROWS, False)
        self.average_header, self.plot = SectionHeader(tr("Batches and all rows")), AveragePlot()
        self.facts = FactTable()
        describe(self.table, tr("Prediction and loss after each step"), tr("With the weights as they were kept"))
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.header, self.table, self.average_header, self.plot, self.facts):
            column.addWidget(widget)

    def show_loss(self, shown: LossExplanation) -> None:
        """Show what an explanation knows of the run."""
        self.setVisible(shown.approach is not None)
        if shown.approach is not None:
            self._show_approach(shown.approach, shown)
        if shown.average is not None:
            self._show_average(shown.average)

    def _show_approach(self, approach: Approach, shown: LossExplanation) -> None:
        unit = shown.question.unit
        y = float("nan") if shown.y is None else float(shown.y[unit])
        known = zip(approach.steps, approach.outputs[:, unit], approach.losses, strict=True)
        lines = [Line(int(step), (float(step), float(a), y - float(a), float(loss))) for step, a, loss in known]
        named = tr("(y − ŷ)²") if shown.key == "squared_error" and _is_plain(shown) else tr("loss")
        columns = (Column(tr("step")), Column("ŷ", tr("prediction")),
                   Column("y − ŷ", tr("error"), is_signed=True), Column(named))  # fmt: skip
        self.table.show_lines(columns, lines, int(approach.steps[-1]))
        self.table.scrollToBottom()

    def _show_average(self, shown: Average) -> None:
        self.plot.setVisible(len(shown.batches) > 1)
        self.plot.show_average(shown)
        last = float(shown.batches[-1]) if len(shown.batches) else None
        n = numbers.count(shown.n)
        self.facts.show_facts(
            (
                Fact(tr("E(n), last batch"), (last,)),
                Fact(tr("E(n), mean of an epoch"), (shown.mean if len(shown.batches) else None,)),
                Fact(tr("E_av over {n} rows, now", n=n), (shown.now,)),
            )
        )


def _is_plain(shown: LossExplanation) -> bool:
    """Say whether the loss of a sample is the square of its one error."""
    return shown.counted is not None and shown.counted.factor == 1 and shown.a is not None and len(shown.a) == 1
