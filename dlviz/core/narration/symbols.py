"""The letters of the equations: units, weights and gradients with their indices and layer numbers."""

from dlviz.core.narration.view import View

ESCAPED_UNDERSCORE = r"\_"


def subscript(*indices: int | str) -> str:
    """Write indices counted from 1, with a comma where they would run together."""
    parts = [str(index + 1) if isinstance(index, int) else index for index in indices]
    return ("" if all(len(part) == 1 for part in parts) else ",").join(parts)


def upright(words: str) -> str:
    """Write an id in upright letters."""
    return rf"\mathrm{{{words.replace('_', ESCAPED_UNDERSCORE)}}}"


def layer_mark(view: View, node: str) -> str:
    """Write the superscript of a node: its layer number, or its id where it has no parameters."""
    level = view.number_of(node)
    return f"({level})" if level else f"({upright(node)})"


def indexed(view: View, letter: str, node: str, *indices: int | str) -> str:
    """Write `z_{1}^{(2)}`: a letter with its indices and the layer it belongs to; `z_{213}` for a unit of a map."""
    places = view.axes(node, indices[0]) if len(indices) == 1 and isinstance(indices[0], int) else indices
    return marked(view, letter, node, *places)


def marked(view: View, letter: str, node: str, *indices: int | str) -> str:
    """Write a letter with these indices as they are, and the layer it belongs to."""
    return rf"{letter}_{{{subscript(*indices)}}}^{{{layer_mark(view, node)}}}"


def activation(view: View, slot: str, unit: int | str) -> str:
    """Write one value of a slot that a layer reads: `x_1` for data, `a_1^{(1)}` for a layer."""
    node, _, kind = slot.partition(".")
    if kind:
        return indexed(view, "a", node, unit)
    places = view.axes(node, unit) if isinstance(unit, int) else (unit,)
    return rf"{_input_letter(view, node)}_{{{subscript(*places)}}}"


def activation_at(view: View, slot: str, *indices: int | str) -> str:
    """Write one value of a slot by the index of every axis: `x_{k,r+1,c}`."""
    node, _, kind = slot.partition(".")
    return marked(view, "a", node, *indices) if kind else rf"{_input_letter(view, node)}_{{{subscript(*indices)}}}"


def weight(view: View, node: str, unit: int | str, source: int | str) -> str:
    """Write one weight, unit first: `w_{12}^{(1)}` leads from source 2 to unit 1."""
    return marked(view, "w", view.owner(node), unit, source)


def bias(view: View, node: str, unit: int | str) -> str:
    """Write one bias."""
    return marked(view, "b", view.owner(node), unit)


def delta(view: View, node: str, unit: int | str) -> str:
    """Write the error of a unit, dL/dz."""
    return indexed(view, r"\delta", node, unit)


def slope_of_loss(symbol: str) -> str:
    """Write dL/d(symbol)."""
    return rf"\frac{{\partial L}}{{\partial {symbol}}}"


def _input_letter(view: View, node: str) -> str:
    return "x" if len(view.plan.network.inputs) == 1 else upright(node)
