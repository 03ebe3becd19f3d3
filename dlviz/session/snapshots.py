"""Snapshots: states that a run can be taken back to, under one byte budget for all runs of a session."""

import bisect
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from dlviz.session.trainer import TrainingState

MIB = 2**20
SNAPSHOT_BYTES = 16 * MIB  # for one segment
ALL_BYTES = 192 * MIB  # for all segments of all runs; beyond, those visited longest ago are replayed from their start
MIN_SNAPSHOTS = 8
MAX_SNAPSHOTS = 2048
MAX_VISITED = 512


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

    @property
    def nbytes(self) -> int:
        """How much memory they take: the states of one segment are of one size."""
        one = next(iter((*self.states.values(), *self.visited.values())), None)
        return 0 if one is None else one.kept.nbytes * (len(self.states) + len(self.visited))

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


class AllSnapshots:
    """The snapshots of every segment of every run, by the segment's uid; runs that have a segment in common share them.

    budget: bytes for all of them. The segment asked for last always keeps its own.
    """

    def __init__(self, budget: int = ALL_BYTES) -> None:
        self.budget = budget
        self._segments: OrderedDict[int, Snapshots] = OrderedDict()

    @property
    def nbytes(self) -> int:
        """How much memory all of them take."""
        return sum(each.nbytes for each in self._segments.values())

    def of(self, uid: int) -> Snapshots:
        """Return the snapshots of a segment; over the budget those of the segments visited longest ago are let go."""
        found = self._segments.setdefault(uid, Snapshots())
        self._segments.move_to_end(uid)
        while len(self._segments) > 1 and self.nbytes > self.budget:
            self._segments.popitem(last=False)
        return found
