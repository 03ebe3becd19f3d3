"""The order in which the rows of an epoch are visited; it depends on seed and epoch alone."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array
from dlviz.core.randomness import draws, permutations

Sampling = Literal["as they come", "shuffled", "shuffled in blocks", "with replacement"]
Rows = NDArray[np.intp]

BLOCK = 16  # epochs whose orders are drawn at once: making a generator costs more than a step
LARGEST_IN_BLOCKS = 4096  # rows; above, drawing costs more than making a generator
NEIGHBOURS = 1024  # rows that are read from disk together
MIXED = 64  # blocks of neighbours, from anywhere in the set, whose rows are mixed


@dataclass(frozen=True)
class RowUse:
    """times[k]: how many training rows were used k times in the first `batches` batches of an epoch."""

    epoch: int
    batches: int
    times: tuple[int, ...]


@dataclass(frozen=True)
class Lead:
    """Rows that come first in one epoch, because they are new: what was just painted is in the next batch."""

    rows: tuple[int, ...]
    epoch: int


class Orders:
    """Orders of the rows (n,) to train on: as they come, shuffled so that each comes once, or with replacement.

    Shuffled in blocks means that blocks of neighbours are shuffled, and then the rows of so many blocks
    together: reading from disk stays local, and rows from all over the set meet in a batch.
    """

    def __init__(self, seed: int, rows: Rows, sampling: Sampling) -> None:
        self._seed, self._rows, self._sampling = seed, np.asarray(rows, dtype=np.intp), sampling
        self._draw = draws if sampling == "with replacement" else permutations
        self._purpose = "batch draw" if sampling == "with replacement" else "batch order"
        is_small = len(rows) <= LARGEST_IN_BLOCKS and sampling != "shuffled in blocks"
        self._count = BLOCK if is_small else 1
        self._first = -1
        self._block: Array = np.empty((0, 0), np.intp)

    @property
    def is_fixed(self) -> bool:
        """Say whether every epoch has the same order."""
        return self._sampling == "as they come"

    def of_epoch(self, epoch: int, lead: Lead | None = None) -> Rows:
        """Return the rows (n,) in the order of an epoch; rows as they come have no others in front."""
        if self.is_fixed:
            return self._rows
        order = self._drawn(epoch)
        if lead is None or lead.epoch != epoch:
            return order
        new = np.intersect1d(lead.rows, self._rows)
        # Drawn with replacement, rows may be missing or come again: the order itself then fills what is left.
        return np.concatenate([new, order[~np.isin(order, new)], order])[: len(order)].astype(np.intp)

    def _drawn(self, epoch: int) -> Rows:
        first = epoch - epoch % self._count
        if self._first != first:
            places = self._places(first)
            self._first, self._block = first, self._rows[places]
        found: Rows = self._block[epoch - first]
        return found

    def _places(self, first: int) -> Array:
        """Return the places (epochs, n) of the rows in the orders from epoch first on."""
        n = len(self._rows)
        if self._sampling == "shuffled in blocks":
            return shuffled_in_blocks(self._seed, n, first)[None]
        return self._draw(self._seed, self._purpose, n, first, self._count)


def shuffled_in_blocks(seed: int, n: int, epoch: int) -> Rows:
    """Return the places (n,) of the rows in the order of one epoch, shuffled in blocks."""
    blocks = permutations(seed, "block order", -(-n // NEIGHBOURS), epoch, 1)[0]
    places: Rows = (blocks[:, None] * NEIGHBOURS + np.arange(NEIGHBOURS)).reshape(-1)
    places = places[places < n]
    mixed = NEIGHBOURS * MIXED
    # Each stretch has its own stream: the order within one does not depend on how many there are.
    for number, start in enumerate(range(0, n, mixed)):
        stretch = places[start : start + mixed]
        stretch[...] = stretch[permutations(seed, f"order within {number}", len(stretch), epoch, 1)[0]]
    return places
