"""Stepping by operation through a 784-128-64-10 network in the window: one unit told, and whole matrices."""

import statistics

from tests.bench.timing import Effort
from tests.bench.window import child
from tests.bench.workload import Row

MUST_MS = 100.0
FULL_PASSES, QUICK_PASSES = 10, 2


def stepping(effort: Effort) -> list[Row]:
    """Measure offscreen, from the key to the painted window."""
    passes = FULL_PASSES if effort.rounds > 3 else QUICK_PASSES
    found = child("stepping_child", {"QT_QPA_PLATFORM": "offscreen"}, "--passes", str(passes))
    return [row for key, seconds in found.items() for row in _rows(key, [1000 * each for each in seconds])]


def _rows(view: str, taken: list[float]) -> list[Row]:
    twentieths = statistics.quantiles(taken, n=20)
    return [
        Row("stepping", f"{view}, median", statistics.median(taken), "ms", must=MUST_MS, is_limit=True),
        Row("stepping", f"{view}, 95 of 100", twentieths[-1], "ms", must=MUST_MS, is_limit=True),
        Row("stepping", f"{view}, slowest", max(taken), "ms"),
    ]
