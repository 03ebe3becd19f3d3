"""Edits about batch norm: on or off behind a layer, and the biases that do nothing before it."""

from dataclasses import replace

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.inference import activation_of
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, output_ids, sources
from dlviz.i18n import tr
from dlviz.session import wiring
from dlviz.session.document import Document
from dlviz.session.edits.network import checked_layer, remove_layer, set_layer_setting
from dlviz.session.fitting import fitting

NORM = "batch_norm"
LINEAR = Choice("linear")


def can_be_normed(network: NetworkSpec, layer_id: str) -> bool:
    """Say whether batch norm can be switched behind a layer: one with sums and an activation that is no output."""
    layer = next((each for each in network.layers if each.id == layer_id), None)
    is_hidden = layer is not None and layer_id not in output_ids(network)
    return is_hidden and activation_of(network, layer_id) is not None and layer is not None and layer.kind != NORM \
        and layer_kinds.get(layer.kind).has_parameters and not layer.shares  # fmt: skip


def norm_behind(network: NetworkSpec, layer_id: str) -> str:
    """Return the batch norm that alone reads a layer's sums, or an empty text."""
    readers = [layer for layer in network.layers if layer_id in sources(network, layer)]
    is_normed = len(readers) == 1 and readers[0].kind == NORM and _is_linear(network, layer_id)
    return readers[0].id if is_normed else ""


def _is_linear(network: NetworkSpec, layer_id: str) -> bool:
    chosen = activation_of(network, layer_id)
    return chosen is not None and activations.get(chosen.kind).is_alias


def set_batch_norm(document: Document, layer_id: str, is_on: bool) -> Document:
    """Put batch norm between a layer's sums and its activation, or take it away again.

    Raises: SpecError for a layer without sums of its own; DlvizError where batches are too small for it.
    """
    network = document.network
    at, norm = wiring.position(network, layer_id), norm_behind(network, layer_id)
    if bool(norm) == is_on:
        return document
    if is_on and not can_be_normed(network, layer_id):
        expected = tr("a hidden layer with weights and an activation")
        raise SpecError(tr("Expected {expected}. Received: {id!r}", expected=expected, id=layer_id), place=layer_id)
    if is_on:
        return fitting(document, _normed(network, network.layers[at]))
    activation = activation_of(network, norm)
    return set_layer_setting(remove_layer(document, norm), layer_id, "activation", activation or LINEAR)


def _normed(network: NetworkSpec, layer: LayerSpec) -> NetworkSpec:
    norm = checked_layer(LayerSpec(wiring.fresh_id(network, NORM), NORM, (layer.id,),
                                   {"activation": activation_of(network, layer.id) or LINEAR}))  # fmt: skip
    listed = []
    for each in network.layers:
        known = wiring.substituted(wiring.explicit(network, each), layer.id, (norm.id,))
        listed += [known] if each.id != layer.id else [
            replace(known, settings={**layer.settings, "activation": LINEAR}), norm,
        ]  # fmt: skip
    return wiring.ordered(listed, network.inputs, output_ids(network))


def redundant_biases(network: NetworkSpec) -> tuple[str, ...]:
    """Return the layers whose biases change nothing: batch norm alone reads their sums and subtracts the mean."""
    found = []
    for layer in network.layers:
        kind = layer_kinds.get(layer.kind)
        has_bias = "bias" in {hyper.name for hyper in kind.settings} and bool(kind.option(layer, "bias"))
        is_read = has_bias and not layer.shares and layer.id not in output_ids(network)
        if is_read and norm_behind(network, layer.id):
            found.append(layer.id)
    return tuple(found)


def remove_redundant_biases(document: Document) -> Document:
    """Take away all biases that change nothing before batch norm."""
    for layer in redundant_biases(document.network):
        document = set_layer_setting(document, layer, "bias", False)
    return document
