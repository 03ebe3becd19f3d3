"""The page of errors: which classes are taken for which, and at which threshold; or how far values are."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dlviz.core.metrics.values import absolute_error, explained
from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.panel import Context
from dlviz.gui.panels.output.class_table import ClassTable
from dlviz.gui.panels.output.classified import Classified, classified
from dlviz.gui.panels.output.controls import WAITING
from dlviz.gui.panels.output.copy import count_rows
from dlviz.gui.panels.output.errors import ErrorTable, confusion
from dlviz.gui.panels.output.page import NOTHING_DRAWN, Page
from dlviz.gui.panels.output.parts import PartWords
from dlviz.gui.panels.output.regression import PredictedView, ResidualView
from dlviz.gui.panels.output.roc import RocView
from dlviz.gui.panels.output.words import rows_words, since_words
from dlviz.gui.response import decision_level
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Interest, Predictions

OF_CLASSES = (("counts", tr("counts")), ("shares", tr("shares %")), ("classes", tr("by class")), ("roc", tr("ROC")))
OF_VALUES = (("fit", tr("fit")), ("residuals", tr("residuals")))


class ErrorsPage(Page):
    """Counts, rates and curves over the rows of one part; a click selects the rows behind them everywhere."""

    key = "errors"
    has_parts = True

    def __init__(self, context: Context, parts: PartWords, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self.views, self.parts = Words(tr("How errors are shown"), OF_CLASSES), parts
        self.table, self.classes, self.roc = ErrorTable(), ClassTable(), RocView()
        self.fit, self.residuals = PredictedView(), ResidualView()
        self._said = self._said_short = ""
        self._lay_out()
        self.views.chosen.connect(self._choose)
        parts.changed.connect(self._choose)
        self.table.cell_clicked.connect(self._select_cell)
        self.classes.taken.connect(self._select_class)
        self.roc.rows_asked.connect(self._select_quarter)
        for plot in (self.fit, self.residuals):
            plot.rows.taken.connect(self._select_row)

    def _lay_out(self) -> None:
        head, layout = QHBoxLayout(), QVBoxLayout(self)
        spaced(head)
        spaced(layout, gap=GRID // 2)
        head.addWidget(self.views)
        head.addStretch(1)
        self._pages = QStackedWidget(self)
        for page in (self.table, self.classes, self.roc, self.fit, self.residuals):
            self._pages.addWidget(page)
        layout.addLayout(head)
        layout.addWidget(self._pages, 1)

    @property
    def is_regression(self) -> bool:
        """Whether values are predicted, not classes."""
        return self.prepared is not None and self.prepared.dataset.task == "regression"

    def interest(self, base: Interest) -> Interest:
        """Ask for the outputs of all rows."""
        return replace(base, needs=base.needs | {"predictions"})

    def use_data(self, prepared: Prepared) -> None:
        """Offer the parts that have rows, and the views that suit classes or values."""
        was_regression = self.is_regression
        super().use_data(prepared)
        if was_regression != self.is_regression:
            self.views.set_choices(OF_VALUES if self.is_regression else OF_CLASSES)
        self._choose()

    def forget(self) -> None:
        """Show no counts."""
        super().forget()
        self.table.show_counts(np.zeros((0, 0), np.int64), ())
        self.classes.show_lines((), ())
        self._said = self._said_short = ""

    @Slot()
    def _choose(self, _choice: object = None) -> None:
        pages: dict[str, QWidget] = {
            "counts": self.table, "shares": self.table, "classes": self.classes, "roc": self.roc, "fit": self.fit,
            "residuals": self.residuals,
        }  # fmt: skip
        self.table.use_shares(self.views.key() == "shares")
        self._pages.setCurrentWidget(pages[self.views.key()])
        if self.frame_shown is not None:
            self.show_frame(self.frame_shown)

    def _rows(self, predictions: Predictions) -> NDArray[np.int64]:
        """Return the rows of the chosen part that have answers."""
        return self.parts.rows(len(predictions.outputs))

    def show_frame(self, frame: Frame) -> None:
        """Count the rows of the chosen part."""
        super().show_frame(frame)
        predictions, prepared = frame.predictions, self.prepared
        if predictions is None or prepared is None or len(predictions.outputs) > prepared.dataset.n:
            self._say(self._said or WAITING)  # of a large set the first answers take seconds
            return
        rows = self._rows(predictions)
        if len(rows) and self.is_regression:
            self._show_values(predictions, rows, prepared, frame)
        elif len(rows) and (seen := classified(predictions, frame.document, prepared.dataset)) is not None:
            self._show_classes(seen, rows, prepared, frame)

    def _show_classes(self, seen: Classified, rows: NDArray[np.int64], prepared: Prepared, frame: Frame) -> None:
        names, true, predicted = prepared.dataset.class_names, seen.true[rows], seen.predicted[rows]
        counts = confusion(true, predicted, len(names))
        view = self.views.key()
        if view == "classes":
            self.classes.show_counts(counts, names)
        elif view == "roc":
            level = decision_level(frame.document, prepared.dataset)
            self.roc.show_rows(true, seen.scores[rows], names, 0.5 if level is None else level)
        self.table.show_counts(counts, names)
        wrong = int(np.count_nonzero(true != predicted))
        words = tr("{wrong} of {count} wrong", wrong=wrong, count=numbers.count(len(rows)))
        self._say(words + since_words(frame), words)

    def _show_values(
        self, predictions: Predictions, rows: NDArray[np.int64], prepared: Prepared, frame: Frame
    ) -> None:  # fmt: skip
        outputs = np.asarray(predictions.outputs[rows], dtype=np.float64)
        targets = prepared.dataset.targets.reshape(prepared.dataset.n, -1).astype(float)[rows][:, : outputs.shape[1]]
        view = self.fit if self.views.key() == "fit" else self.residuals
        view.show_rows(targets[:, 0], outputs[:, 0], self.parts.fills()[rows], rows)
        r2, error = (numbers.number(measure(outputs, targets)) for measure in (explained, absolute_error))
        self._say(tr("R² {r2} · MAE {error}", r2=r2, error=error) + since_words(frame), tr("R² {r2}", r2=r2))

    def _say(self, words: str, short: str = "") -> None:
        if words != self._said:
            self._said, self._said_short = words, short
            self.told.emit()

    def words(self) -> str:
        """Say how many rows are wrong, or how far they are."""
        return self._said

    def short_words(self) -> str:
        """Say R² alone."""
        return self._said_short

    def _seen(self) -> tuple[Classified, NDArray[np.int64]] | None:
        """Return the classes on show, and the rows that are counted."""
        frame, prepared = self.frame_shown, self.prepared
        if frame is None or frame.predictions is None or prepared is None:
            return None
        seen = classified(frame.predictions, frame.document, prepared.dataset)
        return None if seen is None else (seen, self._rows(frame.predictions))

    @Slot(object)
    def _select_cell(self, cell: tuple[int, int]) -> None:
        """Select all rows of a cell."""
        found, prepared = self._seen(), self.prepared
        if found is not None and prepared is not None:
            seen, rows = found
            chosen = rows[(seen.true[rows] == cell[0]) & (seen.predicted[rows] == cell[1])]
            true, predicted = (prepared.dataset.class_names[index] for index in cell)
            count = rows_words(len(chosen))
            words = tr("true {true}, predicted {predicted}: {count}", true=true, predicted=predicted, count=count)
            self.select_rows(chosen, words)

    @Slot(int)
    def _select_class(self, index: int) -> None:
        """Select the rows of a class that are answered wrongly, whichever way."""
        found, prepared = self._seen(), self.prepared
        if found is not None and prepared is not None:
            seen, rows = found
            true, predicted = seen.true[rows] == index, seen.predicted[rows] == index
            chosen, name = rows[true != predicted], prepared.dataset.class_names[index]
            words = tr("wrong about {name}: {count}", name=name, count=rows_words(len(chosen)))
            self.select_rows(chosen, words)

    @Slot(object, str)
    def _select_quarter(self, places: NDArray[np.intp], words: str) -> None:
        if self.frame_shown is not None and self.frame_shown.predictions is not None:
            rows = self._rows(self.frame_shown.predictions)[places]
            self.select_rows(rows, tr("{words}: {count}", words=words, count=rows_words(len(rows))))

    @Slot(int)
    def _select_row(self, row: int) -> None:
        number = row * self.stride
        self.context.selection.select(Selected("sample", unit=row))
        self.select_rows([row], tr("row {row}", row=number + 1))

    def plotted_rows(self) -> Rows:
        """Return the counts, the rates by class, the curve, or the points."""
        view, prepared = self.views.key(), self.prepared
        if view == "roc":
            return self.roc.plotted()
        if view == "classes":
            return Rows(tuple(column.title for column in self.classes.numbers.columns), self.classes.shown())
        if view in ("fit", "residuals"):
            return (self.fit if view == "fit" else self.residuals).plotted()
        if prepared is None or not len(self.table.counts):
            return NOTHING_DRAWN
        return Rows(
            ("true", *prepared.dataset.class_names), count_rows(self.table.counts, prepared.dataset.class_names)
        )

    def mark(self, rows: Iterable[int]) -> None:
        """Ring the points of selected rows."""
        marked = list(rows)
        self.fit.rows.mark(marked)
        self.residuals.rows.mark(marked)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for view in (self.fit, self.residuals, self.roc.plot):
            view.apply_theme(theme)
