"""Formulas as LaTeX, in the notation of textbooks."""

import re

from dlviz.core.expression.nodes import Apply, Draw, Formula, Index, Items, Loop, Name, Node, Number
from dlviz.core.expression.text import AND, ATOM, COMPARISON, NOT, OR, POWER, PRODUCT, SIGN, SUM, Written, plain
from dlviz.core.expression.tokens import GREEK

_GREEK = {name: rf"\{name}" for name in GREEK.values()} | {"lam": r"\lambda", "omicron": "o"}
_HATS = {"hat": r"\hat", "bar": r"\bar", "tilde": r"\tilde"}
_NAME_PARTS = re.compile(r"([A-Za-z]+)_?(.*)")

_COMPARISONS = {
    "less": "<", "less_equal": r"\le", "greater": ">", "greater_equal": r"\ge", "equal": "=", "not_equal": r"\ne",
}  # fmt: skip
_BINARY = {
    "or": (r" \lor ", OR), "and": (r" \land ", AND), "add": (" + ", SUM), "subtract": (" - ", SUM),
    "multiply": (r" \cdot ", PRODUCT), "remainder": (r" \bmod ", PRODUCT),
    **{op: (f" {sign} ", COMPARISON) for op, sign in _COMPARISONS.items()},
}  # fmt: skip
_AROUND = {
    "abs": (r"\left|", r"\right|"), "floor": (r"\lfloor ", r" \rfloor"), "ceil": (r"\lceil ", r" \rceil"),
    "sqrt": (r"\sqrt{", "}"),
}  # fmt: skip
_FUNCTIONS = {
    "log": r"\ln", "log2": r"\log_{2}", "log10": r"\log_{10}", "sin": r"\sin", "cos": r"\cos", "tan": r"\tan",
    "sinh": r"\sinh", "cosh": r"\cosh", "tanh": r"\tanh", "asin": r"\arcsin", "acos": r"\arccos",
    "atan": r"\arctan", "max": r"\max", "min": r"\min", "sigmoid": r"\sigma",
}  # fmt: skip


def latex(formula: Formula) -> tuple[str, ...]:
    """Write every assignment as one LaTeX equation."""
    return tuple(f"{name_latex(each.name)} = {node_latex(each.expression)}" for each in formula.statements)


def node_latex(node: Node) -> str:
    """Write a tree as LaTeX."""
    return _latex(node).text


def name_latex(name: str) -> str:
    r"""Write a name: w11 as w_{11}, beta_1 as \beta_{1}, y_hat as \hat{y}, loss as upright letters."""
    bare, bracket, place = name.partition("[")
    match = _NAME_PARTS.fullmatch(bare)
    if match is None:
        return rf"\mathrm{{{bare}}}"
    letter, rest = match.groups()
    first, *further = [part for part in rest.split("_") if part] or [""]
    symbol = _GREEK.get(letter) or (letter if len(letter) == 1 else rf"\mathrm{{{letter}}}")
    if first in _HATS:
        symbol, first = f"{_HATS[first]}{{{symbol}}}", "".join(further[:1])
        further = further[1:]
    below = [_below(part) for part in [first, *further, *re.split(r"[\[\]]+", place)] if bracket or part]
    below = [part for part in below if part]
    return f"{symbol}_{{{', '.join(below)}}}" if below else symbol


def _below(part: str) -> str:
    if part in _GREEK:
        return _GREEK[part]
    return part if len(part) <= 1 or part.isdigit() else rf"\mathrm{{{part}}}"


def _number(value: float) -> str:
    mantissa, _, exponent = plain(value).partition("e")
    return rf"{mantissa} \cdot 10^{{{int(exponent)}}}" if exponent else mantissa


def _within(node: Node, least: int) -> str:
    text, binding = _latex(node)
    return text if binding >= least else rf"\left({text}\right)"


def _on_the_right(node: Node, least: int) -> str:
    text = _within(node, least)
    return rf"\left({text}\right)" if text.startswith("-") else text


def _latex(node: Node) -> Written:
    match node:
        case Number():
            text = _number(node.value)
            return Written(text, SIGN if text.startswith("-") else PRODUCT if "cdot" in text else ATOM)
        case Name():
            return Written(name_latex(node.name), ATOM)
        case Index():
            return _indexed(node)
        case Items():
            return Written(rf"\left({', '.join(node_latex(each) for each in node.items)}\right)", ATOM)
        case Loop():
            return _loop(node)
        case Draw():
            return Written(_called(node.kind, (node.count, node.seed)), ATOM)
        case Apply():
            return _operation(node)


def _indexed(node: Index) -> Written:
    places = [node.index]
    of = node.of
    while isinstance(of, Index):
        places.insert(0, of.index)
        of = of.of
    below = ", ".join(node_latex(each) for each in places)
    base = node_latex(of) if isinstance(of, Name) and "_" not in node_latex(of) else rf"\left({node_latex(of)}\right)"
    return Written(f"{base}_{{{below}}}", ATOM)


def _loop(node: Loop) -> Written:
    index, first, last = name_latex(node.index), node_latex(node.first), node_latex(node.last)
    if node.initial is None:
        sign = r"\sum" if node.kind == "sum" else r"\prod"
        return Written(rf"{sign}_{{{index} = {first}}}^{{{last}}} {_within(node.body, PRODUCT)}", PRODUCT)
    state = name_latex(node.state)
    recurrence = rf"{state} \leftarrow {node_latex(node.body)}"
    bounds = rf"{index} = {first}, \ldots, {last}"
    return Written(rf"\left[{recurrence}\right]_{{{bounds}}}^{{{state} = {node_latex(node.initial)}}}", ATOM)


def _called(name: str, args: tuple[Node, ...]) -> str:
    sign = _FUNCTIONS.get(name) or rf"\operatorname{{{name}}}"
    return rf"{sign}\left({', '.join(node_latex(each) for each in args)}\right)"


def _operation(node: Apply) -> Written:
    op, args = node.op, node.args
    if op in _BINARY:
        sign, binding = _BINARY[op]
        left = binding + (binding == COMPARISON)
        return Written(f"{_within(args[0], left)}{sign}{_on_the_right(args[1], binding + 1)}", binding)
    if op == "divide":
        return Written(rf"\frac{{{node_latex(args[0])}}}{{{node_latex(args[1])}}}", PRODUCT)
    if op in ("square", "power"):
        return _power(args[0], "2" if op == "square" else node_latex(args[1]))
    if op == "exp":
        return Written(f"e^{{{node_latex(args[0])}}}", POWER)
    if op in ("negative", "not"):
        sign, least, binding = ("-", POWER, SIGN) if op == "negative" else (r"\lnot ", COMPARISON, NOT)
        return Written(f"{sign}{_within(args[0], least)}", binding)
    if op == "where":
        condition, chosen, other = (node_latex(each) for each in args)
        return Written(rf"\begin{{cases}}{chosen} & {condition}\\{other} & \text{{else}}\end{{cases}}", SUM)
    if op in _AROUND:
        left_sign, right_sign = _AROUND[op]
        return Written(f"{left_sign}{node_latex(args[0])}{right_sign}", ATOM)
    return Written(_called(op, args), ATOM)


def _power(base: Node, exponent: str) -> Written:
    return Written(f"{_within(base, ATOM)}^{{{exponent}}}", POWER)
