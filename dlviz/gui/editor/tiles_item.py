"""All units of the network in one graphics item: thumbnails or value tiles, and their biases."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QTransform
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from dlviz.gui.editor.blocks import Block
from dlviz.gui.editor.layout import Layout
from dlviz.gui.editor.rects import NOTE_HEIGHT, NOTE_WIDTH, bias_centre, bias_radius, picture_rect, tile_rect
from dlviz.gui.editor.stamps import Stamps
from dlviz.gui.editor.tile_texts import TileWriter, UnitTexts
from dlviz.gui.theme import RADIUS, Theme
from dlviz.gui.widgets.colour_bar import rgba_image

CROSS = 1.4  # pixels, width of the lines through a dropped unit
LIT = 2.0  # pixels, width of the frames of the step in hand
CLOSE = 20.0  # pixels; lower tiles stand so close that wider frames would touch


@dataclass(frozen=True)
class TilesContent:
    """Everything tiles show in one frame.

    atlas: (n·grid, grid, 4) RGBA and the first thumbnail of each node. biases by node.
    pictures: whole inputs as (side, side, 4) RGBA, for strips of square inputs.
    crossed: units that dropout has dropped, as (node, unit).
    lit: places of the step in hand as (node, unit), unit −1 for all of a node; drawn in `lit_colour`.
    """

    texts: Mapping[str, UnitTexts] = field(default_factory=dict)
    atlas: NDArray[np.uint8] | None = None
    firsts: Mapping[str, int] = field(default_factory=dict)
    biases: Mapping[str, NDArray[np.floating]] = field(default_factory=dict)
    pictures: Mapping[str, NDArray[np.uint8]] = field(default_factory=dict)
    crossed: frozenset[tuple[str, int]] = frozenset()
    lit: frozenset[tuple[str, int]] = frozenset()
    lit_colour: str = ""


class TilesItem(QGraphicsItem):
    """Draws every unit. The frame decides between thumbnails (atlas given) and value tiles."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.use_theme(theme)
        # exposedRect is asked for, so that texts outside of a small repaint are left out.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._layout: Layout | None = None
        self.content = TilesContent()
        self._image: QImage | None = None
        self._stamps: Stamps | None = None
        self._marked: list[tuple[str, QRectF]] = []
        self._bounds = QRectF()

    def use_theme(self, theme: Theme) -> None:
        """Draw in the colours and fonts of a theme."""
        self.theme, self._writer = theme, TileWriter(theme)
        self.update()

    def set_layout(self, layout: Layout) -> None:
        """Take over new places."""
        self.prepareGeometryChange()
        self._layout, self.content, self._image, self._marked = layout, TilesContent(), None, []
        self._bounds = QRectF(*layout.bounds).adjusted(-NOTE_WIDTH, -NOTE_HEIGHT, NOTE_WIDTH, 5 * NOTE_HEIGHT)

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
        """Paint tiles, then what is written on and beside them, then marks."""
        layout, exposed = self._layout, option.exposedRect
        if layout is None:
            return
        if self._image is None:
            self._paint_boxes(painter, layout)
        self._paint_pictures(painter, exposed, layout)
        for block in layout.blocks.values():
            texts = self.content.texts.get(block.node)
            if texts is not None:
                self._writer.write(painter, exposed, layout, block, texts)
            if block.is_strip:
                self._writer.write_strip(painter, layout, block)
                self._paint_picture(painter, layout, block)
        self._paint_crosses(painter, layout)
        self._paint_marks(painter)

    def _paint_crosses(self, painter: QPainter, layout: Layout) -> None:
        painter.setPen(QPen(self.theme.colour("muted"), CROSS * self.theme.mark_width))
        for block in layout.blocks.values():
            for unit, y in zip(block.shown, block.ys, strict=True):
                if (block.node, unit) in self.content.crossed:
                    box = tile_rect(layout, block, y)
                    painter.drawLine(box.topLeft(), box.bottomRight())
                    painter.drawLine(box.bottomLeft(), box.topRight())

    def _paint_boxes(self, painter: QPainter, layout: Layout) -> None:
        lit_pen = QPen(
            QColor(self.content.lit_colour), LIT if layout.tile.height < CLOSE else LIT * self.theme.mark_width
        )
        pen = QPen(self.theme.colour("outline"), 1.4)
        painter.setBrush(self.theme.colour("field"))
        radius = min(RADIUS, layout.tile.height / 4)
        for block in layout.blocks.values():
            for unit, y in zip(block.shown, block.ys, strict=True):
                painter.setPen(lit_pen if {(block.node, -1), (block.node, unit)} & self.content.lit else pen)
                painter.drawRoundedRect(tile_rect(layout, block, y), radius, radius)

    def _paint_pictures(self, painter: QPainter, exposed: QRectF, layout: Layout) -> None:
        """Copy thumbnails and dots to whole pixels of the screen; scaling each by the painter is 4 times slower."""
        transform, ratio = painter.transform(), painter.device().devicePixelRatioF()
        stamps = self._stamps = self._stamps_for(layout, transform.m11(), ratio)
        painter.save()
        painter.resetTransform()
        for block in layout.blocks.values():
            if self._image is not None:
                self._paint_thumbnails(painter, exposed, layout, block, transform, stamps)
            self._paint_biases(painter, layout, block, transform, stamps)
        painter.restore()

    def _stamps_for(self, layout: Layout, scale: float, ratio: float) -> Stamps:
        tile = QSize(round(layout.tile.width * scale), round(layout.tile.height * scale))
        radius = bias_radius(layout) * scale
        key = (self.theme.key, tile.width(), tile.height(), radius, ratio)
        kept = self._stamps
        return kept if kept is not None and kept.key == key else Stamps(self.theme, tile, radius, ratio)

    def _paint_thumbnails(
        self, painter: QPainter, exposed: QRectF, layout: Layout, block: Block, transform: QTransform, stamps: Stamps
    ) -> None:
        first, image = self.content.firsts.get(block.node), self._image
        for index, y in enumerate(block.ys):
            tile = tile_rect(layout, block, y)
            if not tile.intersects(exposed):
                continue
            corner = transform.map(tile.topLeft()).toPoint()
            if first is None or image is None:
                painter.fillRect(QRect(corner, stamps.tile), self.theme.colour("field"))
            else:
                side = image.width()
                # As large as on the screen, so this copies; while zooming, the last picture is stretched.
                painter.drawImage(QRect(corner, stamps.tile), image, QRect(0, (first + index) * side, side, side))
            stamps.put_frame(painter, corner)

    def _paint_biases(
        self, painter: QPainter, layout: Layout, block: Block, transform: QTransform, stamps: Stamps
    ) -> None:
        values = self.content.biases.get(block.node)
        if values is not None:
            for y, sign in zip(block.ys, np.sign(np.nan_to_num(values)).tolist(), strict=False):
                centre: QPoint = transform.map(bias_centre(layout, block, y)).toPoint()
                stamps.put_dot(painter, centre, int(sign))

    def _paint_picture(self, painter: QPainter, layout: Layout, block: Block) -> None:
        pixels, rectangle = self.content.pictures.get(block.node), picture_rect(layout, block)
        if pixels is not None and rectangle is not None:
            painter.drawImage(rectangle, rgba_image(pixels))
            painter.setPen(QPen(self.theme.colour("outline"), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(rectangle)

    def _paint_marks(self, painter: QPainter) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, rectangle in self._marked:
            painter.setPen(QPen(self.theme.colour(colour), 2.4))
            painter.drawRoundedRect(rectangle, RADIUS, RADIUS)
