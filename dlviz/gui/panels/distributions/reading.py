"""What the distributions panel shows of recorded columns: common ranges, pictures over time, outlines; arrays only."""

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.distribution import BINS, Histogram, edges, widened
from dlviz.session.curves import Mark
from dlviz.session.distributions import Column

Counts = NDArray[np.uint32]
FEWEST_SHOWN, MOST_SHOWN = 12, 64  # bins on an axis: twice the root of how many numbers there are, within these


@dataclass(frozen=True, eq=False)
class Layer:
    """One kind of numbers of one layer: columns in time on one axis of values, without its empty ends.

    steps: (k,). counts: (k, m) for the m bins between low and high. axis: the bins that these are part of.
    """

    name: str
    steps: NDArray[np.int64]
    counts: Counts
    low: float
    high: float
    axis: "Axis"

    def bin_at(self, share: float) -> tuple[int, float, float]:
        """Return the bin at a height from 0 (low) to 1 (high), and its ends."""
        n_bins = self.counts.shape[1]
        place = min(max(int(share * n_bins), 0), n_bins - 1)
        width = (self.high - self.low) / n_bins
        return place, self.low + place * width, self.low + (place + 1) * width


@dataclass(frozen=True)
class Axis:
    """Bins from −2^exponent to 2^exponent, joined in pairs so many times, of which only first to last are shown."""

    exponent: int
    joined: int
    first: int
    last: int

    def counts(self, histogram: Histogram) -> Counts:
        """Return a histogram's counts in the bins shown."""
        return joined(widened(histogram, self.exponent), self.joined)[self.first : self.last + 1]

    def ends(self) -> tuple[float, float]:
        """Return where the bins shown begin and end."""
        every = edges(self.exponent)[:: 2**self.joined]
        return float(every[self.first]), float(every[self.last + 1])


def joined(counts: Counts, times: int) -> Counts:
    """Return counts in bins that are 2^times as wide; exact, for bins join in pairs."""
    return counts.reshape(-1, 2**times).sum(axis=1, dtype=np.uint32)


def axis_of(histograms: Sequence[Histogram]) -> Axis:
    """Return one axis for histograms: of few numbers it has few bins, so that their shape can be seen."""
    exponent = max(each.exponent for each in histograms)
    used = np.flatnonzero(np.any([widened(each, exponent) for each in histograms], axis=0))
    first, last = (int(used[0]), int(used[-1])) if len(used) else (0, BINS - 1)
    wanted = min(max(2 * math.sqrt(int(histograms[-1].counts.sum())), FEWEST_SHOWN), MOST_SHOWN)
    times = 0
    while (last >> times) - (first >> times) + 1 > wanted:
        times += 1
    return Axis(exponent, times, first >> times, last >> times)


def layers_of(columns: Sequence[Column], kind: str, others: Sequence[Column] = ()) -> tuple[Layer, ...]:
    """Return what is recorded of every layer that the newest column has.

    others: columns of another run that shall lie on the same axes.
    """
    if not columns:
        return ()
    return tuple(_layer(columns, kind, name, others) for name in columns[-1].histograms[kind])


def _layer(columns: Sequence[Column], kind: str, name: str, others: Sequence[Column]) -> Layer:
    known = [(column.step, column.histograms[kind][name]) for column in columns if name in column.histograms[kind]]
    beside = [column.histograms[kind][name] for column in others if name in column.histograms[kind]]
    axis = axis_of([*beside, *(histogram for _, histogram in known)])
    counts = np.array([axis.counts(histogram) for _, histogram in known], dtype=np.uint32)
    steps = np.array([step for step, _ in known], dtype=np.int64)
    return Layer(name, steps, counts, *axis.ends(), axis)


def counts_of(column: Column | None, kind: str, layer: Layer) -> Counts | None:
    """Return a column's counts on the axis of a layer; None where it does not have that layer."""
    found: Histogram | None = None if column is None else column.histograms[kind].get(layer.name)
    return None if found is None else layer.axis.counts(found)


def picture_of(layer: Layer, last_step: int, width: int) -> NDArray[np.uint8]:
    """Return (m, width) shades, row 0 the highest bin: how full a bin is beside the fullest of its column.

    Every pixel shows the newest column at its step; before the first column, that one.
    """
    most = np.maximum(layer.counts.max(axis=1, keepdims=True), 1)
    shades = (255 * np.sqrt(layer.counts / most)).astype(np.uint8)
    at = np.linspace(0, last_step, max(width, 1))
    place = np.clip(np.searchsorted(layer.steps, at, side="right") - 1, 0, len(layer.steps) - 1)
    return np.ascontiguousarray(shades[place].T[::-1])


def column_at(columns: Sequence[Column], step: float) -> Column | None:
    """Return the newest column at or before a step, else the first."""
    if not columns:
        return None
    return columns[max(bisect_right(columns, step, key=lambda each: each.step) - 1, 0)]


def before_mark(columns: Sequence[Column], mark: Mark) -> Column | None:
    """Return the last column before an edit: at its step one may have been taken on either side of it."""
    later = next((each for each in columns if each.step > mark.step), columns[-1] if columns else None)
    earlier = [each for each in columns if each.step <= mark.step and (later is None or each.uid != later.uid)]
    return earlier[-1] if earlier else None
