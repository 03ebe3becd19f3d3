"""How long a forward pass takes example by example, and for all examples of the batch at once."""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter

import numpy as np

from dlviz.core.execute import run
from dlviz.core.explain import Pass
from dlviz.core.memory import loaded
from dlviz.core.program import lower

REPEATS = 5  # the quickest counts: anything else on the machine only makes it slower


@dataclass(frozen=True)
class ForwardTimes:
    """Seconds for the n examples of a batch: one after the other, and as the columns of one matrix."""

    n: int
    one_by_one: float
    at_once: float


def forward_times(passed: Pass) -> ForwardTimes:
    """Measure both ways over the examples of a pass; reading the rows counts, making arrays does not."""
    program = lower(passed.program.network, mode="forward")
    rows = np.ascontiguousarray(passed.binding.buffers.inputs(), dtype=np.float64)
    memory = loaded(program.layout, passed.binding.memory.read())
    single, whole = (program.bind(memory, columns) for columns in (1, len(rows)))

    def one_by_one() -> None:
        for row in range(len(rows)):
            single.load(rows[row : row + 1], None)
            run(single.calls)

    def at_once() -> None:
        whole.load(rows, None)
        run(whole.calls)

    with np.errstate(all="ignore"):
        return ForwardTimes(len(rows), *(min(_seconds(way) for _ in range(REPEATS)) for way in (one_by_one, at_once)))


def _seconds(way: Callable[[], None]) -> float:
    start = perf_counter()
    way()
    return perf_counter() - start
