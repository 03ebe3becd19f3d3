"""Write into choices and networks what conventions decide, so that everything below reads settings alone."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dlviz.core.choice import Choice
from dlviz.core.conventions.kind import INITIALIZER
from dlviz.core.layers import layers
from dlviz.core.network import LayerSpec, NetworkSpec

Decided = Mapping[str, Any]


def filled(part: str, chosen: Choice, decided: Decided) -> Choice:
    """Return a choice with the settings that conventions decide and it leaves out; itself if there are none.

    part: "loss", "optimizer", "schedule", "activation", "initializer", "regularizer".
    """
    missing = _missing(part, chosen.kind, chosen.settings, decided)
    return Choice(chosen.kind, {**missing, **chosen.settings}) if missing else chosen


def filled_network(network: NetworkSpec, decided: Decided) -> NetworkSpec:
    """Return a network with the settings that conventions decide; itself if nothing is left out."""
    new = tuple(layer if layer.shares else _filled_layer(layer, decided) for layer in network.layers)
    is_same = all(one is other for one, other in zip(new, network.layers, strict=True))
    return network if is_same else replace(network, layers=new)


def _filled_layer(layer: LayerSpec, decided: Decided) -> LayerSpec:
    kind = layers.get(layer.kind, layer.id)
    settings = dict(layer.settings)
    for name, value in _missing("layer", layer.kind, settings, decided).items():
        settings[name] = Choice(value) if name in kind.choices and isinstance(value, str) else value
    for name in kind.choices:
        chosen = settings.get(name, kind.choices[name])
        part = INITIALIZER if name.endswith(INITIALIZER) else name.rpartition("_")[2]
        full = filled(part, chosen, decided) if isinstance(chosen, Choice) else chosen
        if full is not chosen:
            settings[name] = full
    return layer if settings == dict(layer.settings) else replace(layer, settings=settings)


def _missing(part: str, kind: str, settings: Mapping[str, Any], decided: Decided) -> dict[str, Any]:
    front = f"{part}.{kind}."
    found = {target.removeprefix(front): value for target, value in decided.items() if target.startswith(front)}
    return {name: value for name, value in found.items() if name not in settings}
