"""The slope of an operation by one operand, as a formula with the numbers among its operands put in."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from dlviz.core.expression.nodes import Apply, Name, Node, Number
from dlviz.core.expression.operations import CONSTANTS, OPERANDS, slope_rule
from dlviz.core.expression.parser import parse
from dlviz.core.expression.scalar import apply

ZERO, ONE = Number(0.0), Number(1.0)


@lru_cache(maxsize=1024)
def slope(op: str, position: int, numbers: tuple[float | None, ...]) -> Node:
    """Return the slope by the operand at a position, in a, b, c (the operands) and y (the result).

    numbers: the values of operands that are numbers, None for all others.
    """
    rule = parse(slope_rule(op, position), (*OPERANDS, "y")).statements[0].expression
    known = {name: Number(value) for name, value in zip(OPERANDS, numbers, strict=False) if value is not None}
    return filled(rule, known)


def filled(node: Node, values: Mapping[str, Node]) -> Node:
    """Put nodes in the place of names, and simplify what comes of it; the nodes themselves are left as they are."""
    if isinstance(node, Name):
        return values[node.name] if node.name in values else _constant(node)
    if isinstance(node, Apply):
        return made(node.op, [filled(each, values) for each in node.args])
    return node


def _constant(node: Name) -> Node:
    return Number(CONSTANTS[node.name]) if node.name in CONSTANTS else node


def made(op: str, args: Sequence[Node]) -> Node:
    """Return an operation, computed if it is one on numbers, without factors 1, summands 0 and powers 1."""
    numbers = [each.value for each in args if isinstance(each, Number)]
    if len(numbers) == len(args):
        value = apply(op, numbers)
        return Number(value) if abs(value) < float("inf") else Apply(op, tuple(args))
    return _shorter(op, args)


def _shorter(op: str, args: Sequence[Node]) -> Node:
    first, last = args[0], args[-1]
    if op == "where" and isinstance(first, Number):
        return args[1] if first.value else args[2]
    if op == "multiply" and ONE in args:
        return last if first == ONE else first
    if op == "add" and ZERO in args:
        return last if first == ZERO else first
    if op == "power" and last in (ONE, Number(2.0)):
        return first if last == ONE else Apply("square", (first,))
    if op in ("divide", "power") and last == ONE:
        return first
    return Apply(op, tuple(args))
