"""Segments: calls that follow each other and all have kernels, run at one go."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Call, Calls
from dlviz.core.compiled import kernels
from dlviz.core.compiled.translate import Row, row_of

SCRATCH = max(3 * kernels.BLOCK, kernels.LARGEST_PRODUCT)  # numbers that the kernels may lay down
WALKS = {np.dtype(np.float64): kernels.walk_double, np.dtype(np.float32): kernels.walk_single}


class Segment(partial[None]):
    """A function without arguments that runs rows of one dtype; it keeps the arrays alive that they point to."""

    rows: tuple[Row, ...]
    _kept: tuple[Any, ...]

    def __new__(cls, rows: Sequence[Row], scratch: NDArray[np.float64]) -> "Segment":
        """Return the segment of these rows; scratch: (SCRATCH,) what segments that never run at once may share."""
        table = table_of(rows)
        walk = WALKS[rows[0].dtype]
        made = super().__new__(cls, walk, table.ctypes.data, len(rows), 1, 0, 0, scratch.ctypes.data)
        made.rows, made._kept = tuple(rows), (table, scratch)
        return made


def table_of(rows: Sequence[Row]) -> NDArray[np.int64]:
    """Return the table (rows, FIELDS) that the kernels read."""
    return np.array([row.fields for row in rows], np.int64)


def joined(scratch: NDArray[np.float64], calls: Calls) -> tuple[Call, ...]:
    """Return calls that do the same, those with kernels joined to segments where they follow each other."""
    done: list[Call] = []
    for kind, group in groupby(_parts(calls), _kind):
        parts = list(group)
        done += [(Segment(parts, scratch), ())] if kind else parts
    return tuple(done)


def _kind(part: Any) -> str:
    """Return which numbers a row works on, "" for a call without a row."""
    return part.dtype.char if isinstance(part, Row) else ""


def _parts(calls: Calls) -> Iterator[Any]:
    for call in calls:
        if isinstance(call[0], Segment):
            yield from call[0].rows
        else:
            yield row_of(call) or call
