"""The running mean and variance of a batch norm layer over the steps, which a network in use reads."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui.panels.distributions.page import Line, LinesPlot, Page, Table
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Need
from dlviz.session.sizes import SizeRow


class MovingPage(Page):
    """Two plots, a line a unit, of one batch norm layer."""

    needs: ClassVar[frozenset[Need]] = frozenset({"sizes"})

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[SizeRow, ...] = ()
        self._last_step = 1
        self.layers = Chooser()
        describe(self.layers, tr("Batch norm layer"), tr("Whose running statistics are drawn"))
        words = tr("No layer keeps running averages: press + between two layers and insert a batch norm.")
        self.empty = Text(words, "muted", "small")
        self.empty.setWordWrap(True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.mean = LinesPlot(tr("Running mean of every unit over the steps"))
        self.variance = LinesPlot(tr("Running variance of every unit over the steps"))
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        layout.addWidget(self.empty)
        layout.addWidget(self.layers)
        self.titles = (
            Elided(tr("running mean μ"), "muted", "small"),
            Elided(tr("running variance σ²"), "muted", "small"),
        )
        for title, plot in zip(self.titles, (self.mean, self.variance), strict=True):
            layout.addWidget(title)
            layout.addWidget(plot, 1)
        layout.addStretch(0)
        self.layers.activated.connect(self._choose)
        self._offer(())

    def show_frame(self, frame: Frame) -> None:
        """Draw new rows and the marks of the run."""
        for plot in (self.mean, self.variance):
            plot.marks.show(frame.marks)
        if frame.sizes is not self._rows:
            self._rows, self._last_step = frame.sizes, max(frame.last_step, frame.step)
            self._offer(tuple(self._rows[-1].moving) if self._rows else ())
            self._draw()

    def _offer(self, names: tuple[str, ...]) -> None:
        known = tuple(self.layers.itemText(place) for place in range(self.layers.count()))
        if names != known:
            self.layers.clear()
            self.layers.addItems(names)
        self.empty.setVisible(not names)
        self.layers.setVisible(len(names) > 1)
        for widget in (*self.titles, self.mean, self.variance):
            widget.setVisible(bool(names))

    @Slot(int)
    def _choose(self, _place: int) -> None:
        self._draw()

    def _draw(self) -> None:
        for plot, row in ((self.mean, 0), (self.variance, 1)):
            plot.show_lines(self._lines(row), self._last_step)

    def _lines(self, row: int) -> list[Line]:
        """Return a line for each unit; row: 0 for means, 1 for variances."""
        layer = self.layers.currentText()
        rows = [each for each in self._rows if layer in each.moving]
        if not rows:
            return []
        steps = np.array([each.step for each in rows], dtype=float)
        units = rows[-1].moving[layer].shape[1]
        same = [each.moving[layer][row] for each in rows]
        values = np.array([each if len(each) == units else np.full(units, np.nan) for each in same])
        return [Line(tr("unit {n}", n=unit + 1), steps, values[:, unit]) for unit in range(units)]

    def table(self) -> Table:
        """Return the points of both plots."""
        both = (("mean", self.mean), ("variance", self.variance))
        return ("of", "unit", "step", "value"), [(of, *row) for of, plot in both for line in plot.lines
                                                 for row in line.rows()]  # fmt: skip
