"""Parts of the network that is inspected, and its sums in plain Unicode: z = −1.85·x₁ − 0.32."""

from collections.abc import Sequence

import numpy as np

from dlviz.core.inference import layer_numbers
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.gui import numbers
from dlviz.i18n import tr

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
MAX_TERMS = 4  # that fit into two lines
LARGEST = 3  # terms of a longer sum that are written, the rest is counted


def subscript(number: int) -> str:
    """Write a number in lowered digits."""
    return str(number).translate(SUBSCRIPTS)


def short(value: float) -> str:
    """Write a number with three significant digits."""
    return numbers.number(value, 3)


def layer_number(network: NetworkSpec, layer: str) -> int:
    """Return the number of a layer among those with parameters, from 1; inputs are 0."""
    return layer_numbers(network).get(layer, 0)


def find_layer(network: NetworkSpec, layer: str) -> LayerSpec | None:
    """Return the layer of this id, or None if the network has it no longer."""
    return next((each for each in network.layers if each.id == layer), None)


def source_of(network: NetworkSpec, layer: LayerSpec) -> str:
    """Return the id of the first node that a layer reads."""
    return sources(network, layer)[0]


def written(weights: Sequence[float], most: int = MAX_TERMS) -> list[int]:
    """Return which terms of a sum are written, in their order."""
    count = len(weights) if len(weights) <= most else LARGEST
    return sorted(np.argsort(-np.abs(weights), kind="stable")[:count].tolist())


def weighted_sum(weights: Sequence[float], factors: Sequence[str], bias: float | None, most: int = MAX_TERMS) -> str:
    """Write w₁·x₁ − w₂·x₂ + b with numbers for the weights.

    Of more than `most` terms the three largest are written and the rest counted.
    """
    terms = [(weights[i], "·" + factors[i]) for i in written(weights, most)]
    rest = len(weights) - len(terms)
    text = _joined(terms + ([] if bias is None else [(bias, "")]))
    return text + (" " + tr("+ {count} more", count=rest) if rest else "")


def sum_of(first: float, second: float) -> str:
    """Write a sum of two numbers."""
    return _joined([(first, ""), (second, "")])


def _joined(terms: Sequence[tuple[float, str]]) -> str:
    text = "".join(f" {numbers.MINUS if value < 0 else '+'} {short(abs(value))}{factor}" for value, factor in terms)
    minus = f" {numbers.MINUS} "
    return text.replace(minus, numbers.MINUS, 1) if text.startswith(minus) else text[3:]
