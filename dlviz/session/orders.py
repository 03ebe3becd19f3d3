"""The order in which the rows of an epoch are visited; it depends on seed and epoch alone."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array
from dlviz.core.randomness import draws, permutations

Sampling = Literal["as they come", "shuffled", "with replacement"]
Rows = NDArray[np.intp]

BLOCK = 16  # epochs whose orders are drawn at once: making a generator costs more than a step
LARGEST_IN_BLOCKS = 4096  # rows; above, drawing costs more than making a generator


class Orders:
    """Orders of the rows (n,) to train on: as they come, shuffled so that each comes once, or with replacement."""

    def __init__(self, seed: int, rows: Rows, sampling: Sampling) -> None:
        self._seed, self._rows, self._sampling = seed, np.asarray(rows, dtype=np.intp), sampling
        self._draw = draws if sampling == "with replacement" else permutations
        self._purpose = "batch draw" if sampling == "with replacement" else "batch order"
        self._count = BLOCK if len(rows) <= LARGEST_IN_BLOCKS else 1
        self._first = -1
        self._block: Array = np.empty((0, 0), np.intp)

    @property
    def is_fixed(self) -> bool:
        """Say whether every epoch has the same order."""
        return self._sampling == "as they come"

    def of_epoch(self, epoch: int) -> Rows:
        """Return the rows (n,) in the order of an epoch."""
        if self.is_fixed:
            return self._rows
        first = epoch - epoch % self._count
        if self._first != first:
            places = self._draw(self._seed, self._purpose, len(self._rows), first, self._count)
            self._first, self._block = first, self._rows[places]
        found: Rows = self._block[epoch - first]
        return found
