"""A product of numbers that wraps like text; each factor can be pointed at and taken."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dlviz.gui.theme import GRID, FontSize, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import painter, rounded

TIMES = " · "
PAD = 2.0  # pixels around a factor
NONE = -1


class Product(QWidget):
    """Shows factors with dots between; left and right walk them, Enter or a click takes one."""

    face: FontSize = "small"
    pointed = Signal(int)  # number of the factor under the pointer or the keyboard, −1 when it has left
    taken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.texts: tuple[str, ...] = ()
        self.tips: tuple[str, ...] = ()
        self._hot = NONE
        self._rectangles: list[QRectF] = []
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme_signals.changed.connect(self._use_theme)

    def show_factors(self, texts: Sequence[str], tips: Sequence[str]) -> None:
        """Show these numbers; a tip says what each is."""
        if (self.texts, self.tips) == (tuple(texts), tuple(tips)):
            return
        self.texts, self.tips, self._hot = tuple(texts), tuple(tips), NONE
        self.setAccessibleName(TIMES.join(texts))
        self.setAccessibleDescription("; ".join(f"{tip}: {text}" for text, tip in zip(texts, tips, strict=True)))
        self.setToolTip(self.accessibleDescription())
        self._place()

    def rectangle(self, number: int) -> QRectF:
        """Return where a factor is drawn."""
        return self._rectangles[number]

    def _flow(self, width: float) -> list[QRectF]:
        metrics = QFontMetricsF(font(self.face))
        height, dot = metrics.height() + PAD, metrics.horizontalAdvance(TIMES)
        x, y, found = 0.0, 0.0, []
        for text in self.texts:
            room = metrics.horizontalAdvance(text) + 2 * PAD
            if x > 0 and x + room > width:
                x, y = 0.0, y + height
            found.append(QRectF(x, y, room, height))
            x += room + dot - 2 * PAD
        return found

    def _place(self) -> None:
        self._rectangles = self._flow(self.width())
        self.updateGeometry()
        self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self._place()

    def heightForWidth(self, width: int) -> int:
        """Return the height of the lines at this width."""
        return round(max((each.bottom() for each in self._flow(width)), default=0.0)) + 1

    def sizeHint(self) -> QSize:
        """Return a width of a panel and the height it needs there."""
        width = max(self.width(), 30 * GRID)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """Allow it to be narrow."""
        return QSize(8 * GRID, self.heightForWidth(max(self.width(), 8 * GRID)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap for the new width."""
        super().resizeEvent(event)
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint numbers and dots; the one pointed at in the accent, underlined."""
        theme, metrics = current(), QFontMetricsF(font(self.face))
        with painter(self) as p:
            p.setFont(font(self.face))
            for number, (text, box) in enumerate(zip(self.texts, self._rectangles, strict=True)):
                is_hot = number == self._hot
                if is_hot:
                    rounded(p, box, theme.accent_soft, theme.accent if self.hasFocus() else "", radius=3)
                p.setPen(theme.colour("accent" if is_hot else "text"))
                p.drawText(box, Qt.AlignmentFlag.AlignCenter, text)
                if number < len(self.texts) - 1:
                    p.setPen(theme.colour("muted"))
                    dot = QRectF(box.right() - PAD, box.top(), metrics.horizontalAdvance(TIMES), box.height())
                    p.drawText(dot, Qt.AlignmentFlag.AlignCenter, TIMES.strip())

    def _at(self, point: QPointF) -> int:
        return next((k for k, box in enumerate(self._rectangles) if box.contains(point)), NONE)

    def _point(self, number: int) -> None:
        if number != self._hot:
            self._hot = number
            self.setCursor(Qt.CursorShape.ArrowCursor if number == NONE else Qt.CursorShape.PointingHandCursor)
            self.pointed.emit(number)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light the factor under the pointer."""
        self._point(self._at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Let go."""
        self._point(NONE)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the factor under the pointer; beside all of them the click is the card's."""
        number = self._at(event.position())
        if number == NONE:
            event.ignore()
            return
        self.taken.emit(number)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Leave presses beside the factors to the card."""
        event.setAccepted(self._at(event.position()) != NONE)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk the factors by arrow keys and take one by Enter."""
        turn = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if turn is not None and self.texts:
            self._point(min(max(self._hot + turn, 0), len(self.texts) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._hot != NONE:
            self.taken.emit(self._hot)
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go."""
        super().focusOutEvent(event)
        self._point(NONE)

    def event(self, event: QEvent) -> bool:
        """Say what the factor under the pointer is."""
        if isinstance(event, QHelpEvent):
            number = self._at(QPointF(event.pos()))
            tip = self.toolTip() if number == NONE else f"{self.tips[number]}: {self.texts[number]}"
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)
