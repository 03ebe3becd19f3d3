"""Bars up and down from a line, one for each of several numbered things; a click takes one."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dlviz.gui.listing.entries import Entry
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import focus_ring, painter

HEIGHT = 10 * GRID
WIDEST = 3.0 * GRID  # pixels a bar and its gap take at most
GAP = 0.2  # of a bar's room
NONE = -1


@dataclass(frozen=True)
class Bar:
    """One bar: the number of what it stands for, its value, and what it says when pointed at."""

    number: int
    value: float
    tip: str


class SignedBars(QWidget):
    """Values above the line go up, those below it down, in the colours of their signs."""

    taken = Signal(int)  # number of the bar that was clicked, or moved to by the arrow keys

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[Bar, ...] = ()
        self.current = NONE
        self._hot = NONE
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme_signals.changed.connect(self._use_theme)

    def show_bars(self, bars: Sequence[Bar], number: int) -> None:
        """Show these bars; the one of this number is marked."""
        if (tuple(bars), number) != (self.bars, self.current):
            self.bars, self.current = tuple(bars), number
            self.setAccessibleDescription("; ".join(bar.tip for bar in bars))
            self.update()

    def entries(self) -> tuple[Entry, ...]:
        """Return the bars, as a list."""
        return tuple(Entry(bar.tip) for bar in self.bars)

    def plotted(self) -> Rows:
        """Return the number and the value of every bar."""
        return Rows(("number", "value"), [(bar.number, bar.value) for bar in self.bars])

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the bars."""
        return QSize(30 * GRID, HEIGHT)

    def _room(self) -> float:
        return min(self.width() / max(len(self.bars), 1), WIDEST)

    def rectangle(self, position: int) -> QRectF:
        """Return the strip of one bar, from top to bottom."""
        room = self._room()
        return QRectF(position * room, 0, room, self.height())

    def _at(self, point: QPointF) -> int:
        position = int(point.x() // self._room())
        return position if 0 <= position < len(self.bars) else NONE

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the marked strip, the line and the bars."""
        theme, middle = current(), self.height() / 2
        largest = max((abs(bar.value) for bar in self.bars), default=0.0) or 1.0
        with painter(self) as p:
            for position, bar in enumerate(self.bars):
                strip = self.rectangle(position)
                if bar.number == self.current or position == self._hot:
                    p.fillRect(strip, theme.colour("accent_soft" if bar.number == self.current else "hover"))
                height = bar.value / largest * (middle - 2)
                gap = GAP * strip.width() / 2
                box = QRectF(strip.left() + gap, middle - max(height, 0.0), strip.width() - 2 * gap, abs(height))
                p.fillRect(box, theme.colour("negative_mark" if bar.value < 0 else "positive_mark"))
                if bar.number == self.current:
                    p.fillRect(QRectF(strip.left(), self.height() - 2, strip.width(), 2), theme.colour("accent"))
            p.setPen(QPen(theme.colour("muted"), 1.0))
            p.drawLine(QLineF(0, middle, self._room() * len(self.bars), middle))
            focus_ring(p, self)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the bar under the pointer."""
        self._point(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        self._point(NONE)

    def _point(self, position: int) -> None:
        if position != self._hot:
            self._hot = position
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the bar under the pointer."""
        position = self._at(event.position())
        if position != NONE:
            self.taken.emit(self.bars[position].number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the neighbour of the marked bar by the arrow keys."""
        turn = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if turn is None or not self.bars:
            super().keyPressEvent(event)
            return
        known = [position for position, bar in enumerate(self.bars) if bar.number == self.current]
        position = min(max((known[0] if known else 0) + turn, 0), len(self.bars) - 1)
        self.taken.emit(self.bars[position].number)

    def event(self, event: QEvent) -> bool:
        """Say what the bar under the pointer stands for."""
        if isinstance(event, QHelpEvent):
            position = self._at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.toolTip() if position == NONE else self.bars[position].tip, self)
            return True
        return super().event(event)
