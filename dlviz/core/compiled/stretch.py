"""Stretches: the calls of one batch, run for many that lie one after the other in memory."""

from collections.abc import Sequence
from functools import partial
from itertools import chain, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Call, Calls, Moving, Stretch
from dlviz.core.compiled import kernels
from dlviz.core.compiled.segment import SCRATCH, WALKS, Segment, joined, table_of
from dlviz.core.execute import run_flat
from dlviz.core.optimizers import Clock
from dlviz.core.position import Draw

POINTERS = (kernels.OUT, kernels.A, kernels.B)


class Compiler:
    """What joins and repeats calls on the arrays of one trainer, which never run at once."""

    def __init__(self, dtype: str) -> None:
        """Compile what walks numbers of this dtype: some seconds the first time; it is kept on disk."""
        WALKS[np.dtype(dtype)](0, 0, 0, 0, 0, 0)
        self._scratch = np.zeros(SCRATCH)

    def joined(self, calls: Calls) -> tuple[Call, ...]:
        """Return calls that do the same, as few as can be."""
        return joined(self._scratch, calls)

    def repeated(self, calls: Sequence[Call], moving: Moving) -> Stretch | None:
        """Return what runs the calls of one batch for many, if all of them can."""
        return repeated(self._scratch, calls, moving)


class MovingTable:
    """The table of a segment whose rows go on to the next batch once they have run."""

    def __init__(self, segment: Segment, moving: Moving, scratch: NDArray[np.float64]) -> None:
        self._first = table_of(segment.rows)
        self._steps = np.zeros_like(self._first)
        for array, step in moving:
            start, end = np.lib.array_utils.byte_bounds(array)
            pointers = self._first[:, POINTERS]
            self._steps[:, POINTERS] += step * ((start <= pointers) & (pointers < end))
        self._table = self._first.copy()
        places = np.flatnonzero(self._steps)
        self._moves = np.stack([places, self._steps.ravel()[places]], axis=1).astype(np.int64)
        self._kept = segment, scratch
        table, moves = self._table.ctypes.data, self._moves.ctypes.data
        self._walk = partial(WALKS[segment.rows[0].dtype], table, len(segment.rows))
        self._rest = moves, len(places), scratch.ctypes.data
        self.once = partial(self._walk, 1, *self._rest)

    def go_to(self, batch: int) -> None:
        """Stand before a batch."""
        np.multiply(self._steps, batch, out=self._table)
        self._table += self._first

    def run(self, times: int) -> None:
        """Run so many batches."""
        self._walk(times, *self._rest)


def repeated(scratch: NDArray[np.float64], calls: Sequence[Call], moving: Moving) -> Stretch | None:
    """Return a function that runs these calls of batch 0 for batches start … end − 1, or None where that cannot be.

    moving: arrays of batch 0, and by how many bytes those of the next batch lie further on; all others are the same.
    """
    tables: list[MovingTable] = []
    flat: list[tuple[Any, ...]] = []
    for function, arguments in calls:
        if isinstance(function, Segment):
            tables.append(MovingTable(function, moving, scratch))
            flat.append((tables[-1].once,))
        elif _may_touch(function, arguments, moving):
            return None
        else:
            flat.append((function, *arguments))

    def stretch(start: int, end: int) -> None:
        for table in tables:
            table.go_to(start)
        if len(flat) == len(tables) == 1:
            tables[0].run(end - start)
        else:
            run_flat(chain.from_iterable(repeat(flat, end - start)))

    return stretch


def _may_touch(function: Any, arguments: tuple[Any, ...], moving: Moving) -> bool:
    """Say whether a call may touch what moves; it is known of NumPy's own calls, of clocks and of draws."""
    owner = getattr(function, "__self__", None)
    if isinstance(owner, Clock) or isinstance(function, Draw):
        return False
    named: dict[str, Any] = {}
    if isinstance(function, partial):
        function, named = function.func, function.keywords
    is_plain = isinstance(function, np.ufunc) or isinstance(owner, np.ndarray | np.ufunc) or function is np.copyto
    arrays = [each for each in (owner, *arguments, *named.values()) if isinstance(each, np.ndarray)]
    return not is_plain or any(np.may_share_memory(each, array) for each in arrays for array, _ in moving)
