"""Edits of a document's network: pure functions, which raise and change nothing if it could not run."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.freezing import without_unit
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.i18n import tr
from dlviz.session import wiring
from dlviz.session.document import Document, Handle, handle
from dlviz.session.edits.outputs import handed_back
from dlviz.session.fitting import first_fitting, settled
from dlviz.session.format.choice import checked_choice, checked_settings, registry_of
from dlviz.session.tasks import TASK_ENDS, known_rows

Current = Mapping[str, NDArray[Any]]


def add_layer(
    document: Document,
    index: int,
    layer_id: str | None = None,
    units: int = 4,
    activation: str | Choice | None = None,
    **settings: Any,
) -> Document:
    """Insert a dense layer before position index (the number of layers: at the end).

    It reads what stood before it, and the layer that read that reads it now; at the end of the
    network it becomes the output. activation: tanh, but in an empty network what suits the data's
    task, for the first layer is the output. Raises: SpecError.
    """
    spec = document.network
    behind = wiring.before(spec, min(max(index, 0), len(spec.layers)))
    wanted = {"units": units, "activation": as_choice(activation or _usual_activation(document)), **settings}
    new = checked_layer(LayerSpec(layer_id or wiring.fresh_id(spec), "dense", (behind,), wanted))
    return settled(replace(document, network=wiring.inserted(spec, behind, new)))


def remove_layer(document: Document, layer_id: str) -> Document:
    """Take a layer out; those that read it read what it read, those that shared it go on sharing. Raises: SpecError."""
    document = _handed_over(document, layer_id)
    spec = document.network
    if len(spec.outputs) > 1 and layer_id in spec.outputs:
        others = tuple(node for node in spec.outputs if node != layer_id)
        spec = replace(handed_back(document, layer_id), outputs=others)
    at = wiring.position(spec, layer_id)
    read = sources(spec, spec.layers[at])
    kept = [
        wiring.substituted(wiring.explicit(spec, each), layer_id, read) for each in spec.layers if each.id != layer_id
    ]
    ids = {layer.id for layer in kept}
    left = (node for each in spec.outputs for node in ((each,) if each != layer_id else read) if node in ids)
    return settled(replace(document, network=wiring.implicit_all(kept, spec.inputs, wiring.unique(left))))


def _handed_over(document: Document, layer_id: str) -> Document:
    """Give a layer's parameters to the first of those that share them, before it goes."""
    spec = document.network
    heirs = [layer.id for layer in spec.layers if layer.shares == layer_id]
    if not heirs:
        return document

    def inherited(layer: LayerSpec) -> LayerSpec:
        if layer.shares != layer_id:
            return layer
        return replace(layer, shares="" if layer.id == heirs[0] else heirs[0])

    held = {
        heirs[0] + name.removeprefix(layer_id) if name.startswith(f"{layer_id}.") else name: each
        for name, each in document.parameters.items()
    }
    network = replace(spec, layers=tuple(map(inherited, spec.layers)))
    return replace(document, network=network, parameters=held)


def rename_layer(document: Document, old: str, new: str) -> Document:
    """Give a layer another id, everywhere it is named. Raises: SpecError for an id that is taken or malformed."""
    spec = document.network
    wiring.position(spec, old)
    if new != old and new in wiring.taken(spec):
        raise SpecError(tr("Expected an id that is free. Received: {id!r}", id=new), place=old)

    def named(name: str) -> str:
        owner, dot, role = name.partition(".")
        return (new if owner == old else owner) + dot + role

    layers = tuple(
        replace(layer, id=named(layer.id), inputs=tuple(map(named, layer.inputs)), shares=named(layer.shares))
        for layer in spec.layers
    )
    network = NetworkSpec(layers, spec.inputs, tuple(map(named, spec.outputs)))
    training = replace(
        document.training,
        frozen=tuple(map(named, document.training.frozen)),
        losses={named(output): each for output, each in document.training.losses.items()},
    )
    held = {named(name): each for name, each in document.parameters.items()}
    return settled(replace(document, network=network, parameters=held, training=training))


def duplicate_layer(document: Document, layer_id: str) -> Document:
    """Insert a copy of a layer after it, with the same starting values where they fit. Raises: SpecError."""
    spec = document.network
    layer = spec.layers[wiring.position(spec, layer_id)]
    new_id = wiring.fresh_id(spec, layer.kind)
    copy = replace(layer, id=new_id, inputs=(layer_id,))
    held = {
        name.replace(layer_id, new_id, 1): each
        for name, each in document.parameters.items()
        if name.startswith(f"{layer_id}.")
    }
    network = wiring.inserted(spec, layer_id, copy)
    return settled(replace(document, network=network, parameters={**document.parameters, **held}))


