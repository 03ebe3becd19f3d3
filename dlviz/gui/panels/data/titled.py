"""Pictures with a title above and a line below, beside each other where there is room, else one below the other."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Elided, Text

WIDE = 56 * GRID  # pixels from which pictures stand side by side
LEAST_HEIGHT = 11 * GRID


class Titled(QWidget):
    """One picture with its words."""

    def __init__(self, title: str, picture: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.said = Elided(title, "text", "small"), Text("", size="small")
        self.title.set_bold(True)
        self.said.setWordWrap(True)
        self.said.hide()
        picture.setMinimumHeight(LEAST_HEIGHT)
        layout = QVBoxLayout(self)
        spaced(layout, gap=2)
        layout.addWidget(self.title)
        layout.addWidget(picture, 1)
        layout.addWidget(self.said)

    def say(self, words: str) -> None:
        """Write this below the picture."""
        self.said.setText(words)
        self.said.setVisible(bool(words))


class Beside(QWidget):
    """Pictures in a row or in a column, by their width."""

    def __init__(self, pictures: Sequence[QWidget], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(GRID)
        for picture in pictures:
            self._layout.addWidget(picture, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn the row where the width asks for it."""
        super().resizeEvent(event)
        is_wide = self.width() >= WIDE
        self._layout.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)
