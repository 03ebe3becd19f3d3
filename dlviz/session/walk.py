"""Walk: a recorded batch with a cursor, where its layers and phases end, and where it broke."""

from dataclasses import dataclass, replace

import numpy as np

from dlviz.core.array import to_host
from dlviz.core.trace import PHASES, Trace
from dlviz.session.messages import Granularity


@dataclass(frozen=True)
class Walk:
    """A recorded batch, how many of its steps are done, and the column of it that is looked at.

    is_aside: it is one row alone, walked beside the run, which learns nothing of it.
    """

    trace: Trace
    cursor: int
    sample: int = 0
    is_aside: bool = False

    @property
    def length(self) -> int:
        """Number of steps."""
        return len(self.trace.steps)

    @property
    def is_done(self) -> bool:
        """Whether the batch is walked to its end."""
        return self.cursor == self.length


@dataclass(frozen=True)
class Divergence:
    """A loss or parameter that stopped being a finite number: when, and where first.

    index: the operation's place in the trace of that batch.
    """

    step: int
    node: str
    op: str
    phase: str
    formula: str
    index: int


def divergence(trace: Trace) -> Divergence | None:
    """Return the first step that wrote something not finite; None where all numbers are finite."""
    for step in trace.steps:
        if any(not np.isfinite(to_host(values)).all() for values in step.writes.values()):
            return Divergence(trace.global_step, step.node, step.op, step.phase, step.formula, step.index)
    return None


def after(walk: Walk, by: Granularity) -> Walk:
    """Return a walk one operation, layer or sample on; by batch, at its end.

    By samples it goes to the end of the backward steps, then looks at one column after the other.
    """
    end = end_of_backward(walk.trace)
    if by == "operation":
        return replace(walk, cursor=walk.cursor + 1)
    if by == "layer":
        return replace(walk, cursor=end_of_group(walk.trace, walk.cursor))
    if by == "sample" and walk.cursor < end:
        return replace(walk, cursor=end)
    if by == "sample" and walk.sample + 1 < len(walk.trace.rows):
        return replace(walk, sample=walk.sample + 1)
    return replace(walk, cursor=walk.length)


def before(walk: Walk, by: Granularity) -> Walk:
    """Return a walk one operation, layer or sample back; by batch, at its start. The way that `after` goes."""
    end = end_of_backward(walk.trace)
    if by == "operation":
        return replace(walk, cursor=walk.cursor - 1)
    if by == "layer":
        return replace(walk, cursor=start_of_group(walk.trace, walk.cursor))
    if by == "sample" and walk.cursor > end:
        return replace(walk, cursor=end)
    if by == "sample" and walk.cursor == end and walk.sample > 0:
        return replace(walk, sample=walk.sample - 1)
    return replace(walk, cursor=0)


def without_update(trace: Trace) -> Trace:
    """Return a recorded step up to its last gradient: what comes after would change weights."""
    return replace(trace, steps=tuple(step for step in trace.steps if step.phase != "update"))


def steps_of(trace: Trace) -> list[tuple[str, str, str]]:
    """Return which operations a batch consists of, whatever their numbers are."""
    return [(step.phase, step.node, step.op) for step in trace.steps]


def _group(trace: Trace, index: int) -> tuple[str, str]:
    """Return what a step belongs to: a layer, or a list of a sheet or formula, whose nodes are v[1], v[2]."""
    return trace.steps[index].phase, trace.steps[index].node.partition("[")[0]


def end_of_group(trace: Trace, cursor: int) -> int:
    """Return the cursor after the layer that the next step belongs to."""
    end = cursor
    while end < len(trace.steps) and _group(trace, end) == _group(trace, cursor):
        end += 1
    return end


def start_of_group(trace: Trace, cursor: int) -> int:
    """Return the cursor before the layer that the last step belongs to."""
    start = cursor - 1
    while start > 0 and _group(trace, start - 1) == _group(trace, cursor - 1):
        start -= 1
    return start


def end_of_phase(trace: Trace, cursor: int) -> int:
    """Return the cursor after the phase that the next step belongs to."""
    rank = PHASES.index(trace.steps[cursor].phase)
    later = [step.index for step in trace.steps if PHASES.index(step.phase) > rank]
    return later[0] if later else len(trace.steps)


def end_of_backward(trace: Trace) -> int:
    """Return the cursor after the last backward step; after all steps where none goes backward."""
    backward = (step.index for step in trace.steps if step.phase == "backward")
    return max(backward, default=len(trace.steps) - 1) + 1
