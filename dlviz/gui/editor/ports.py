"""Ports of nodes, where connections begin and end: a small ring left and right of the buttons over a column."""

from collections.abc import Mapping

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from dlviz.gui.editor.hot import Hot
from dlviz.gui.theme import GRID, Theme

AWAY = 5.0 * GRID  # from the middle of a column to its ports
RADIUS, LIT_RADIUS = 4.0, 6.5
REACH = 8.0  # around the middle of a port, where it can be pressed
LEAST_PITCH = 13.5 * GRID  # between columns; closer than that ports would touch the buttons of the layers
LEAST_AWAY = 4.4 * GRID


def port_spots(node: str, x: float, y: float, pitch: float, is_layer: bool) -> list[Hot]:
    """Return the ports of a node: "out", and "in" where it is a layer. x, y: the middle of its buttons."""
    if pitch < LEAST_PITCH:
        return []
    away = max(min(AWAY, pitch / 2 - 2.25 * GRID), LEAST_AWAY)
    spots = [Hot("out", node, _around(x + away, y))]
    return [*spots, Hot("in", node, _around(x - away, y))] if is_layer else spots


def _around(x: float, y: float) -> QRectF:
    return QRectF(x - REACH, y - REACH, 2 * REACH, 2 * REACH)


def paint_port(painter: QPainter, hot: Hot, theme: Theme, is_hovered: bool) -> None:
    """Paint a port at rest: a pale ring, in the accent under the pointer."""
    _ring(painter, hot, RADIUS + is_hovered, QPen(theme.colour("accent" if is_hovered else "outline"), 1.4),
          theme, "accent_soft" if is_hovered else "field")  # fmt: skip


def paint_wire(
    painter: QPainter, theme: Theme, start: QPointF, end: QPointF, ports: Mapping[str, Hot], fits: Mapping[str, bool],
    chosen: str,
) -> None:  # fmt: skip
    """Paint a connection that is being dragged and the ports that it can end at.

    ports: by node. fits: whether a node can be connected; those that can are large and filled, others are crossed
    out. chosen: the node under the pointer, or "".
    """
    for node, hot in ports.items():
        if fits.get(node, False):
            pen = QPen(theme.colour("accent"), 2.5 if node == chosen else 1.6)
            _ring(painter, hot, LIT_RADIUS + (2 if node == chosen else 0), pen, theme, "accent_soft")
        else:
            _cross(painter, hot, theme, node == chosen)
    is_refused = bool(chosen) and not fits.get(chosen, False)
    pen = QPen(theme.colour("error" if is_refused else "accent"), 2.2)
    if is_refused:
        pen.setStyle(Qt.PenStyle.DashLine)
    painter.setPen(pen)
    painter.drawLine(start, end)


def _ring(painter: QPainter, hot: Hot, radius: float, pen: QPen, theme: Theme, fill: str) -> None:
    painter.setPen(pen)
    painter.setBrush(theme.colour(fill))
    painter.drawEllipse(hot.rectangle.center(), radius, radius)


def _cross(painter: QPainter, hot: Hot, theme: Theme, is_chosen: bool) -> None:
    painter.setPen(QPen(theme.colour("error" if is_chosen else "outline"), 1.6))
    centre, arm = hot.rectangle.center(), RADIUS
    painter.drawLine(centre - QPointF(arm, arm), centre + QPointF(arm, arm))
    painter.drawLine(centre - QPointF(arm, -arm), centre + QPointF(arm, -arm))
