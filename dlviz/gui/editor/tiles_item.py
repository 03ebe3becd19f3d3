"""All units of the network in one graphics item: thumbnails or value tiles, biases, deltas and targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from dlviz.gui.editor.blocks import Block
from dlviz.gui.editor.layout import Layout
from dlviz.gui.editor.stamps import Stamps
from dlviz.gui.theme import RADIUS, Theme, font
from dlviz.gui.widgets.colour_bar import rgba_image
from dlviz.i18n import tr

BIAS_RADIUS = 6.5
NOTE_WIDTH = 110.0  # room beside a tile for its name or target
NOTE_HEIGHT = 20.0


@dataclass(frozen=True)
class UnitTexts:
    """What is written at the shown units of one node; empty text is not written.

    names and values stand on the tile, deltas below, notes to the right (targets), sides to the left,
    biases left of the bias dot, numbers on the upper edge.
    """

    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    deltas: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    sides: tuple[str, ...] = ()
    biases: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True)
class TilesContent:
    """Everything tiles show in one frame.

    atlas: (n·grid, grid, 4) RGBA and the first thumbnail of each node. biases by node.
    lit: places of the step in hand as (node, unit), unit −1 for all of a node; drawn in `lit_colour`.
    """

    texts: Mapping[str, UnitTexts] = field(default_factory=dict)
    atlas: NDArray[np.uint8] | None = None
    firsts: Mapping[str, int] = field(default_factory=dict)
    biases: Mapping[str, NDArray[np.floating]] = field(default_factory=dict)
    lit: frozenset[tuple[str, int]] = frozenset()
    lit_colour: str = ""


class TilesItem(QGraphicsItem):
    """Draws every unit. The frame decides between thumbnails (atlas given) and value tiles."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.use_theme(theme)
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._layout: Layout | None = None
        self.content = TilesContent()
        self._image: QImage | None = None
        self._stamps: Stamps | None = None
        self._marked: list[tuple[str, QRectF]] = []
        self._bounds = QRectF()

    def use_theme(self, theme: Theme) -> None:
        """Draw in the colours and fonts of a theme."""
        self.theme, self._type = theme, type_of_theme()
        self.update()

    def set_layout(self, layout: Layout) -> None:
        """Take over new places."""
        self.prepareGeometryChange()
        self._layout, self.content, self._image, self._marked = layout, TilesContent(), None, []
        self._bounds = QRectF(*layout.bounds).adjusted(-NOTE_WIDTH, -NOTE_HEIGHT, NOTE_WIDTH, 3 * NOTE_HEIGHT)

    def show_content(self, content: TilesContent) -> None:
        """Draw this from now on."""
        self.content = content
        self._image = None if content.atlas is None else rgba_image(content.atlas)
        self.update()

    def mark(self, places: list[tuple[str, QRectF]]) -> None:
        """Outline these rectangles with the named theme colours (selection, hover)."""
        if places != self._marked:
            for _, rectangle in [*self._marked, *places]:
                self.update(rectangle.adjusted(-4, -4, 4, 4))
            self._marked = places

    def boundingRect(self) -> QRectF:
        """Return the rectangle around all tiles and their notes."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint tiles, then what is written on and beside them."""
        if self._layout is None:
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        self._stamps = self._stamps_for(painter, self._layout)
        self._paint_frames(painter, option.exposedRect)
        for block in self._layout.blocks.values():
            texts = self.content.texts.get(block.node)
            if texts is not None:
                self._write(painter, option.exposedRect, block, texts)
            self._paint_biases(painter, option.exposedRect, block)
            if block.is_strip:
                self._write_strip(painter, block)
        for colour, rectangle in self._marked:
            painter.setPen(QPen(self.theme.colour(colour), 2.4))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rectangle, RADIUS, RADIUS)

    def _stamps_for(self, painter: QPainter, layout: Layout) -> Stamps:
        scale = painter.transform().m11() * painter.device().devicePixelRatioF()
        tile, radius = QSizeF(layout.tile.width, layout.tile.height), bias_radius(layout)
        key = (self.theme.key, tile.width(), tile.height(), radius, scale)
        return self._stamps if self._stamps is not None and self._stamps.key == key else Stamps(
            self.theme, tile, radius, scale
        )  # fmt: skip

    def _paint_frames(self, painter: QPainter, exposed: QRectF) -> None:
        content, layout, theme = self.content, self._layout, self.theme
        assert layout is not None  # paint has asked
        for block in layout.blocks.values():
            if self._image is not None:
                self._paint_thumbnails(painter, exposed, block, self._image)
                continue
            lit_pen, pen = QPen(QColor(content.lit_colour), 2.0), QPen(theme.colour("outline"), 1.4)
            painter.setBrush(theme.colour("field"))
            radius = min(RADIUS, layout.tile.height / 4)
            for unit, y in zip(block.shown, block.ys, strict=True):
                painter.setPen(lit_pen if {(block.node, -1), (block.node, unit)} & content.lit else pen)
                painter.drawRoundedRect(tile_rect(layout, block, y), radius, radius)

    def _paint_thumbnails(self, painter: QPainter, exposed: QRectF, block: Block, image: QImage) -> None:
        layout, first, side = self._layout, self.content.firsts.get(block.node), image.width()
        assert layout is not None  # paint has asked
        for index, y in enumerate(block.ys):
            rectangle = tile_rect(layout, block, y)
            if first is None:
                painter.fillRect(rectangle, self.theme.colour("field"))
            elif rectangle.intersects(exposed):
                painter.drawImage(rectangle, image, QRectF(0, (first + index) * side, side, side))
            if self._stamps is not None:
                self._stamps.put_frame(painter, rectangle)

    def _write(self, painter: QPainter, exposed: QRectF, block: Block, texts: UnitTexts) -> None:
        assert self._layout is not None  # paint has asked
        for index, y in enumerate(block.ys):
            rectangle = tile_rect(self._layout, block, y)
            if not rectangle.adjusted(-NOTE_WIDTH, 0, NOTE_WIDTH, NOTE_HEIGHT).intersects(exposed):
                continue
            self._write_on_tile(painter, rectangle, _at(texts.names, index), _at(texts.values, index))
            self._write_beside(painter, rectangle, texts, index)

    def _write_on_tile(self, painter: QPainter, tile: QRectF, name: str, value: str) -> None:
        centre = Qt.AlignmentFlag.AlignCenter
        if tile.height() < 40:
            name, upper, lower = "", tile, tile
        else:
            half = tile.height() / 2
            upper, lower = tile.adjusted(0, 4, 0, -half), tile.adjusted(0, half - 2, 0, -4)
        if name:
            painter.setFont(self._type.italic)
            painter.setPen(self.theme.colour("muted"))
            painter.drawText(upper, centre, name)
        is_number = bool(value) and (value[0].isdigit() or value[0] in "−+∞")
        painter.setFont(self._type.bold if is_number and tile.height() >= 28 else self._type.small)
        painter.setPen(self.theme.colour("text" if is_number else "muted"))
        painter.drawText(lower, centre, value)

    def _write_beside(self, painter: QPainter, tile: QRectF, texts: UnitTexts, index: int) -> None:
        centre_v, theme = Qt.AlignmentFlag.AlignVCenter, self.theme
        has_room = self._layout is not None and self._layout.tile.pitch >= self._layout.tile.roomy
        if has_room and (delta := _at(texts.deltas, index)):
            painter.setFont(self._type.small)
            painter.setPen(theme.colour("backward"))
            below = QRectF(tile.left() + 8, tile.bottom() + 2, tile.width() + 8, NOTE_HEIGHT)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, delta)
        if note := _at(texts.notes, index):
            painter.setFont(self._type.normal)
            painter.setPen(theme.colour("muted"))
            right = QRectF(tile.right() + 14, tile.top(), NOTE_WIDTH, tile.height())
            shown = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, int(NOTE_WIDTH))
            painter.drawText(right, Qt.AlignmentFlag.AlignLeft | centre_v, shown)
        if has_room and (bias := _at(texts.biases, index)):
            painter.setFont(self._type.small)
            painter.setPen(theme.colour("muted"))
            left = QRectF(tile.left() - NOTE_WIDTH - 10, tile.bottom() - 1, NOTE_WIDTH, NOTE_HEIGHT)
            painter.drawText(left, Qt.AlignmentFlag.AlignRight | centre_v, bias)
        if number := _at(texts.numbers, index):
            self._write_number(painter, tile, number)
        if side := _at(texts.sides, index):
            painter.setFont(self._type.italic)
            painter.setPen(theme.colour("text"))
            left = QRectF(tile.left() - NOTE_WIDTH - 12, tile.top(), NOTE_WIDTH, tile.height())
            shown = painter.fontMetrics().elidedText(side, Qt.TextElideMode.ElideRight, int(NOTE_WIDTH))
            painter.drawText(left, Qt.AlignmentFlag.AlignRight | centre_v, shown)

    def _write_number(self, painter: QPainter, tile: QRectF, number: str) -> None:
        painter.setFont(self._type.small)
        width = painter.fontMetrics().horizontalAdvance(number) + 6
        patch = QRectF(tile.center().x() - width / 2, tile.top() - 9, width, 13)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self.theme.colour("canvas"))
        painter.drawRoundedRect(patch, 4, 4)
        painter.setPen(self.theme.colour("muted"))
        painter.drawText(patch, Qt.AlignmentFlag.AlignCenter, number)

    def _paint_biases(self, painter: QPainter, exposed: QRectF, block: Block) -> None:
        values, layout = self.content.biases.get(block.node), self._layout
        if values is None or layout is None or self._stamps is None:
            return
        for y, sign in zip(block.ys, np.sign(np.nan_to_num(values)).tolist(), strict=False):
            self._stamps.put_dot(painter, bias_centre(layout, block, y), int(sign))

    def _write_strip(self, painter: QPainter, block: Block) -> None:
        layout = self._layout
        assert layout is not None  # paint has asked
        painter.setPen(self.theme.colour("accent"))
        painter.setFont(self._type.small)
        painter.drawText(strip_rect(layout, block), Qt.AlignmentFlag.AlignCenter, strip_text(block))


