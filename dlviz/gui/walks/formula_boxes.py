"""The graph of a formula as boxes from left to right: values forward, gradients backward."""

from dataclasses import dataclass

from dlviz.core.expression import Edge, Graph, GraphNode
from dlviz.core.expression import Walk as FormulaWalk
from dlviz.core.trace import Step, Trace
from dlviz.gui.selection import Selected
from dlviz.gui.walks.boxes import Box, Boxes, Link
from dlviz.gui.walks.layered import columns_of, rows_of

SIGNS = {
    "add": "+", "sum": "Σ", "subtract": "−", "multiply": "×", "divide": "÷", "negative": "−", "square": "( )²",
    "power": "^", "less": "<", "less_equal": "≤", "greater": ">", "greater_equal": "≥", "equal": "=",
    "not_equal": "≠", "sigmoid": "σ", "sqrt": "√", "log": "ln",
}  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """How far a formula is walked: a trace and how many of its steps are done."""

    trace: Trace
    cursor: int

    @property
    def step(self) -> Step | None:
        """The last step that is done."""
        return self.trace.steps[self.cursor - 1] if self.cursor else None

    def number(self, name: str) -> float | None:
        """Return the number of this name, None where it is not computed yet."""
        found = self.trace.value(name, self.cursor)
        return None if found is None else float(found.reshape(-1)[0])


def unit_place(node: str) -> Selected:
    """Return the place of a node of a formula."""
    return Selected("unit", node)


def edge_place(graph: Graph, edge: Edge) -> Selected:
    """Return the place of one use of a node."""
    return Selected("link", graph.nodes[edge.target].id, edge.position, graph.nodes[edge.source].id)


def formula_boxes(walked: FormulaWalk, standing: Standing, is_whole: bool = False) -> Boxes:
    """Return the picture of a graph as far as it is walked; nodes that the result does not need are left out.

    is_whole: light all of the pass that was just gone through, not only its last step.
    """
    graph = walked.graph
    used = _used(graph, walked.output)
    kept = {node: index for index, node in enumerate(used)}
    edges = [edge for edge in graph.edges() if edge.target in kept]
    operands = [tuple(kept[each] for each in graph.nodes[node].operands) for node in used]
    columns = columns_of(operands)
    rows = rows_of(operands, columns, kept[walked.output])
    lit = _whole_pass(walked, standing) if is_whole else _lit(walked, standing)
    boxes = tuple(
        _box(walked, node, columns[index], rows[index], standing, node in lit.nodes) for node, index in kept.items()
    )
    links = tuple(
        Link(
            kept[edge.source], kept[edge.target], _value(graph, edge.source, standing), _part(walked, edge, standing),
            is_lit=edge in lit.edges, place=edge_place(graph, edge),
        )
        for edge in edges
    )  # fmt: skip
    return Boxes(boxes, links, standing.step.phase if standing.step else "")


def _used(graph: Graph, output: int) -> list[int]:
    needed = {output}
    for index in range(output, -1, -1):
        if index in needed:
            needed.update(graph.nodes[index].operands)
    return sorted(needed)


def _box(walked: FormulaWalk, node: int, column: int, row: float, standing: Standing, is_lit: bool) -> Box:
    graph = walked.graph
    own, output = graph.nodes[node], graph.nodes[walked.output].id
    is_summed = node == walked.output or sum(edge.source == node for edge in walked.parts) > 1
    total = standing.number(f"{own.id}.grad")
    return Box(
        own.id, _title(own), column, row, _value(graph, node, standing), total, f"∂{output}/∂{own.id}",
        not own.is_operation, is_lit, is_summed, unit_place(own.id),
    )  # fmt: skip


def _title(node: GraphNode) -> str:
    if node.op == "number":
        return ""
    if node.op == "input":
        return node.id
    sign = SIGNS.get(node.op, node.op)
    return sign if is_numbered(node.id) else f"{node.id} = {sign}"


def is_numbered(name: str) -> bool:
    """Say whether nobody named a node, so that it is called t1, t2 and so on."""
    return name[:1] == "t" and name[1:].isdigit()


def _value(graph: Graph, node: int, standing: Standing) -> float | None:
    own = graph.nodes[node]
    return own.value if own.op == "number" else standing.number(own.id)


def _part(walked: FormulaWalk, edge: Edge, standing: Standing) -> float | None:
    """Return what one use adds to a gradient, once its step is done."""
    target = walked.graph.nodes[edge.target].id
    if edge not in walked.parts or standing.number(f"{target}.d{edge.position + 1}") is None:
        return None
    return float(walked.parts[edge][0])


@dataclass(frozen=True)
class _Lit:
    nodes: frozenset[int] = frozenset()
    edges: frozenset[Edge] = frozenset()


def _whole_pass(walked: FormulaWalk, standing: Standing) -> _Lit:
    """Return every node and edge that a pass has gone through: forward all, backward those that carry a gradient."""
    edges = frozenset(walked.graph.edges())
    if standing.step is not None and standing.step.phase == "backward":
        edges = frozenset(edge for edge in edges if _part(walked, edge, standing) is not None)
    nodes = frozenset(node for edge in edges for node in (edge.source, edge.target))
    return _Lit(nodes, edges)


def _lit(walked: FormulaWalk, standing: Standing) -> _Lit:
    """Return the node and edges of the step in hand: forward all that a node reads, backward the one use."""
    step, graph = standing.step, walked.graph
    if step is None:
        return _Lit()
    node = graph.by_id[step.node]
    into = [edge for edge in graph.edges() if edge.target == node]
    if step.phase == "forward":
        return _Lit(frozenset({node}), frozenset(into))
    used = frozenset(edge for edge in into if f"{step.node}.d{edge.position + 1}" in step.writes)
    return _Lit(frozenset({node, *(edge.source for edge in used)}), used)
