"""Values and exact gradients of formulas, on numbers, lists and whole arrays."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Workspace
from dlviz.core.errors import FormulaError, as_list
from dlviz.core.expression.backward import Backward
from dlviz.core.expression.bound import Bound
from dlviz.core.expression.build import build
from dlviz.core.expression.graph import Graph, Places, leaves
from dlviz.core.expression.nodes import Formula
from dlviz.core.expression.scalar import run

Array = NDArray[np.float64]
Inputs: TypeAlias = Mapping[str, Any]

BLOCK = 4_096  # rows at once: fits the cache, and bounds memory
MAX_CELLS = 2_000_000  # numbers held at once
MAX_WORK = 100_000_000  # operations times rows


@dataclass(frozen=True)
class Point:
    """A graph and the arrays of its input nodes, broadcast to one shape and made flat, (nodes, rows)."""

    graph: Graph
    flat: Mapping[int, Array]
    shape: tuple[int, ...]

    @property
    def size(self) -> int:
        """Number of rows."""
        return math.prod(self.shape)

    def blocks(self) -> Iterator[slice]:
        """Cut the rows so that no more than MAX_CELLS numbers are held at once."""
        rows = max(1, min(BLOCK, MAX_CELLS // max(len(self.graph.nodes), 1)))
        for start in range(0, self.size, rows):
            yield slice(start, start + rows)

    def bound(self, block: slice) -> Bound:
        """Return the graph on the arrays of some rows."""
        inputs = {node: array[block] for node, array in self.flat.items()}
        return Bound(self.graph, Workspace(), (min(block.stop, self.size) - block.start,), inputs)


def point(formula: Formula, inputs: Inputs) -> Point:
    """Return a formula's graph with numbers in.

    inputs: a number or array by name, with one value for each row; a list or tuple of such is a list of
    the formula, whose items are x[1], x[2], … Single numbers may stand in bounds of loops.
    Raises: FormulaError for missing inputs, shapes that do not fit, too many operations.
    """
    missing = [name for name in formula.inputs if name not in inputs]
    if missing:
        raise FormulaError(f"Expected values for {', '.join(formula.inputs)}. Received: none for {', '.join(missing)}")
    given = {name: inputs[name] for name in formula.inputs}
    shapes = {name: _list_shape(name, value) for name, value in given.items() if isinstance(value, list | tuple)}
    singles = {name: value for name, value in given.items() if name not in shapes and np.ndim(value) == 0}
    graph = build(formula, shapes, {name: float(_number(name, value)) for name, value in singles.items()})
    arrays = {}
    for name, value in given.items():
        for node, item in zip(leaves(graph.inputs[name]), _items(value), strict=True):
            arrays[node] = _number(name, item)
    return _flat(graph, arrays)


def _flat(graph: Graph, arrays: Mapping[int, Array]) -> Point:
    try:
        shape = np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = sorted({array.shape for array in arrays.values()})
        raise FormulaError(f"Expected arrays of one shape. Received: {' and '.join(map(as_list, shapes))}") from None
    size = math.prod(shape)
    operations = sum(max(len(node.operands), 1) for node in graph.nodes if node.is_operation)
    if operations * size > MAX_WORK:
        raise FormulaError(f"Expected at most {MAX_WORK} operations. Received: {operations} on each of {size} rows")
    return Point(graph, {node: np.broadcast_to(array, shape).reshape(-1) for node, array in arrays.items()}, shape)


def _number(name: str, value: object) -> Array:
    try:
        array = np.asarray(value)
        if array.dtype.kind not in "fiub":
            raise TypeError
    except (TypeError, ValueError):
        raise FormulaError(f"Expected numbers for {name}. Received: {value!r:.60}") from None
    return np.asarray(array, dtype=np.float64)


def _list_shape(name: str, value: Sequence[Any]) -> tuple[int, ...]:
    inner = {_list_shape(name, each) if isinstance(each, list | tuple) else () for each in value}
    if len(inner) != 1:
        raise FormulaError(f"Expected a list of numbers for {name}, or lists of one length. Received: {value!r:.60}")
    return (len(value), *inner.pop())


def _items(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for each in value:
            yield from _items(each)
    else:
        yield value


def evaluate(formula: Formula, inputs: Inputs | None = None, of: Sequence[str] | None = None) -> dict[str, Array]:
    """Return the value of these names, by default all that are assigned.

    Shapes: that of the inputs, lists with their axes in front. Raises: FormulaError as `point` does, and for a list
    of lists of several lengths; numbers that are not defined come out as NaN or ±inf.
    """
    at = point(formula, inputs or {})
    places_of = {name: named(at.graph, name) for name in (at.graph.names if of is None else of)}
    wanted = [node for places in places_of.values() for node in leaves(places)]
    rows = {node: np.empty(at.size) for node in wanted}
    for block in at.blocks():
        bound = at.bound(block)
        for calls in bound.forward(wanted).values():
            run(calls)
        for node in wanted:
            rows[node][block] = bound.values[node]
    return {name: _gathered(places, rows, at.shape) for name, places in places_of.items()}


def gradient(
    formula: Formula, inputs: Inputs | None = None, of: str = "", by: Sequence[str] | None = None
) -> dict[str, Array]:
    """Return the derivative of a name, by default the last, by inputs or assigned names, by default all inputs.

    Shapes: those of the values, one derivative for each row. Raises: FormulaError as `point` does.
    """
    at = point(formula, inputs or {})
    output = at.graph.scalar(of) if of else at.graph.output
    places_of = {name: named(at.graph, name) for name in (by if by is not None else formula.inputs)}
    wanted = [node for places in places_of.values() for node in leaves(places)]
    rows = {node: np.empty(at.size) for node in wanted}
    for block in at.blocks():
        backward = _differentiated(at.bound(block), output, wanted)
        for node in wanted:
            rows[node][block] = backward.gradients[node]
    return {name: _gathered(places, rows, at.shape) for name, places in places_of.items()}


def _differentiated(bound: Bound, output: int, by: Sequence[int]) -> Backward:
    backward = Backward(bound, output, by)
    forward = bound.forward({output, *backward.reads})
    for calls in (*forward.values(), backward.calls):
        run(calls)
    return backward


def named(graph: Graph, name: str) -> Places:
    """Return the nodes of an input, an assigned name or an id. Raises: FormulaError if there is none."""
    return (
        graph.inputs[name] if name in graph.inputs else graph.names[name] if name in graph.names else graph.scalar(name)
    )


def _gathered(places: Places, rows: Mapping[int, Array], shape: tuple[int, ...]) -> Array:
    if isinstance(places, int):
        return rows[places].reshape(shape)
    parts = [_gathered(each, rows, shape) for each in places]
    lengths = {part.shape for part in parts}
    if len(lengths) > 1:
        came = " and ".join(sorted(as_list(each) for each in lengths))
        raise FormulaError(f"Expected a list of numbers, or of lists of one length. Received: shapes {came}")
    return np.array(parts)
