"""SheetView: a sheet as it is read, set and answered."""

from functools import partial
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.sheets import Curve, Sheet, letter
from dlviz.gui import numbers
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.selection import Selected
from dlviz.gui.sheet.cases import Cases
from dlviz.gui.sheet.inputs import Inputs, written
from dlviz.gui.sheet.known import Known, heading
from dlviz.gui.sheet.plot import SheetPicture
from dlviz.gui.sheet.question import QuestionView
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.number_table import NONE, Column, Line, NumberTable
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.subject import set_sheet_input
from dlviz.session.messages import Frame

ROWS = 5  # of the table on show


class SheetView(Scrolled):
    """Sentences, inputs, results and the question at the left; plot and table at the right."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._known: Known | None = None
        self.sentences, self.results, self.problem = Text(), Text(), Text("", "error")
        for each in (self.sentences, self.results, self.problem):
            each.setWordWrap(True)
            each.setMinimumWidth(1)  # a word without end must not push the plot out of sight
        self.inputs, self.cases, self.question, self.picture = Inputs(), Cases(), QuestionView(), SheetPicture()
        self.table = NumberTable(ROWS, is_sortable=False)
        describe(self.table, tr("Table of the sheet"), tr("A click leads to the step that computes the number"))
        describe(self, tr("Sheet"))
        self._lay_out()
        self.inputs.asked.connect(self._set)
        self.table.clicked.connect(self._go_to)

    def _lay_out(self) -> None:
        inner = QWidget()
        sides, left, right = QHBoxLayout(inner), QVBoxLayout(), QVBoxLayout()
        spaced(sides, gap=3 * GRID)
        for column, widgets in (
            (left, (self.sentences, self.inputs, self.problem, self.results, self.cases, self.question)),
            (right, (self.picture, self.table)),
        ):
            spaced(column, gap=GRID)
            for widget in widgets:
                column.addWidget(widget)
            sides.addLayout(column, 1)
        left.addStretch(1)
        right.setStretch(0, 1)
        self.hold(inner)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_document(self, document: Document) -> None:
        """Show what is written and set in a sheet; its numbers come with the next frame."""
        if document.sheet is None:
            return
        sheet = document.sheet.sheet
        self.sentences.setText("\n".join(sheet.sentences))
        self.sentences.setVisible(bool(sheet.sentences))
        self.inputs.setVisible(bool(sheet.inputs))
        if self.inputs.show_inputs(sheet.inputs, sheet.filled(document.sheet.inputs)):
            self._order_tabs()
            self.verticalScrollBar().setValue(0)
        self.picture.setVisible(sheet.plot is not None)
        self.table.setVisible(bool(sheet.table))
        self.results.setVisible(bool(sheet.show))

    def _order_tabs(self) -> None:
        """Let Tab go the way one reads: fields that were made last would come last."""
        order: list[QWidget] = [self.sentences, *self.inputs.fields()]
        order += [self.question.field, self.picture.plot, self.table]
        for first, second in pairwise(order):
            self.setTabOrder(first, second)

    def show_frame(self, frame: Frame, is_hidden: bool) -> None:
        """Show the numbers; while a result is predicted, none that could tell it."""
        self._known = Known.of(frame, is_hidden)
        self.problem.setText(frame.message if self._known is None else "")
        self.problem.setVisible(self._known is None)
        if self._known is None:
            return
        sheet = self._known.computed.sheet
        self._show_results(self._known, sheet)
        self._show_table(self._known, sheet)
        self._show_plot(self._known, sheet)
        self.cases.show_cases(sheet.cases, self._known.computed.holds if self._known.told is None else ())
        self.question.show_question(sheet.question, self._known.computed.answer)

    def _show_results(self, known: Known, sheet: Sheet) -> None:
        values = {name: known.column(name)[0] for name in sheet.show}
        words = [f"{letter(name)} = {_number(value)}" for name, value in values.items()]
        self.results.setText("   ".join(word.replace(" ", "\u00a0") for word in words))
        full = [f"{letter(n)} = {tr('not computed') if v is None else numbers.full(v)}" for n, v in values.items()]
        describe(self.results, ", ".join(words), "\n".join(full))

    def _show_table(self, known: Known, sheet: Sheet) -> None:
        columns = [Column(heading(name), sheet.remarks.get(name, "")) for name in sheet.table]
        cells = [known.column(name) for name in sheet.table]
        lines = [
            Line(row, tuple(each[row] if row < len(each) else "" for each in cells))
            for row in range(known.computed.rows)
        ]
        self.table.show_lines(columns, lines, NONE if known.row is None else known.row)
        if known.row is not None:
            self.table.scrollTo(self.table.model().index(known.row, 0))

    def _show_plot(self, known: Known, sheet: Sheet) -> None:
        if sheet.plot is None:
            return
        curves = known.computed.curves
        if known.told is not None:
            curves = tuple(_as_known(known, curve, sheet.plot.is_sweep) for curve in curves)
        self.picture.show_curves(curves, sheet.plot)

    @Slot(str, object, bool)
    def _set(self, name: str, value: object, is_pulled: bool) -> None:
        """Set an input; undoable, one pull as one change. What is refused is said, and the field shows what holds."""
        if isinstance(value, DlvizError):
            self._context.notify(value)
            is_set = False
        else:
            change = partial(set_sheet_input, name=name, value=value)
            label, merge = tr("Change {name}", name=letter(name)), f"sheet.{name}" * is_pulled
            is_set = edit(self._context, label, change, merge, done=partial(self._tell_followers, name))
        if not is_set:
            self.show_document(self._context.session.document)

    def _tell_followers(self, name: str, before: Document) -> None:
        """Say which lists were filled or cut with the one that was typed."""
        old, new = before.sheet, self._context.session.document.sheet
        if old is None or new is None:
            return
        were, are = old.sheet.filled(old.inputs), new.sheet.filled(new.inputs)
        words = [f"{letter(each)} = {written(are[each])}" for each in are if each != name and are[each] != were[each]]
        if words:
            told = tr("Lists of one length belong together here. Now also: {lists}", lists=";  ".join(words))
            self._context.notify(told)

    @Slot(QModelIndex)
    def _go_to(self, index: QModelIndex) -> None:
        """Select a number of the table, and walk to the step that computes it."""
        known = self._known
        if known is None:
            return
        ids = known.computed.ids[known.computed.sheet.table[index.column()]]
        if index.row() >= len(ids):
            return
        node = ids[index.row()]
        self._context.selection.select(Selected("unit", node))
        cursor = known.cursor_of(node)
        if cursor is not None:
            self._context.session.walk_to(cursor)


def _number(value: float | None) -> str:
    return "–" if value is None else numbers.number(value)


def _as_known(known: Known, curve: Curve, is_sweep: bool) -> Curve:
    """Leave out what is not computed yet; the curve of a sweep is there once its own number is."""
    column = known.column(curve.name)
    if is_sweep:
        return curve if column[0] is not None else Curve(curve.name, curve.x, np.full(len(curve.x), np.nan))
    return Curve(curve.name, curve.x, np.array([np.nan if each is None else each for each in column]))
