"""A formula as calls on arrays that are there already: surfaces f(x, y), activations f(z)."""

from dlviz.core.array import Array, Call, Workspace
from dlviz.core.errors import FormulaError
from dlviz.core.expression.backward import Backward
from dlviz.core.expression.bound import Bound
from dlviz.core.expression.build import build
from dlviz.core.expression.graph import Graph
from dlviz.core.expression.nodes import Formula


def value_calls(formula: Formula, workspace: Workspace, point: Array, value: Array) -> tuple[Call, ...]:
    """Return the calls that write f(point) into value.

    Shapes: point (number of inputs, *axes), inputs in the order of `formula.inputs`; value (*axes).
    Raises: FormulaError if the formula needs lists, or its bounds are not known beforehand.
    """
    graph, inputs = _graph(formula, point)
    output = graph.output
    bound = Bound(graph, workspace, value.shape, inputs, {output: value})
    if not graph.nodes[output].is_operation:
        return ((workspace.xp.copyto, (value, bound.values[output])),)
    return tuple(call for calls in bound.forward([output]).values() for call in calls)


def gradient_calls(
    formula: Formula, workspace: Workspace, point: Array, gradient: Array, seed: Array | None = None,
    value: Array | None = None,
) -> tuple[Call, ...]:  # fmt: skip
    """Return the calls that write df/dpoint into gradient, times seed (dL/df) if there is one.

    Shapes: point and gradient (number of inputs, *axes); seed and value (*axes). value: f(point), if it was
    computed before. Raises: FormulaError as `value_calls` does.
    """
    graph, inputs = _graph(formula, point)
    output, nodes = graph.output, tuple(inputs)
    is_known = value is not None and graph.nodes[output].is_operation
    out = {output: value} if is_known else {}
    bound = Bound(graph, workspace, gradient.shape[1:], inputs, out)
    into = {node: gradient[place, ...] for place, node in enumerate(nodes)}
    backward = Backward(bound, output, nodes, seed, into)
    forward = bound.forward(backward.reads, known=out)
    return (*(call for calls in forward.values() for call in calls), *backward.calls)


def _graph(formula: Formula, point: Array) -> tuple[Graph, dict[int, Array]]:
    names = formula.inputs
    if len(names) != len(point):
        raise FormulaError(f"Expected a formula in {len(point)} names. Received: {', '.join(names) or 'none'}")
    graph = build(formula)
    return graph, {graph.scalar(name): point[place, ...] for place, name in enumerate(names)}
