"""How much larger than usual a network may be drawn where the canvas has room, to be read from the back of a room."""

from dlviz.gui.editor.blocks import TileShape
from dlviz.gui.editor.columns import STRIP_NOTE
from dlviz.gui.editor.layout import Layout

MOST_GROWTH = 1.5
ROOMY_PITCH = 150.0  # between columns, in units of the scene; closer than that a number on a link is squeezed


def growth(layout: Layout, size: tuple[float, float], tile: TileShape) -> float:
    """Return the factor for a canvas of so many pixels, 1 at least.

    tile: as large as it is where nothing is tight, for it keeps that and the room for what stands below it.
    """
    heights = dict[int, float]()
    for block in layout.blocks.values():
        above = heights[block.column] + tile.between if block.column in heights else 0.0
        heights[block.column] = above + len(block.ys) * (tile.height + tile.below)
    wide = size[0] / (tile.width + tile.left + tile.side + (len(heights) - 1) * ROOMY_PITCH)
    high = (size[1] - STRIP_NOTE) / max(heights.values())
    return min(max(min(wide, high), 1.0), MOST_GROWTH)
