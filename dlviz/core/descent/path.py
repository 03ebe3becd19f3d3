"""Where a descent went, and what a table says about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Path:
    """Where a descent went; starts are the axes of its starting points after the first, none for one start.

    points: (steps + 1, d, *starts), values: (steps + 1, *starts); the start is the first of both.
    gradients: (steps, d, *starts) that each step used, clipped where it clips, and at the point ahead where the
    optimizer looks ahead. states: (steps + 1, d, *starts) by name. Neither is there if only points were kept.
    rates: (steps,).
    """

    points: FloatArray
    values: FloatArray
    gradients: FloatArray
    states: Mapping[str, FloatArray]
    rates: FloatArray

    @property
    def is_finite(self) -> NDArray[np.bool_]:
        """Say of every start, (*starts), whether all its points and values are finite."""
        return np.asarray(np.isfinite(self.points).all(axis=(0, 1)) & np.isfinite(self.values).all(axis=0))

    def settled(self, tolerance: float) -> int | None:
        """Return after how many steps no number of any start moved by as much as the tolerance, or None."""
        with np.errstate(all="ignore"):
            moves = np.abs(np.diff(self.points, axis=0)).reshape(len(self.rates), -1).max(axis=1, initial=0.0)
        still = np.flatnonzero(moves < tolerance)
        return int(still[0]) + 1 if len(still) else None

    def distances(self, minima: Sequence[Sequence[float]]) -> FloatArray:
        """Return how far every point is from the nearest of these minima, (steps + 1, *starts); NaN without any."""
        if not minima:
            return np.full(self.values.shape, np.nan)
        ends = np.asarray(minima, dtype=np.float64)
        away = self.points[None] - ends.reshape(len(ends), 1, -1, *([1] * (self.points.ndim - 2)))
        with np.errstate(all="ignore"):
            return np.asarray(np.sqrt((away**2).sum(axis=2)).min(axis=0))

    def reached(self, minima: Sequence[Sequence[float]], tolerance: float) -> int | None:
        """Return after how many steps the path of one start comes within the tolerance of a minimum, or None."""
        near = np.flatnonzero(self.distances(minima) < tolerance)
        return int(near[0]) if len(near) else None

    def lengths(self) -> FloatArray:
        """Return how long the path is up to every point, (steps + 1, *starts)."""
        with np.errstate(all="ignore"):
            moves = np.sqrt((np.diff(self.points, axis=0) ** 2).sum(axis=1))
            return np.concatenate([np.zeros((1, *moves.shape[1:])), np.cumsum(moves, axis=0)])

    def effective_rates(self) -> FloatArray:
        """Return |move| / |gradient| of every number and step, (steps, d, *starts); NaN where the gradient is 0."""
        with np.errstate(all="ignore"):
            found = np.abs(np.diff(self.points, axis=0)) / np.abs(self.gradients)
        return np.where(self.gradients == 0, np.nan, found)

    def broken_at(self) -> NDArray[np.int64]:
        """Return the first step whose point or value is no finite number, for every start; steps + 1 where none is."""
        sound = np.isfinite(self.points).all(axis=1) & np.isfinite(self.values)
        first = np.argmin(sound, axis=0)
        return np.asarray(np.where(sound.all(axis=0), len(self.points), first), dtype=np.int64)
