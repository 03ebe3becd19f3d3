"""A column of widgets that scrolls up and down in the width that there is."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class Scrolled(QScrollArea):
    """Shows a widget as wide as itself.

    The scroll bar always has its place, and nothing is painted there while all is in view. If it came and went, what is
    higher the wider it is (squares in columns, say) would fit without it and not with it, and Qt would go back and
    forth between the two until its stack is full.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    def hold(self, inner: QWidget) -> None:
        """Show this widget on the ground of what is behind."""
        self.setWidget(inner)
        inner.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)
