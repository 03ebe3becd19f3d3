"""Edits of a network as a whole: how deep it is, and what stands behind every hidden layer.

For networks that are one chain; each of them names the settings that make sense for all hidden layers at once.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.inference import parameters
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.layers.kind import REGULARIZER
from dlviz.core.network import LayerSpec, NetworkSpec, output_ids
from dlviz.core.regularizers import regularizers
from dlviz.i18n import tr
from dlviz.session import wiring
from dlviz.session.document import Document
from dlviz.session.edits.network import add_layer, checked_layer, remove_layer
from dlviz.session.fitting import settled

DEEPEST = 64
USUAL_UNITS = 8
STRENGTH = "strength"  # the setting of a regularizer that says how strong it is


def is_chain(spec: NetworkSpec) -> bool:
    """Say whether every layer reads the one before it, and none is used twice."""
    return len(spec.inputs) == 1 and not any(layer.inputs or layer.shares for layer in spec.layers)


def has_chain(document: Document) -> bool:
    """Say whether a document's network is one chain of layers."""
    return bool(document.network.layers) and is_chain(document.network)


def has_hidden_chain(document: Document) -> bool:
    """Say whether it is a chain with a hidden dense layer."""
    return has_chain(document) and depth(document) > 0


def has_weights(document: Document) -> bool:
    """Say whether a penalty on its weights makes sense."""
    return bool(document.network.layers) and bool(_penalised(document.network))


def hidden_dense(spec: NetworkSpec) -> list[LayerSpec]:
    """Return the dense layers before the output."""
    ends = output_ids(spec)
    return [layer for layer in spec.layers if layer.kind == "dense" and layer.id not in ends]


def depth(document: Document) -> int:
    """Return how many hidden dense layers a document has."""
    return len(hidden_dense(document.network))


def set_depth(document: Document, layers: int) -> Document:
    """Give a chain so many hidden dense layers: the last ones go, with what stands behind them, or are repeated.

    A first one has `USUAL_UNITS` units. Raises: SpecError where the network is no chain, for a negative number, or
    more than `DEEPEST`.
    """
    _check_chain(document)
    if not 0 <= layers <= DEEPEST:
        raise SpecError(tr("Expected 0 to {most} hidden layers. Received: {n}", most=DEEPEST, n=layers))
    while depth(document) > layers:
        document = _without_last(document)
    while depth(document) < layers:
        document = _with_another(document)
    return document


def _without_last(document: Document) -> Document:
    last = hidden_dense(document.network)[-1].id
    for each in (*_behind(document.network, last), last):
        document = remove_layer(document, each)
    return document


def _behind(spec: NetworkSpec, layer_id: str) -> list[str]:
    """Return the normalisations and dropouts that stand between a dense layer and the next one."""
    found = []
    for layer in spec.layers[wiring.position(spec, layer_id) + 1 :]:
        if layer.kind not in ("batch_norm", "layer_norm", "dropout", "activation"):
            break
        found.append(layer.id)
    return found


def _with_another(document: Document) -> Document:
    spec, found = document.network, hidden_dense(document.network)
    if not found:
        return add_layer(document, _place_of_first(spec), units=USUAL_UNITS, activation="tanh")
    group = [found[-1].id, *_behind(spec, found[-1].id)]
    listed, at = [*spec.layers], wiring.position(spec, group[-1]) + 1
    for number, each in enumerate(group):
        layer = spec.layers[wiring.position(spec, each)]
        listed.insert(at + number, replace(layer, id=_free(listed, layer.kind)))
    return settled(replace(document, network=replace(spec, layers=tuple(listed))))


def _place_of_first(spec: NetworkSpec) -> int:
    """Return before which layer a first hidden one stands: the output, and what belongs to it."""
    return next((place for place, layer in enumerate(spec.layers) if layer.kind == "dense"), len(spec.layers))


def has_batch_norm(document: Document) -> bool:
    """Say whether every hidden dense layer of a chain has batch norm behind it."""
    spec = document.network
    found = hidden_dense(spec)
    return bool(found) and all("batch_norm" in _kinds_behind(spec, layer.id) for layer in found)


def _kinds_behind(spec: NetworkSpec, layer_id: str) -> list[str]:
    return [spec.layers[wiring.position(spec, each)].kind for each in _behind(spec, layer_id)]


