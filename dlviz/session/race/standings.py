"""Standings: what a table says of one optimizer at every step of a race, worked out once."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.descent import Path

STILL = 1e-6  # a path has settled once no number moves by as much; the test of curriculum OPT-22
QUARTILES = (25, 50, 75)
MOST_SORTED = 500_000  # values whose quartiles are taken; of more, every k-th step
SORTED_AT_ONCE = 50_000  # values, in 5 ms
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


@dataclass(frozen=True, eq=False)
class Band:
    """Lower quartile, median and upper quartile of many starts, each (k,), at these steps (k,); NaN where none is."""

    steps: FloatArray
    low: FloatArray
    middle: FloatArray
    high: FloatArray


def quartiles_in_parts(values: FloatArray) -> Generator[None, None, Band]:
    """Return the band of values (steps + 1, n), taken over the starts whose numbers are finite, with pauses."""
    every = max(values.size // MOST_SORTED, 1)
    steps = np.arange(0, len(values), every)
    found = np.full((3, len(steps)), np.nan)
    rows = max(SORTED_AT_ONCE // max(values.shape[1], 1), 1)
    for first in range(0, len(steps), rows):
        part = slice(first, first + rows)
        chosen = values[steps[part]]
        sound = np.where(np.isfinite(chosen), chosen, np.nan)
        is_known = ~np.isnan(sound).all(axis=1)
        found[:, part][:, is_known] = np.nanpercentile(sound[is_known], QUARTILES, axis=1)
        yield
    return Band(steps.astype(np.float64), *found)
