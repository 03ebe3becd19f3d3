"""How units, weights and biases are written on the canvas: x₁, h₂, w¹₂₁, b²₁, as in the list of steps."""

from dlviz.core.inference import layer_numbers
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
    """Return a layer's place among those with parameters, from 1; 0 for an input and for other layers."""
    return layer_numbers(spec).get(node, 0)


def letter(spec: NetworkSpec, node: str) -> str:
    """Return the letter of a node's units: its id if that is one letter, else x, o, or h with the layer's number."""
    if len(node) == 1:
        return node
    if layer_number(spec, node) == 0:
        return node if any(layer.id == node for layer in spec.layers) else "x"
    if node == spec.layers[-1].id:
        return "o"
    return "h" + superscript(layer_number(spec, node)) if len(spec.layers) > 2 else "h"


def unit_name(spec: NetworkSpec, node: str, unit: int) -> str:
    """Return the name of a unit, counted from 1: h₂."""
    return letter(spec, node) + subscript(unit + 1)


def weight_name(spec: NetworkSpec, layer: str, unit: int, source: int) -> str:
    """Return the name of a weight: w, layer above, unit and input below."""
    between = "" if unit < 9 and source < 9 else ","
    return f"w{_layer_mark(spec, layer)}{subscript(unit + 1)}{between}{subscript(source + 1)}"


def bias_name(spec: NetworkSpec, layer: str, unit: int) -> str:
    """Return the name of a bias: b, layer above, unit below."""
    return f"b{_layer_mark(spec, layer)}{subscript(unit + 1)}"


def _layer_mark(spec: NetworkSpec, layer: str) -> str:
    return superscript(layer_number(spec, layer))
