"""NetworkSpec: an immutable acyclic graph of layers; inference.py checks and sizes it."""

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dlviz.core.choice import Choice, frozen
from dlviz.core.errors import SpecError


@dataclass(frozen=True)
class InputSpec:
    """A place where data enter: its id and its shape without the batch axis."""

    id: str = "x"
    shape: tuple[int, ...] = (2,)


@dataclass(frozen=True)
class LayerSpec:
    """One layer: a kind of the layer registry, its settings, and the nodes it reads.

    Settings hold what the kind declares (dense: units, activation, bias, initializer,
    bias_initializer); activations and initializers are `Choice` values.
    Empty `inputs` mean the layer before, or the data for the first one. `shares` names an earlier layer
    of which this is a second use: kind, settings and parameters are that layer's.
    """

    id: str
    kind: str = "dense"
    inputs: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    shares: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", frozen(self.settings))

    @property
    def owner(self) -> str:
        """Id of the layer whose parameters this one uses."""
        return self.shares or self.id


@dataclass(frozen=True)
class NetworkSpec:
    """Inputs, layers in reading order, and the ids of the nodes that are outputs (default: the last)."""

    layers: tuple[LayerSpec, ...] = ()
    inputs: tuple[InputSpec, ...] = (InputSpec(),)
    outputs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        owners = {layer.id: layer for layer in self.layers if not layer.shares}
        layers = tuple(_like_owner(layer, owners.get(layer.shares)) for layer in self.layers)
        object.__setattr__(self, "layers", layers)


def _like_owner(layer: LayerSpec, owner: LayerSpec | None) -> LayerSpec:
    """Return a second use with what its owner is now; an owner that is not there is refused on validation."""
    if owner is None or (layer.kind == owner.kind and layer.settings == owner.settings):
        return layer
    return replace(layer, kind=owner.kind, settings=owner.settings)


def dense(id: str, units: int, activation: str | Choice = "linear", **settings: Any) -> LayerSpec:
    """Write a dense layer in one line; `inputs=("a",)` names what it reads."""
    inputs = tuple(settings.pop("inputs", ()))
    chosen_activation = Choice(activation) if isinstance(activation, str) else activation
    return LayerSpec(id, "dense", inputs, {"units": units, "activation": chosen_activation, **settings})


def sources(spec: NetworkSpec, layer: LayerSpec) -> tuple[str, ...]:
    """Return the ids of the nodes that a layer reads."""
    if layer.inputs:
        return layer.inputs
    position = [each.id for each in spec.layers].index(layer.id)
    return (spec.layers[position - 1].id,) if position else (spec.inputs[0].id,)


def first_column(spec: NetworkSpec, node: str) -> int:
    """Return the first of the data's columns that an input node takes; inputs share them in their order."""
    before = itertools.takewhile(lambda each: each.id != node, spec.inputs)
    return sum(math.prod(each.shape) for each in before)


def output_ids(spec: NetworkSpec) -> tuple[str, ...]:
    """Return the ids of the output nodes: those that were named, else the last layer. Raises: SpecError."""
    if not spec.layers:
        raise SpecError("Expected at least one layer. Received: an empty network", "Add a dense layer.")
    return spec.outputs or (spec.layers[-1].id,)


def output_id(spec: NetworkSpec) -> str:
    """Return the id of the first output node. Raises: SpecError if there is none."""
    return output_ids(spec)[0]
