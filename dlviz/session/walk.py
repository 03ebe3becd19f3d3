"""Walk: a recorded batch with a cursor, where its layers and phases end, and where it broke."""

from dataclasses import dataclass

import numpy as np

from dlviz.core.array import to_host
from dlviz.core.trace import PHASES, Step, Trace


@dataclass(frozen=True)
class Walk:
    """A recorded batch, how many of its steps are done, and the column of it that is looked at."""

    trace: Trace
    cursor: int
    sample: int = 0

    @property
    def length(self) -> int:
        """Number of steps."""
        return len(self.trace.steps)

    @property
    def is_done(self) -> bool:
        """Whether the batch is walked to its end."""
        return self.cursor == self.length


def first_not_finite(trace: Trace) -> Step | None:
    """Return the first step that wrote something not finite; None where all numbers are finite."""
    for step in trace.steps:
        if any(not np.isfinite(to_host(values)).all() for values in step.writes.values()):
            return step
    return None


def _group(trace: Trace, index: int) -> tuple[str, str]:
    return trace.steps[index].phase, trace.steps[index].node


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
