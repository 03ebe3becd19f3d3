"""A formula walked step by step: forward, then backward, as the same Trace that a network's training gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import FormulaError
from dlviz.core.expression.backward import Backward, BackwardStep
from dlviz.core.expression.bound import Bound
from dlviz.core.expression.evaluate import MAX_CELLS, Inputs, named, point
from dlviz.core.expression.graph import Edge, Graph, leaves
from dlviz.core.expression.nodes import Apply, Formula, Name, Node, Number
from dlviz.core.expression.operations import OPERANDS
from dlviz.core.expression.paths import MAX_PATHS, Path, paths
from dlviz.core.expression.scalar import run
from dlviz.core.expression.slopes import filled
from dlviz.core.expression.text import PRODUCT, within, write
from dlviz.core.trace import Phase, Step, Trace

Array = NDArray[np.float64]
LONGEST_SUM = 5  # terms that are written out


@dataclass(frozen=True)
class Walk:
    """A graph with all its numbers, each an array with one value for each row, (rows,).

    values: of every node. gradients: of the output by every node on the way. slopes: of the node at the end of
    an edge by the one at its start. parts: what each use of a node adds to its gradient: the gradient of the
    user times that slope.
    """

    graph: Graph
    output: int
    values: Mapping[int, Array]
    gradients: Mapping[int, Array]
    slopes: Mapping[Edge, Array]
    parts: Mapping[Edge, Array]
    trace: Trace

    def paths(self, start: str, row: int = 0, most: int = MAX_PATHS) -> tuple[Path, ...]:
        """Return the ways from a node to the output with their factors, those that add most first."""
        slopes = {edge: float(values[row]) for edge, values in self.slopes.items()}
        return paths(self.graph, slopes, self.output, self.graph.scalar(start), most)


def walk(formula: Formula, inputs: Inputs | None = None, of: str = "", by: Sequence[str] | None = None) -> Walk:
    """Compute a formula and its gradient one operation at a time and keep everything.

    of: the name that is differentiated, by default the last. by: with respect to which inputs or assigned names,
    by default all inputs. Raises: FormulaError as `evaluate` and `gradient` do.
    """
    at = point(formula, inputs or {})
    output = at.graph.scalar(of) if of else at.graph.output
    wanted = [node for name in (formula.inputs if by is None else by) for node in leaves(named(at.graph, name))]
    if 3 * len(at.graph.nodes) * at.size > MAX_CELLS:
        raise FormulaError(f"Expected at most {MAX_CELLS} numbers to keep. Received: more", "Take fewer rows.")
    bound = at.bound(slice(0, at.size))
    recorder = _Recorder(at.graph, bound, Backward(bound, output, wanted, keep=True), output)
    with np.errstate(all="ignore"):  # what is not defined at this point is a result, and told as one
        recorder.forward([output, *(node for places in at.graph.names.values() for node in leaves(places))])
        recorder.backward()
    return recorder.walk(at.size)


class _Recorder:
    def __init__(self, graph: Graph, bound: Bound, backward: Backward, output: int) -> None:
        self._graph, self._bound, self._backward, self._output = graph, bound, backward, output
        self._steps: list[Step] = []
        self._parts: dict[Edge, Array] = {}

    def _id(self, node: int) -> str:
        return self._graph.nodes[node].id

    def _add(
        self, phase: Phase, node: int, op: str, formula: str, reads: Sequence[str], writes: Mapping[str, Array]
    ) -> None:
        kept = {name: _kept(array) for name, array in writes.items()}
        self._steps.append(Step(len(self._steps), phase, self._id(node), op, formula, tuple(reads), kept))

    def forward(self, wanted: Sequence[int]) -> None:
        """Run and note every operation."""
        for index, calls in self._bound.forward(wanted).items():
            run(calls)
            node = self._graph.nodes[index]
            reads = [self._id(each) for each in node.operands if self._graph.nodes[each].op != "number"]
            formula = f"{node.id} = {written(self._graph, index)}"
            self._add("forward", index, "formula", formula, reads, {node.id: self._bound.values[index]})

    def backward(self) -> None:
        """Run and note the start of the backward pass, and what every use of a node adds."""
        output, backward = self._id(self._output), self._backward
        run(backward.start)
        start = {f"{output}.grad": backward.gradients[self._output]}
        self._add("backward", self._output, "formula_start", f"∂{output}/∂{output} = 1", (), start)
        for step in backward.steps:
            run(step.calls)
            self._backward_step(output, step)

    def _backward_step(self, output: str, step: BackwardStep) -> None:
        edge, backward = step.local.edge, self._backward
        source, target = self._id(edge.source), self._id(edge.target)
        self._parts[edge] = _kept(backward.gradients[edge.target] * backward.slopes[edge])
        sign, factor = "+=" if step.adds else "=", self._factor(edge, step.local.formula)
        reads = [f"{target}.grad", *sorted(_names(factor))]
        formula = f"∂{output}/∂{source} {sign} ∂{output}/∂{target} · {within(factor, PRODUCT + 1)}"
        writes = {
            f"{target}.d{edge.position + 1}": backward.slopes[edge],
            f"{source}.grad": backward.gradients[edge.source],
        }
        self._add("backward", edge.target, "formula_backward", formula, reads, writes)

    def _factor(self, edge: Edge, slope: Node) -> Node:
        operands = zip(OPERANDS, self._graph.nodes[edge.target].operands, strict=False)
        symbols = {name: _symbol(self._graph, node) for name, node in operands}
        return filled(slope, {**symbols, "y": Name(self._id(edge.target))})

    def walk(self, rows: int) -> Walk:
        """Return everything that was noted."""
        values = {index: _kept(np.broadcast_to(array, (rows,))) for index, array in enumerate(self._bound.values)}
        inputs = {node.id: values[index] for index, node in enumerate(self._graph.nodes) if node.op == "input"}
        gradients = {node: _kept(array) for node, array in self._backward.gradients.items()}
        slopes = {edge: _kept(array) for edge, array in self._backward.slopes.items()}
        trace = Trace(tuple(self._steps), inputs, np.arange(rows))
        return Walk(self._graph, self._output, values, gradients, slopes, self._parts, trace)


def _kept(array: Array) -> Array:
    copy = np.array(array, dtype=np.float64)
    copy.setflags(write=False)
    return copy


def _symbol(graph: Graph, index: int) -> Node:
    node = graph.nodes[index]
    return Number(node.value) if node.op == "number" else Name(node.id)


def _names(node: Node) -> set[str]:
    if isinstance(node, Name):
        return {node.name}
    return {name for each in node.args for name in _names(each)} if isinstance(node, Apply) else set()


def written(graph: Graph, index: int) -> str:
    """Write what a node computes from the nodes before it: `w · x`."""
    node = graph.nodes[index]
    symbols = [_symbol(graph, operand) for operand in node.operands]
    if node.op == "sum":
        terms = [within(each, PRODUCT) for each in symbols]
        shown = terms if len(terms) <= LONGEST_SUM else [*terms[:2], "…", terms[-1]]
        return " + ".join(shown)
    return write(Apply(node.op, tuple(symbols)))
