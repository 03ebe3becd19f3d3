"""A pad to draw on, by pointer or by keys; what is drawn is ink from 0 to 1."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui.theme import GRID, current
from dlviz.gui.widgets.paint import describe, painter, rounded
from dlviz.gui.widgets.pixels import plane
from dlviz.i18n import tr

SIDE = 128  # pixels of ink
SHOWN = 17 * GRID  # pixels of the screen
PEN = 12  # of them across
_STEP = 6  # of them, by an arrow key
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
}  # fmt: skip


class Pad(QWidget):
    """Ink follows the pressed pointer; with keys, Return puts the pen down and up, arrows move it, Delete clears."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ink = QImage(SIDE, SIDE, QImage.Format.Format_Grayscale8)
        self._ink.fill(0)
        self._last: QPointF | None = None  # of the stroke under way
        self._pen = QPointF(SIDE / 2, SIDE / 2)
        self._is_down = False
        self.setFixedSize(SHOWN, SHOWN)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        tip = tr("Draw with the pointer; or Return puts the pen down and up, arrows move it, Delete clears")
        describe(self, tr("Pad to draw on"), tip)

    def ink(self) -> NDArray[np.float64]:
        """Return what is drawn, (SIDE, SIDE) from 0 to 1."""
        lines = np.frombuffer(self._ink.constBits(), np.uint8).reshape(SIDE, self._ink.bytesPerLine())
        return lines[:, :SIDE] / 255.0

    def clear(self) -> None:
        """Wipe everything away."""
        self._ink.fill(0)
        self._last, self._is_down = None, False
        self._tell()

    def square(self) -> QRectF:
        """Return where the pad is, the largest square at the top left."""
        side = min(self.width(), self.height())
        return QRectF(0, 0, side, side)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.setFocus()
            self._last = self._place(event.position())
            self._draw_to(self._last)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw on."""
        if self._last is not None:
            self._draw_to(self._place(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        self._last = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the pen, put it down or up, or clear."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            across, down = _ARROWS[key]
            before = QPointF(self._pen)
            x, y = before.x() + _STEP * across, before.y() + _STEP * down
            self._pen = QPointF(min(max(x, 0), SIDE), min(max(y, 0), SIDE))
            if self._is_down:
                self._last = before
                self._draw_to(self._pen)
            self.update()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._is_down = not self._is_down
            self._last = QPointF(self._pen) if self._is_down else None
            self._draw_to(self._pen) if self._is_down else self.update()
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.clear()
        else:
            super().keyPressEvent(event)

    def _place(self, at: QPointF) -> QPointF:
        scale = SIDE / max(self.square().width(), 1)
        return QPointF(at.x() * scale, at.y() * scale)

    def _draw_to(self, place: QPointF) -> None:
        assert self._last is not None
        with QPainter(self._ink) as p:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            p.setPen(QPen(Qt.GlobalColor.white, PEN, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            # A line of no length would leave no dot.
            p.drawLine(self._last, place if place != self._last else place + QPointF(0.01, 0))
        self._last = self._pen = place
        self._tell()

    def _tell(self) -> None:
        self.update()
        self.changed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ink, and where the keys would draw."""
        theme, square = current(), self.square()
        with painter(self) as p:
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            p.drawImage(square, plane(self.ink(), 0.0, 1.0))
            has_keys = self.hasFocus()
            rounded(p, square, border=theme.accent if has_keys else theme.outline, width=1.5 if has_keys else 1.0)
            if has_keys:
                scale = square.width() / SIDE
                style = Qt.PenStyle.SolidLine if self._is_down else Qt.PenStyle.DotLine
                p.setPen(QPen(theme.colour("accent"), 1.5, style))
                p.drawEllipse(self._pen * scale, PEN / 2 * scale, PEN / 2 * scale)
