"""Training from several random starts: where each ends."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.number_table import Column, Line, NumberTable
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.slices import RestartQuestion, RestartView

COUNT = 8
EPOCHS = ("50", "200", "1000")
FIRST_EPOCHS = "200"
FEWEST = 2  # trainings from which their ends can be compared


class RestartTable(QWidget):
    """Asks for trainings from other starts, and lists the loss of all training rows before and after."""

    asked = Signal()  # trainings are wanted, or none any more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.question: RestartQuestion | None = None
        self._shown: RestartView | None = None
        self._serial = 0
        self.header = SectionHeader(tr("From other random starts"))
        self.epochs = Words(tr("Epochs of each training"), [(key, key) for key in EPOCHS])
        self.epochs.set_key(FIRST_EPOCHS)
        tip = tr("Beside this run, which stays as it is; first weights are drawn from the seeds that follow its own")
        self.train = TextButton(tr("Train from {count} starts", count=COUNT), tip, is_link=True)
        self.stop = TextButton(tr("Stop"), tr("Keep the trainings that are over"), is_link=True)
        self.table, self.said = NumberTable(COUNT), Text("", "muted", "small")
        self.said.setWordWrap(True)
        describe(self.table, tr("Trainings from other starts"), tr("A click on a heading sorts"))
        self._lay_out()
        self.train.clicked.connect(self._begin)
        self.stop.clicked.connect(self._end)
        self.show_restarts(None)

    def _lay_out(self) -> None:
        row, length = QHBoxLayout(), QHBoxLayout()
        for each in (row, length):
            spaced(each)
        for widget in (self.train, self.stop):
            row.addWidget(widget)
        row.addStretch(1)
        length.addWidget(Text(tr("epochs each"), "muted"), 1)
        length.addWidget(self.epochs)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.addWidget(self.header)
        column.addLayout(length)
        column.addLayout(row)
        column.addWidget(self.table)
        column.addWidget(self.said)

    def show_restarts(self, shown: RestartView | None) -> None:
        """Show the trainings that are over; those of the question before stay until the first is."""
        if shown is not None and shown.question == self.question:
            self._shown = shown
            if shown.is_finished:
                self.question = None
        found = () if self._shown is None else self._shown.found
        columns = (Column(tr("seed")), Column(tr("first loss")), Column(tr("last loss")))
        self.table.show_lines(columns, [Line(each.seed, (float(each.seed), each.first, each.last)) for each in found])
        self.table.setVisible(bool(found))
        self.said.setText(self._words())
        self.said.setVisible(bool(self.said.text()))
        self.train.setVisible(self.question is None)
        self.stop.setVisible(self.question is not None)

    def _words(self) -> str:
        if self._shown is None or self._shown.problem:
            return "" if self._shown is None else self._shown.problem
        ends = [each.last for each in self._shown.found]
        if len(ends) < FEWEST:
            return ""
        return tr("They end between {low} and {high}.", low=numbers.number(min(ends)), high=numbers.number(max(ends)))

    @Slot()
    def _begin(self) -> None:
        self._serial += 1
        self.question = RestartQuestion(COUNT, int(self.epochs.key()), self._serial)
        self._shown = None
        self.show_restarts(None)
        self.asked.emit()

    @Slot()
    def _end(self) -> None:
        self.question = None
        self.show_restarts(None)
        self.asked.emit()
