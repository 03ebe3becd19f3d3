"""A sentence beside the place where something was dropped that does not fit."""

from PySide6.QtCore import QPoint, QRectF, Qt, QTimer
from PySide6.QtGui import QPaintEvent, QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.gui.theme import GRID, RADIUS, current
from dlviz.gui.widgets.paint import describe, painter, rounded
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

WIDTH = 36 * GRID
SHOWN_MS = 8000  # long enough to read two shapes and the reason


class Refused(QWidget):
    """Floats over the canvas until the next press; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self.words = Text(colour="error", size="small")
        self.words.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.addWidget(self.words)
        self.setFixedWidth(WIDTH)
        self._shown = QTimer(self, singleShot=True, interval=SHOWN_MS)
        self._shown.timeout.connect(self.hide)
        describe(self, tr("Why this does not fit"))
        self.hide()

    def show_at(self, sentence: str, at: QPoint) -> None:
        """Say a sentence below a point of the parent, or above it where there is no room."""
        self.words.setText(sentence)
        self.setAccessibleDescription(sentence)
        self.resize(WIDTH, self.heightForWidth(WIDTH))
        room = self.parentWidget().size()
        y = at.y() + 2 * GRID
        if y + self.height() > room.height():
            y = at.y() - 2 * GRID - self.height()
        x = min(at.x() - WIDTH // 2, room.width() - WIDTH - GRID)
        self.move(max(x, GRID), max(y, GRID))
        self.show()
        self.raise_()
        self._shown.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box around the words."""
        theme = current()
        with painter(self) as p:
            rounded(p, QRectF(self.rect()), theme.panel, theme.error, RADIUS + 2)
