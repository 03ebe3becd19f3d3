"""The card of a loss: everything below its title in the inspector."""

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui.letters import spell
from dlviz.gui.panel import Context
from dlviz.gui.panels.inspector.loss.counted import CountedForm
from dlviz.gui.panels.inspector.loss.curve import LossCurves
from dlviz.gui.panels.inspector.loss.derivative import derivative_lines
from dlviz.gui.panels.inspector.loss.examples import Examples
from dlviz.gui.panels.inspector.loss.outputs import Outputs
from dlviz.gui.panels.inspector.loss.progress import Progress
from dlviz.gui.panels.inspector.loss.restarts import RestartTable
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.panels.inspector.text import FormulaText
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.number_table import Column, Line, NumberTable
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.loss_explanation import LossExplanation, LossQuestion
from dlviz.session.messages import Frame, Interest

MOST_LINES = 4


class LossCard(QWidget):
    """Sections from one sample to all of them; each is there as far as the walk has come."""

    unit_taken = Signal(int)
    row_taken = Signal(int)  # row of the data
    asked = Signal()  # something else shall be asked of the worker

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.trial: float | None = None
        self.of_all = False
        self._output: str | None = None  # whose loss is on show, also until the answer to the next question is there
        self.note = Text("", "muted")
        self.note.setWordWrap(True)
        self.curves, self.outputs = LossCurves(), Outputs()
        self.derivative_header = SectionHeader(tr("From ∂L/∂a to δ"))
        self.derivative = [FormulaText("text" if k == 0 else "muted") for k in range(MOST_LINES)]
        self.counted, self.examples, self.progress = CountedForm(context), Examples(), Progress()
        self.restarts = RestartTable()
        self.rivals_header, self.rivals = SectionHeader(tr("Other losses here")), NumberTable(MOST_LINES, False)
        describe(self.rivals, tr("Other losses for this output"), tr("At the output of the sample, or the one put in"))
        self._lay_out()
        self.say("…")
        self.curves.tried.connect(self._try)
        self.restarts.asked.connect(self.asked)
        self.outputs.taken.connect(self.unit_taken)
        self.examples.taken.connect(self.row_taken)
        self.examples.of_all_chosen.connect(self._choose_all)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        spaced(column, gap=2 * GRID)
        column.setContentsMargins(0, GRID, 0, 0)
        column.addWidget(self.note)
        column.addWidget(self.curves)
        column.addWidget(self.outputs)
        for parts in ((self.derivative_header, *self.derivative), (self.rivals_header, self.rivals)):
            section = QVBoxLayout()
            spaced(section, gap=GRID // 2)
            for widget in parts:
                section.addWidget(widget)
            column.addLayout(section)
        for widget in (self.examples, self.counted, self.progress, self.restarts):
            column.addWidget(widget)

    def _parts(self) -> tuple[QWidget, ...]:
        return (
            self.curves, self.outputs, self.derivative_header, *self.derivative, self.rivals_header, self.rivals,
            self.examples, self.counted, self.progress, self.restarts,
        )  # fmt: skip

    def interest(self, base: Interest, selected: Selected) -> Interest:
        """Ask for what this loss is about, and for trainings from other starts."""
        asked = LossQuestion(selected.layer, selected.unit, self.trial, self.of_all)
        base = replace(base, needs=base.needs | {"explanation"}, question=asked)
        if self.restarts.question is None:
            return base
        return replace(base, needs=base.needs | {"restarts"}, restarts=self.restarts.question)

    def show_frame(self, frame: Frame, selected: Selected, names: Sequence[str]) -> None:
        """Show what a frame tells about the selected loss, as far as the walk has come. names: of the classes."""
        reading, answer = Reading(frame), frame.explanation
        if not reading.is_loss_known:
            self.say(tr("Not computed yet: the loss comes after the forward pass."))
        elif isinstance(answer, LossExplanation) and _is_about(answer.question, selected):
            row = int(reading.trace.rows[answer.sample]) if reading.trace is not None else -1
            node = selected.layer or frame.document.network.layers[-1].id
            self.show_loss(answer, names, row, reading.array(f"{node}.da") is not None)
            self.restarts.show()
            self.restarts.show_restarts(frame.restarts)
        elif frame.state == "running":
            self.say(tr("Pause to see the loss of every sample."))
        elif self._output != selected.layer:
            self.say("…")

    def say(self, words: str) -> None:
        """Show words where there is no answer yet."""
        self._output = None
        for part in self._parts():
            part.hide()
        self.note.show()
        self.note.setText(words)

    def show_loss(self, shown: LossExplanation, names: Sequence[str], looked_at: int, is_backward: bool) -> None:
        """Show an answer. names: of the classes. looked_at: row of the data. is_backward: δ is computed."""
        if shown.problem:
            self.say(shown.problem)
            return
        self._output = shown.question.output
        self.note.hide()
        self.outputs.show()
        self.curves.show_loss(shown)
        self.outputs.show_loss(shown, names)
        self._show_derivative(shown if is_backward else None)
        self._show_rivals(shown)
        self.counted.show_loss(shown)
        self.examples.show_loss(shown, names, looked_at)
        self.progress.show_loss(shown)

    def _show_derivative(self, shown: LossExplanation | None) -> None:
        lines = () if shown is None else tuple(map(spell, derivative_lines(shown)))
        self.derivative_header.title.setText(spell(tr("From ∂L/∂a to δ")))
        self.derivative_header.setVisible(bool(lines))
        for position, text in enumerate(self.derivative):
            text.show_words(lines[position] if position < len(lines) else "")

    def _show_rivals(self, shown: LossExplanation) -> None:
        for widget in (self.rivals_header, self.rivals):
            widget.setVisible(bool(shown.rivals))
        columns = (Column(tr("loss")), Column("L", digits=3), Column("∂L/∂a", is_signed=True, digits=3),
                   Column("∂L/∂z", tr("what reaches the weights of the unit"), is_signed=True, digits=3))  # fmt: skip
        lines = [Line(k, (tr(each.title), each.standing.loss, each.standing.gradient, each.standing.delta))
                 for k, each in enumerate(shown.rivals)]  # fmt: skip
        own = next((k for k, each in enumerate(shown.rivals) if each.key == shown.key), -1)
        self.rivals.show_lines(columns, lines, own)
        self.rivals_header.set_info(tr("at the output put in") if self.trial is not None else "")

    @Slot(object)
    def _try(self, a: float | None) -> None:
        self.trial = a
        self.asked.emit()

    @Slot(bool)
    def _choose_all(self, of_all: bool) -> None:
        self.of_all = of_all
        self.asked.emit()

    def forget(self) -> None:
        """Put in no output any more, as something else was selected."""
        self.trial = None


def _is_about(question: LossQuestion, selected: Selected) -> bool:
    return (question.output, question.unit) == (selected.layer, selected.unit)
