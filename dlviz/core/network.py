"""NetworkSpec: an immutable acyclic graph of layers; inference.py checks and sizes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    Empty `inputs` mean the layer before, or the data for the first one.
    """

    id: str
    kind: str = "dense"
    inputs: tuple[str, ...] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "settings", frozen(self.settings))


@dataclass(frozen=True)
class NetworkSpec:
    """Inputs, layers in reading order, and the ids of the nodes that are outputs (default: the last)."""

    layers: tuple[LayerSpec, ...] = ()
    inputs: tuple[InputSpec, ...] = (InputSpec(),)
    outputs: tuple[str, ...] = ()


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


def output_id(spec: NetworkSpec) -> str:
    """Return the id of the one output node. Raises: SpecError if there is none or more than one."""
    if not spec.layers:
        raise SpecError("Expected at least one layer. Received: an empty network", "Add a dense layer.")
    if len(spec.outputs) > 1:
        raise SpecError(f"Expected one output. Received: outputs={list(spec.outputs)}")
    return spec.outputs[0] if spec.outputs else spec.layers[-1].id
