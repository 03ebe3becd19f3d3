"""How signs, matrices and their lit cells are painted."""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from dlviz.gui.panels.formula.matrices.boxes import BRACKET, HIDDEN, PAD, Block, Placed, sign_font
from dlviz.gui.panels.formula.matrices.heat import heat_image, reduced
from dlviz.gui.theme import GRID, current, diverging, font
from dlviz.gui.widgets.colour_bar import rgba_image
from dlviz.i18n import tr

LEGEND_HEIGHT = 3.0 * GRID
BAR = (12.0 * GRID, 1.0 * GRID)  # pixels; width and height of the legend's bar
CENTRE = Qt.AlignmentFlag.AlignCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
Cell = tuple[int, int] | None


@dataclass(frozen=True)
class Picture:
    """What is painted of a matrix besides its numbers: its image, the cell told, and the cell marked."""

    image: QImage | None = None
    told: Cell = None
    marked: Cell = None

    @classmethod
    def of(cls, block: Block, scale: float) -> "Picture":
        """Paint the image of a large matrix once, with no more cells than there are pixels."""
        if not block.is_heat or block.is_hidden:
            return cls()
        rows, columns = round(scale * block.body.height()), round(scale * block.body.width())
        return cls(heat_image(reduced(block.matrix.values, rows, columns), current()))

    def lit(self, told: Cell, marked: Cell) -> "Picture":
        """Return the same with these cells lit."""
        return replace(self, told=told, marked=marked)


def paint_placed(p: QPainter, placed: Placed, picture: Picture | None, phase: str) -> None:
    """Paint a sign, or a matrix with its caption."""
    if placed.block is None or picture is None:
        p.setFont(sign_font())
        p.setPen(current().colour("text"))
        p.drawText(placed.rect, CENTRE, placed.sign)
        return
    if placed.block.is_heat:
        _paint_heat(p, placed, picture, phase)
    else:
        _paint_numbers(p, placed, picture, phase)
    _paint_caption(p, placed, placed.block, phase)


def _paint_numbers(p: QPainter, placed: Placed, picture: Picture, phase: str) -> None:
    block, theme = placed.block, current()
    assert block is not None
    if picture.told is not None:
        row, column = picture.told
        inner = placed.rect.adjusted(BRACKET, 0, -BRACKET, 0)
        cell = placed.cell_rect(row, column)
        band = QColor(theme.soft(phase, 0.12))
        p.fillRect(QRectF(inner.left(), cell.top(), inner.width(), cell.height()), band)
        p.fillRect(QRectF(cell.left(), inner.top(), cell.width(), inner.height()), band)
    p.setFont(font("normal"))
    for row, texts in enumerate(block.texts):
        for column, text in enumerate(texts):
            p.setPen(theme.colour(_colour(float(block.matrix.values[row, column]), text)))
            p.drawText(placed.cell_rect(row, column).adjusted(0, 0, -PAD, 0), RIGHT, text)
    _paint_brackets(p, placed.rect, theme.colour("text"))
    _ring(p, placed, picture, phase)


def _colour(value: float, text: str) -> str:
    if text == HIDDEN or value == 0:
        return "text"
    return "error" if not np.isfinite(value) else "positive_text" if value > 0 else "negative_text"


def _paint_brackets(p: QPainter, rect: QRectF, colour: QColor) -> None:
    p.setPen(QPen(colour, 1.2))
    for x, inward in ((rect.left() + 1, BRACKET - 1), (rect.right() - 1, 1 - BRACKET)):
        p.drawPolyline(
            [QPointF(x + inward, rect.top()), QPointF(x, rect.top()), QPointF(x, rect.bottom()),
             QPointF(x + inward, rect.bottom())]
        )  # fmt: skip


def _paint_heat(p: QPainter, placed: Placed, picture: Picture, phase: str) -> None:
    theme = current()
    if picture.image is None:
        p.setFont(font("normal"))
        p.setPen(theme.colour("text"))
        p.drawText(placed.rect, CENTRE, HIDDEN)
    else:
        p.save()
        p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        p.drawImage(placed.rect, picture.image)
        p.restore()
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(theme.colour("outline"), 1.0))
    p.drawRect(placed.rect)
    if picture.told is not None:
        cell = placed.cell_rect(*picture.told)
        p.setPen(QPen(theme.colour(phase), 1.2))
        p.drawRect(_at_least(QRectF(placed.rect.left(), cell.top(), placed.rect.width(), cell.height())))
        p.drawRect(_at_least(QRectF(cell.left(), placed.rect.top(), cell.width(), placed.rect.height())))
    _ring(p, placed, picture, phase)


def _at_least(rect: QRectF, side: float = 2.0) -> QRectF:
    """Return a rectangle that can be seen, around the same centre."""
    grown = QRectF(0, 0, max(rect.width(), side), max(rect.height(), side))
    grown.moveCenter(rect.center())
    return grown


def _ring(p: QPainter, placed: Placed, picture: Picture, phase: str) -> None:
    """Frame the cell told in the colour of the phase, and the one under the pointer in the accent."""
    p.setBrush(Qt.BrushStyle.NoBrush)
    for cell, colour, width in ((picture.told, phase, 1.5), (picture.marked, "accent", 2.0)):
        if cell is not None:
            p.setPen(QPen(current().colour(colour), width))
            p.drawRect(_at_least(placed.cell_rect(*cell), 6.0))


def _paint_caption(p: QPainter, placed: Placed, block: Block, phase: str) -> None:
    theme, (letter, words) = current(), block.caption
    middle, top = placed.rect.center().x(), placed.rect.bottom() + 2
    p.setFont(sign_font())
    p.setPen(theme.colour(phase if block.matrix.is_written else "text"))
    height = QFontMetricsF(sign_font()).height()
    p.drawText(QRectF(middle - 200, top, 400, height), CENTRE, letter)
    p.setFont(font("small"))
    p.setPen(theme.colour("muted"))
    p.drawText(QRectF(middle - 200, top + height, 400, QFontMetricsF(font("small")).height()), CENTRE, words)


def paint_legend(p: QPainter, corner: QPointF) -> None:
    """Paint the colours of heat maps with their signs, and say what a pixel stands for."""
    theme = current()
    width, height = BAR
    p.setFont(font("small"))
    p.setPen(theme.colour("muted"))
    metrics = QFontMetricsF(font("small"))
    minus, plus = "−", "+"
    left = corner.x() + metrics.horizontalAdvance(minus) + 4
    line = QRectF(corner.x(), corner.y(), 2000, LEGEND_HEIGHT)
    p.drawText(line, Qt.AlignmentFlag.AlignVCenter, minus)
    bar = QRectF(left, corner.y() + (LEGEND_HEIGHT - height) / 2, width, height)
    p.drawImage(bar, rgba_image(diverging(theme).reshape(1, -1, 4)))
    words = tr("each matrix up to its own ±; a pixel shows the number farthest from 0")
    p.drawText(line.adjusted(bar.right() + 4 - corner.x(), 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, f"{plus}   {words}")
