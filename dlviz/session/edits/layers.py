"""Edits that insert layers of any kind, turn one kind into another, share parameters, and shape the input."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dlviz.core.errors import SpecError
from dlviz.core.inference import bounding_activation, parameters, shapes
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.layers.kind import LayerKind
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.i18n import tr
from dlviz.session import wiring
from dlviz.session.document import Document
from dlviz.session.edits.network import checked_layer, rename_layer
from dlviz.session.fitting import check_width, first_fitting, known_data, settled


def insert_layer(document: Document, behind: str, kind: str, reader: str = "") -> Document:
    """Insert a layer of a kind behind a node, with the settings that new layers of it begin with.

    reader: the layer that reads it then, by default the first that read the node.
    Where nothing else fits, its units become as many as the node's and its activation that of the node. Kinds
    that join nodes take the last ones of the same shape.
    Raises: DlvizError, as a CurableError where a flatten or another reading of the data helps.
    """
    spec, entry = document.network, layer_kinds.get(kind)
    inputs = wiring.partners(spec, behind, kind, wiring.place_behind(spec, behind))
    new = LayerSpec(wiring.fresh_id(spec, kind), kind, inputs, entry.begins)
    layers = [checked_layer(each) for each in adapted(new, spec, behind)]
    return first_fitting(document, [wiring.inserted(spec, behind, each, reader) for each in layers])


def adapted(new: LayerSpec, spec: NetworkSpec, node: str) -> Sequence[LayerSpec]:
    """Return a new layer as it begins, and where it has units, with as many as a node has, then with its activation."""
    if "units" not in {hyper.name for hyper in layer_kinds.get(new.kind).settings}:
        return (new,)
    sized = replace(new, settings={**new.settings, "units": shapes(spec)[node][-1]})
    activation = bounding_activation(spec, node)
    if activation is None:
        return new, sized
    return new, sized, replace(sized, settings={**sized.settings, "activation": activation})


def replace_layer(document: Document, layer_id: str, kind: str) -> Document:
    """Turn a layer into one of another kind, which keeps those settings that it also has.

    An id that was given by itself follows the kind. Raises: DlvizError, CurableError as for insert_layer.
    """
    spec = document.network
    at = wiring.position(spec, layer_id)
    old, entry = spec.layers[at], layer_kinds.get(kind)
    if old.shares:
        return replace_layer(document, old.shares, kind)
    if old.kind == kind:
        return document
    read = sources(spec, old)
    inputs = read if len(read) > 1 and entry.n_inputs is None else wiring.partners(spec, read[-1], kind, at)
    new = LayerSpec(layer_id, kind, inputs, {**entry.begins, **_carried(old, entry)})
    layers = [checked_layer(each) for each in adapted(new, spec, layer_id)]
    result = first_fitting(document, [_exchanged(spec, at, each) for each in layers])
    return rename_layer(result, layer_id, wiring.fresh_id(spec, kind)) if _is_automatic(old) else result


def _carried(old: LayerSpec, entry: LayerKind) -> Mapping[str, Any]:
    """Return the settings of a layer that a kind declares in the same way."""
    own = {hyper.name: hyper for hyper in layer_kinds.get(old.kind).settings}
    kept = {hyper.name for hyper in entry.settings if own.get(hyper.name) == hyper}
    return {name: value for name, value in old.settings.items() if name in kept or name in entry.choices}


def _exchanged(spec: NetworkSpec, at: int, new: LayerSpec) -> NetworkSpec:
    layers = (*spec.layers[:at], wiring.implicit(new, wiring.before(spec, at)), *spec.layers[at + 1 :])
    return replace(spec, layers=layers)


def _is_automatic(layer: LayerSpec) -> bool:
    """Say whether a layer has the id that new layers of its kind get."""
    stem = layer_kinds.get(layer.kind).stem
    return layer.id.removeprefix(stem).isdecimal() and layer.id.startswith(stem)


def share_layer(document: Document, layer_id: str, owner: str) -> Document:
    """Let a layer use the parameters of an earlier one of its kind; "" gives it parameters of its own again.

    They start as copies of those it shared. Raises: SpecError or ShapeError.
    """
    spec = document.network
    at = wiring.position(spec, layer_id)
    layer = spec.layers[at]
    if owner and _kind_of(spec, owner) != layer.kind:
        expected = tr("a layer of kind {kind}", kind=layer.kind)
        raise SpecError(tr("Expected {expected}. Received: {id!r}", expected=expected, id=owner), place=layer_id)
    held = dict(document.parameters)
    if layer.shares and not owner:
        copies = {name: each for name, each in held.items() if name.startswith(f"{layer.shares}.")}
        held |= {layer_id + name.removeprefix(layer.shares): each for name, each in copies.items()}
    shared = _exchanged(spec, at, replace(layer, shares=owner))
    return settled(replace(document, network=shared, parameters=held))


def _kind_of(spec: NetworkSpec, layer_id: str) -> str:
    return spec.layers[wiring.position(spec, layer_id)].kind


def owners_for(spec: NetworkSpec, layer_id: str) -> tuple[str, ...]:
    """Return the earlier layers whose parameters a layer could use: of its kind, with parameters of equal shapes."""
    own = {each.id: _roles(spec, each.id) for each in spec.layers if not each.shares}
    at = wiring.position(spec, layer_id)
    layer = spec.layers[at]
    mine = own.get(layer.owner, ())
    earlier = (each for each in spec.layers[:at] if not each.shares and each.kind == layer.kind)
    return tuple(each.id for each in earlier if mine and own[each.id] == mine)


def _roles(spec: NetworkSpec, layer_id: str) -> tuple[tuple[str, tuple[int, ...]], ...]:
    own = (each for each in parameters(spec) if each.layer == layer_id)
    return tuple((each.name.removeprefix(layer_id), each.shape) for each in own)


def set_input_shape(document: Document, node: str, shape: Sequence[int]) -> Document:
    """Read the data in another shape: 64 numbers as images [1, 8, 8], 10 as a sequence [10, 1].

    Raises: SpecError, ShapeError, as a CurableError where a flatten layer helps.
    """
    spec = document.network
    if node not in {each.id for each in spec.inputs}:
        known = ", ".join(each.id for each in spec.inputs)
        raise SpecError(tr("Expected an input among: {known}. Received: {id!r}", known=known, id=node))
    inputs = tuple(replace(each, shape=tuple(shape)) if each.id == node else each for each in spec.inputs)
    shaped, prepared = replace(spec, inputs=inputs), known_data(document)
    if prepared is not None:
        check_width(replace(document, network=shaped), prepared)
    return first_fitting(document, [shaped], may_shape=False)
