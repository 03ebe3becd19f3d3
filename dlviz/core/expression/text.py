"""Formulas written as one line of plain text that can be read again."""

from typing import NamedTuple

from dlviz.core.expression.nodes import Apply, Draw, Index, Items, Loop, Name, Node, Number

# How tightly an operator binds; what binds less tightly than its place asks for is put in brackets.
CHOICE, OR, AND, NOT, COMPARISON, SUM, PRODUCT, SIGN, POWER, ATOM = range(10)

_SIGNS = {"less": "<", "less_equal": "≤", "greater": ">", "greater_equal": "≥", "equal": "==", "not_equal": "≠"}
_BINARY = {
    "or": (" or ", OR), "and": (" and ", AND), "add": (" + ", SUM), "subtract": (" − ", SUM),
    "multiply": (" · ", PRODUCT), "divide": (" / ", PRODUCT), "remainder": (" % ", PRODUCT),
    **{op: (f" {sign} ", COMPARISON) for op, sign in _SIGNS.items()},
}  # fmt: skip
_NAMES = {"log": "ln"}
_DIGITS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
LONGEST_EXPONENT = 999  # written with raised digits


class Written(NamedTuple):
    """A formula as text and how tightly it holds together."""

    text: str
    binding: int


def plain(value: float) -> str:
    """Write a number with as few digits as give it back, whole ones without a point."""
    if abs(value) < 1e15 and value == int(value):
        return "-0" if str(value) == "-0.0" else str(int(value))
    return repr(value)


def write(node: Node) -> str:
    """Write a formula in one line of text that `parse` reads back."""
    return _text(node).text


def within(node: Node, least: int) -> str:
    """Write a formula, in brackets if it binds less tightly than its place asks for."""
    text, binding = _text(node)
    return text if binding >= least else f"({text})"


def _on_the_right(node: Node, least: int) -> str:
    text = within(node, least)
    return f"({text})" if text.startswith("−") else text


def _text(node: Node) -> Written:
    match node:
        case Number():
            return Written(plain(node.value).replace("-", "−"), ATOM if str(node.value)[0] != "-" else SIGN)
        case Name():
            return Written(node.name, ATOM)
        case Index():
            return Written(f"{within(node.of, ATOM)}[{write(node.index)}]", ATOM)
        case Items():
            return Written(f"[{', '.join(write(each) for each in node.items)}]", ATOM)
        case Loop():
            state = "" if node.initial is None else f", {node.state}={write(node.initial)}"
            bounds = f"{node.index}, {write(node.first)}, {write(node.last)}"
            return Written(f"{node.kind}({write(node.body)}, {bounds}{state})", ATOM)
        case Draw():
            return Written(f"{node.kind}({write(node.count)}, {write(node.seed)})", ATOM)
        case Apply():
            return _operation(node)


def _operation(node: Apply) -> Written:
    if node.op in _BINARY:
        sign, binding = _BINARY[node.op]
        # a − (b − c) needs brackets, (a − b) − c does not; comparisons and powers need them on both sides.
        left = binding + (binding == COMPARISON)
        return Written(f"{within(node.args[0], left)}{sign}{_on_the_right(node.args[1], binding + 1)}", binding)
    if node.op == "square":
        return Written(f"{within(node.args[0], ATOM)}²", POWER)
    if node.op == "power":
        return _power(node)
    if node.op == "negative":
        return Written(f"−{within(node.args[0], POWER)}", SIGN)
    if node.op == "not":
        return Written(f"not {within(node.args[0], COMPARISON)}", NOT)
    return Written(f"{_NAMES.get(node.op, node.op)}({', '.join(write(each) for each in node.args)})", ATOM)


def _power(node: Apply) -> Written:
    base, exponent = node.args
    if isinstance(exponent, Number) and _is_raised(exponent.value):
        return Written(f"{within(base, ATOM)}{plain(exponent.value).translate(_DIGITS)}", POWER)
    return Written(f"{within(base, ATOM)}^{within(exponent, ATOM)}", POWER)


def _is_raised(exponent: float) -> bool:
    return abs(exponent) <= LONGEST_EXPONENT and exponent == round(exponent) and str(exponent) != "-0.0"
