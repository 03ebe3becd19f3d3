"""History: what is remembered of a run, as columns of bounded length beside the snapshots of its segments."""

import bisect
import math
from array import array
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dlviz.session.curves import Curves
from dlviz.session.distributions import Columns
from dlviz.session.sizes import SizeLog
from dlviz.session.snapshots import AllSnapshots, Snapshots
from dlviz.session.watcher import Watched

MAX_POINTS = 4096  # intervals of a curve; beyond this neighbours are merged in pairs
FIRST_POINTS = 64  # of which there is room at first
WIDTH = 5  # numbers of a measurement
COLUMNS = ("_counts", "_sums", "_lows", "_highs")

Column = NDArray[np.float64]
Measured = tuple[float, float, float, float, float]


class LossLog:
    """The loss of every batch, thinned so that minimum, maximum and mean of each interval stay.

    Intervals hold `stride` steps each; when there are too many, two become one. It begins where it is first told
    of a loss: what came before a run was opened again is not known.
    """

    def __init__(self, first: int = 0, capacity: int = FIRST_POINTS) -> None:
        self.stride = 1
        self._first = first
        self._n = 0
        self._counts = np.zeros(capacity, np.int64)
        self._sums, self._lows, self._highs = np.zeros((3, capacity))

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return 4 * self._counts.nbytes

    @property
    def first(self) -> int:
        """The first step whose loss is known."""
        return self._first

    @property
    def end(self) -> int:
        """The step up to which losses are known."""
        return self._first + int(self._counts[: self._n].sum())

    def append(self, first: int, losses: Column) -> None:
        """Add the finite losses of steps first, first + 1 …; steps known already are passed over.

        Behind a gap it begins anew.
        """
        if not self._n or first > self.end:
            self._first, self._n, self.stride = first, 0, 1
        fresh = losses[max(self.end - first, 0) :]
        while len(fresh):
            fresh = fresh[self._take(fresh) :]

    def _take(self, fresh: Column) -> int:
        """Store as many values as fit in one go and return how many."""
        room = self.stride - int(self._counts[self._n - 1]) if self._n else 0
        if room:
            return self._fill_last(fresh[:room])
        if self._n == len(self._counts):
            self._merge() if self._n == MAX_POINTS else self._grow()
            return 0
        n_full = min(len(fresh) // self.stride, len(self._counts) - self._n)
        return self._add_intervals(fresh[: n_full * self.stride]) if n_full else self._open(fresh)

    def _fill_last(self, values: Column) -> int:
        last = self._n - 1
        self._sums[last] += values.sum()
        self._lows[last] = min(self._lows[last], values.min())
        self._highs[last] = max(self._highs[last], values.max())
        self._counts[last] += len(values)
        return len(values)

    def _add_intervals(self, values: Column) -> int:
        table = values.reshape(-1, self.stride)
        place = slice(self._n, self._n + len(table))
        self._sums[place], self._counts[place] = table.sum(axis=1), self.stride
        self._lows[place], self._highs[place] = table.min(axis=1), table.max(axis=1)
        self._n += len(table)
        return len(values)

    def _open(self, values: Column) -> int:
        self._sums[self._n], self._counts[self._n] = 0.0, 0
        self._lows[self._n], self._highs[self._n] = np.inf, -np.inf
        self._n += 1
        return self._fill_last(values)

    def _grow(self) -> None:
        for name in COLUMNS:
            column = getattr(self, name)
            setattr(self, name, np.resize(column, min(2 * len(column), MAX_POINTS)))

    def _merge(self) -> None:
        half = MAX_POINTS // 2
        for column, gather in (
            (self._sums, np.add),
            (self._counts, np.add),
            (self._lows, np.minimum),
            (self._highs, np.maximum),
        ):
            column[:half] = gather.reduce(column.reshape(half, 2), axis=1)
        self._n = half
        self.stride *= 2

    def cut(self, step: int) -> None:
        """Forget what came at or after a step; an interval that spans it is shortened, its mean kept."""
        while self._n and self.end > step:
            last = self._n - 1
            excess = min(self.end - step, int(self._counts[last]))
            left = int(self._counts[last]) - excess
            self._sums[last] *= left / self._counts[last]
            self._counts[last] = left
            self._n -= left == 0

    def fork(self) -> "LossLog":
        """Return a log that goes its own way from here."""
        other = LossLog(self._first, max(self._n, FIRST_POINTS))
        other.stride, other._n = self.stride, self._n
        for name in COLUMNS:
            getattr(other, name)[: self._n] = getattr(self, name)[: self._n]
        return other

    def table(self) -> Column:
        """Return counts, sums, minima and maxima of the intervals, (k, 4), as `from_table` takes them."""
        return np.stack([getattr(self, name)[: self._n] for name in COLUMNS], axis=1).astype(np.float64)

    @staticmethod
    def from_table(first: int, stride: int, table: Column) -> "LossLog":
        """Return a log from its table (k, 4)."""
        log = LossLog(first, max(len(table), FIRST_POINTS))
        log.stride, log._n = stride, len(table)
        for place, name in enumerate(COLUMNS):
            getattr(log, name)[: log._n] = table[:, place]
        return log

    def columns(self) -> tuple[NDArray[np.int64], Column, Column, Column]:
        """Return the last step of each interval, and mean, minimum, maximum of its losses."""
        counts = self._counts[: self._n]
        mean = self._sums[: self._n] / np.maximum(counts, 1)
        return self._first + np.cumsum(counts), mean, self._lows[: self._n].copy(), self._highs[: self._n].copy()


@dataclass
class Measurements:
    """Losses and scores over all training and dev rows, at the steps where they were taken.

    values: five numbers a step, as `add` was given them. Packed: a run keeps them as long as it is listed.
    """

    steps: "array[int]" = field(default_factory=lambda: array("q"))
    values: "array[float]" = field(default_factory=lambda: array("d"))

    def add(self, step: int, row: Measured) -> None:
        """Add (train loss, dev loss, train score, dev score, penalty); a step measured before keeps its row."""
        place = bisect.bisect_left(self.steps, step)
        if place < len(self.steps) and self.steps[place] == step:
            return
        self.steps.insert(place, step)
        self.values[WIDTH * place : WIDTH * place] = array("d", row)
        if len(self.steps) > MAX_POINTS:
            # Every second one goes, so that what stays is spread evenly.
            self.values = array("d", self.table()[::2].tobytes())
            self.steps = self.steps[::2]

    def table(self) -> Column:
        """Return all rows, (k, 5)."""
        return np.array(self.values, dtype=np.float64).reshape(-1, WIDTH)

    @staticmethod
    def from_table(table: Column) -> "Measurements":
        """Return measurements from rows of a step and what `add` takes, (k, 6)."""
        rows = np.ascontiguousarray(table[:, 1:], dtype=np.float64)
        return Measurements(array("q", table[:, 0].astype(np.int64).tobytes()), array("d", rows.tobytes()))

    def at(self, step: int) -> Measured:
        """Return the row of the last measured step up to this one; NaN where there is none."""
        place = bisect.bisect_right(self.steps, step)
        if not place:
            return math.nan, math.nan, math.nan, math.nan, math.nan
        train_loss, dev_loss, train_score, dev_score, penalty = self.values[WIDTH * (place - 1) : WIDTH * place]
        return train_loss, dev_loss, train_score, dev_score, penalty

    @property
    def nbytes(self) -> int:
        """How much memory they take."""
        return self.steps.itemsize * len(self.steps) + self.values.itemsize * len(self.values)

    def fork(self) -> "Measurements":
        """Return measurements that go their own way from here."""
        return Measurements(self.steps[:], self.values[:])

    def cut(self, step: int) -> None:
        """Forget what came at or after a step."""
        place = bisect.bisect_left(self.steps, step)
        del self.steps[place:], self.values[WIDTH * place :]


@dataclass(eq=False)
class History:
    """What is remembered of a run: losses, measurements, distributions, what callbacks saw, and snapshots.

    An edit forks it: undo finds the curves of the past as they were. Snapshots belong to segments,
    so all forks share them.
    """

    losses: LossLog = field(default_factory=LossLog)
    measured: Measurements = field(default_factory=Measurements)
    snapshots: AllSnapshots = field(default_factory=AllSnapshots)
    watched: Watched = field(default_factory=Watched)
    columns: Columns = field(default_factory=Columns)
    sizes: SizeLog = field(default_factory=SizeLog)

    def of(self, uid: int) -> Snapshots:
        """Return the snapshots of a segment."""
        return self.snapshots.of(uid)

    @property
    def nbytes(self) -> int:
        """How much memory its columns take, without snapshots and distributions, which runs share."""
        return self.losses.nbytes + self.measured.nbytes

    def fork(self, step: int) -> "History":
        """Return the history up to a step, where another future begins."""
        other = History(
            self.losses.fork(),
            self.measured.fork(),
            self.snapshots,
            self.watched.fork(step),
            self.columns.fork(step),
            self.sizes.fork(step),
        )
        other.losses.cut(step)
        other.measured.cut(step)
        return other

    def fresh(self) -> "History":
        """Return the history of a run that begins anew."""
        return History(snapshots=self.snapshots)

    def curves(self) -> Curves:
        """Return the columns as arrays."""
        steps, mean, low, high = self.losses.columns()
        table = self.measured.table()
        measured = np.array(self.measured.steps, dtype=np.int64)
        train_loss, validation_loss, train_score, validation_score, penalty = table.T
        return Curves(
            measured, train_loss, train_score, measured, validation_loss, validation_score, steps, mean, low, high,
            penalty,
        )  # fmt: skip
