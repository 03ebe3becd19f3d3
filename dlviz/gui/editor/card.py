"""The card beside a link or bias: its value, its gradient, its next step, and a place to type another value."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPaintEvent, QPalette
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.gui.numbers import parse_number
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID, RADIUS, current
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, painter, rounded
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

WIDTH = 31 * GRID
AWAY_MS = 350  # the pointer may cross the gap between link and card in this time
DISTANCE = 2 * GRID


@dataclass(frozen=True)
class CardContent:
    """Texts of the card; rows are (label, value) pairs. value is the number that can be typed over."""

    title: str
    value: float | None
    value_text: str
    rows: tuple[tuple[str, str], ...] = ()
    hint: str = ""


class ValueCard(QWidget):
    """Floats over the canvas and takes typed numbers."""

    where_from = Signal(object)  # Selected: show its origin in the inspector
    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._apply: Callable[[Selected, float], None] = _refuse
        self.place, self._offered = NOTHING, ""
        self.is_pinned = False
        self.setFixedWidth(WIDTH)
        # A child of a scroll area's viewport would else paint labels in the role Text, not WindowText.
        self.setBackgroundRole(QPalette.ColorRole.Window)
        self._away = QTimer(self, singleShot=True, interval=AWAY_MS)
        self._away.timeout.connect(self.close_card)
        self._build()
        describe(self, tr("Value card"))
        self.hide()

    def set_apply(self, apply: Callable[[Selected, float], None]) -> None:
        """Call this with a typed number; it may raise DlvizError, whose sentence is shown."""
        self._apply = apply

    def _build(self) -> None:
        self._title, self._value = Text(is_bold=True), Text(is_bold=True)
        self.rows = [(Text(colour="muted", size="small"), Text(size="small")) for _ in range(3)]
        self.where = TextButton(tr("Where does this come from?"), tr("Show its origin in the inspector"), is_link=True)
        self.where.clicked.connect(self._ask_where)
        self.hint = Text(colour="muted", size="small")
        self.hint.setWordWrap(True)
        self.edit = QLineEdit()
        describe(self.edit, tr("New value"), tr("Write 0.5, 0,5 or 1/2 and press Enter"))
        self.edit.installEventFilter(self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(5)
        layout.addLayout(_row(self._title, self._value))
        layout.addWidget(self.edit)
        for label, value in self.rows:
            layout.addLayout(_row(label, value))
        layout.addWidget(self.where, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.hint)
        self.edit.hide()

    def show_at(self, place: Selected, content: CardContent, around: QRect) -> None:
        """Show a place's numbers beside a rectangle of the parent."""
        self._away.stop()
        if place != self.place:
            self._put_edit_away()
        self.place = place
        self.show_content(content)
        self.move(_beside(around, self.size(), self.parentWidget().size()))
        self.show()
        self.raise_()

    def show_content(self, content: CardContent) -> None:
        """Renew the numbers; a value that is being typed stays."""
        self._title.setText(content.title)
        self._value.setText(content.value_text)
        if content.value is not None:
            self._value.set_colour("negative_text" if content.value < 0 else "positive_text")
        for index, (label, value) in enumerate(self.rows):
            is_used = index < len(content.rows)
            for text, word in zip((label, value), content.rows[index] if is_used else ("", ""), strict=True):
                text.setText(word)
                text.setVisible(is_used)
        if not self.is_editing:
            self._say(content.hint)
        self.adjustSize()

    @property
    def is_editing(self) -> bool:
        """Whether a value is being typed."""
        return not self.edit.isHidden()

    def begin_editing(self, text: str) -> None:
        """Offer the value for typing, all of it marked."""
        self._away.stop()
        self._offered = text
        self.edit.setText(text)
        self.edit.show()
        self._value.hide()
        self._say(tr("Enter: take it · Esc: leave it"))
        self.adjustSize()
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.edit.selectAll()

    def _accept(self) -> None:
        if self.edit.text() == self._offered:
            self.end_editing()  # the value has more digits than are offered; as it stands it stays
            return
        try:
            self._apply(self.place, parse_number(self.edit.text()))
        except DlvizError as error:
            self._say(error.sentence, "error")
            self.edit.selectAll()
        else:
            self.end_editing()

    def end_editing(self) -> None:
        """Go back to showing."""
        self._put_edit_away()
        self._say("")
        self.leave()

    def _put_edit_away(self) -> None:
        if self.edit.hasFocus():
            # Before it hides: Qt would else hand the focus on as Tab does, and the canvas walk to its next place.
            self.parentWidget().setFocus()
        self.edit.hide()
        self._value.show()

    def _say(self, text: str, colour: str = "muted") -> None:
        self.hint.set_colour(colour)
        self.hint.setText(text)
        self.hint.setVisible(bool(text))
        self.adjustSize()

    def leave(self) -> None:
        """Close soon, unless the pointer comes to the card or a value is being typed."""
        if not self.is_editing and not self.is_pinned:
            self._away.start()

    @Slot()
    def close_card(self) -> None:
        """Close now."""
        self._away.stop()
        self._put_edit_away()
        self.is_pinned = False
        self.place = NOTHING
        self.hide()
        self.closed.emit()

    @Slot()
    def _ask_where(self) -> None:
        self.where_from.emit(self.place)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Take the value with Enter, leave it with Esc; neither may go on to the canvas below."""
        if watched is not self.edit or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and event.key() == Qt.Key.Key_Escape:
            event.accept()  # else the window would take it and select nothing
            return True
        if event.type() != QEvent.Type.KeyPress:
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.end_editing()
        else:
            return False
        return True

    def enterEvent(self, event: QEnterEvent) -> None:
        """Stay while the pointer is here."""
        self._away.stop()

    def leaveEvent(self, event: QEvent) -> None:
        """Go when the pointer goes."""
        self.leave()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card and a soft shadow line around it."""
        theme = current()
        with painter(self) as p:
            rounded(p, QRectF(self.rect()), theme.panel, theme.outline, RADIUS + 2)


def _refuse(place: Selected, value: float) -> None:
    raise DlvizError(tr("This number cannot be changed here."))


def _row(left: QLabel, right: QLabel) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(left)
    row.addStretch(1)
    row.addWidget(right)
    right.setAlignment(Qt.AlignmentFlag.AlignRight)
    return row


def _beside(around: QRect, size: QSize, room: QSize) -> QPoint:
    """Return the corner of a card below a rectangle, or above it where there is no room below."""
    x = around.center().x() - size.width() // 2
    y = around.bottom() + DISTANCE
    if y + size.height() > room.height():
        y = around.top() - DISTANCE - size.height()
    return QPoint(
        max(GRID, min(x, room.width() - size.width() - GRID)), max(GRID, min(y, room.height() - size.height() - GRID))
    )
