"""Paths through a computation graph: each a product of local slopes; their sum is the gradient."""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan, prod

from dlviz.core.expression.backward import local_slopes
from dlviz.core.expression.graph import Edge, Graph

MAX_PATHS = 1_000  # that are listed; all are counted


@dataclass(frozen=True)
class Path:
    """A way from a node to the output: its edges in forward order, the slope of each, and their product."""

    edges: tuple[Edge, ...]
    factors: tuple[float, ...]

    @property
    def product(self) -> float:
        """What this path adds to the gradient."""
        return prod(self.factors)

    @property
    def nodes(self) -> tuple[int, ...]:
        """The nodes from the start to the output."""
        return (self.edges[0].source, *(edge.target for edge in self.edges)) if self.edges else ()


@dataclass(frozen=True)
class Multiplications:
    """How many products the gradients by some variables take, factors 1 of the output itself not counted.

    reused: each node's gradient is computed once and kept, as backpropagation does.
    repeated: every path from every variable is multiplied out on its own.
    """

    reused: int
    repeated: int


def count_paths(graph: Graph, output: int, start: int) -> int:
    """Return how many paths lead from a node to the output."""
    counts, _ = _counts(graph, output, (start,))
    return counts.get(start, 0)


def multiplications(graph: Graph, output: int, by: Sequence[int]) -> Multiplications:
    """Compare the products that backpropagation takes with those of all paths multiplied out."""
    counts, lengths = _counts(graph, output, by)
    edges = [local.edge for local in local_slopes(graph, output, by)]
    reused = sum(edge.target != output for edge in edges)
    return Multiplications(reused, sum(lengths.get(node, 0) - counts.get(node, 0) for node in by if node != output))


def _counts(graph: Graph, output: int, by: Iterable[int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return the number of paths from every node to the output, and the sum of their lengths."""
    counts, lengths = {output: 1}, {output: 0}
    for local in local_slopes(graph, output, by):
        edge = local.edge
        counts[edge.source] = counts.get(edge.source, 0) + counts[edge.target]
        lengths[edge.source] = lengths.get(edge.source, 0) + lengths[edge.target] + counts[edge.target]
    return counts, lengths


def paths(
    graph: Graph, slopes: Mapping[Edge, float], output: int, start: int, most: int = MAX_PATHS
) -> tuple[Path, ...]:
    """Return the paths from a node to the output, those that add most first, up to so many.

    slopes: the local slope of every edge on the way, as `Differentiated` holds them.
    """
    onward: dict[int, list[Edge]] = {}
    best = {output: 1.0}
    for local in local_slopes(graph, output, (start,)):
        edge = local.edge
        onward.setdefault(edge.source, []).append(edge)
        best[edge.source] = max(best.get(edge.source, 0.0), _size(slopes[edge]) * best[edge.target])
    found: list[Path] = []
    # The bound is exact, so partial paths leave the heap in the order of the paths they become.
    heap: list[tuple[float, int, int, tuple[Edge, ...]]] = [(-best.get(start, 0.0), 0, start, ())]
    pushed = 1
    while heap and len(found) < most:
        _, _, node, way = heapq.heappop(heap)
        if node == output:
            found.append(Path(way, tuple(slopes[edge] for edge in way)))
            continue
        so_far = prod(_size(slopes[edge]) for edge in way)
        for edge in onward.get(node, ()):
            heapq.heappush(heap, (-so_far * _size(slopes[edge]) * best[edge.target], pushed, edge.target, (*way, edge)))
            pushed += 1
    return tuple(found)


def _size(slope: float) -> float:
    """Return how much a factor may count; one that is not a number counts most, so that it is seen."""
    return inf if isnan(slope) else abs(slope)
