"""A node's place on the canvas and the size of its tiles."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class TileShape:
    """Size of one unit's tile and the distance between two of them, in scene units (pixels at zoom 1).

    below: room for what is written under a tile, given where at least `roomy` pixels are between centres.
    between: from the last tile of a node to the first of the next one in its column; holds the caption of that.
    left, side: room left of the first and right of the last column, for names and for targets.
    most_growth: how much larger it may become on a large canvas; words do not grow, pictures do.
    """

    width: float = 52.0
    height: float = 52.0
    pitch: float = 118.0
    min_pitch: float = 26.0
    min_width: float = 0.0
    below: float = 6.0
    roomy: float = 48.0
    between: float = 84.0
    left: float = 56.0
    side: float = 56.0
    most_growth: float = 1.0


MAP_TILE = TileShape(most_growth=1.5)
VALUE_TILE = TileShape(80.0, 60.0, 118.0, 24.0, 76.0, left=116.0, side=116.0)  # least width: −0.06994 in bold
STEP_TILE = TileShape(80.0, 60.0, 164.0, 19.0, 76.0, below=24.0, between=52.0, left=116.0, side=116.0)


@dataclass(frozen=True)
class Block:
    """One node: how many units it has, which are shown, and their centres (x, ys[i])."""

    node: str
    column: int
    count: int
    shown: tuple[int, ...]
    x: float
    ys: NDArray[np.float64]

    @property
    def is_strip(self) -> bool:
        """Say whether units are left out of the drawing."""
        return len(self.shown) < self.count

    def y_of(self, unit: int) -> float | None:
        """Return the centre of a unit, None if it is not drawn."""
        return float(self.ys[self.shown.index(unit)]) if unit in self.shown else None
