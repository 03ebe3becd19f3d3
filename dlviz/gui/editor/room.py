"""How much larger than usual a network may be drawn where the canvas has room, to be read from the back of a room."""

from dlviz.gui.editor.blocks import TileShape
from dlviz.gui.editor.layout import STRIP_NOTE, Layout

MOST_GROWTH = 1.5
ROOMY_PITCH = 150.0  # between columns, in units of the scene; closer than that a number on a link is squeezed


def growth(layout: Layout, size: tuple[float, float], tile: TileShape) -> float:
    """Return the factor for a canvas of so many pixels, 1 at least.

    tile: as large as it is where nothing is tight, for it keeps that and the room for what stands below it.
    """
    rows = dict[int, int]()
    for block in layout.blocks.values():
        rows[block.column] = rows.get(block.column, 0) + len(block.ys)
    wide = size[0] / (tile.width + tile.left + tile.side + (len(rows) - 1) * ROOMY_PITCH)
    high = (size[1] - STRIP_NOTE) / (max(rows.values()) * (tile.height + tile.below))
    return min(max(min(wide, high), 1.0), MOST_GROWTH)
