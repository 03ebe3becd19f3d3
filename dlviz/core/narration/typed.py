"""The activation that a person typed, told at one point: the formula and its derivative with numbers put in."""

from dlviz.core.activations.formula import read
from dlviz.core.expression import node_latex
from dlviz.core.expression.derivative import derivative, inlined
from dlviz.core.expression.nodes import Node
from dlviz.core.narration.number import number
from dlviz.core.narration.told import Point, Tell, Told
from dlviz.i18n import tr


def _told(p: Point, node: Node | None, name: str, sentence: str, is_factor: bool) -> Told:
    symbol, put = p.letter_z, number(p.z, p.digits)
    if node is None:
        # Lists, loops and long formulas do not fit on a line: they are told by name.
        return Told(rf"{name}\left({symbol}\right)", rf"{name}\left({put}\right)", sentence)
    symbols, numbers = (node_latex(node, {"z": each}, is_factor) for each in (symbol, put))
    return Told(symbols, numbers, sentence)


def _value(p: Point) -> Told:
    node = inlined(read(p.settings["text"]))
    return _told(p, node, "f", tr("Put the sum into the formula that you typed."), is_factor=False)


def _slope(p: Point) -> Told:
    node = derivative(read(p.settings["text"]), "z")
    return _told(p, node, "f'", tr("Multiply by the derivative of your formula, taken by its rules."), is_factor=True)


VALUES: dict[str, Tell] = {"formula": _value}
SLOPES: dict[str, Tell] = {"formula": _slope}
