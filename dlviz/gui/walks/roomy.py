"""A scroll area that gives what it shows all its room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from dlviz.gui.walks.boxes_view import BoxesView


class Roomy(QScrollArea):
    """Gives what it shows all its room, and scrolls where that wants more."""

    def __init__(self, view: BoxesView) -> None:
        super().__init__()
        self._view = view
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(view)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setAutoFillBackground(False)
        self.viewport().setAutoFillBackground(False)

    def fit(self) -> None:
        """Make the view as large as there is room for, and no smaller than it can be read."""
        self._view.resize(self.viewport().size().expandedTo(self._view.minimumSizeHint()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the panel."""
        super().resizeEvent(event)
        self.fit()
