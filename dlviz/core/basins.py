"""The basins of a sampled landscape: minima that are parted by a ridge worth speaking of."""

import numpy as np
from numpy.typing import ArrayLike

LEAST_DEPTH = 0.01  # of the span of the landscape; shallower dents come from the grid
_AROUND = tuple((row, column) for row in (-1, 0, 1) for column in (-1, 0, 1) if row or column)

Cell = tuple[int, int]


def basins(values: ArrayLike, least_depth: float = LEAST_DEPTH) -> tuple[Cell, ...]:
    """Return the lowest cell of every basin of a landscape (rows, columns), the deepest first.

    A basin counts if one must climb at least least_depth of the whole span from its bottom to reach a lower
    one. Cells that are not finite belong to none. Source: Edelsbrunner & Harer 2010, chapter VII (persistence).
    """
    heights = np.asarray(values, dtype=np.float64)
    known = heights[np.isfinite(heights)]
    if not known.size:
        return ()
    least = least_depth * float(known.max() - known.min())
    return _Flood(heights).run(least)


class _Flood:
    """Water that rises: every cell joins the pool of a lower neighbour, and where pools meet the shallower one ends."""

    def __init__(self, heights: np.ndarray) -> None:
        self._heights = heights
        self._pool: dict[Cell, Cell] = {}  # towards the bottom of the pool that a cell lies in

    def _bottom(self, cell: Cell) -> Cell:
        while self._pool[cell] != cell:
            self._pool[cell] = self._pool[self._pool[cell]]
            cell = self._pool[cell]
        return cell

    def run(self, least: float) -> tuple[Cell, ...]:
        """Return the bottoms that are deeper than least below the first ridge to a deeper one, the deepest first."""
        columns = self._heights.shape[1]
        found: list[Cell] = []
        for flat in np.argsort(self._heights, axis=None, kind="stable"):
            cell = divmod(int(flat), columns)
            height = float(self._heights[cell])
            if not np.isfinite(height):
                continue
            self._pool[cell] = cell
            for neighbour in ((cell[0] + row, cell[1] + column) for row, column in _AROUND):
                if neighbour in self._pool:
                    ended = self._join(cell, neighbour)
                    if ended is not None and height - float(self._heights[ended]) > least:
                        found.append(ended)
        deepest = min(self._pool, key=lambda each: float(self._heights[each]))
        return deepest, *sorted(found, key=lambda each: float(self._heights[each]))

    def _join(self, one: Cell, other: Cell) -> Cell | None:
        """Join two pools; return the bottom of the shallower one, None where they are one already."""
        first, second = self._bottom(one), self._bottom(other)
        if first == second:
            return None
        low, high = sorted((first, second), key=lambda each: float(self._heights[each]))
        self._pool[high] = low
        return high
