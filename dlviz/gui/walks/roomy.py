"""A scroll area that gives what it shows all its room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from dlviz.gui.walks.boxes_view import BoxesView

LEAST_ZOOM = 0.75  # of the usual size; what would have to be smaller to be seen as a whole is scrolled


class Roomy(QScrollArea):
    """Gives what it shows all its room; where that wants more, shows it a little smaller, or scrolls."""

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
        room, wanted = self.maximumViewportSize(), self._view.minimumSizeHint()
        zoom = min(room.width() / wanted.width(), room.height() / wanted.height(), 1.0)
        if zoom >= LEAST_ZOOM:
            self._view.use_zoom(zoom)
            self._view.resize(room)
        else:
            self._view.use_zoom(1.0)
            self._view.resize(self.viewport().size().expandedTo(wanted))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the panel."""
        super().resizeEvent(event)
        self.fit()
