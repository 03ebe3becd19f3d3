"""Looking at data before training: moments, histograms, whether parts are alike, and a loss of two weights."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Counts = NDArray[np.int64]

FEWEST_BINS, MOST_BINS = 8, 40
CHANCE = 0.01  # how often rows that are alike may be called different, in all comparisons together


@dataclass(frozen=True, eq=False)
class Moments:
    """Of each column (d,): mean, standard deviation (over n, not n − 1), smallest and largest."""

    mean: Array
    std: Array
    low: Array
    high: Array


def moments_of(rows: Array) -> Moments:
    """Return the moments of rows (n, d), which may be none: NaN then."""
    if not len(rows):
        nothing = np.full(rows.shape[1], math.nan)
        return Moments(nothing, nothing, nothing, nothing)
    return Moments(rows.mean(axis=0), rows.std(axis=0), rows.min(axis=0), rows.max(axis=0))


@dataclass(frozen=True, eq=False)
class Histograms:
    """How many values of each group lie between edges (b + 1,): counts (g, b)."""

    edges: Array
    counts: Counts


def histograms_of(values: Array, groups: Sequence[NDArray[np.integer]]) -> Histograms:
    """Count values (n,) for each group of rows in bins that all groups share.

    The number of bins is the square root of that of the rows, from 8 to 40; the counts are those of numpy.histogram.
    """
    bins = int(min(max(math.ceil(math.sqrt(len(values))), FEWEST_BINS), MOST_BINS))
    edges = np.histogram_bin_edges(values, bins)
    counts = np.array([np.histogram(values[rows], edges)[0] for rows in groups], dtype=np.int64)
    return Histograms(edges, counts.reshape(len(groups), bins))


def largest_gap(one: Array, other: Array, cancelled: Callable[[], bool] = bool) -> Array:
    """Return for each column the largest difference (d,) of the shares of rows below any value.

    one: (n, d), other: (m, d), neither of them empty. cancelled: asked before each column; the rest is 0 then.
    Source: the two-sample statistic of Kolmogorov and Smirnov, Press et al. 2007, Numerical Recipes, section 14.3.3.
    """
    n, m, d = len(one), len(other), one.shape[1]
    gaps = np.zeros(d)
    for column in range(d):
        if cancelled():
            break
        mine, theirs = np.sort(one[:, column]), np.sort(other[:, column])
        places = np.concatenate([mine, theirs])
        below = np.searchsorted(mine, places, "right") / n - np.searchsorted(theirs, places, "right") / m
        gaps[column] = np.abs(below).max()
    return gaps


def gap_by_chance(n: int, m: int, comparisons: int) -> float:
    """Return the largest gap that n and m rows from one distribution show in all but CHANCE of all cases.

    comparisons: how many are made together, among which the chance is shared (Bonferroni).
    Source: Smirnov 1948, the limit for large n and m.
    """
    c = math.sqrt(-0.5 * math.log(CHANCE / comparisons / 2))
    return c * math.sqrt(1 / n + 1 / m)


@dataclass(frozen=True)
class Comparison:
    """One column in two parts of the data: parts 0 training, 1 dev, 2 test rows; gap against what chance allows."""

    column: int
    parts: tuple[int, int]
    gap: float
    allowed: float

    @property
    def is_mismatch(self) -> bool:
        """Whether the parts differ more than chance allows."""
        return self.gap > self.allowed


def compare_parts(
    values: Array, parts: Sequence[NDArray[np.integer]], cancelled: Callable[[], bool] = bool
) -> tuple[Comparison, ...]:
    """Compare every column of values (n, d) between every two parts that have rows; the worst first."""
    pairs = [(a, b) for a in range(len(parts)) for b in range(a) if len(parts[a]) and len(parts[b])]
    found = []
    for b, a in pairs:
        gaps = largest_gap(values[parts[a]], values[parts[b]], cancelled)
        allowed = gap_by_chance(len(parts[a]), len(parts[b]), len(pairs) * values.shape[1])
        found += [Comparison(column, (a, b), float(gap), allowed) for column, gap in enumerate(gaps)]
    return tuple(sorted(found, key=lambda each: each.allowed - each.gap))


@dataclass(frozen=True, eq=False)
class Bowl:
    """The mean squared error of ŷ = w₁x₁ + w₂x₂ as a function of its two weights.

    matrix: (2, 2), of second derivatives. lowest: (2,), the weights with the least loss, and that loss.
    condition: largest over smallest curvature. largest_rate: of plain descent; above it the loss grows.
    """

    matrix: Array
    lowest: Array
    least: float
    condition: float
    largest_rate: float


def bowl_of(inputs: Array, targets: Array, factor: float = 1.0) -> Bowl:
    """Return the bowl over inputs (n, 2) and targets (n,). factor: before the square, 1 or ½.

    Source: the largest stable rate is 2 over the largest eigenvalue of the matrix (LeCun et al. 1998, section 5.1).
    """
    matrix = 2 * factor * inputs.T @ inputs / len(inputs)
    lowest: Array = np.asarray(np.linalg.lstsq(inputs, targets, rcond=None)[0], dtype=np.float64)
    least = factor * float(np.mean((inputs @ lowest - targets) ** 2))
    small, large = np.linalg.eigvalsh(matrix)
    condition = float(large / small) if small > 0 else math.inf
    return Bowl(
        np.asarray(matrix, dtype=np.float64), lowest, least, condition, 2 / float(large) if large > 0 else math.inf
    )
