"""What skip connections do for the gradient: its norm in every layer with them and without; used by the worker."""

from dataclasses import dataclass, replace

import numpy as np

from dlviz.core.array import to_host
from dlviz.core.explain import Pass, differentiate
from dlviz.core.inference import parameters
from dlviz.core.network import NetworkSpec, sources
from dlviz.session import wiring

SKIP = "add"


@dataclass(frozen=True)
class SkipNorms:
    """Norms of ∂L/∂W of every layer with weights, on the same batch with the same weights.

    without: every sum reads its first node alone. layers: the ids, from the first on.
    """

    layers: tuple[str, ...]
    with_skips: tuple[float, ...]
    without: tuple[float, ...]


def skip_norms(passed: Pass) -> SkipNorms | None:
    """Compare the gradients of a pass with those of its network without skips; None where it has none."""
    network = passed.program.network
    if not any(layer.kind == SKIP for layer in network.layers):
        return None
    bare = without_skips(network)
    binding = passed.binding
    values = {each.name: binding.memory.read()[each.name] for each in parameters(network)}
    rows = to_host(binding.buffers.inputs()), to_host(binding.buffers.rows_y)
    losses = passed.program.losses
    assert losses is not None  # a pass went back from it
    plain = differentiate(bare, losses, values, *rows)
    weights = [each for each in parameters(network) if each.is_weight and each.name in passed.gradients]
    return SkipNorms(
        tuple(each.layer for each in weights),
        *(tuple(float(np.linalg.norm(found.gradients[each.name])) for each in weights) for found in (passed, plain)),
    )


def without_skips(network: NetworkSpec) -> NetworkSpec:
    """Return the network in which whoever reads a sum of nodes reads the first of them instead."""
    first: dict[str, str] = {}
    for layer in network.layers:
        if layer.kind == SKIP:
            source = sources(network, layer)[0]
            first[layer.id] = first.get(source, source)
    listed = [
        replace(layer, inputs=wiring.unique(first.get(node, node) for node in sources(network, layer)))
        for layer in network.layers
        if layer.id not in first
    ]
    outputs = wiring.unique(first.get(node, node) for node in network.outputs)
    return NetworkSpec(tuple(listed), network.inputs, outputs or ((listed[-1].id,) if listed else ()))
