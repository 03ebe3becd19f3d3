"""One operation on plain numbers, by the same calls that run on arrays."""

from collections.abc import Sequence

import numpy as np

from dlviz.core.array import Calls, Workspace
from dlviz.core.expression.operations import OPERATIONS


def apply(op: str, values: Sequence[float]) -> float:
    """Return the result of an operation; what is not defined is NaN or ±inf, never an exception."""
    if op in ("max", "min") and len(values) != 2:
        return float(max(values) if op == "max" else min(values))
    workspace = Workspace()
    out = workspace.zeros()
    run(OPERATIONS[op].emit(workspace, [np.asarray(value, dtype=np.float64) for value in values], out))
    return float(out)


def run(calls: Calls) -> None:
    """Run calls without warnings: a value that is not finite is a result."""
    with np.errstate(all="ignore"):
        for function, arguments in calls:
            function(*arguments)
