"""Choices and layers between JSON and specs: settings checked by their own declarations."""

from collections.abc import Mapping, Sequence
from typing import Any

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError, shown
from dlviz.core.hyper import Hyper, complete
from dlviz.core.initializers import initializers
from dlviz.core.layers import layers
from dlviz.core.network import LayerSpec
from dlviz.core.registry import Registry
from dlviz.core.regularizers import regularizers
from dlviz.i18n import tr
from dlviz.session.files.envelope import LayerPart, received

#: The last word of a choice's name says what it is: a `gamma_initializer` is an initializer.
BY_LAST_WORD: Mapping[str, Registry[Any]] = {
    "activation": activations,
    "initializer": initializers,
    "regularizer": regularizers,
}

#: Which registry a layer's choice is looked up in.
LAYER_CHOICES: Mapping[str, Registry[Any]] = {
    name: BY_LAST_WORD[name.rpartition("_")[2]] for kind in layers for name in kind.choices
}


def registry_of(name: str) -> Registry[Any]:
    """Return the registry that a layer's choice is looked up in."""
    return BY_LAST_WORD[name.rpartition("_")[2]]


def checked_settings(given: Mapping[str, Any], declared: Sequence[Hyper], place: str) -> dict[str, Any]:
    """Return the given settings in their types, defaults left out. Raises: SpecError."""
    whole = complete(given, declared, place)
    return {name: whole[name] for name in given}


def checked_choice(chosen: Choice, registry: Registry[Any], place: str) -> Choice:
    """Return a choice with its settings in their types. Raises: SpecError for an unknown key or setting."""
    entry = registry.get(chosen.kind, place)
    return Choice(chosen.kind, checked_settings(chosen.settings, entry.settings, place))


def choice_from_json(value: Any, registry: Registry[Any], place: str) -> Choice:
    """Read `"tanh"` or `{"kind": "leaky_relu", "slope": 0.01}`. Raises: SpecError."""
    if isinstance(value, str):
        return checked_choice(Choice(value), registry, place)
    if isinstance(value, dict) and isinstance(value.get("kind"), str):
        settings = {name: each for name, each in value.items() if name != "kind"}
        return checked_choice(Choice(value["kind"], settings), registry, place)
    raise SpecError(
        tr(
            "Expected the key of a known {kind} or an object with a kind. Received: {value}",
            kind=registry.kind, value=received(value),
        ),
        place=place,
    )  # fmt: skip


def choice_to_json(chosen: Choice, registry: Registry[Any]) -> str | dict[str, Any]:
    """Write a choice: its key alone, or an object with the settings that were given, in declared order."""
    declared = [hyper.name for hyper in registry.get(chosen.kind).settings]
    return {"kind": chosen.kind, **in_order(chosen.settings, declared)} if chosen.settings else chosen.kind


def in_order(settings: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    """Return settings in the order of names, so that equal settings are written as equal bytes."""
    return {name: settings[name] for name in names if name in settings}


def layer_from_json(part: LayerPart) -> LayerSpec:
    """Read a layer. Raises: SpecError, with its id as the place."""
    given = part.unknown()
    if part.shares is not None:
        _refuse_unknown(given, (), (), part.id)
        return LayerSpec(part.id, part.kind, tuple(part.inputs), shares=part.shares)
    kind = layers.get(part.kind, part.id)
    choices = {
        name: choice_from_json(given.pop(name), registry_of(name), part.id) for name in kind.choices if name in given
    }
    _refuse_unknown(given, kind.settings, tuple(kind.choices), part.id)
    settings = checked_settings(given, kind.settings, part.id)
    return LayerSpec(part.id, part.kind, tuple(part.inputs), {**settings, **choices})


def layer_to_json(layer: LayerSpec) -> dict[str, Any]:
    """Write a layer as `layer_from_json` reads it."""
    inputs = {"inputs": list(layer.inputs)} if layer.inputs else {}
    if layer.shares:
        return {"id": layer.id, "shares": layer.shares, **inputs}
    kind = layers.get(layer.kind, layer.id)
    ordered = in_order(layer.settings, [*(hyper.name for hyper in kind.settings), *kind.choices])
    settings = {
        name: choice_to_json(value, registry_of(name)) if name in kind.choices else value
        for name, value in ordered.items()
    }
    return {"id": layer.id, "kind": layer.kind, **inputs, **settings}


def _refuse_unknown(given: Mapping[str, Any], declared: Sequence[Hyper], choices: tuple[str, ...], place: str) -> None:
    accepted = [*(hyper.name for hyper in declared), *choices]
    for name in given:
        if name not in accepted:
            listed = ", ".join(accepted) or tr("no settings")
            raise SpecError(
                tr("Expected settings among: {accepted}. Received: {name}", accepted=listed, name=shown(name)),
                place=place,
            )
