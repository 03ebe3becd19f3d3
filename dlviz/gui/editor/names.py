"""How units, weights and biases are written on the canvas: x₁, h₂, w₂₁⁽¹⁾, b₁⁽²⁾."""

from dlviz.core.network import NetworkSpec

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def subscript(number: int) -> str:
    """Write a number below the line."""
    return str(number).translate(_SUBSCRIPTS)


def superscript(number: int) -> str:
    """Write a number above the line."""
    return str(number).translate(_SUPERSCRIPTS)


def layer_number(spec: NetworkSpec, node: str) -> int:
    """Return a layer's place among the layers, from 1; 0 for an input."""
    return next((index for index, layer in enumerate(spec.layers, 1) if layer.id == node), 0)


def letter(spec: NetworkSpec, node: str) -> str:
    """Return the letter of a node's units: its id if that is one letter, else x, o, or h with the layer's number."""
    if len(node) == 1:
        return node
    if layer_number(spec, node) == 0:
        return "x"
    if node == spec.layers[-1].id:
        return "o"
    return "h" + superscript(layer_number(spec, node)) if len(spec.layers) > 2 else "h"


def unit_name(spec: NetworkSpec, node: str, unit: int) -> str:
    """Return the name of a unit, counted from 1: h₂."""
    return letter(spec, node) + subscript(unit + 1)


def weight_name(spec: NetworkSpec, layer: str, unit: int, source: int) -> str:
    """Return the name of a weight: w, unit and input below, layer above."""
    between = "" if unit < 9 and source < 9 else ","
    indices = subscript(unit + 1) + between + subscript(source + 1)
    return f"w{indices}{_layer_mark(spec, layer)}"


def bias_name(spec: NetworkSpec, layer: str, unit: int) -> str:
    """Return the name of a bias: b, unit below, layer above."""
    return f"b{subscript(unit + 1)}{_layer_mark(spec, layer)}"


def _layer_mark(spec: NetworkSpec, layer: str) -> str:
    return f"⁽{superscript(layer_number(spec, layer))}⁾" if len(spec.layers) > 1 else ""
