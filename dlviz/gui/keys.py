"""Which keys stay with the focused widget although the window has a shortcut for them."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QApplication,
    QComboBox,
    QGraphicsView,
    QWidget,
)

SCROLLING = (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown, Qt.Key.Key_Home, Qt.Key.Key_End)


def belongs_to_focus(event: QKeyEvent) -> bool:
    """Say whether a key acts on the focused widget: Space on a button, PgDn in a list that scrolls."""
    focus = QApplication.focusWidget()
    if focus is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
        return False
    key = event.key()
    if key == Qt.Key.Key_Space:
        return isinstance(focus, QAbstractButton | QComboBox | QAbstractItemView)
    if key in SCROLLING:
        return isinstance(focus, QComboBox) or _scrolls(focus)
    return isinstance(focus, QComboBox) and bool(event.text().strip())


def _scrolls(widget: QWidget) -> bool:
    if isinstance(widget, QGraphicsView) or not isinstance(widget, QAbstractScrollArea):
        return False
    if widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
        return False  # it has the focus for all that stands in it, as a sheet has
    return widget.verticalScrollBar().maximum() > 0
