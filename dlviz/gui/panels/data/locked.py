"""The locked test rows: what a look at them shows, and how many looks there were."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.looks import Estimate


class LockedTest(QWidget):
    """A heading, one sentence, and the button that looks."""

    asked = Signal()  # somebody wants to see how the network does on the test rows

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading = SectionHeader(tr("Test rows"))
        self.said = Text("", size="small")
        self.advice = Text("", "muted", "small")
        for text in (self.said, self.advice):
            text.setWordWrap(True)
        self.unlock = TextButton(tr("Unlock test"), tr("Measure the network on the test rows, once; looks are counted"))
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        for widget in (self.heading, self.said, self.unlock, self.advice):
            layout.addWidget(widget)
        self.unlock.clicked.connect(self.asked)

    def show_state(self, n_rows: int, looks: int, estimate: Estimate | None, is_classes: bool) -> None:
        """Show the result of the last look, or that the rows are locked."""
        self.heading.set_info(tr("1 look") if looks == 1 else tr("{count} looks", count=looks))
        self.unlock.setVisible(n_rows > 0)
        self.unlock.setText(tr("Look again") if looks else tr("Unlock test"))
        self.unlock.updateGeometry()
        self.said.setText(_said(n_rows, estimate, is_classes))
        self.advice.setVisible(n_rows > 0)
        self.advice.setText(
            tr("Choose by the dev rows, and look here once, at the end: every look makes the test less honest.")
        )


def _said(n_rows: int, estimate: Estimate | None, is_classes: bool) -> str:
    if n_rows == 0:
        return tr("No rows are kept for a test. That is fine where nobody needs an unbiased estimate.")
    if estimate is None:
        return tr("Locked: nothing is measured on these rows until you ask.")
    score = numbers.percent(estimate.score) if is_classes else numbers.number(estimate.score, 3)
    name = tr("accuracy") if is_classes else tr("R²")
    return tr("loss {loss} · {name} {score} at step {step}", loss=numbers.number(estimate.loss), name=name,
              score=score, step=numbers.count(estimate.step))  # fmt: skip
