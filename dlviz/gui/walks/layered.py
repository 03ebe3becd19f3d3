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
    """Return the row of every node from the top, no two of one column nearer than a row.

    Leaves of the first column stand in the order in which the output reads them, later ones beside what they
    are read with; an operation stands in the middle of what it reads.
    """
    visits: dict[int, list[int]] = {}
    _visit(operands, output, visits, [0])
    rows = [0.0] * len(operands)
    for column in range(max(columns, default=-1) + 1):
        members = [node for node in range(len(operands)) if columns[node] == column]
        for node in members:
            if operands[node]:
                rows[node] = _mean([rows[each] for each in operands[node]])
        for node in members:
            if not operands[node]:
                own = visits.get(node, [0])
                rows[node] = _mean(own) if column == 0 else _beside(node, operands, columns, rows)
        _spread(members, rows)
    top = min(rows, default=0.0)
    return [row - top for row in rows]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _beside(leaf: int, operands: Operands, columns: Sequence[int], rows: Sequence[float]) -> float:
    """Return the row above or below what a leaf is first read with, as it stands before or after it."""
    reads = next(reads for reads in operands if leaf in reads)
    others = [each for each in reads if operands[each] or columns[each] < columns[leaf]]
    if not others:
        return 0.0
    is_first = reads.index(leaf) < reads.index(others[0])
    return _mean([rows[each] for each in others]) + (-1.0 if is_first else 1.0)


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