def set_units(document: Document, layer_id: str, units: int) -> Document:
    """Give a layer another number of units. Raises: SpecError."""
    return set_layer_setting(document, layer_id, "units", units)


def add_unit(document: Document, layer_id: str) -> Document:
    """Give a layer one unit more. Raises: SpecError."""
    return set_units(document, layer_id, _units(document, layer_id) + 1)


def remove_unit(document: Document, layer_id: str, unit: int, current: Current) -> Document:
    """Take one unit out; all other weights keep the values they have in current, as starting values.

    current: parameters as they stand, by name. Raises: SpecError.
    """
    n = _units(document, layer_id)
    if n == 1 or not 0 <= unit < n:
        expected = tr("a layer with more than one unit") if n == 1 else tr("a unit from 0 to {last}", last=n - 1)
        raise SpecError(tr("Expected {expected}. Received: unit {unit}", expected=expected, unit=unit), place=layer_id)
    spec = document.network
    held: dict[str, Handle] = dict(document.parameters)
    frozen = document.training.frozen
    for name, array in current.items():
        owner = name.partition(".")[0]
        reads = any(layer.id == owner and sources(spec, layer) == (layer_id,) for layer in spec.layers)
        held[name] = handle(_without(array, name, unit, owner == layer_id, reads))
        if owner == layer_id or (reads and name.endswith(".W")):
            frozen = without_unit(frozen, name, 0 if owner == layer_id else 1, unit)
    training = replace(document.training, frozen=frozen)
    return set_units(replace(document, parameters=held, training=training), layer_id, n - 1)


def set_activation(document: Document, layer_id: str, activation: str | Choice) -> Document:
    """Choose a layer's activation. Raises: SpecError."""
    return set_layer_setting(document, layer_id, "activation", activation)


def set_layer_setting(document: Document, layer_id: str, name: str, value: Any) -> Document:
    """Change one setting of a layer; activations and initializers are a key or a Choice. Raises: SpecError."""
    spec = document.network
    at = wiring.position(spec, layer_id)
    if spec.layers[at].shares:
        return set_layer_setting(document, spec.layers[at].shares, name, value)
    old = spec.layers[at]
    kept = as_choice(value) if name in layer_kinds.get(old.kind, layer_id).choices else value
    new = checked_layer(replace(old, settings={**old.settings, name: kept}))
    if new == old:
        return document
    return first_fitting(document, [replace(spec, layers=(*spec.layers[:at], new, *spec.layers[at + 1 :]))])


def _usual_activation(document: Document) -> str:
    rows = None if document.network.layers else known_rows(document.data)
    return "tanh" if rows is None else TASK_ENDS[rows.task][0]


def _units(document: Document, layer_id: str) -> int:
    layer = document.network.layers[wiring.position(document.network, layer_id)]
    kind = layer_kinds.get(layer.kind, layer_id)
    if "units" not in {hyper.name for hyper in kind.settings}:
        raise SpecError(tr("Expected a layer with units of its own. Received: {kind}", kind=kind.key), place=layer_id)
    return int(kind.option(layer, "units"))


def as_choice(value: str | Choice) -> Choice:
    """Return a choice for a key."""
    return Choice(value) if isinstance(value, str) else value


def checked_layer(layer: LayerSpec) -> LayerSpec:
    """Return a layer with settings in their types. Raises: SpecError."""
    kind = layer_kinds.get(layer.kind, layer.id)
    kind.check(layer)
    choices = {
        name: checked_choice(layer.settings[name], registry_of(name), layer.id)
        for name in kind.choices
        if name in layer.settings
    }
    scalars = {name: value for name, value in layer.settings.items() if name not in kind.choices}
    return replace(layer, settings={**checked_settings(scalars, kind.settings, layer.id), **choices})


def _without(array: NDArray[Any], name: str, unit: int, is_owner: bool, is_reader: bool) -> NDArray[Any]:
    """Return a parameter without the rows of a unit (its own layer) or the column that reads it."""
    if is_owner:
        return np.delete(array, unit, axis=0)
    return np.delete(array, unit, axis=1) if is_reader and name.endswith(".W") else array
