"""The three cards of the first start; they go away once one was used."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import IconButton
from dlviz.gui.widgets.card import Card
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Elided
from dlviz.i18n import tr


class FirstCards(QWidget):
    """A strip under the canvas: one hint, three ways to begin, and a cross to close it."""

    used = Signal()  # also when closed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.watch = Card("watch", tr("Watch it learn"), tr("Two circles, a small network."))
        self.step = Card("step", tr("Step one example"), tr("Every number, forward and back."))
        self.data = Card("data", tr("Load your own data"), tr("Or drop a CSV file here."))
        self.close_button = IconButton("close", tr("Close these cards"), size=3 * GRID)
        self.hint = Elided(tr("Space pauses. Or begin with:"), "muted", "small")
        self.hint.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._lay_out()
        for button in (self.watch, self.step, self.data, self.close_button):
            button.clicked.connect(self._use)

    def _lay_out(self) -> None:
        top, row, column = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        spaced(top, gap=GRID)
        spaced(row, gap=GRID + 4)
        column.setContentsMargins(2 * GRID, GRID // 2, 2 * GRID, 2 * GRID)
        column.setSpacing(2)
        top.addWidget(self.hint, 1)
        top.addWidget(self.close_button)
        for card in (self.watch, self.step, self.data):
            row.addWidget(card, 1)
        column.addLayout(top)
        column.addLayout(row)

    @Slot()
    def _use(self) -> None:
        self.hide()
        self.used.emit()
