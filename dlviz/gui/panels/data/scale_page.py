"""The page of scaling: what is done to the inputs before the network sees them, in numbers, points and loss."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.data.study import Moments
from dlviz.gui import numbers
from dlviz.gui.panels.data.axes import AxisChoice, telling_columns
from dlviz.gui.panels.data.bowl import BowlPlot, bowl_words
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.job import Job
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.scaled import BIAS, Scaled, study_scaling
from dlviz.gui.panels.data.scatter import Scatter, marks_of
from dlviz.gui.panels.data.titled import Beside, Titled
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.copying import Offer, copy_csv
from dlviz.gui.widgets.number_table import Column, FilledTable, Line
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_scaling

WIDE = 44 * GRID  # pixels from which tables have four numbers
ROUNDING = 1e-12  # of the spread: a mean below it is 0, as far as can be computed
NOT_STUDIED = None, (0, 0)


class ScalePage(DataPage):
    """None, standard or min–max; the rule in words; and three views of before and after."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        self._prepared: Prepared | None = None
        self._studied: tuple[Prepared | None, tuple[int, int]] = NOT_STUDIED  # what the thread was asked for last
        self.scaled: Scaled | None = None
        self._job = Job(self)
        self._make_widgets()
        self._lay_out()
        self._connect()

    def _make_widgets(self) -> None:
        kinds = (("none", tr("none")), ("standard", tr("standard")), ("minmax", tr("min–max")))
        self.scaling = Segmented(tr("How inputs are scaled before the network sees them"), kinds)
        self.applied = Text("", "muted", "small")
        self.applied.setWordWrap(True)
        views = (("numbers", tr("numbers")), ("points", tr("points")), ("loss", tr("loss")))
        self.view = Words(tr("What of before and after is shown"), views)
        self.axes = AxisChoice()
        self.titles = [Text(words, size="small", is_bold=True) for words in _titles()]
        self.tables = [FilledTable(is_capped=True) for _ in self.titles]
        self.points = [Scatter(tr("Inputs before scaling")), Scatter(tr("Inputs after scaling"))]
        self.bowls = [BowlPlot(tr("Loss over two weights, raw")), BowlPlot(tr("Loss over two weights, scaled"))]
        self.named = [
            Titled(words, plot) for plot, words in zip((*self.points, *self.bowls), 2 * _before_after(), strict=True)
        ]
        self.explained = Text("", "muted", "small")
        self.explained.setWordWrap(True)

    def _lay_out(self) -> None:
        tables = QWidget()
        column, layout = QVBoxLayout(tables), QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for title, table in zip(self.titles, self.tables, strict=True):
            column.addWidget(title)
            column.addWidget(table, 1)
            table.verticalScrollBar().valueChanged.connect(self._scroll_alike)
        column.addStretch()
        self._stack = QStackedWidget()
        for page in (tables, Beside(self.named[:2]), Beside(self.named[2:])):
            self._stack.addWidget(page)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        layout.setSpacing(GRID // 2)
        for widget in (self.scaling, self.applied, self.view, self.axes):
            layout.addWidget(widget)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.explained)
        self._choose_view("numbers")

    def _connect(self) -> None:
        self.scaling.chosen.connect(self._scale)
        self.view.chosen.connect(self._choose_view)
        self.axes.changed.connect(self._study)
        self._job.finished.connect(self._show_scaled)
        self._job.failed.connect(self.edits.refuse)

    @Slot(int)
    def _scroll_alike(self, value: int) -> None:
        """Show the same inputs in all tables."""
        for table in self.tables:
            table.verticalScrollBar().setValue(value)

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Show how inputs are scaled, and by which numbers."""
        self.scaling.set_key(document.data.scaling)
        if prepared is not self._prepared:
            self.scaled, self._studied = None, NOT_STUDIED  # what is known is of other inputs
        self._prepared = prepared
        if prepared is None:
            return
        template = tr("Measured on the {count} training rows alone.")
        if prepared.scaler.has_variants:
            template = tr("Measured on the {count} training rows alone, and on variants of them.")
        fitted = template.format(count=numbers.count(len(prepared.train)))
        first, *more = prepared.scaler.describe()
        self.applied.setText(first if document.data.scaling == "none" else f"{first} {fitted}")
        self.applied.setToolTip("\n".join(more))
        names = prepared.dataset.input_names
        columns = names if len(names) > 1 else (*names, tr("bias"))
        self.axes.show_names(columns, *telling_columns(prepared.sample.dataset))
        self._study()

    @Slot()
    def _study(self) -> None:
        """Work out before and after on a thread, unless that is known."""
        prepared, axes = self._prepared, self.axes.columns
        if prepared is None or min(axes) < 0:
            return
        if prepared.dataset.d == 1:
            axes = 0, BIAS
        if self._studied[0] is not prepared or self._studied[1] != axes:
            self._studied = prepared, axes
            self._job.follow(lambda _: study_scaling(prepared, axes))

    @Slot(object)
    def _show_scaled(self, scaled: Scaled) -> None:
        prepared = self._prepared
        if prepared is None or prepared is not self._studied[0]:
            return
        self.scaled = scaled
        sample = prepared.sample
        self._show_numbers()
        for widget in (self.titles[2], self.tables[2]):
            widget.setVisible(bool(len(sample.validation)))
        marks = marks_of(sample.dataset)
        for plot, rows in zip(self.points, scaled.points, strict=True):
            plot.show_rows(rows[:, 0], rows[:, 1], marks, sample.parts)
        for titled, plot, bowl in zip(self.named[2:], self.bowls, scaled.bowls, strict=True):
            plot.show_bowl(bowl)
            titled.say(bowl_words(bowl))
        self.named[3].title.setText(tr("min–max") if scaled.other == "minmax" else tr("standard"))
        self._explain()

    def _show_numbers(self) -> None:
        """Fill the tables: where they are narrow, with the two numbers that the scaling is made of."""
        prepared, scaled = self._prepared, self.scaled
        if prepared is None or scaled is None:
            return
        kind = prepared.scaler.kind
        chosen = range(4) if self.width() >= WIDE else (2, 3) if kind == "minmax" else (0, 1)
        for table, moments in zip(self.tables, (scaled.before, scaled.after, scaled.dev), strict=True):
            table.show_lines(_columns(chosen), _lines(prepared.dataset.input_names, moments, chosen))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show more numbers where there is room for them."""
        super().resizeEvent(event)
        if (event.size().width() >= WIDE) != (event.oldSize().width() >= WIDE):
            self._show_numbers()

    @Slot(str)
    def _choose_view(self, key: str) -> None:
        self._stack.setCurrentIndex(("numbers", "points", "loss").index(key))
        self.axes.setVisible(key != "numbers")
        self.applied.setVisible(key == "numbers")  # the pictures need the room
        self._explain()

    def _explain(self) -> None:
        words = {
            "numbers": tr("Dev and test rows are scaled by the numbers of the training rows, so theirs come out near "
                          "0 and 1, not at them."),
            "points": tr("Filled: training rows. Hollow: rows held out. Before and after have scales of their own."),
            "loss": tr("Mean squared error of ŷ = w₁x₁ + w₂x₂ on the training rows. Green: plain descent at 90 % of "
                       "the largest stable rate."),
        }  # fmt: skip
        self.explained.setText(words[self.view.key()])

    @Slot(str)
    def _scale(self, key: str) -> None:
        self.edits.edit(set_scaling, tr("Scaling"), "", key)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of points."""
        for plot in self.points:
            plot.apply_theme(theme)

    def offers(self) -> tuple[Offer, ...]:
        """Offer the table of before and after."""
        return ((tr("Copy as CSV"), self.copy),)

    @Slot()
    def copy(self) -> None:
        """Put the moments of every input before and after on the clipboard with every digit."""
        prepared, scaled = self._prepared, self.scaled
        if prepared is None or scaled is None:
            return
        titled = zip(_titles(), (scaled.before, scaled.after, scaled.dev), strict=True)
        lines = [
            (title, *line.cells)
            for title, moments in titled
            for line in _lines(prepared.dataset.input_names, moments, range(4))
        ]
        copy_csv((tr("rows"), *(column.title for column in _columns(range(4)))), lines)


def _titles() -> tuple[str, str, str]:
    return tr("Training rows before"), tr("Training rows after"), tr("Dev rows after")


def _before_after() -> tuple[str, str]:
    return tr("before"), tr("after")


def _columns(chosen: Sequence[int]) -> tuple[Column, ...]:
    """Return the headings of the inputs and of the numbers chosen among four."""
    four = (
        Column(tr("mean")), Column(tr("std"), tr("Standard deviation, over n rows")), Column(tr("min")),
        Column(tr("max")),
    )  # fmt: skip
    return (Column(tr("input")), *(four[place] for place in chosen))


def _lines(names: Sequence[str], moments: Moments, chosen: Sequence[int]) -> list[Line]:
    mean = np.where(np.abs(moments.mean) < ROUNDING * moments.std, 0.0, moments.mean)
    four = (mean, moments.std, moments.low, moments.high)
    return [
        Line(number, (name, *(float(four[place][number]) for place in chosen))) for number, name in enumerate(names)
    ]
