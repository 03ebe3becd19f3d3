"""The computation graph of formulas: one node for every operation, each variable once, loops unrolled."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from dlviz.core.errors import FormulaError

Places: TypeAlias = "int | tuple[Places, ...]"  # a node, or a list of them


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A variable, a number, or an operation on earlier nodes.

    id: the name that was assigned, with its place in a list in brackets; t1, t2 … for what has no name.
    op: "input", "number", or the key of an operation. value: that of a number.
    """

    id: str
    op: str
    operands: tuple[int, ...] = ()
    value: float = 0.0

    @property
    def is_operation(self) -> bool:
        """Say whether something is computed here."""
        return self.op not in ("input", "number")


@dataclass(frozen=True)
class Edge:
    """Where a node is used: as which operand of which later node. Both are indices of nodes."""

    source: int
    target: int
    position: int


@dataclass(frozen=True)
class Graph:
    """Nodes in an order in which they can be computed.

    inputs and names: the node of every variable and of every assigned name, or nested tuples of nodes for
    lists. output: the node of the last assignment.
    """

    nodes: tuple[GraphNode, ...]
    inputs: Mapping[str, Places]
    names: Mapping[str, Places]

    @property
    def output(self) -> int:
        """Index of the node that the last assignment names. Raises: FormulaError if that is a list."""
        return self.scalar(tuple(self.names)[-1])

    @cached_property
    def by_id(self) -> Mapping[str, int]:
        """Index of a node by its id."""
        return {node.id: index for index, node in enumerate(self.nodes)}

    def scalar(self, name: str) -> int:
        """Return the node of an assigned name, an input or an id. Raises: FormulaError for a list or no such name."""
        found = self.names.get(name, self.inputs.get(name, self.by_id.get(name)))
        if found is None:
            raise FormulaError(f"Expected one of {', '.join([*self.inputs, *self.names])}. Received: {name!r}")
        if isinstance(found, tuple):
            raise FormulaError(f"Expected a single number. Received: {name!r}, a list of {len(found)}")
        return found

    def edges(self) -> tuple[Edge, ...]:
        """Return every use of every node, in order of the nodes that use them."""
        return tuple(
            Edge(source, target, position)
            for target, node in enumerate(self.nodes)
            for position, source in enumerate(node.operands)
        )


def leaves(places: Places) -> tuple[int, ...]:
    """Return the nodes of a name in order, lists within lists one after the other."""
    if isinstance(places, int):
        return (places,)
    return tuple(node for each in places for node in leaves(each))
