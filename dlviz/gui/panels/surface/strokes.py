"""Arrows and letters that can be read on a picture: each has a rim of the panel's colour."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from dlviz.gui.theme import current

HEAD = 7.0  # pixels, of an arrow
OPACITY = 0.3  # of an area


def paint_arrow(p: QPainter, start: QPointF, tip: QPointF, colour: str) -> None:
    """Paint an arrow in a #RRGGBB colour."""
    theme, angle = current(), math.atan2(tip.y() - start.y(), tip.x() - start.x())
    for each, width in ((theme.panel, 4.5), (colour, 2.2)):
        p.setPen(QPen(QColor(each), width * theme.mark_width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        p.drawLine(start, tip)
        for side in (-0.45, 0.45):
            p.drawLine(tip, tip - QPointF(math.cos(angle + side) * HEAD, math.sin(angle + side) * HEAD))


def paint_area(p: QPainter, square: QRectF, is_outline: bool) -> None:
    """Paint a square whose area is a number, or only its rim."""
    theme = current()
    style = Qt.PenStyle.DashLine if is_outline else Qt.PenStyle.SolidLine
    p.setBrush(Qt.BrushStyle.NoBrush if is_outline else theme.colour("loss", OPACITY))
    for colour, width in (("panel", 3.2), ("loss", 1.6)):
        p.setPen(QPen(theme.colour(colour), width * theme.mark_width, style))
        p.drawRect(square)
        p.setBrush(Qt.BrushStyle.NoBrush)


def paint_words(p: QPainter, at: QPointF, text: str, colour: str = "") -> None:
    """Write with the painter's font in a #RRGGBB colour, by default that of text."""
    theme = current()
    path = QPainterPath()
    path.addText(at, p.font(), text)
    p.strokePath(
        path, QPen(QColor(theme.panel), 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)
    )
    p.fillPath(path, QColor(colour or theme.text))


def clear_of(box: QRectF, taken: Sequence[QRectF], within: QRectF) -> QRectF:
    """Return the box moved into the picture, and down, or else up, until it lies over no other."""
    box = box.translated(min(within.right() - box.right(), 0.0), 0.0)
    box = box.translated(max(within.left() - box.left(), 0.0), 0.0)
    ways = (way * k * box.height() for way in (1, -1) for k in range(len(taken) + 1))
    places = (box.translated(0.0, each) for each in ways)
    free = (each for each in places if within.contains(each) and not any(each.intersects(other) for other in taken))
    return next(free, box)
