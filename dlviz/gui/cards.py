"""The three cards of the first start, and the words that invite one's own data; they go away once one was used."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui.theme import GRID
from dlviz.gui.widgets.card import Card
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr


class DropWords(Text):
    """Words that invite to drop a file; a click on them asks for one. Keys find the same in the File menu."""

    clicked = Signal()

    def __init__(self) -> None:
        words = tr("or drop your own data here")
        super().__init__(words, "accent")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        describe(self, words, tr("Drop a file, or click to choose one"))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ask for a file."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()


class FirstCards(QWidget):
    """A strip under the canvas: three ways to begin, a fourth in words, and one hint; Esc closes it too."""

    used = Signal()  # also when closed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.watch = Card("watch", tr("Watch it learn"), tr("Two circles, from zero"))
        self.step = Card("step", tr("Step one example"), tr("Every number of it"))
        self.race = Card("race", tr("Race optimizers"), tr("Four ways downhill"))
        self.data = DropWords()
        self.hint = Elided(tr("Space pauses. Esc closes these cards."), "muted", "small")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._lay_out()
        for way in (self.watch, self.step, self.race, self.data):
            way.clicked.connect(self.put_away)

    def _lay_out(self) -> None:
        row, words, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        spaced(row, gap=GRID)
        spaced(words, gap=2 * GRID)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, GRID)
        column.setSpacing(6)
        for card in (self.watch, self.step, self.race):
            row.addWidget(card, 1)
        words.addWidget(self.data)
        words.addWidget(self.hint, 1)
        column.addLayout(row)
        column.addLayout(words)

    @Slot()
    def put_away(self) -> None:
        """Hide the cards for good."""
        if self.isVisible():
            self.hide()
            self.used.emit()
