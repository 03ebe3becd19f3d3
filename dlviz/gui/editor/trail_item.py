"""A path through the network, drawn over its links with arrows that go backward."""

import math
from itertools import pairwise

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from dlviz.gui.editor import places
from dlviz.gui.editor.layout import Layout
from dlviz.gui.selection import Selected
from dlviz.gui.theme import Theme

WIDTH = 3.0  # pixels
ARROW = 11.0  # pixels, length of an arrow's head
PLACE = 0.55  # of a link's length, where its arrow stands: clear of the weight written beside it


class TrailItem(QGraphicsItem):
    """Draws the links of one path from the loss back to a weight."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setZValue(-0.5)
        self._paths: list[QPainterPath] = []
        self._bounds = QRectF()

    def show_paths(self, paths: list[QPainterPath]) -> None:
        """Draw these links; their curves begin at the source."""
        self.prepareGeometryChange()
        self._paths, self._bounds = paths, QRectF()
        for path in paths:
            self._bounds = self._bounds.united(path.boundingRect())
        if paths:
            self._bounds = self._bounds.adjusted(-ARROW, -ARROW, ARROW, ARROW)

    def count(self) -> int:
        """Return how many links are drawn."""
        return len(self._paths)

    def boundingRect(self) -> QRectF:
        """Return the rectangle around all links and arrows."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Stroke the links, then set an arrow on each."""
        colour = self.theme.colour("backward")
        for path in self._paths:
            painter.strokePath(path, QPen(colour, WIDTH * self.theme.mark_width))
        painter.setPen(QPen(colour, 1.0))
        painter.setBrush(colour)
        for path in self._paths:
            painter.drawPolygon(arrow(path))


def arrow(path: QPainterPath) -> QPolygonF:
    """Return an arrow's head on a curve that points to where the curve begins."""
    middle = path.pointAtPercent(PLACE)
    turn = math.radians(-path.angleAtPercent(PLACE)) + math.pi
    along, across = QPointF(math.cos(turn), math.sin(turn)), QPointF(-math.sin(turn), math.cos(turn))
    tip, back = middle + along * (ARROW / 2), middle - along * (ARROW / 2)
    return QPolygonF([tip, back + across * (ARROW / 2.2), back - across * (ARROW / 2.2)])


def links_of(layout: Layout, trail: tuple[Selected, ...]) -> list[int]:
    """Return the drawn links between neighbours of a trail."""
    found = []
    for later, earlier in pairwise(trail):
        link = Selected("link", later.layer, later.unit, earlier.layer, earlier.unit)
        index = places.link_index(layout, link)
        if index is not None:
            found.append(index)
    return found