def strip_text(block: Block) -> str:
    """Say how much of a large layer is drawn."""
    return tr("{shown} of {count} shown", shown=len(block.shown), count=block.count)


def strip_rect(layout: Layout, block: Block) -> QRectF:
    """Return where a strip says how much of it is drawn; a click there asks for a unit."""
    bottom = float(block.ys[-1]) + layout.tile.height / 2
    return QRectF(block.x - NOTE_WIDTH / 2, bottom + 8, NOTE_WIDTH, NOTE_HEIGHT)


def tile_rect(layout: Layout, block: Block, y: float) -> QRectF:
    """Return the rectangle of the tile centred at this height."""
    tile = layout.tile
    return QRectF(block.x - tile.width / 2, float(y) - tile.height / 2, tile.width, tile.height)


def bias_centre(layout: Layout, block: Block, y: float) -> QPointF:
    """Return where a unit's bias is drawn: the tile's lower left corner."""
    return QPointF(block.x - layout.tile.width / 2, float(y) + layout.tile.height / 2)


def bias_radius(layout: Layout) -> float:
    """Return the radius of a bias dot, smaller on small tiles."""
    return min(BIAS_RADIUS, max(layout.tile.height / 6, 4.0))


def _italic(base: QFont) -> QFont:
    base.setItalic(True)
    return base


@dataclass(frozen=True)
class Type:
    """The fonts of the canvas, made once a theme: asking the platform for one costs more than drawing with it."""

    small: QFont
    normal: QFont
    bold: QFont
    italic: QFont


def type_of_theme() -> Type:
    """Return the fonts of the theme in use."""
    return Type(font("small"), font("normal"), font("normal", is_bold=True), _italic(font("normal")))


def _at(texts: tuple[str, ...], index: int) -> str:
    return texts[index] if index < len(texts) else ""
