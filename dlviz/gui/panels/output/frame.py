"""The output map with its colour bar beside it, both as high as the map is wide."""

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.panels.output.map import MapView
from dlviz.gui.response import Scale
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.colour_bar import ColourBar
from dlviz.i18n import tr


class MapFrame(QWidget):
    """Places map and bar by hand, because a layout cannot keep one square and the other as high."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = MapView(self)
        self.bar = ColourBar(tr("Output"), -1.0, 1.0, parent=self)
        self._placed = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_scale(self, scale: Scale | None) -> None:
        """Show the values of the colours; None where hues stand for classes."""
        if scale is not None:
            self.bar.set_range(scale.low, scale.high)
        self.bar.setHidden(scale is None)
        if self._room() != self._placed:
            self._place()

    def sizeHint(self) -> QSize:
        return QSize(300, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(20 * GRID, 12 * GRID)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    def _room(self) -> int:
        """Return how many pixels the bar takes with the gap before it."""
        return 0 if self.bar.isHidden() else self.bar.sizeHint().width() + GRID

    def _place(self) -> None:
        room = self._placed = self._room()
        side = max(min(self.width() - room, self.height()), 8)
        left = max((self.width() - room - side) // 2, 0)
        self.map.setGeometry(left, 0, side, side)
        self.bar.setGeometry(left + side + GRID, 0, max(room - GRID, 0), side)
