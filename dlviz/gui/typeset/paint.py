"""Paints laid-out formulas: glyph outlines as paths, digits swapped in, colours from the theme."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen, QTransform

from dlviz.gui.theme import Theme
from dlviz.gui.typeset.glyphs import EM, digits_of
from dlviz.gui.typeset.layout import Layout, Placed
from dlviz.gui.widgets.paint import keeps_lines

BOLDNESS = 0.045 * EM  # added around the result: the mathematical font has no bold digits
PARTS = 4  # of a pixel, to which a glyph is placed
MOST_STAMPS = 8192  # some 2 kB each
_STEP = re.compile(r"([MLQCZ])([^MLQCZ]*)")


def paint_layout(painter: QPainter, layout: Layout, theme: Theme, phase: str, origin: QPointF) -> None:
    """Paint every piece; phase names the colour of the result."""
    ratio, base = painter.device().devicePixelRatioF(), painter.deviceTransform()
    is_moved_only = (base.m11(), base.m12(), base.m21(), base.m22()) == (ratio, 0.0, 0.0, ratio)
    put = _stamp_piece if is_moved_only and not keeps_lines(painter) else _draw_piece
    for placed in layout.placed:
        put(painter, _Where(layout, placed, origin), theme, phase if placed.is_result else "")


class _Where:
    """Where the glyphs of a piece stand: pixels of the widget from pixels at EM."""

    def __init__(self, layout: Layout, placed: Placed, origin: QPointF) -> None:
        self.template, self.digits = placed.template, digits_of(placed.latex)
        self.x, self.y = origin.x() + placed.x, origin.y() + placed.y
        self.scale = layout.scale * placed.size
        self.pen = BOLDNESS * self.scale if placed.is_result else 0.0

    def outlines(self) -> Iterator[tuple[str, float, float, float, str]]:
        """Give path data, place, scale and colour's name of every glyph, with the digits of this piece."""
        for glyph in self.template.glyphs:
            data, x = glyph.path, glyph.x
            if glyph.digits:
                digit = int(self.digits[glyph.place])
                data, x = glyph.digits[digit], x + glyph.shifts[digit]
            yield data, self.x + x * self.scale, self.y + glyph.y * self.scale, glyph.scale * self.scale, glyph.colour


def _draw_piece(painter: QPainter, where: _Where, theme: Theme, own: str) -> None:
    """Draw outlines as paths: sharp at any scale, as in an export."""
    for data, x, y, scale, name in where.outlines():
        colour = _colour(theme, own or name)
        painter.setPen(QPen(colour, where.pen) if where.pen else Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawPath(QTransform(scale, 0, 0, scale, x, y).map(outline(data)))
    _paint_rules(painter, where, theme, own)


def _stamp_piece(painter: QPainter, where: _Where, theme: Theme, own: str) -> None:
    """Stamp pictures of the glyphs, which are met again and again: ten times as fast as their outlines."""
    ratio = painter.device().devicePixelRatioF()
    for data, x, y, scale, name in where.outlines():
        colour = _colour(theme, own or name).rgba()
        column, row = math.floor(x * ratio), math.floor(y * ratio)
        shift = round((x * ratio - column) * PARTS), round((y * ratio - row) * PARTS)
        stamp = _stamp(data, scale * ratio, colour, where.pen * ratio, *shift)
        painter.drawImage(QPointF((column + stamp.left) / ratio, (row + stamp.top) / ratio), stamp.at(ratio))
    _paint_rules(painter, where, theme, own)


@dataclass
class _Stamp:
    """A picture of a glyph, and where its corner stands from the whole pixel of its origin."""

    image: QImage
    left: int
    top: int

    def at(self, ratio: float) -> QImage:
        """Return the picture for a screen with so many dots a pixel."""
        if self.image.devicePixelRatioF() != ratio:
            self.image.setDevicePixelRatio(ratio)
        return self.image


@lru_cache(MOST_STAMPS)
def _stamp(data: str, scale: float, colour: int, pen: float, right: int, down: int) -> _Stamp:
    """Draw a glyph, so many parts of a pixel right and down of a whole one."""
    path = QTransform(scale, 0, 0, scale, right / PARTS, down / PARTS).map(outline(data))
    box = path.boundingRect().adjusted(-pen - 1, -pen - 1, pen + 1, pen + 1).toAlignedRect()
    image = QImage(box.size(), QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    ink = QColor.fromRgba(colour)
    with QPainter(image) as p:
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.translate(-box.topLeft())
        p.setPen(QPen(ink, pen) if pen else Qt.PenStyle.NoPen)
        p.setBrush(ink)
        p.drawPath(path)
    return _Stamp(image, box.left(), box.top())


def _paint_rules(painter: QPainter, where: _Where, theme: Theme, own: str) -> None:
    scale = where.scale
    for rule in where.template.rules:
        bar = QRectF(where.x + rule.x * scale, where.y + rule.y * scale, rule.width * scale, rule.height * scale)
        painter.fillRect(bar, _colour(theme, own or rule.colour))


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
