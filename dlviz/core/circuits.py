"""Networks that compute the parity of n bits: a deep tree of XOR gates, and one wide layer of threshold units."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import SpecError
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense, sources

Array = NDArray[np.float64]
MAX_BITS = 16  # as many input nodes as a document may have

XOR = (np.array([[1.0, 1.0], [1.0, 1.0]]), np.array([-0.5, -1.5]))  # at least one bit; both bits
DIFFERENCE = (np.array([[1.0, -1.0]]), np.array([-0.5]))  # the first without the second


@dataclass(frozen=True)
class Circuit:
    """A network of threshold units with the parameters that make it compute something."""

    network: NetworkSpec
    parameters: Mapping[str, Array] = field(default_factory=dict)


def xor_tree(n: int) -> Circuit:
    """Return the parity of n bits as a tree of XOR gates, each two threshold units and one that tells them apart.

    Inputs are the nodes x1 … xn. Raises: SpecError unless 2 ≤ n ≤ 16.
    """
    _check(n)
    inputs = tuple(InputSpec(f"x{bit}", (1,)) for bit in range(1, n + 1))
    layers: list[LayerSpec] = []
    parameters: dict[str, Array] = {}
    level = [node.id for node in inputs]
    while len(level) > 1:
        pairs = zip(level[::2], level[1::2], strict=False)
        left_over = level[len(level) - len(level) % 2 :]
        level = [_add_gate(pair, layers, parameters) for pair in pairs] + left_over
    return Circuit(NetworkSpec(tuple(layers), inputs), parameters)


def _add_gate(pair: tuple[str, str], layers: list[LayerSpec], parameters: dict[str, Array]) -> str:
    number = len(layers) // 3 + 1  # three layers a gate
    both, hidden, out = f"both{number}", f"h{number}", f"xor{number}"
    layers += [
        LayerSpec(both, "concatenate", pair),
        dense(hidden, 2, "step", inputs=(both,)),
        dense(out, 1, "step", inputs=(hidden,)),
    ]
    for name, (weights, biases) in ((hidden, XOR), (out, DIFFERENCE)):
        parameters |= {f"{name}.W": weights, f"{name}.b": biases}
    return out


def parity_layer(n: int) -> Circuit:
    """Return the parity of n bits with one hidden layer of n threshold units.

    Unit k fires where at least k bits are set; their signs alternate. Input is the node x of n bits.
    Raises: SpecError unless 2 ≤ n ≤ 16.
    """
    _check(n)
    steps = np.arange(1, n + 1)
    network = NetworkSpec((dense("h", n, "step"), dense("o", 1, "step")), (InputSpec("x", (n,)),))
    parameters = {
        "h.W": np.ones((n, n)),
        "h.b": 0.5 - steps,
        "o.W": np.where(steps % 2, 1.0, -1.0)[None],
        "o.b": np.array([-0.5]),
    }
    return Circuit(network, parameters)


def gates(circuit: Circuit) -> int:
    """Return how many XOR gates a tree has."""
    return sum(layer.id.startswith("xor") for layer in circuit.network.layers)


def depth(circuit: Circuit) -> int:
    """Return how many XOR gates lie one behind the other on the longest way through a tree."""
    reached = {node.id: 0 for node in circuit.network.inputs}
    for layer in circuit.network.layers:
        before = max(reached[source] for source in sources(circuit.network, layer))
        reached[layer.id] = before + layer.id.startswith("xor")
    return max(reached.values())


def bit_rows(n: int) -> Array:
    """Return all 2ⁿ rows of n bits, as inputs (2ⁿ, n)."""
    return ((np.arange(2**n)[:, None] >> np.arange(n)) & 1).astype(np.float64)


def and_terms(n: int) -> int:
    """Return how many AND terms a two-level OR of ANDs needs: one for each row of odd parity, for no two join."""
    return int(np.sum(bit_rows(n).sum(axis=1) % 2))


def _check(n: int) -> None:
    if not 2 <= n <= MAX_BITS:
        raise SpecError(f"Expected 2 to {MAX_BITS} bits. Received: n={n}")
