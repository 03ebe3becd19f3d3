"""The derivative of a short formula as a formula, to be shown; numbers come from the backward pass."""

from collections.abc import Mapping, Sequence

from dlviz.core.expression.nodes import Apply, Formula, Name, Node, Number
from dlviz.core.expression.operations import OPERANDS
from dlviz.core.expression.slopes import ONE, ZERO, filled, made, slope

_CHOICES = {"where": "", "relu": "greater", "max": "greater_equal", "min": "less_equal"}
LARGEST = 40  # nodes of a derivative that still reads well


def inlined(formula: Formula) -> Node | None:
    """Return the last assignment with all others put in; None if that is too long, or holds lists or loops."""
    known: dict[str, Node] = {}
    for statement in formula.statements:
        if not _is_plain(statement.expression):
            return None
        known[statement.name] = _put_in(statement.expression, known)
        if _size(known[statement.name]) > LARGEST:
            return None
    return known[formula.result]


def derivative(formula: Formula, by: str) -> Node | None:
    """Return df/dx, simplified a little; None where it would not read well or where there are lists or loops."""
    node = inlined(formula)
    if node is None:
        return None
    found = _derivative(node, by)
    return found if _size(found) <= LARGEST else None


def _is_plain(node: Node) -> bool:
    if isinstance(node, Apply):
        return all(_is_plain(each) for each in node.args) and node.op not in ("len", "mean", "sum", "product")
    return isinstance(node, Name | Number)


def _put_in(node: Node, values: Mapping[str, Node]) -> Node:
    if isinstance(node, Name):
        return values.get(node.name, node)
    return Apply(node.op, tuple(_put_in(each, values) for each in node.args)) if isinstance(node, Apply) else node


def _derivative(node: Node, by: str) -> Node:
    if not isinstance(node, Apply):
        return ONE if isinstance(node, Name) and node.name == by else ZERO
    if node.op in _CHOICES:
        return _chosen(node, by)
    terms = [_term(node, position, by) for position in range(len(node.args))]
    total: Node = ZERO
    for term in terms:
        if term != ZERO:
            total = term if total == ZERO else made("add", [total, term])
    return total


def _chosen(node: Apply, by: str) -> Node:
    """Differentiate what chooses between operands as a choice between their derivatives."""
    if node.op != "where" and len(node.args) > 2:
        node = Apply(node.op, (Apply(node.op, node.args[:-1]), node.args[-1]))
    *_, first, last = (_derivative(each, by) for each in (Number(0), *node.args))
    comparison = _CHOICES[node.op]
    if node.op == "where":
        condition = node.args[0]
    elif node.op == "relu":
        condition, first, last = Apply(comparison, (node.args[0], ZERO)), last, ZERO
    else:
        condition = Apply(comparison, node.args)
    return first if first == last else Apply("where", (condition, first, last))


def _product(outer: Node, inner: Node) -> Node:
    """Multiply, with numbers in front and −1 as a sign."""
    if isinstance(inner, Number) and not isinstance(outer, Number):
        outer, inner = inner, outer
    return made("negative", [inner]) if outer == Number(-1.0) else made("multiply", [outer, inner])


def _term(node: Apply, position: int, by: str) -> Node:
    inner = _derivative(node.args[position], by)
    if inner == ZERO:
        return ZERO
    rule = slope(node.op, position, _numbers(node.args))
    outer = filled(rule, {**dict(zip(OPERANDS, node.args, strict=False)), "y": node})
    return ZERO if outer == ZERO else _product(outer, inner)


def _numbers(args: Sequence[Node]) -> tuple[float | None, ...]:
    return tuple(each.value if isinstance(each, Number) else None for each in args)


def _size(node: Node) -> int:
    """Count nodes as they would be written, without walking a shared part twice."""
    sizes: dict[int, int] = {}

    def count(each: Node) -> int:
        if id(each) not in sizes:
            sizes[id(each)] = 1 + sum(count(arg) for arg in each.args) if isinstance(each, Apply) else 1
        return sizes[id(each)]

    return count(node)
