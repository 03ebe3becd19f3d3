"""The page of predictions: rows by their loss, the worst first, or all classes of one row."""

from collections.abc import Iterable
from dataclasses import replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.panel import Context
from dlviz.gui.panels.output.answer import AnswerView, row_shown
from dlviz.gui.panels.output.classified import Classified, classified
from dlviz.gui.panels.output.drawing import Drawing
from dlviz.gui.panels.output.page import NOTHING_DRAWN, Page
from dlviz.gui.panels.output.parts import PartWords
from dlviz.gui.panels.output.words import rows_words
from dlviz.gui.response import has_logits
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.number_table import Column, FilledTable, Line
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Interest, Need, Predictions

NEEDS: frozenset[Need] = frozenset({"predictions"})
LIST_SECONDS = 0.25  # between two lists while training runs: rows that change places faster cannot be read
MOST_LISTED = 200  # rows, those with the largest loss


class PredictionsPage(Page):
    """A list of rows, from which a click selects one everywhere, and the bars of that one."""

    key = "predictions"
    has_parts = True

    def __init__(self, context: Context, parts: PartWords, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        views = (
            ("rows", tr("worst rows")), ("answer", tr("one row")), ("logits", tr("its logits")), ("draw", tr("draw")),
        )  # fmt: skip
        self.views = Words(tr("Rows by their loss, or one of them"), views)
        self.parts, self.list, self.answer, self.drawing = parts, FilledTable(), AnswerView(), Drawing()
        describe(self.list, tr("Rows by their loss, the worst first"), tr("A click selects a row everywhere"))
        self._listed_at = 0.0
        self._lay_out()
        self.views.chosen.connect(self._choose)
        self.drawing.asks.connect(self.asks)
        parts.changed.connect(self._choose)
        self.list.taken.connect(self._take)
        self.answer.bars.taken.connect(self._take_class)
        context.selection.changed.connect(self._show_again)
        context.selection.rows_changed.connect(self._show_again)

    def _lay_out(self) -> None:
        head, layout = QHBoxLayout(), QVBoxLayout(self)
        spaced(head)
        spaced(layout, gap=GRID // 2)
        head.addWidget(self.views)
        head.addStretch(1)
        self._pages = QStackedWidget(self)
        for view in (self.list, self.answer, self.drawing):
            self._pages.addWidget(view)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)

    def interest(self, base: Interest) -> Interest:
        """Ask for the outputs of all rows, and for their losses or logits where these are shown."""
        if self.views.key() == "draw":
            return self.drawing.interest(base)
        more: dict[str, frozenset[Need]] = {"rows": frozenset({"losses"}), "logits": frozenset({"logits"})}
        return replace(base, needs=base.needs | NEEDS | more.get(self.views.key(), frozenset()))

    def use_data(self, prepared: Prepared) -> None:
        """Offer the parts that have rows, and what one row can show."""
        super().use_data(prepared)
        has_classes, shown = prepared.dataset.task != "regression", self.views.key()
        self.views.setTabVisible(1, has_classes)
        self.views.setTabVisible(2, has_classes and has_logits(self.document, prepared.dataset))
        self.views.setTabVisible(3, has_classes and prepared.dataset.modality == "image")
        self.views.set_tab_widths()
        if self.views.key() != shown or not self.views.isTabVisible(self.views.currentIndex()):
            self.views.set_key("rows")
        self._choose()

    @Slot()
    def _choose(self, _choice: object = None) -> None:
        shown = {"rows": self.list, "draw": self.drawing}.get(self.views.key(), self.answer)
        self._pages.setCurrentWidget(shown)
        self._listed_at = 0.0
        if shown is self.drawing and self.prepared is not None:
            self.drawing.show_dataset(self.prepared.dataset)
        self.told.emit()
        self.asks.emit()
        self._show_again()

    @Slot()
    def _show_again(self, _selected: object = None) -> None:
        if self.frame_shown is not None and self.isVisible():
            self.show_frame(self.frame_shown)

    def show_frame(self, frame: Frame) -> None:
        """List the rows of a part, or show the classes of one."""
        super().show_frame(frame)
        if self.views.key() == "draw":
            self.drawing.show_frame(frame)
            return
        predictions, prepared = frame.predictions, self.prepared
        if predictions is None or prepared is None or len(predictions.outputs) > prepared.dataset.n:
            return
        seen = classified(predictions, frame.document, prepared.dataset)
        if self.views.key() == "rows":
            self._list(predictions, seen, prepared)
        elif seen is not None:
            self._show_answer(predictions, seen, prepared, frame)

    def _list(self, predictions: Predictions, seen: Classified | None, prepared: Prepared) -> None:
        losses, now = predictions.losses, perf_counter()
        is_running = self.frame_shown is not None and self.frame_shown.state == "running"
        if losses is None or (is_running and now - self._listed_at < LIST_SECONDS):
            return
        self._listed_at = now
        rows = self.parts.rows(len(losses))
        worst = rows[np.argsort(-losses[rows], kind="stable")][:MOST_LISTED]
        if prepared.dataset.task == "regression":
            columns, lines = _value_lines(worst, predictions, losses, prepared, self.stride)
        elif seen is not None:
            columns, lines = _class_lines(worst, seen, losses, prepared.dataset.class_names, self.stride)
        else:
            return
        self.list.show_lines(columns, lines)

    def _show_answer(self, predictions: Predictions, seen: Classified, prepared: Prepared, frame: Frame) -> None:
        row = row_shown(frame, self.context.selection) // self.stride
        is_logits = self.views.key() == "logits"
        if row >= len(seen.true) or (is_logits and predictions.logits is None):
            return
        if self.parts.is_locked(row):
            self.answer.show_locked(row * self.stride)
            return
        values = seen.scores[row]
        if is_logits and predictions.logits is not None:
            values = np.asarray(predictions.logits[row], dtype=np.float64)
        names, classes = prepared.dataset.class_names, (int(seen.true[row]), int(seen.predicted[row]))
        self.answer.show_row(row * self.stride, values, names, *classes, is_logits)

    @Slot(int)
    def _take(self, row: int) -> None:
        number = row * self.stride
        self.context.selection.select(Selected("sample", unit=row))
        self.select_rows([row], tr("row {row}", row=number + 1))

    @Slot(int)
    def _take_class(self, bar: int) -> None:
        """Select the rows of the chosen part that get this answer."""
        frame, prepared = self.frame_shown, self.prepared
        if frame is None or frame.predictions is None or prepared is None:
            return
        seen, names = classified(frame.predictions, frame.document, prepared.dataset), prepared.dataset.class_names
        if seen is not None:
            answer = bar + len(names) - len(self.answer.bars.bars) if len(names) == 2 else bar
            rows = self.parts.rows(len(seen.predicted))
            chosen = rows[seen.predicted[rows] == answer]
            words = tr("predicted {name}: {count}", name=names[answer], count=rows_words(len(chosen)))
            self.select_rows(chosen, words)

    def words(self) -> str:
        """Say whose rows are listed."""
        if self.views.key() == "draw":
            return ""
        if self.views.key() != "rows":
            return tr("classes of one row")
        n = len(self.parts.rows(0 if self.prepared is None else self.prepared.dataset.n))
        if n > MOST_LISTED:
            return tr("the worst {most} of {count}", most=MOST_LISTED, count=rows_words(n))
        return tr("{count}, worst first", count=rows_words(n))

    def short_words(self) -> str:
        """Say how many rows are listed."""
        n = len(self.parts.rows(0 if self.prepared is None else self.prepared.dataset.n))
        if self.views.key() != "rows" or n <= MOST_LISTED:
            return ""
        return tr("{most} of {count}", most=MOST_LISTED, count=numbers.count(n))

    def plotted_rows(self) -> Rows:
        """Return the list, or the bars."""
        if self.views.key() == "rows":
            return Rows(tuple(column.title for column in self.list.numbers.columns), self.list.shown())
        bars = (self.drawing if self.views.key() == "draw" else self.answer).bars.bars
        return Rows(("class", "output"), [(bar.name, bar.output) for bar in bars]) if bars else NOTHING_DRAWN

    def mark(self, rows: Iterable[int]) -> None:
        """Mark selected rows in the list."""
        self.list.numbers.choose(frozenset(rows))


def _class_lines(
    rows: NDArray[np.int64], seen: Classified, losses: NDArray[np.floating], names: tuple[str, ...], stride: int
) -> tuple[tuple[Column, ...], list[Line]]:
    columns = (
        Column(tr("row")), Column(tr("loss"), digits=3), Column(tr("true")),
        Column(tr("answer"), tr("The class that is predicted")),
        Column(tr("output"), tr("The output that speaks for the true class"), digits=3),
    )  # fmt: skip
    lines = []
    for row in rows.tolist():
        true, predicted = int(seen.true[row]), int(seen.predicted[row])
        score, loss = float(seen.scores[row, true]), float(losses[row])
        lines.append(Line(row, (float(row * stride + 1), loss, names[true], names[predicted], score)))
    return columns, lines


def _value_lines(
    rows: NDArray[np.int64], predictions: Predictions, losses: NDArray[np.floating], prepared: Prepared, stride: int
) -> tuple[tuple[Column, ...], list[Line]]:
    columns = (
        Column(tr("row")), Column(tr("loss")), Column(tr("target")), Column(tr("answer"), tr("The predicted value")),
        Column(tr("error"), tr("Target minus answer")),
    )  # fmt: skip
    targets = prepared.dataset.targets.reshape(prepared.dataset.n, -1)[:, 0].astype(float)
    lines = []
    for row in rows.tolist():
        target, output = float(targets[row]), float(predictions.outputs[row, 0])
        lines.append(Line(row, (float(row * stride + 1), float(losses[row]), target, output, target - output)))
    return columns, lines
