"""The letters of the equations: units, weights and gradients with their indices and layer numbers."""

from dlviz.core.narration.view import View
from dlviz.core.notation.marks import joined


def subscript(*indices: int | str) -> str:
    """Write indices counted from 1, with a comma where they would run together."""
    return joined([str(index + 1) if isinstance(index, int) else index for index in indices])


def indexed(view: View, letter: str, node: str, unit: int | str) -> str:
    """Write `z_{1}^{(2)}`: a letter with its unit and the layer it belongs to; `z_{213}` for a unit of a map."""
    return view.symbols.unit(letter, node, unit)


def marked(view: View, letter: str, node: str, *indices: int | str) -> str:
    """Write a letter with these indices as they are, and the layer it belongs to."""
    return view.symbols.at(letter, node, *indices)


def activation(view: View, slot: str, unit: int | str) -> str:
    """Write one value of a slot that a layer reads: `x_1` for data, `a_1^{(1)}` for a layer."""
    return view.symbols.value(slot.removesuffix(".a"), unit)


def activation_at(view: View, slot: str, *indices: int | str) -> str:
    """Write one value of a slot by the index of every axis: `x_{k,r+1,c}`."""
    return view.symbols.value_at(slot.removesuffix(".a"), *indices)


def weight(view: View, node: str, *indices: int | str) -> str:
    """Write one weight, unit first: `w_{12}^{(1)}` leads from source 2 to unit 1."""
    return view.symbols.entry(f"{view.owner(node)}.W", *indices)


def bias(view: View, node: str, unit: int | str) -> str:
    """Write one bias."""
    return view.symbols.bias(view.owner(node), unit)


def delta(view: View, node: str, *indices: int | str, is_factor: bool = True) -> str:
    """Write the error of a unit, dL/dz, by its number or by the index of every axis."""
    places = view.symbols.places(node, indices[0]) if len(indices) == 1 else indices
    return view.symbols.signed(view.symbols.at("δ", node, *places), is_factor)


def slope_of_loss(view: View, symbol: str) -> str:
    """Write dL/d(symbol)."""
    return view.symbols.slope_of_loss(symbol)
