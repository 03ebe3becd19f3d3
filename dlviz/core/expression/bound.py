"""A computation graph on preallocated arrays, and the calls of its forward pass."""

from collections.abc import Iterable, Mapping

from dlviz.core.array import Array, Call, Workspace
from dlviz.core.expression.graph import Graph
from dlviz.core.expression.operations import OPERATIONS


class Bound:
    """A graph on arrays of one shape; `values` has one for every node.

    inputs: the arrays of input nodes, which may broadcast to the shape. out: arrays for the values of some
    operations; all others get one of their own.
    """

    def __init__(
        self,
        graph: Graph,
        workspace: Workspace,
        shape: tuple[int, ...],
        inputs: Mapping[int, Array],
        out: Mapping[int, Array] | None = None,
    ) -> None:
        self.graph = graph
        self.workspace = workspace
        self.shape = shape
        given = {**(out or {}), **inputs}
        self.values = [self._value(index, given) for index in range(len(graph.nodes))]

    def _value(self, index: int, given: Mapping[int, Array]) -> Array:
        node = self.graph.nodes[index]
        if node.op == "number":
            return self.workspace.constant(node.value)
        return given[index] if index in given else self.workspace.zeros(*self.shape)

    def operands(self, index: int) -> list[Array]:
        """Return the arrays that an operation reads."""
        return [self.values[operand] for operand in self.graph.nodes[index].operands]

    def calls(self, index: int) -> tuple[Call, ...]:
        """Return the calls of one operation."""
        operation = OPERATIONS[self.graph.nodes[index].op]
        return tuple(operation.emit(self.workspace, self.operands(index), self.values[index]))

    def forward(self, wanted: Iterable[int], known: Iterable[int] = ()) -> dict[int, tuple[Call, ...]]:
        """Return the calls of every operation that the wanted nodes need, by node and in order.

        known: nodes whose values are there already.
        """
        needed, there = set(wanted), set(known)
        for index in range(len(self.graph.nodes) - 1, -1, -1):
            if index in needed and index not in there:
                needed.update(self.graph.nodes[index].operands)
        is_computed = [node.is_operation and index not in there for index, node in enumerate(self.graph.nodes)]
        return {index: self.calls(index) for index in sorted(needed) if is_computed[index]}
