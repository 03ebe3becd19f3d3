"""How the inspector writes symbols and sums in plain Unicode: x₁, a¹₂, w²₃₁, z = −1.85·x₁ − 0.32."""

from collections.abc import Sequence

from dlviz.core.inference import layer_numbers
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.i18n import tr

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
MINUS = "\N{MINUS SIGN}"
MAX_TERMS = 4  # that fit into two lines
LARGEST = 3  # terms of a longer sum that are written, the rest is counted


def subscript(number: int) -> str:
    """Write a number in lowered digits."""
    return str(number).translate(SUBSCRIPTS)


def subscripts(entry: Sequence[int]) -> str:
    """Write a place counted from 1 in lowered digits, with commas where they would run together."""
    parts = [str(at + 1) for at in entry]
    return (", " if any(len(part) > 1 for part in parts) else "").join(parts).translate(SUBSCRIPTS)


def superscript(number: int) -> str:
    """Write a number in raised digits."""
    return str(number).translate(SUPERSCRIPTS)


def short(value: float) -> str:
    """Write a number with three significant digits and a true minus sign."""
    return f"{value:.3g}".replace("-", MINUS)


def layer_number(network: NetworkSpec, layer: str) -> int:
    """Return the number of a layer among those with parameters, from 1; inputs are 0."""
    return layer_numbers(network).get(layer, 0)


def find_layer(network: NetworkSpec, layer: str) -> LayerSpec | None:
    """Return the layer of this id, or None if the network has it no longer."""
    return next((each for each in network.layers if each.id == layer), None)


def source_of(network: NetworkSpec, layer: LayerSpec) -> str:
    """Return the id of the first node that a layer reads."""
    return sources(network, layer)[0]


def node_symbol(network: NetworkSpec, node: str, unit: int) -> str:
    """Write x₁ for an input and a¹₂ for a unit."""
    if find_layer(network, node) is None:
        return "x" + subscript(unit + 1)
    number = layer_number(network, node)
    return "a" + (superscript(number) if number else f"[{node}]") + subscript(unit + 1)


def weight_symbol(network: NetworkSpec, layer: str, unit: int, source: int) -> str:
    """Write w¹₂₁: to unit 2 of layer 1, from source 1."""
    comma = "," if max(unit, source) > 8 else ""
    return "w" + superscript(layer_number(network, layer)) + subscript(unit + 1) + comma + subscript(source + 1)


def bias_symbol(network: NetworkSpec, layer: str, unit: int) -> str:
    """Write b¹₂."""
    return "b" + superscript(layer_number(network, layer)) + subscript(unit + 1)


def weighted_sum(weights: Sequence[float], factors: Sequence[str], bias: float | None, most: int = MAX_TERMS) -> str:
    """Write w₁·x₁ − w₂·x₂ + b with numbers for the weights.

    Of more than `most` terms the three largest are written and the rest counted.
    """
    count = len(weights) if len(weights) <= most else LARGEST
    order = sorted(range(len(weights)), key=lambda i: -abs(weights[i]))[:count]
    terms = [(weights[i], "·" + factors[i]) for i in sorted(order)]
    rest = len(weights) - len(terms)
    text = _joined(terms + ([] if bias is None else [(bias, "")]))
    return text + (" " + tr("+ {count} more", count=rest) if rest else "")


def _joined(terms: Sequence[tuple[float, str]]) -> str:
    text = "".join(f" {MINUS if value < 0 else '+'} {short(abs(value))}{factor}" for value, factor in terms)
    return text.removeprefix(" + ").replace(f" {MINUS} ", MINUS, 1) if text.startswith(f" {MINUS}") else text[3:]
