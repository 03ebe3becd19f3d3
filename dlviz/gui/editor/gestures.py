"""Gestures: what a pressed mouse does until it is let go, each with start, move, end and cancel."""

from typing import Protocol

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QApplication, QGraphicsView


class Gesture(Protocol):
    """One drag. `end` keeps what it did, `cancel` takes it back. Points are in pixels of the view."""

    has_moved: bool

    def start(self, at: QPoint) -> None: ...
    def move(self, to: QPoint) -> None: ...
    def end(self) -> None: ...
    def cancel(self) -> None: ...


class Pan:
    """Drags the picture under the pointer."""

    def __init__(self, view: QGraphicsView) -> None:
        self._view = view
        self._last = self._first = QPoint()
        self.has_moved = False

    def start(self, at: QPoint) -> None:
        """Remember where the drag begins."""
        self._last = self._first = at

    def move(self, to: QPoint) -> None:
        """Scroll by what the pointer moved."""
        if (to - self._first).manhattanLength() < QApplication.startDragDistance() and not self.has_moved:
            return
        self.has_moved = True
        scroll(self._view, self._last - to)
        self._last = to

    def end(self) -> None:
        """Stay here."""

    def cancel(self) -> None:
        """Go back to where the drag began."""
        scroll(self._view, self._last - self._first)


def scroll(view: QGraphicsView, by: QPoint) -> None:
    """Move the visible part of the scene by so many pixels."""
    for bar, amount in ((view.horizontalScrollBar(), by.x()), (view.verticalScrollBar(), by.y())):
        bar.setValue(bar.value() + amount)
