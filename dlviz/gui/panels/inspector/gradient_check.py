"""The gradient check in the inspector: a button, how far it is, the table worst first, and what it does not tell."""

from PySide6.QtCore import QModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QProgressBar,
    QSizePolicy,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from dlviz.core.gradcheck import BUG, GradCheckReport, verdict
from dlviz.core.notation import Symbols
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.check_model import COLOURS, MARKS, CheckModel, verdict_word
from dlviz.gui.theme import GRID, font
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.copying import offer
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.gradient_check import GradientCheck


class CheckTable(QTreeView):
    """As high as its rows: the inspector around it scrolls."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = CheckModel(self)
        self.setModel(self.check)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setIndentation(GRID)
        self.setFont(font("small"))
        self.header().setFont(font("small"))
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in range(1, self.check.columnCount()):
            self.header().setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        tip = tr("Backward against central differences, worst first. Open a parameter to see its worst entries; "
                 "a click or Enter on one selects it.")  # fmt: skip
        describe(self, tr("Gradient check"), tip)
        for signal in (self.expanded, self.collapsed):
            signal.connect(self._fit)
        self.check.modelReset.connect(self._fit)

    @Slot()
    def _fit(self) -> None:
        rows, index = self.header().sizeHint().height(), self.check.index(0, 0)
        while index.isValid():
            rows += self.rowHeight(index)
            index = self.indexBelow(index)
        self.setFixedHeight(rows + 2)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer all numbers to copy."""
        offer(self, event.globalPos(), tr("Copy all numbers"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put the table on the clipboard with every digit."""
        QGuiApplication.clipboard().setText(self.check.words())


class GradientCheckView(QWidget):
    """Shows a check; `asked` begins one (True: with one mask of dropout held), `cancelled` stops it."""

    asked = Signal(bool)
    cancelled = Signal()
    taken = Signal(object)  # Selected of the line that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = SectionHeader(tr("Gradient check"))
        self.start = TextButton(tr("Check gradients"), tr("Compare every gradient with central differences"))
        self.hold = TextButton(tr("Check with one mask held"), tr("Let dropout keep the masks of this batch"))
        self.cancel = TextButton(tr("Cancel"), tr("Stop; what was compared stays"))
        self.progress, self.table = QProgressBar(), CheckTable()
        describe(self.progress, tr("Entries compared"))
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(GRID)
        self.verdict, self.layers, self.notes = Text("", is_bold=True), Text(""), Text("", "muted", "small")
        for text in (self.verdict, self.layers, self.notes):
            text.setWordWrap(True)
        self._shown: GradientCheck | None = None
        self._lay_out()
        self.start.clicked.connect(self._ask)
        self.hold.clicked.connect(self._ask_held)
        self.cancel.clicked.connect(self.cancelled)
        self.table.clicked.connect(self._take)
        self.table.activated.connect(self._take)
        self.show_check(None, None)

    def _lay_out(self) -> None:
        buttons, column = QHBoxLayout(), QVBoxLayout(self)
        spaced(buttons)
        spaced(column)
        column.setContentsMargins(0, GRID, 0, 0)
        for button in (self.start, self.hold, self.cancel):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addWidget(self.header)
        column.addLayout(buttons)
        for widget in (self.progress, self.verdict, self.layers, self.table, self.notes):
            column.addWidget(widget)

    def show_check(self, check: GradientCheck | None, symbols: Symbols | None) -> None:
        """Show how far a check is, or what it found."""
        if check is not None and check is self._shown:
            return
        is_busy = check is not None and check.is_busy
        report = None if check is None else check.report
        self._show_progress(check, is_busy)
        self.start.setVisible(not is_busy)
        self.hold.setVisible(check is not None and check.can_hold)
        if symbols is not None and report is not (None if self._shown is None else self._shown.report):
            self.table.check.show_report(report, symbols)
        self.table.setVisible(report is not None)
        self._shown = check
        self._say(check)

    def _show_progress(self, check: GradientCheck | None, is_busy: bool) -> None:
        for widget in (self.progress, self.cancel):
            widget.setVisible(is_busy)
        if check is None:
            self.header.set_info("")
            return
        self.progress.setRange(0, max(check.total, 1))
        self.progress.setValue(check.done)
        counted = tr("{done} of {total} entries", done=numbers.count(check.done), total=numbers.count(check.total))
        self.header.set_info(counted if is_busy or check.is_cancelled else tr("batch {step}", step=check.step))

    def _say(self, check: GradientCheck | None) -> None:
        report = None if check is None else check.report
        self.layers.setVisible(report is not None and len(report.layers) > 1)
        self.verdict.setVisible(check is not None and (report is not None or bool(check.problem)))
        self.notes.setVisible(check is None or bool(check.notes) or report is not None)
        if check is None:
            self.notes.setText(tr("Slow, for finding mistakes: every weight is moved a little both ways."))
            return
        if report is not None:
            self.verdict.setText(overall(report))
            self.verdict.set_colour(COLOURS[_worst(report)])
            self.layers.setText(tr("by layer: {ratios}", ratios=layer_words(report)))
        elif check.problem:
            self.verdict.setText(check.problem)
            self.verdict.set_colour("text")
        rows = tr("a from the backward pass, n from central differences with ε = {eps}; rows: {n}, batch {step}.",
                  eps=numbers.number(check.eps), n=check.n, step=check.step)  # fmt: skip
        notes = (*check.notes, rows) if report is not None else check.notes
        self.notes.setText("\n".join(notes))

    @Slot()
    def _ask(self) -> None:
        self.asked.emit(False)

    @Slot()
    def _ask_held(self) -> None:
        self.asked.emit(True)

    @Slot(QModelIndex)
    def _take(self, index: QModelIndex) -> None:
        """Open a parameter; go to the place of an entry."""
        if index.internalId():
            self.taken.emit(self.table.check.line(index).place)
        else:
            first = index.siblingAtColumn(0)
            self.table.setExpanded(first, not self.table.isExpanded(first))


def _worst(report: GradCheckReport) -> str:
    """Return the worst verdict on any parameter."""
    return max((row.verdict() for row in report.rows), key=list(COLOURS).index, default=verdict(report.ratio))


def overall(report: GradCheckReport) -> str:
    """Say the ratio over all parameters, and where something is wrong."""
    word = verdict(report.ratio)
    sentences = [
        tr("{mark} ratio over all: {ratio}, {word}.", mark=MARKS[word], ratio=numbers.number(report.ratio, 2),
           word=verdict_word(word))
    ]  # fmt: skip
    for told, words in ((BUG, tr("Wrong in {names}.")), ("check", tr("Look closer at {names}."))):
        names = [row.name for row in report.rows if row.verdict() == told]
        sentences += [words.format(names=", ".join(names))] if names else []
    return " ".join(sentences)


def layer_words(report: GradCheckReport) -> str:
    """Say the ratio of every layer, worst first."""
    return ", ".join(
        f"{layer} {numbers.number(ratio, 2)} {MARKS[verdict(ratio)]}" for layer, ratio in report.layers.items()
    )
