"""The three cards of the first start; they go away once one was used."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui.theme import GRID
from dlviz.gui.widgets.card import Card
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Elided
from dlviz.i18n import tr


class FirstCards(QWidget):
    """A strip under the canvas: one hint and three ways to begin; Esc closes it too."""

    used = Signal()  # also when closed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.watch = Card("watch", tr("Watch it learn"), tr("Two circles, from zero"))
        self.step = Card("step", tr("Step one example"), tr("Every number of it"))
        self.data = Card("data", tr("Load your data"), tr("Or drop a file here"))
        self.hint = Elided(tr("Space pauses. Esc closes these cards."), "muted", "small")
        self._lay_out()
        for button in (self.watch, self.step, self.data):
            button.clicked.connect(self.put_away)

    def _lay_out(self) -> None:
        row, column = QHBoxLayout(), QVBoxLayout(self)
        spaced(row, gap=GRID)
        column.setContentsMargins(2 * GRID, GRID, 2 * GRID, 2 * GRID)
        column.setSpacing(6)
        column.addWidget(self.hint)
        for card in (self.watch, self.step, self.data):
            row.addWidget(card, 1)
        column.addLayout(row)

    @Slot()
    def put_away(self) -> None:
        """Hide the cards for good."""
        if self.isVisible():
            self.hide()
            self.used.emit()
