"""Cubic curves of links: straight to the next column, through the gaps between tiles when they skip one."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.gui.editor.blocks import Block, TileShape

BEND = 0.48  # how far the control points stand off, as a fraction of the horizontal distance
N_SAMPLES = 16  # points of a segment that the mouse is compared with


@dataclass(frozen=True)
class Routes:
    """Cubic segments of all links.

    segments: (s, 4, 2) Bézier points. owners: (s,) the link a segment belongs to, ascending.
    """

    segments: NDArray[np.float64]
    owners: NDArray[np.intp]

    def points(self, fractions: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points on every segment: (s, len(fractions), 2)."""
        t = fractions[None, :, None]
        p0, p1, p2, p3 = (self.segments[:, k, None, :] for k in range(4))
        return (1 - t) ** 3 * p0 + 3 * (1 - t) ** 2 * t * p1 + 3 * (1 - t) * t**2 * p2 + t**3 * p3

    def sampled(self) -> NDArray[np.float64]:
        """Return the points the mouse is compared with: (s, 17, 2)."""
        return self.points(np.linspace(0.0, 1.0, N_SAMPLES + 1))


def route(
    starts: Sequence[tuple[str, int]], ends: Sequence[tuple[str, int]], blocks: Iterable[Block], tile: TileShape
) -> Routes:
    """Route links between (node, unit) pairs, from right edge to left edge."""
    placed = list(blocks)
    where = {(block.node, unit): (block, y) for block in placed for unit, y in zip(block.shown, block.ys, strict=True)}
    gaps = _Gaps(placed, tile)
    corners: list[tuple[float, float, float, float]] = []
    owners: list[int] = []
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        (origin, y0), (target, y1) = where[start], where[end]
        points = _way(origin, float(y0), target, float(y1), gaps, tile)
        corners += [(*a, *b) for a, b in itertools.pairwise(points)]
        owners += [index] * (len(points) - 1)
    return Routes(_bezier(np.array(corners, float).reshape(-1, 2, 2)), np.array(owners, np.intp))


def _way(
    origin: Block, y0: float, target: Block, y1: float, gaps: "_Gaps", tile: TileShape
) -> list[tuple[float, float]]:
    half = tile.width / 2
    start, end = (origin.x + half, y0), (target.x - half, y1)
    between = []
    for column in range(origin.column + 1, target.column):
        share = (column - origin.column) / (target.column - origin.column)
        x, y = gaps.nearest(column, y0 + share * (y1 - y0))
        # Two corners keep the link level while it passes beside the tiles.
        between += [(x - half, y), (x + half, y)]
    return [start, *between, end]


class _Gaps:
    """The free heights of every column: between neighbouring tiles, above the first and below the last."""

    def __init__(self, blocks: Sequence[Block], tile: TileShape) -> None:
        self._columns: dict[int, tuple[float, NDArray[np.float64]]] = {}
        for column in {block.column for block in blocks}:
            members = [block for block in blocks if block.column == column]
            ys = np.sort(np.concatenate([block.ys for block in members]))
            margin = min(tile.pitch / 2, tile.height / 2 + 18.0)
            free = np.concatenate([[ys[0] - margin], (ys[1:] + ys[:-1]) / 2, [ys[-1] + margin]])
            self._columns[column] = (members[0].x, free)

    def nearest(self, column: int, y: float) -> tuple[float, float]:
        x, free = self._columns[column]
        return x, float(free[np.argmin(np.abs(free - y))])


def _bezier(corners: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn (s, 2, 2) start and end points into cubics with level tangents: (s, 4, 2)."""
    start, end = corners[:, 0], corners[:, 1]
    offset = np.zeros_like(start)
    offset[:, 0] = BEND * (end[:, 0] - start[:, 0])
    return np.stack([start, start + offset, end - offset, end], axis=1)
