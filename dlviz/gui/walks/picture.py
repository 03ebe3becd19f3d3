"""Picture: what the pictures of the Step workspace have in common: a place is marked, a click selects one."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.listing.entries import Entry
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.widgets.paint import describe

SIZE, LEAST_SIZE = QSize(480, 320), QSize(160, 120)


class Picture(QWidget):
    """A painted picture with places that can be selected."""

    chosen = Signal(object)  # Selected

    def __init__(self, name: str, tip: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.selected = NOTHING
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        describe(self, name, tip)

    def select(self, place: Selected) -> None:
        """Mark a place as selected."""
        if place != self.selected:
            self.selected = place
            self.update()

    def entries(self) -> tuple[Entry, ...]:
        """Return what is drawn, line by line."""
        return tuple(Entry(line) for line in self.accessibleDescription().splitlines())

    def place_at(self, point: QPointF) -> Selected:
        """Return what lies at a point; nothing for a picture without places."""
        return NOTHING

    def sizeHint(self) -> QSize:
        """Return the room at which it is read at ease."""
        return SIZE

    def minimumSizeHint(self) -> QSize:
        """Return the least room."""
        return LEAST_SIZE

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is clicked."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.place_at(event.position()))
