"""Histograms of tensors whose bins fit into each other, so that any two can be shown on one axis without loss."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BINS = 128
LEAST_EXPONENT, MOST_EXPONENT = -60, 1000  # of a range: 10⁻¹⁸ and 10³⁰¹


@dataclass(frozen=True, eq=False)
class Histogram:
    """How many numbers of a tensor are in each of BINS equal bins from −2^exponent to 2^exponent.

    counts: (BINS,), what numpy.histogram gives for `edges(exponent)`. The range is the smallest whose ends no
    number reaches. left_out: how many are not finite, or beyond any axis.
    """

    counts: NDArray[np.uint32]
    exponent: int
    left_out: int = 0


def edges(exponent: int) -> NDArray[np.float64]:
    """Return the (BINS + 1,) ends of the bins; all are exact, for the number of bins is a power of 2."""
    return np.ldexp(np.linspace(-1.0, 1.0, BINS + 1), exponent)


def histogram_of(values: NDArray[np.floating]) -> Histogram:
    """Count the numbers of a tensor of any shape."""
    flat = np.asarray(values, dtype=np.float64).ravel()
    with np.errstate(invalid="ignore"):
        finite = flat[np.abs(flat) < math.ldexp(1.0, MOST_EXPONENT)]
    largest = float(np.abs(finite).max(initial=0.0))
    exponent = max(math.frexp(largest)[1], LEAST_EXPONENT) if largest else LEAST_EXPONENT
    end = math.ldexp(1.0, exponent)
    counts, _ = np.histogram(finite, BINS, (-end, end))
    return Histogram(counts.astype(np.uint32), exponent, len(flat) - len(finite))


def widened(histogram: Histogram, exponent: int) -> NDArray[np.uint32]:
    """Return the counts (BINS,) over a range 2^exponent that is no smaller than its own: bins join in pairs."""
    counts = histogram.counts
    for _ in range(min(exponent - histogram.exponent, BINS.bit_length())):
        pairs = counts.reshape(-1, 2).sum(axis=1, dtype=np.uint32)
        counts = np.pad(pairs, BINS // 4)
    return counts
