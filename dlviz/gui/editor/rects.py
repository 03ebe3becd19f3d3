"""Rectangles of tiles, bias dots and strip notes, in scene units."""

from PySide6.QtCore import QPointF, QRectF

from dlviz.gui.editor.blocks import Block
from dlviz.gui.editor.layout import Layout

BIAS_RADIUS = 6.5
NOTE_WIDTH = 110.0  # room beside a tile for its name or target
NOTE_HEIGHT = 20.0
PICTURE = 64.0  # side of the picture of a square input


def strip_rect(layout: Layout, block: Block) -> QRectF:
    """Return where a strip says how much of it is drawn; a click there asks for a unit."""
    bottom = float(block.ys[-1]) + layout.tile.height / 2
    return QRectF(block.x - NOTE_WIDTH / 2, bottom + 8, NOTE_WIDTH, NOTE_HEIGHT)


def picture_rect(layout: Layout, block: Block) -> QRectF | None:
    """Return where the whole of a square input is drawn as a picture, below its strip; None without room."""
    is_square = round(block.count**0.5) ** 2 == block.count
    top = strip_rect(layout, block).bottom() + 4
    _, bounds_top, _, bounds_height = layout.bounds
    has_room = top + PICTURE <= bounds_top + bounds_height + 2.4 * NOTE_HEIGHT  # the free margin at the bottom
    return QRectF(block.x - PICTURE / 2, top, PICTURE, PICTURE) if is_square and has_room else None


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
