"""The question of a sheet, and a field whose answer is judged within the rounding that is stated."""

import math

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from dlviz.core.answers.typed import parse_answer
from dlviz.core.errors import SpecError
from dlviz.core.sheets import Question
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

SLACK = 1e-9  # of the tolerance, for a half that is rounded either way


class QuestionView(QWidget):
    """Judges with Enter, and forgets its verdict when the sheet comes to something else."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._question: Question | None = None
        self._answer = math.nan
        self.words, self.field, self.verdict = Text("", is_bold=True), QLineEdit(), Text("", "muted")
        self.words.setWordWrap(True)
        self.words.setMinimumWidth(1)
        self.verdict.setWordWrap(True)
        self.field.setFixedWidth(22 * GRID)
        line, column = QHBoxLayout(), QVBoxLayout(self)
        spaced(line, gap=2 * GRID)
        spaced(column, gap=GRID // 2)
        line.addWidget(self.field)
        line.addWidget(self.verdict, 1)
        column.addWidget(self.words)
        column.addLayout(line)
        describe(self.field, tr("Your answer"), tr("Type your answer; Enter judges it"))
        self.field.returnPressed.connect(self._judge)
        self.field.textEdited.connect(self._forget)

    def show_question(self, question: Question | None, answer: float) -> None:
        """Ask this; another answer than before is judged anew."""
        self.setVisible(question is not None)
        is_same = answer == self._answer or (math.isnan(answer) and math.isnan(self._answer))
        if question is None or (question == self._question and is_same):
            return
        if question != self._question:
            self.field.clear()
            self.words.setText(question.text)
            self.field.setPlaceholderText(question.rounding)
        self._question, self._answer = question, answer
        self._forget("")

    @Slot(str)
    def _forget(self, _text: str) -> None:
        self.verdict.setText("")

    @Slot()
    def _judge(self) -> None:
        if self._question is None:
            return
        try:
            given = parse_answer(self.field.text()).value
        except SpecError as error:
            self._say(error.sentence, "error")
            return
        words, colour = judged(given, self._answer, self._question)
        self._say(words, colour)

    def _say(self, words: str, colour: str) -> None:
        self.verdict.set_colour(colour)
        self.verdict.setText(words)


def judged(given: float, answer: float, question: Question) -> tuple[str, str]:
    """Return what is said about an answer, and the colour that goes with it."""
    near = question.tolerance * (1 + SLACK) + 4 * math.ulp(answer)
    if not math.isfinite(answer):
        return tr("With these inputs the answer is not a number."), "muted"
    if abs(given - answer) <= near:
        return tr("✓ Right."), "ok"
    if abs(given + answer) <= near:
        return tr("✗ The sign is wrong."), "error"
    if abs(given - answer) <= 10 * near:
        return tr("✗ Close: {rounding}.", rounding=question.rounding), "error"
    return tr("✗ Not yet."), "error"