def set_batch_norm(document: Document, is_on: bool) -> Document:
    """Put batch norm behind every hidden dense layer of a chain that has none, or take all of them out.

    Raises: SpecError where the network is no chain.
    """
    return _set_behind(document, "batch_norm", {} if is_on else None)


def dropout_rate(document: Document) -> float:
    """Return the largest rate of a dropout layer; 0 without one."""
    kind = layer_kinds.get("dropout")
    return max((float(kind.option(each, "rate")) for each in _of_kind(document.network, "dropout")), default=0.0)


def set_dropout(document: Document, rate: float) -> Document:
    """Drop a share of the units of every hidden dense layer of a chain; 0 takes all dropout layers out.

    Raises: SpecError where the network is no chain, and for a rate outside [0, 1).
    """
    return _set_behind(document, "dropout", {"rate": rate} if rate else None)


def _set_behind(document: Document, kind: str, settings: dict[str, Any] | None) -> Document:
    """Let a layer of a kind with these settings stand behind every hidden dense layer; None: behind none."""
    _check_chain(document)
    if settings is None:
        for layer in _of_kind(document.network, kind):
            document = remove_layer(document, layer.id)
        return document
    spec, listed = document.network, list[LayerSpec]()
    for layer in spec.layers:
        changed = replace(layer, settings={**layer.settings, **settings}) if layer.kind == kind else layer
        listed.append(checked_layer(changed))
    for dense in hidden_dense(spec):
        if kind not in _kinds_behind(spec, dense.id):
            at = next(place for place, layer in enumerate(listed) if layer.id == dense.id) + 1
            at += _norms_at(listed, at) if kind == "dropout" else 0
            new = LayerSpec(_free(listed, kind), kind, (), settings)
            listed.insert(at, checked_layer(new))
    return settled(replace(document, network=replace(spec, layers=tuple(listed))))


def _norms_at(listed: Sequence[LayerSpec], at: int) -> int:
    """Count the normalisations from a place on: what is dropped is dropped behind them (Li et al. 2019)."""
    count = 0
    while at + count < len(listed) and listed[at + count].kind in ("batch_norm", "layer_norm", "activation"):
        count += 1
    return count


def _free(listed: Sequence[LayerSpec], kind: str) -> str:
    return wiring.fresh_id(NetworkSpec(tuple(listed)), kind)


def _of_kind(spec: NetworkSpec, kind: str) -> list[LayerSpec]:
    return [layer for layer in spec.layers if layer.kind == kind]


def penalty_strength(document: Document) -> float:
    """Return the largest strength λ of a penalty on weights; 0 without one."""
    found = (layer_kinds.get(each.kind).option(each, REGULARIZER) for each in _penalised(document.network))
    return max((float(each.settings.get(STRENGTH, _first_strength(each))) for each in found), default=0.0)


def _first_strength(penalty: Choice) -> float:
    declared = regularizers.get(penalty.kind).settings
    return float(next((hyper.default for hyper in declared if hyper.name == STRENGTH), 0.0))


def set_penalty_strength(document: Document, strength: float) -> Document:
    """Penalise the weights of every layer with λ: as L1 or L2 where that is chosen already, else as L2.

    Raises: SpecError for a strength below 0, or where no layer has weights.
    """
    spec = document.network
    found = {layer.id for layer in _penalised(spec)}
    if not found:
        raise SpecError(tr("Expected a layer with weights. Received: none"))
    changed = tuple(_with_strength(layer, strength) if layer.id in found else layer for layer in spec.layers)
    return settled(replace(document, network=replace(spec, layers=changed)))


def _penalised(spec: NetworkSpec) -> list[LayerSpec]:
    owners = {each.layer for each in parameters(spec)}
    return [each for each in spec.layers if each.id in owners and REGULARIZER in layer_kinds.get(each.kind).choices]


def _with_strength(layer: LayerSpec, strength: float) -> LayerSpec:
    now = layer_kinds.get(layer.kind).option(layer, REGULARIZER)
    has_strength = any(hyper.name == STRENGTH for hyper in regularizers.get(now.kind).settings)
    settings = {**(now.settings if has_strength else {}), STRENGTH: strength}
    penalty = Choice(now.kind, settings) if has_strength else chosen("l2", **settings)
    return checked_layer(replace(layer, settings={**layer.settings, REGULARIZER: penalty}))


def _check_chain(document: Document) -> None:
    if not is_chain(document.network):
        raise SpecError(
            tr("Expected a network that is one chain of layers. Received: one with branches"),
            tr("Change its layers one by one."),
        )
