"""Where a formula of one variable has a kink or a jump."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Workspace
from dlviz.core.expression.bound import Bound
from dlviz.core.expression.build import build
from dlviz.core.expression.nodes import Formula
from dlviz.core.expression.scalar import run

REACH = 32.0  # kinks are looked for from −32 to 32
STEPS_PER_UNIT = 16
HALVINGS = 50  # of a step, until its ends meet

#: What an operation turns at the zeros of: its operand, or the difference of its operands.
_TURNS = ("relu", "abs", "sign", "step", "max", "min", "less", "less_equal", "greater", "greater_equal", "equal",
          "not_equal")  # fmt: skip


def kinks(formula: Formula) -> tuple[float, ...]:
    """Return the points between −32 and 32 where a branch of a formula in one input changes, in order."""
    grid = np.linspace(-REACH, REACH, int(2 * REACH * STEPS_PER_UNIT) + 1)
    turns = _turns(formula, grid)
    found: set[float] = set()
    for row, values in enumerate(turns):
        is_zero = np.pad(values == 0, 1, mode="edge")
        # A stretch of zeros, such as relu leaves below 0, turns at its ends alone.
        found.update(grid[is_zero[1:-1] & ~(is_zero[:-2] & is_zero[2:])])
        for place in np.flatnonzero(values[:-1] * values[1:] < 0):
            found.add(_between(formula, row, grid[place], grid[place + 1]))
    return tuple(sorted(float(each) for each in found))


def _turns(formula: Formula, at: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return what every branching operation looks at the sign of."""
    graph = build(formula)
    bound = Bound(graph, Workspace(), at.shape, {graph.scalar(formula.inputs[0]): at})
    for calls in bound.forward([graph.output]).values():
        run(calls)
    found = []
    for node in graph.nodes:
        if node.op in _TURNS:
            first, *second = (np.broadcast_to(bound.values[operand], at.shape) for operand in node.operands)
            with np.errstate(all="ignore"):
                found.append(first - second[0] if second else first + 0.0)
    return found


def _between(formula: Formula, row: int, low: float, high: float) -> float:
    sign = np.sign(_turns(formula, np.array([low]))[row][0])
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        value = _turns(formula, np.array([middle]))[row][0]
        low, high = (middle, high) if np.sign(value) == sign else (low, middle)
    return (low + high) / 2
