"""A scroll area that gives what it shows all its room."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea

from dlviz.gui.theme import GRID
from dlviz.gui.walks.boxes_view import BoxesView

LEAST_ZOOM, MOST_ZOOM = 0.75, 1.5  # of the usual size; what would have to be smaller to be seen whole is scrolled
MARGIN = 2 * GRID  # pixels around the step in hand
SPARE = 1.3  # times the room that is needed, before things are drawn larger than usual


class Roomy(QScrollArea):
    """Gives what it shows all its room, larger where there is plenty, smaller or scrolled where it is tight."""

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
        share = min(room.width() / wanted.width(), room.height() / wanted.height())
        if share >= LEAST_ZOOM:
            self._view.use_zoom(share if share < 1 else min(max(share / SPARE, 1.0), MOST_ZOOM))
            self._view.resize(room)
        else:
            self._view.use_zoom(1.0)
            self._view.resize(self.viewport().size().expandedTo(wanted))

    def follow(self) -> None:
        """Scroll to the step in hand, where not all is seen."""
        lit = self._view.lit_rect().toAlignedRect()
        if not lit.isEmpty():
            centre = lit.center()
            self.ensureVisible(centre.x(), centre.y(), lit.width() // 2 + MARGIN, lit.height() // 2 + MARGIN)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Paint anew, for the ring of the keyboard goes around what is seen."""
        super().scrollContentsBy(dx, dy)
        self._view.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the panel."""
        super().resizeEvent(event)
        self.fit()
        self.follow()
