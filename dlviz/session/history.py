"""History: metric columns of bounded length, and snapshots under a byte budget."""

import bisect
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dlviz.session.distributions import Columns
from dlviz.session.messages import Curves
from dlviz.session.trainer import TrainingState
from dlviz.session.watcher import Watched

MAX_POINTS = 4096  # intervals of a curve; beyond this neighbours are merged in pairs
SNAPSHOT_BYTES = 16 * 2**20  # for one segment
MAX_SEGMENTS = 16  # whose snapshots are kept; older ones are replayed from their start
MIN_SNAPSHOTS = 8
MAX_SNAPSHOTS = 2048
MAX_VISITED = 512

Column = NDArray[np.float64]


class LossLog:
    """The loss of every batch, thinned so that minimum, maximum and mean of each interval stay.

    Intervals hold `stride` steps each; when there are too many, two become one.
    """

    def __init__(self, first: int = 0) -> None:
        self.stride = 1
        self._first = first
        self._n = 0
        self._counts = np.zeros(MAX_POINTS, np.int64)
        self._sums, self._lows, self._highs = np.zeros((3, MAX_POINTS))

    @property
    def end(self) -> int:
        """The step up to which losses are known."""
        return self._first + int(self._counts[: self._n].sum())

    def append(self, first: int, losses: Column) -> None:
        """Add the finite losses of steps first, first + 1 …; steps known already are passed over."""
        fresh = losses[max(self.end - first, 0) :]
        while len(fresh):
            fresh = fresh[self._take(fresh) :]

    def _take(self, fresh: Column) -> int:
        """Store as many values as fit in one go and return how many."""
        room = self.stride - int(self._counts[self._n - 1]) if self._n else 0
        if room:
            return self._fill_last(fresh[:room])
        if self._n == MAX_POINTS:
            self._merge()
            return 0
        n_full = min(len(fresh) // self.stride, MAX_POINTS - self._n)
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
        other = LossLog(self._first)
        other.stride, other._n = self.stride, self._n
        known = slice(self._n)
        for name in ("_counts", "_sums", "_lows", "_highs"):
            getattr(other, name)[known] = getattr(self, name)[known]
        return other

    def columns(self) -> tuple[NDArray[np.int64], Column, Column, Column]:
        """Return the last step of each interval, and mean, minimum, maximum of its losses."""
        counts = self._counts[: self._n]
        mean = self._sums[: self._n] / np.maximum(counts, 1)
        return self._first + np.cumsum(counts), mean, self._lows[: self._n].copy(), self._highs[: self._n].copy()


@dataclass
class Measurements:
    """Losses and scores over all training and held-out rows, at the steps where they were taken."""

    steps: list[int] = field(default_factory=list)
    rows: list[tuple[float, float, float, float]] = field(default_factory=list)

    def add(self, step: int, row: tuple[float, float, float, float]) -> None:
        """Add (train loss, test loss, train score, test score); a step measured before keeps its row."""
        place = bisect.bisect_left(self.steps, step)
        if place < len(self.steps) and self.steps[place] == step:
            return
        self.steps.insert(place, step)
        self.rows.insert(place, row)
        if len(self.steps) > MAX_POINTS:
            # Every second one goes, so that what stays is spread evenly.
            del self.steps[1::2], self.rows[1::2]

    def fork(self) -> "Measurements":
        """Return measurements that go their own way from here."""
        return Measurements(list(self.steps), list(self.rows))

    def cut(self, step: int) -> None:
        """Forget what came at or after a step."""
        place = bisect.bisect_left(self.steps, step)
        del self.steps[place:], self.rows[place:]


@dataclass
class Snapshots:
    """States of one segment under a byte budget: thinned evenly, and the most recently visited ones.

    The segment's start is not among them; it is never dropped.
    """

    budget: int = SNAPSHOT_BYTES
    stride: int = 1
    states: dict[int, TrainingState] = field(default_factory=dict)
    visited: "OrderedDict[int, TrainingState]" = field(default_factory=OrderedDict)
    _steps: list[int] = field(default_factory=list)

    def add(self, state: TrainingState) -> None:
        """Keep a state unless one is close; over the budget the stride doubles and closer ones go."""
        last = self.last_before(state.step)
        if last is not None and state.step - last < self.stride:
            return
        bisect.insort(self._steps, state.step)
        self.states[state.step] = state
        allowed = min(max(self.budget // max(state.kept.nbytes, 1), MIN_SNAPSHOTS), MAX_SNAPSHOTS)
        while len(self._steps) > allowed:
            self._thin()

    def _thin(self) -> None:
        self.stride = 2 * max(self.stride, int(np.diff(self._steps).min()))
        kept = [self._steps[0]]
        for step in self._steps[1:]:
            if step - kept[-1] >= self.stride:
                kept.append(step)
        self.states = {step: self.states[step] for step in kept}
        self._steps = kept

    def last_before(self, step: int) -> int | None:
        """Return the step of the last evenly kept state at or before a step."""
        place = bisect.bisect_right(self._steps, step)
        return self._steps[place - 1] if place else None

    def add_recent(self, state: TrainingState) -> None:
        """Keep a state as long as it is among the last visited."""
        self.visited[state.step] = state
        self.visited.move_to_end(state.step)
        allowed = min(max(self.budget // 4 // max(state.kept.nbytes, 1), 2), MAX_VISITED)
        while len(self.visited) > allowed:
            self.visited.popitem(last=False)

    def known(self) -> tuple[TrainingState, ...]:
        """Return all states that are kept."""
        return (*self.states.values(), *self.visited.values())

    def nearest(self, step: int) -> TrainingState | None:
        """Return the last known state at or before a step."""
        even = self.last_before(step)
        recent = max((known for known in self.visited if known <= step), default=None)
        if recent is not None and (even is None or recent >= even):
            return self.visited[recent]
        return None if even is None else self.states[even]


@dataclass(eq=False)
class History:
    """What is remembered of a run: losses, measurements, distributions, what callbacks saw, and snapshots.

    An edit forks it: undo finds the curves of the past as they were. Snapshots belong to segments,
    so all forks share them.
    """

    losses: LossLog = field(default_factory=LossLog)
    measured: Measurements = field(default_factory=Measurements)
    snapshots: "OrderedDict[int, Snapshots]" = field(default_factory=OrderedDict)
    watched: Watched = field(default_factory=Watched)
    columns: Columns = field(default_factory=Columns)

    def of(self, uid: int) -> Snapshots:
        """Return the snapshots of a segment; those of the segments visited longest ago are let go."""
        found = self.snapshots.setdefault(uid, Snapshots())
        self.snapshots.move_to_end(uid)
        while len(self.snapshots) > MAX_SEGMENTS:
            self.snapshots.popitem(last=False)
        return found

    def fork(self, step: int) -> "History":
        """Return the history up to a step, where another future begins."""
        other = History(
            self.losses.fork(), self.measured.fork(), self.snapshots, self.watched.fork(step), self.columns.fork(step)
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
        table = np.array(self.measured.rows, dtype=np.float64).reshape(-1, 4)
        measured = np.array(self.measured.steps, dtype=np.int64)
        return Curves(measured, table[:, 0], table[:, 2], measured, table[:, 1], table[:, 3], steps, mean, low, high)
