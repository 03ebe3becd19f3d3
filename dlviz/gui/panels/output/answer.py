"""The answer for one row: its classes as bars, and what is chosen, in words."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panels.output.bars import Bars
from dlviz.gui.response import FloatArray
from dlviz.gui.selection import Selection
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.messages import Frame


def row_shown(frame: Frame, selection: Selection) -> int:
    """Return the row whose answer is shown: the selected one, else the one that is walked, else the first.

    Of several selected rows it is the one that is walked if it is among them, else the first.
    """
    walked = int(frame.trace.rows[frame.sample]) if frame.trace is not None else 0
    if selection.current.kind == "sample" and not selection.rows:
        return selection.current.unit
    return walked if walked in selection.rows or not selection.rows else min(selection.rows)


class AnswerView(Scrolled):
    """The bars of one row, with the answer in words above them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said, self.bars, self.note = Text("", is_bold=True), Bars(), Text("", "muted", "small")
        self.note.setWordWrap(True)
        body = QWidget()
        column = QVBoxLayout(body)
        spaced(column, gap=GRID)
        for widget in (self.said, self.bars, self.note):
            column.addWidget(widget)
        column.addStretch(1)
        self.hold(body)

    def show_locked(self, row: int) -> None:
        """Say that the answer for a row is not to be seen."""
        self.bars.show_bars(())
        self.said.setText(tr("row {row} is a test row", row=row + 1))
        self.note.setText(tr("Its answer stays locked until somebody looks at the test rows."))

    def show_row(
        self, row: int, outputs: FloatArray, names: Sequence[str], true: int, answer: int, is_logits: bool = False
    ) -> None:
        """Show the outputs of a row, (k,) or (1,) for the second of two classes.

        true, answer: the right and the chosen class.
        """
        first = len(names) - len(outputs)
        self.bars.show_values(names[first:], outputs, true - first)
        mark = "✓" if answer == true else tr("✗, it is {name}", name=names[true])
        self.said.setText(tr("row {row}: {name} {mark}", row=row + 1, name=names[answer], mark=mark))
        if is_logits:
            self.note.setText(tr("The sums that the last activation turns into probabilities."))
            return
        total = numbers.number(float(np.sum(outputs)))
        self.note.setText(tr("The answer is the class with the largest output (arg max). Sum of all outputs: {total}.",
                             total=total))  # fmt: skip
