"""Formulas as LaTeX, in the notation of textbooks.

What stands between bars, floors or in a choice is one group in braces, so that no line breaks inside it.
"""

import re
from collections.abc import Mapping

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
    "abs": (r"{\left|", r"\right|}"), "floor": (r"{\lfloor ", r" \rfloor}"), "ceil": (r"{\lceil ", r" \rceil}"),
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


def node_latex(node: Node, letters: Mapping[str, str] | None = None, is_factor: bool = False) -> str:
    """Write a tree as LaTeX; as a factor in brackets where it needs them.

    letters: LaTeX for some names, such as a number in the place of z.
    """
    writer = _Writer(letters or {})
    return writer.factor(node) if is_factor else writer.write(node)


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


def _lettered(text: str) -> Written:
    """Say how tightly a letter, or a number in its place, holds together; one that is raised takes no power."""
    if text.startswith("-"):
        return Written(text, SIGN)
    return Written(text, PRODUCT if r"\times" in text else POWER if "^" in text else ATOM)


class _Writer:
    """Writes trees; letters are what some names are written as."""

    def __init__(self, letters: Mapping[str, str]) -> None:
        self._letters = letters

    def write(self, node: Node) -> str:
        """Write a tree as LaTeX."""
        return self._latex(node).text

    def factor(self, node: Node) -> str:
        """Write a tree so that it can stand behind a dot."""
        return self._on_the_right(node, PRODUCT)

    def _within(self, node: Node, least: int) -> str:
        text, binding = self._latex(node)
        return text if binding >= least else rf"\left({text}\right)"

    def _on_the_right(self, node: Node, least: int) -> str:
        text = self._within(node, least)
        return rf"\left({text}\right)" if text.startswith("-") else text

    def _latex(self, node: Node) -> Written:
        match node:
            case Number():
                text = _number(node.value)
                return Written(text, SIGN if text.startswith("-") else PRODUCT if "cdot" in text else ATOM)
            case Name():
                return _lettered(self._letters.get(node.name) or name_latex(node.name))
            case Index():
                return self._indexed(node)
            case Items():
                return Written(rf"\left({', '.join(self.write(each) for each in node.items)}\right)", ATOM)
            case Loop():
                return self._loop(node)
            case Draw():
                return Written(self._called(node.kind, (node.count, node.seed)), ATOM)
            case Apply():
                return self._operation(node)

    def _indexed(self, node: Index) -> Written:
        places = [node.index]
        of = node.of
        while isinstance(of, Index):
            places.insert(0, of.index)
            of = of.of
        below = ", ".join(self.write(each) for each in places)
        base = self.write(of)
        if not isinstance(of, Name) or "_" in base:
            base = rf"\left({base}\right)"
        return Written(f"{base}_{{{below}}}", ATOM)

    def _loop(self, node: Loop) -> Written:
        index, first, last = name_latex(node.index), self.write(node.first), self.write(node.last)
        bounds = rf"{index} = {first}, \ldots, {last}"
        if node.kind == "list":
            return Written(rf"{{\left({self.write(node.body)}\right)}}_{{{bounds}}}", ATOM)
        if node.initial is None:
            sign = r"\sum" if node.kind == "sum" else r"\prod"
            return Written(rf"{sign}_{{{index} = {first}}}^{{{last}}} {self._within(node.body, PRODUCT)}", PRODUCT)
        state = name_latex(node.state)
        recurrence = rf"{state} \leftarrow {self.write(node.body)}"
        return Written(rf"{{\left[{recurrence}\right]}}_{{{bounds}}}^{{{state} = {self.write(node.initial)}}}", ATOM)

    def _called(self, name: str, args: tuple[Node, ...]) -> str:
        sign = _FUNCTIONS.get(name) or rf"\operatorname{{{name}}}"
        return rf"{sign}\left({', '.join(self.write(each) for each in args)}\right)"

    def _operation(self, node: Apply) -> Written:
        op, args = node.op, node.args
        if op in _BINARY:
            sign, binding = _BINARY[op]
            left = binding + (binding == COMPARISON)
            return Written(f"{self._within(args[0], left)}{sign}{self._on_the_right(args[1], binding + 1)}", binding)
        if op == "divide":
            return Written(rf"\frac{{{self.write(args[0])}}}{{{self.write(args[1])}}}", PRODUCT)
        if op in ("square", "power"):
            return self._power(args[0], "2" if op == "square" else self.write(args[1]))
        if op == "exp":
            return Written(f"e^{{{self.write(args[0])}}}", POWER)
        if op in ("negative", "not"):
            sign, least, binding = ("-", POWER, SIGN) if op == "negative" else (r"\lnot ", COMPARISON, NOT)
            return Written(f"{sign}{self._within(args[0], least)}", binding)
        if op == "where":
            condition, chosen, other = (self.write(each) for each in args)
            return Written(rf"{{\begin{{cases}}{chosen} & {condition}\\{other} & \text{{else}}\end{{cases}}}}", SUM)
        if op in _AROUND:
            left_sign, right_sign = _AROUND[op]
            return Written(f"{left_sign}{self.write(args[0])}{right_sign}", ATOM)
        return Written(self._called(op, args), ATOM)

    def _power(self, base: Node, exponent: str) -> Written:
        return Written(f"{self._within(base, ATOM)}^{{{exponent}}}", POWER)
