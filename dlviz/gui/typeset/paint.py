"""Paints laid-out formulas: glyph outlines as paths, digits swapped in, colours from the theme."""

import re
from functools import cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from dlviz.gui.theme import Theme
from dlviz.gui.typeset.glyphs import EM, Template, digits_of
from dlviz.gui.typeset.layout import Layout, Placed

BOLDNESS = 0.045 * EM  # added around the result: the mathematical font has no bold digits
_STEP = re.compile(r"([MLQCZ])([^MLQCZ]*)")


def paint_layout(painter: QPainter, layout: Layout, theme: Theme, phase: str, origin: QPointF) -> None:
    """Paint every piece; phase names the colour of the result."""
    base = painter.transform()
    for placed in layout.placed:
        at = QTransform(base)
        at.translate(origin.x() + placed.x, origin.y() + placed.y)
        at.scale(layout.scale * placed.size, layout.scale * placed.size)
        _paint_piece(painter, placed, theme, phase, at)
    painter.setTransform(base)


def _paint_piece(painter: QPainter, placed: Placed, theme: Theme, phase: str, at: QTransform) -> None:
    template, digits = placed.template, digits_of(placed.latex)
    is_result = placed.is_result
    own = phase if is_result else ""
    for glyph in template.glyphs:
        digit = int(digits[glyph.place]) if glyph.digits else -1
        path = outline(glyph.digits[digit] if glyph.digits else glyph.path)
        transform = QTransform(at)
        transform.translate(glyph.x + (glyph.shifts[digit] if glyph.digits else 0.0), glyph.y)
        transform.scale(glyph.scale, glyph.scale)
        painter.setTransform(transform)
        colour = _colour(theme, own or glyph.colour)
        painter.setPen(QPen(colour, BOLDNESS / glyph.scale) if is_result else Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPath(path)
    _paint_rules(painter, template, theme, own, at)


def _paint_rules(painter: QPainter, template: Template, theme: Theme, own: str, at: QTransform) -> None:
    painter.setTransform(at)
    for rule in template.rules:
        painter.fillRect(QRectF(rule.x, rule.y, rule.width, rule.height), _colour(theme, own or rule.colour))


def _colour(theme: Theme, name: str) -> QColor:
    """Return the theme's colour of this name; what has no name is text."""
    return theme.colour(name if hasattr(theme, name) else "text")


@cache
def outline(data: str) -> QPainterPath:
    """Return SVG path data (absolute M, L, Q, C, Z) as a path; a font has few glyphs, so all are kept."""
    path = QPainterPath()
    path.setFillRule(Qt.FillRule.WindingFill)
    for command, arguments in _STEP.findall(data):
        numbers = [float(each) for each in arguments.split()]
        points = [QPointF(x, y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
        if command == "M":
            path.moveTo(*points)
        elif command == "L":
            path.lineTo(*points)
        elif command == "Q":
            path.quadTo(*points)
        elif command == "C":
            path.cubicTo(*points)
        else:
            path.closeSubpath()
    return path
