"""The cases of a sheet: its sentences, with those marked that hold with the numbers as they are."""

from collections.abc import Sequence

from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

HOLDS, NOT_SO = "\N{BLACK RIGHT-POINTING TRIANGLE}", "\N{MIDDLE DOT}"


class Cases(QWidget):
    """One line a case; where nothing is known yet, none is marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lines: list[Text] = []
        spaced(QVBoxLayout(self), gap=GRID // 2)

    def show_cases(self, sentences: Sequence[str], holds: Sequence[bool]) -> None:
        """Show every sentence; holds: for each whether it is so, or nothing while that may not be told."""
        self.setVisible(bool(sentences))
        if len(self.lines) != len(sentences):
            self._make(len(sentences))
        marked = [*holds, *(len(sentences) - len(holds)) * [False]]
        for line, sentence, is_so in zip(self.lines, sentences, marked, strict=True):
            line.setText(f"{HOLDS if is_so else NOT_SO} {sentence}")
            line.set_colour("text" if is_so else "muted")
            line.set_bold(is_so)
        said = [sentence for sentence, is_so in zip(sentences, marked, strict=True) if is_so]
        describe(self, " ".join(said) or tr("No case holds"), tr("What holds with these numbers is marked"))

    def _make(self, count: int) -> None:
        for line in self.lines:
            line.setParent(None)
            line.deleteLater()
        self.lines = [Text() for _ in range(count)]
        for line in self.lines:
            line.setWordWrap(True)
            line.setMinimumWidth(1)
            self.layout().addWidget(line)
