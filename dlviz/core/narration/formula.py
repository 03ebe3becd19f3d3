"""Steps of a typed formula told: each operation and each factor of the chain rule, with numbers put in."""

import math
import re

from dlviz.core.errors import FormulaError
from dlviz.core.expression import name_latex, node_latex, parse, write
from dlviz.core.expression.nodes import Apply, Index, Name, Node
from dlviz.core.expression.operations import COMPARISONS
from dlviz.core.narration.general import general
from dlviz.core.narration.number import coloured, factor, number
from dlviz.core.narration.view import Narration, View
from dlviz.i18n import tr

DOTS = "left_out"  # stands for the terms of a long sum that are not written
_CHAIN = re.compile(r"∂(\S+)/∂(\S+) (\+?=) ∂\S+/∂\S+ · (.+)")


def operation(view: View) -> Narration:
    """Tell one operation of the forward pass: u = w · x, then the numbers, then the result."""
    name, _, right = view.step.formula.partition(" = ")
    node = _read(right)
    if node is None:
        return general(view)
    value = _entry(view, name)
    letters = {each: name_latex(each) for each in view.step.reads} | {DOTS: r"\ldots"}
    put = {each: number(_before(view, each), view.digits) for each in view.step.reads} | {DOTS: r"\ldots"}
    symbols = f"{name_latex(name)} = {node_latex(node, letters)}"
    said = view.plan.remarks.get(name.partition("[")[0])
    sentence = said or tr("Compute this operation from what is known already.")
    if math.isnan(value) and not any(math.isnan(_before(view, each)) for each in view.step.reads):
        sentence = tr("This operation is not defined for these numbers, so its result is not a number.")
    return Narration(symbols, node_latex(node, put), number(value, view.digits), sentence, (value,))


def start(view: View) -> Narration:
    """Tell where the backward pass starts: the output moves as much as itself."""
    sentence = tr("The backward pass starts at the result: it changes exactly as much as itself.")
    of = name_latex(view.step.node)
    return Narration(f"{_slope(of, of)} = 1", "1", "1", sentence, (1.0,))


def chain_rule(view: View) -> Narration:
    """Tell what one use of a node adds to its gradient: the gradient of the user times the local slope."""
    found = _CHAIN.fullmatch(view.step.formula)
    assert found is not None
    output, source, sign, slope = found.groups()
    local, total = view.step.writes
    of, by, user = (name_latex(each) for each in (output, source, view.step.node))
    symbols, numbers = _factor(view, _read(slope), number(_entry(view, local), view.digits))
    above = coloured("backward", factor(_before(view, f"{view.step.node}.grad"), view.digits))
    value, is_added = _entry(view, total), sign == "+="
    relation = rf"\leftarrow {_slope(of, by)} +" if is_added else "="
    there = f"{number(_before(view, total), view.digits)} + " if is_added else ""
    return Narration(
        rf"{_slope(of, by)} {relation} {_slope(of, user)} \cdot {symbols}", rf"{there}{above} \cdot {numbers}",
        number(value, view.digits), _sentence(view, is_added, local), (value,),
    )  # fmt: skip


def _sentence(view: View, is_added: bool, local: str) -> str:
    if math.isinf(_entry(view, local)) and _before(view, f"{view.step.node}.grad") == 0:
        return tr("0 · ∞ is not defined: where a slope is infinite, the chain rule leads to no number.")
    if is_added:
        return tr("Used a second time: add what this way contributes.")
    return tr("Chain rule: the gradient from above times the slope of this operation.")


def _factor(view: View, node: Node | None, slope: str) -> tuple[str, str]:
    """Write a local slope in symbols and with numbers; a comparison, which is 0 or 1, by its value."""
    reads = [each for each in view.step.reads if not each.endswith(".grad")]
    letters = {name: name_latex(name) for name in reads}
    if node is None:
        return slope, slope
    if isinstance(node, Apply) and node.op in COMPARISONS:
        return rf"\left[{node_latex(node, letters)}\right]", slope
    put = {each: number(_before(view, each), view.digits) for each in reads}
    return node_latex(node, letters, is_factor=True), node_latex(node, put, is_factor=True)


def _read(text: str) -> Node | None:
    """Read a right side; items such as x[1] become names. None for one that cannot be read back."""
    try:
        return _named(parse(text.replace("…", DOTS)).statements[0].expression)
    except FormulaError:
        return None


def _named(node: Node) -> Node:
    if isinstance(node, Index):
        return Name(write(node))
    return Apply(node.op, tuple(_named(each) for each in node.args)) if isinstance(node, Apply) else node


def _slope(of: str, by: str) -> str:
    return rf"\frac{{\partial {of}}}{{\partial {by}}}"


def _before(view: View, name: str) -> float:
    return float(view.read(name)[view.sample])


def _entry(view: View, name: str) -> float:
    return float(view.wrote(name)[view.sample])
