"""What a network is made of, layer by layer: shapes, parameters, memory of a batch, weights in use with dropout."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dlviz.core.freezing import frozen_entries
from dlviz.core.inference import parameters, shapes
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, output_ids, sources
from dlviz.core.program import float_type
from dlviz.session.document import Document

DROPS = "dropout"
PASSES_ON = ("activation", "batch_norm", "layer_norm", "flatten")  # kinds of which each unit reads the one before it


@dataclass(frozen=True)
class LayerSummary:
    """One layer. shape: what it hands on. parts: shapes of its parameters. size: of all of them.

    learns: how many the update may change. memory: bytes of what it hands on, for a whole batch.
    in_use: how many of its weights one example uses on average, fewer than all where units are dropped.
    """

    id: str
    kind: str
    shape: tuple[int, ...]
    parts: tuple[tuple[int, ...], ...]
    size: int
    learns: int
    memory: int
    in_use: float


def summary(document: Document) -> tuple[LayerSummary, ...]:
    """Return what every layer is made of, in reading order. Raises: SpecError, ShapeError."""
    network = document.network
    sizes, own, kept = shapes(network), parameters(network), kept_units(network)
    frozen, entries = set(document.training.frozen), frozen_entries(document.training.frozen)
    item_bytes = np.dtype(float_type(document.dtype, sum(each.size for each in own))).itemsize
    found = []
    for layer in network.layers:
        mine = [each for each in own if each.layer == layer.id]
        learning = [each for each in mine if each.is_trainable and not {each.name, each.layer} & frozen]
        held = sum(len(set(entries.get(each.name, ()))) for each in learning)
        memory = math.prod(sizes[layer.id]) * document.training.batch_size * item_bytes
        found.append(
            LayerSummary(
                layer.id, layer.kind, sizes[layer.id], tuple(each.shape for each in mine),
                sum(each.size for each in mine), sum(each.size for each in learning) - held, memory,
                _weights_in_use(network, layer, sizes, kept),
            )
        )  # fmt: skip
    return tuple(found)


def hidden_layers(network: NetworkSpec) -> tuple[str, ...]:
    """Return the layers with weights that are not outputs; a network with more than one is deep."""
    outputs = output_ids(network) if network.layers else ()
    weighted = {each.layer for each in parameters(network) if each.is_weight}
    return tuple(layer.id for layer in network.layers if layer.owner in weighted and layer.id not in outputs)


def has_dropout(network: NetworkSpec) -> bool:
    """Say whether some layer leaves units out."""
    return any(layer.kind == DROPS for layer in network.layers)


def kept_units(network: NetworkSpec) -> dict[str, float]:
    """Return for every node how many of its units are not dropped, on average."""
    sizes = shapes(network)
    kept = {node.id: float(math.prod(node.shape)) for node in network.inputs}
    for layer in network.layers:
        read = [kept[node] for node in sources(network, layer)]
        if layer.kind == DROPS:
            kept[layer.id] = read[0] * _keeps(layer)
        elif layer.kind in PASSES_ON:
            kept[layer.id] = read[0]
        elif layer.kind == "concatenate":
            kept[layer.id] = sum(read)
        else:
            kept[layer.id] = float(math.prod(sizes[layer.id]))
    return kept


def _keeps(layer: LayerSpec) -> float:
    return 1.0 - float(layer_kinds.get(DROPS).option(layer, "rate"))


def _weights_in_use(
    network: NetworkSpec, layer: LayerSpec, sizes: Mapping[str, tuple[int, ...]], kept: Mapping[str, float]
) -> float:
    """Return the weights between kept units: (units that stay) × (inputs that are there), of a dense layer."""
    if layer.kind != "dense":
        return float(sum(each.size for each in parameters(network) if each.layer == layer.owner and each.is_weight))
    return math.prod(sizes[layer.id]) * _stays(network, layer.id) * kept[sources(network, layer)[0]]


def _stays(network: NetworkSpec, node: str) -> float:
    """Return the share of a node's units that those who read it are given."""
    readers = [layer for layer in network.layers if node in sources(network, layer)]
    if len(readers) != 1 or readers[0].kind not in (DROPS, *PASSES_ON):
        return 1.0
    share = _keeps(readers[0]) if readers[0].kind == DROPS else 1.0
    return share * _stays(network, readers[0].id)
