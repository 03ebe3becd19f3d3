"""A sheet's graph as steps: one for every number that has a name, written in the numbers before it."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dlviz.core.expression.graph import Graph
from dlviz.core.expression.nodes import Apply, Name, Node, Number
from dlviz.core.expression.text import PRODUCT, within, write
from dlviz.core.trace import Step

LARGEST = 24  # numbers, names and operations of one step; what is larger is told in parts
LONGEST_SUM = 6  # terms that are written out


class Unfolded:
    """The operations of a graph gathered into steps.

    order: the operations to tell, as they are computed. names: nodes that always are a step of their own, and how
    they are called; numbers among them are known before the first. The same operation on the same numbers is told
    once, and named where it stands again.
    """

    def __init__(self, graph: Graph, order: Sequence[int], names: Mapping[int, str]) -> None:
        self._nodes = graph.nodes
        self._names = dict(names)
        self._taken = {node.id for node in graph.nodes}
        self._parts = 0
        self._trees: dict[int, Node] = {}
        self._sizes: dict[int, int] = {}
        self._same = _first_of_each(graph, order, names)
        self._steps = [index for index in order if self._same[index] == index and self._is_step(index)]

    def _is_step(self, index: int) -> bool:
        """Write an operation, and say whether it is told by itself: named, long, or large."""
        node = self._nodes[index]
        tree = Apply(node.op, tuple(self._operand(each) for each in node.operands))
        size = 1 + sum(self._sizes.get(self._same.get(each, each), 1) for each in node.operands)
        is_long = node.op == "sum" and len(node.operands) > LONGEST_SUM
        is_told = index in self._names or is_long or size > LARGEST
        self._trees[index], self._sizes[index] = tree, 1 if is_told else size
        if is_told and index not in self._names:
            self._names[index] = self._part()
        return is_told

    def _part(self) -> str:
        """Return a name for a part of a formula that is told by itself."""
        self._parts += 1
        name = f"part{self._parts}"
        return name if name not in self._taken else self._part()

    def _operand(self, index: int) -> Node:
        node, first = self._nodes[index], self._same.get(index, index)
        if node.op == "number" and index not in self._names:
            return Number(node.value)
        return (
            Name(self._names.get(first, node.id))
            if first not in self._trees or first in self._names
            else self._trees[first]
        )

    def steps(self, values: Mapping[int, NDArray[np.float64]]) -> Iterator[Step]:
        """Give every step with its formula, what it reads and the number that it writes, (1,)."""
        for place, index in enumerate(self._steps):
            tree, name = self._trees[index], self._names[index]
            reads = tuple(dict.fromkeys(_names(tree)))
            yield Step(
                place, "forward", name, "formula", f"{name} = {_text(tree)}", reads, {name: _kept(values[index])}
            )


def _first_of_each(graph: Graph, order: Sequence[int], names: Mapping[int, str]) -> dict[int, int]:
    """Return for every operation the first that does the same; those with a name of their own stay apart."""
    found: dict[tuple[str, tuple[int, ...]], int] = {}
    same: dict[int, int] = {}
    for index in order:
        node = graph.nodes[index]
        key = node.op, tuple(same.get(each, each) for each in node.operands)
        first = found.setdefault(key, index)
        same[index] = index if index in names else first
    return same


def _text(tree: Node) -> str:
    """Write a tree so that the parser reads it back; of a long sum the first terms and the last."""
    return write(_with_sums(tree)) if not _is_long(tree) else _long_sum(tree)


def _is_long(tree: Node) -> bool:
    return isinstance(tree, Apply) and tree.op == "sum" and len(tree.args) > LONGEST_SUM


def _long_sum(tree: Node) -> str:
    assert isinstance(tree, Apply)
    first, second, *_, last = [within(_with_sums(each), PRODUCT) for each in tree.args]
    return f"{first} + {second} + … + {last}"


def _with_sums(tree: Node) -> Node:
    """Write a sum of a list as its terms with + between them."""
    if not isinstance(tree, Apply):
        return tree
    parts = [_with_sums(each) for each in tree.args]
    if tree.op != "sum":
        return Apply(tree.op, tuple(parts))
    added = parts[0]
    for part in parts[1:]:
        added = Apply("add", (added, part))
    return added


def _names(tree: Node) -> Iterator[str]:
    if isinstance(tree, Name):
        yield tree.name
    elif isinstance(tree, Apply):
        for each in tree.args:
            yield from _names(each)


def _kept(values: NDArray[np.float64]) -> NDArray[np.float64]:
    copy = np.array(values, dtype=np.float64).reshape(1)
    copy.setflags(write=False)
    return copy
