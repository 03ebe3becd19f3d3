"""Standings: what a table says of one optimizer at every step of a race, worked out once."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.descent import Path

STILL = 1e-6  # a path has settled once no number moves by as much; the test of curriculum OPT-22
FloatArray = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Standing:
    """One path from one start.

    broken: the first step whose numbers are not finite, steps + 1 where all are. distances: from the nearest minimum,
    (steps + 1,), NaN where none is known; lengths: of the way so far, (steps + 1,). reached: the first step within the
    tolerance of a minimum; settled: the first that moved nothing by STILL; None where there is none.
    """

    broken: int
    distances: FloatArray
    lengths: FloatArray
    reached: int | None
    settled: int | None


def standing_of(path: Path, minima: Sequence[Sequence[float]], tolerance: float) -> Standing:
    """Return the standing of a path on a surface with these minima."""
    distances = path.distances(minima)
    near = np.flatnonzero(distances < tolerance)
    reached = int(near[0]) if len(near) else None
    return Standing(int(path.broken_at()), distances, path.lengths(), reached, path.settled(STILL))
