"""The backward pass over a computation graph: one step for every use of a node on the way to the output."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

from dlviz.core.array import Array, Call
from dlviz.core.expression.bound import Bound
from dlviz.core.expression.graph import Edge, Graph
from dlviz.core.expression.nodes import Apply, Name, Node, Number
from dlviz.core.expression.operations import OPERANDS, OPERATIONS
from dlviz.core.expression.slopes import ONE, ZERO, slope


@dataclass(frozen=True)
class LocalSlope:
    """An edge and the derivative of its target by its source, a formula in the operands a, b, c and the result y."""

    edge: Edge
    formula: Node


@dataclass(frozen=True)
class BackwardStep:
    """What one use of a node adds to its gradient. adds: an earlier step wrote to it before."""

    local: LocalSlope
    adds: bool
    calls: tuple[Call, ...]


def local_slopes(graph: Graph, output: int, by: Iterable[int]) -> list[LocalSlope]:
    """Return the edges on the way from the nodes `by` to the output, in the order of a backward pass.

    Edges whose slope is 0 everywhere, such as the condition of a choice, are no way.
    """
    depends = set(by)
    edges: list[list[LocalSlope]] = [[] for _ in graph.nodes]
    for index, node in enumerate(graph.nodes):
        for position, source in enumerate(node.operands):
            if source in depends:
                formula = slope(node.op, position if node.op != "sum" else 0, _numbers(graph, index))
                if formula != ZERO:
                    edges[index].append(LocalSlope(Edge(source, index, position), formula))
                    depends.add(index)
    reached, found = {output}, []
    for index in range(output, -1, -1):
        if index in reached:
            found += edges[index]
            reached.update(local.edge.source for local in edges[index])
    return found


def _numbers(graph: Graph, index: int) -> tuple[float | None, ...]:
    operands = graph.nodes[index].operands if graph.nodes[index].op != "sum" else ()
    nodes = [graph.nodes[operand] for operand in operands]
    return tuple(node.value if node.op == "number" else None for node in nodes)


class Backward:
    """The calls of a backward pass: `start`, then the steps in order.

    by: the nodes whose gradients are wanted. seed: the gradient of the output, else 1. into: arrays for
    some gradients; all others get one of their own. keep: hold every slope in `slopes`, by edge, for show.
    """

    def __init__(
        self,
        bound: Bound,
        output: int,
        by: Iterable[int],
        seed: Array | None = None,
        into: Mapping[int, Array] | None = None,
        keep: bool = False,
    ) -> None:
        self._bound = bound
        self._keep = keep
        self._locals = local_slopes(bound.graph, output, by)
        nodes = {output, *by, *(local.edge.source for local in self._locals)}
        given = into or {}
        self.gradients = {node: given[node] if node in given else self._array() for node in nodes}
        self.slopes: dict[Edge, Array] = {}
        self.start = self._start(output, by, seed)
        self._reach: dict[int, Array | None] = {output: None}
        self._pool: list[Array] = []
        self._taken = 0
        self._written = {output}
        self.steps = [self._step(local) for local in self._locals]

    def _array(self) -> Array:
        return self._bound.workspace.zeros(*self._bound.shape)

    def _start(self, output: int, by: Iterable[int], seed: Array | None) -> tuple[Call, ...]:
        zeros: list[Call] = [(self.gradients[node].fill, (0,)) for node in by if node != output]
        gradient = self.gradients[output]
        first: Call = (gradient.fill, (1,)) if seed is None else (self._bound.workspace.xp.copyto, (gradient, seed))
        return (*zeros, first)

    @property
    def reads(self) -> set[int]:
        """The nodes whose values the slopes need."""
        found = set()
        for local in self._locals:
            target = local.edge.target
            operands = dict(zip(OPERANDS, self._bound.graph.nodes[target].operands, strict=False)) | {"y": target}
            found |= {operands[name] for name in _names(local.formula)}
        return found

    @property
    def calls(self) -> tuple[Call, ...]:
        """All calls in order."""
        return (*self.start, *(call for step in self.steps for call in step.calls))

    def _step(self, local: LocalSlope) -> BackwardStep:
        self._taken = 0
        edge, xp = local.edge, self._bound.workspace.xp
        adds = edge.source in self._written
        total = self.gradients[edge.source]
        part = self._scratch() if adds else total
        factor, calls = self._factor(local)
        if local.formula == ONE:
            calls.append((xp.copyto, (part, self.gradients[edge.target])))
        else:
            calls.append((xp.multiply, (self.gradients[edge.target], factor, part)))
        calls += self._masked(local, factor, part)
        if adds:
            calls.append((xp.add, (total, part, total)))
        self._written.add(edge.source)
        return BackwardStep(local, adds, tuple(calls))

    def _factor(self, local: LocalSlope) -> tuple[Array, list[Call]]:
        """Return the array of a slope and the calls that fill it."""
        bound, target = self._bound, local.edge.target
        values = dict(zip(OPERANDS, bound.operands(target), strict=False)) | {"y": bound.values[target]}
        factor, calls = self._evaluated(local.formula, values)
        if self._keep:
            self.slopes[local.edge] = self._array()
            calls.append((bound.workspace.xp.copyto, (self.slopes[local.edge], factor)))
        return factor, calls

    def _evaluated(self, node: Node, values: Mapping[str, Array]) -> tuple[Array, list[Call]]:
        if isinstance(node, Number):
            return self._bound.workspace.constant(node.value), []
        if isinstance(node, Name):
            return values[node.name], []
        assert isinstance(node, Apply)
        parts = [self._evaluated(each, values) for each in node.args]
        out = self._scratch()
        own = OPERATIONS[node.op].emit(self._bound.workspace, [array for array, _ in parts], out)
        return out, [*(call for _, calls in parts for call in calls), *own]

    def _scratch(self) -> Array:
        """Return an array that later steps use again."""
        if self._taken == len(self._pool):
            self._pool.append(self._array())
        self._taken += 1
        return self._pool[self._taken - 1]

    def _masked(self, local: LocalSlope, factor: Array, part: Array) -> list[Call]:
        """Return the calls that put 0 where a choice, here or further on, did not take this way.

        A product would not do: slopes that are not finite there, such as that of √x below 0, would make it NaN.
        """
        edge, xp = local.edge, self._bound.workspace.xp
        selects = OPERATIONS[self._bound.graph.nodes[edge.target].op].selects and local.formula != ONE
        reach = self._reach[edge.target]
        if reach is None and not selects:
            self._reach[edge.source] = None
            return []
        calls: list[Call] = []
        taken = factor if selects else reach
        if selects and reach is not None:
            taken = self._scratch()
            calls.append((xp.multiply, (factor, reach, taken)))
        is_off = xp.zeros(self._bound.shape, dtype=bool)
        calls += [
            (xp.equal, (taken, self._bound.workspace.constant(0), is_off)),
            (partial(xp.copyto, where=is_off), (part, self._bound.workspace.constant(0))),
        ]
        return calls + self._reached(edge.source, taken)

    def _reached(self, source: int, taken: Array) -> list[Call]:
        """Note where a node is on a way that was taken; one that was not looked at before starts there."""
        xp = self._bound.workspace.xp
        if source not in self._reach:
            own = self._reach[source] = self._array()
            return [(xp.copyto, (own, taken))]
        known = self._reach[source]
        return [] if known is None else [self._bound.workspace.maximum(known, taken, known)]


def _names(node: Node) -> set[str]:
    if isinstance(node, Name):
        return {node.name}
    return {name for each in node.args for name in _names(each)} if isinstance(node, Apply) else set()
