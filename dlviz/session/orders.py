"""The order in which the rows of an epoch are visited; it depends on seed and epoch alone."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.randomness import draws, permutations

BLOCK = 16  # epochs whose orders are drawn at once: making a generator costs more than a step
LARGEST_IN_BLOCKS = 4096  # rows; above, drawing costs more than making a generator


class Orders:
    """Orders of n rows: shuffled, so that every row comes once, or drawn with replacement."""

    def __init__(self, seed: int, n: int, replacement: bool) -> None:
        self._seed, self._n = seed, n
        self._draw = draws if replacement else permutations
        self._purpose = "batch draw" if replacement else "batch order"
        self._count = BLOCK if n <= LARGEST_IN_BLOCKS else 1
        self._first, self._rows = -1, np.empty((0, 0), np.intp)

    def of_epoch(self, epoch: int) -> NDArray[np.intp]:
        """Return the places (n,) of the rows in the order of an epoch."""
        first = epoch - epoch % self._count
        if self._first != first:
            self._first, self._rows = first, self._draw(self._seed, self._purpose, self._n, first, self._count)
        return np.asarray(self._rows[epoch - first])
