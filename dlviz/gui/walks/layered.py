"""Where the nodes of a graph stand: columns by what they need, rows so that edges are short."""

from collections.abc import Sequence
from itertools import pairwise

Operands = Sequence[tuple[int, ...]]


def columns_of(operands: Operands) -> list[int]:
    """Return the column of every node, given the nodes it reads; all of those come before it.

    What reads nothing stands one column before the first that reads it.
    """
    depth = [0] * len(operands)
    for node, reads in enumerate(operands):
        depth[node] = max((depth[each] + 1 for each in reads), default=0)
    first: dict[int, int] = {}
    for node, reads in enumerate(operands):
        for each in reads:
            first[each] = min(first.get(each, depth[node]), depth[node])
    columns = [depth[node] if reads else first.get(node, 1) - 1 for node, reads in enumerate(operands)]
    shift = min(columns, default=0)
    return [column - shift for column in columns]


def rows_of(operands: Operands, columns: Sequence[int], output: int) -> list[float]:
    """Return the row of every node from the top: leaves in the order in which the output reads them.

    A node stands in the middle of what it reads; nodes of one column keep a row's distance.
    """
    visits: dict[int, list[int]] = {}
    _visit(operands, output, visits, [0])
    rows = [0.0] * len(operands)
    for node, reads in enumerate(operands):
        own = visits.get(node, [0])
        rows[node] = sum(rows[each] for each in reads) / len(reads) if reads else sum(own) / len(own)
    for column in range(max(columns, default=-1) + 1):
        _spread([node for node in range(len(operands)) if columns[node] == column], rows)
    top = min(rows, default=0.0)
    return [row - top for row in rows]


def _visit(operands: Operands, output: int, visits: dict[int, list[int]], count: list[int]) -> None:
    """Count the leaves in the order in which they are read; every node is entered once, however often it is used."""
    waiting, seen = [output], set[int]()
    while waiting:
        node = waiting.pop()
        if not operands[node]:
            visits.setdefault(node, []).append(count[0])
            count[0] += 1
        elif node not in seen:
            seen.add(node)
            waiting += reversed(operands[node])


def _spread(nodes: list[int], rows: list[float]) -> None:
    """Move the nodes of one column apart to a row's distance, their middle where it was."""
    nodes.sort(key=lambda node: rows[node])
    wanted = [rows[node] for node in nodes]
    for before, node in pairwise(nodes):
        rows[node] = max(rows[node], rows[before] + 1)
    shift = (sum(wanted) - sum(rows[node] for node in nodes)) / max(len(nodes), 1)
    for node in nodes:
        rows[node] += shift
