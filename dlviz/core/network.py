"""NetworkSpec: an immutable acyclic graph of layers, checked and sized before anything runs."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dlviz.core.choice import Choice, frozen
from dlviz.core.errors import SpecError

if TYPE_CHECKING:
    from dlviz.core.layers.kind import ParameterSpec

ID_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
MAX_LAYERS = 256
MAX_PARAMETERS = 20_000_000
TAKEN = ("y", "loss")  # what a trace calls the targets and the loss


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


def shapes(spec: NetworkSpec) -> dict[str, tuple[int, ...]]:
    """Return the shape of every node's values, without the batch axis.

    Raises: SpecError for unknown kinds, ids, settings or cycles; ShapeError where sizes do not fit.
    """
    from dlviz.core.layers import layers  # a layer kind needs LayerSpec: imported when used

    known = {node.id: node.shape for node in spec.inputs}
    for layer in spec.layers:
        kind = layers.get(layer.kind, layer.id)
        kind.check(layer)
        known[layer.id] = kind.output_shape(layer, _input_shapes(spec, layer, known, kind.n_inputs))
    return known


def _input_shapes(
    spec: NetworkSpec, layer: LayerSpec, known: Mapping[str, tuple[int, ...]], n_inputs: int | None
) -> tuple[tuple[int, ...], ...]:
    read = sources(spec, layer)
    for node in read:
        if node not in known:
            raise SpecError(
                f"Expected inputs among the nodes before it: {', '.join(known)}. Received: {node!r}",
                "A network may not run in a circle; layers are listed in reading order.",
                layer.id,
            )
    if n_inputs is not None and len(read) != n_inputs:
        raise SpecError(f"Expected {n_inputs} input. Received: inputs={list(read)}", place=layer.id)
    if n_inputs is None and len(read) < 2:
        raise SpecError(f"Expected at least 2 inputs to join. Received: inputs={list(read)}", place=layer.id)
    return tuple(known[node] for node in read)


def parameters(spec: NetworkSpec) -> "tuple[ParameterSpec, ...]":
    """Return every parameter in layer order, W before b."""
    from dlviz.core.layers import layers

    known = shapes(spec)
    return tuple(
        parameter
        for layer in spec.layers
        for parameter in layers.get(layer.kind).parameters(layer, tuple(known[s] for s in sources(spec, layer)))
    )


def activation_of(spec: NetworkSpec, layer_id: str) -> Choice | None:
    """Return the activation a node declares, or None for inputs and merges."""
    from dlviz.core.layers import layers

    for layer in spec.layers:
        kind = layers.get(layer.kind, layer.id)
        if layer.id == layer_id and "activation" in kind.choices:
            chosen: Choice = kind.option(layer, "activation")
            return chosen
    return None


def validate(spec: NetworkSpec) -> None:
    """Raise SpecError or ShapeError, with the layer as its place, if the network cannot run."""
    from dlviz.core.activations import resolve
    from dlviz.core.initializers import initializers

    _validate_ids(spec)
    _validate_input(spec)
    shapes(spec)
    for parameter in parameters(spec):
        initializers.get(parameter.initializer.kind, parameter.layer)
    for layer in spec.layers:
        chosen = activation_of(spec, layer.id)
        if chosen is not None:
            resolve(chosen, layer.id)
    if spec.layers and output_id(spec) not in [layer.id for layer in spec.layers]:
        raise SpecError(f"Expected outputs among the layers. Received: {output_id(spec)!r}")
    n_parameters = sum(parameter.size for parameter in parameters(spec))
    if n_parameters > MAX_PARAMETERS:
        raise SpecError(f"Expected at most {MAX_PARAMETERS} parameters. Received: {n_parameters}")


def _validate_ids(spec: NetworkSpec) -> None:
    seen: set[str] = set()
    if len(spec.layers) > MAX_LAYERS:
        raise SpecError(f"Expected at most {MAX_LAYERS} layers. Received: {len(spec.layers)}")
    nodes: list[InputSpec | LayerSpec] = [*spec.inputs, *spec.layers]
    for node in nodes:
        if not ID_PATTERN.fullmatch(node.id):
            raise SpecError(f"Expected an id of small letters, digits and _. Received: {node.id!r}", place=node.id)
        if node.id in seen:
            raise SpecError(f"Expected every id once. Received: {node.id!r} twice", place=node.id)
        seen.add(node.id)


def _validate_input(spec: NetworkSpec) -> None:
    if len(spec.inputs) != 1:
        # Batches fill one node; a second one would silently hold what its array was made with.
        names = [node.id for node in spec.inputs]
        raise SpecError(f"Expected one input node. Received: {names}", "Join the columns in one.", "network.inputs")
    if spec.inputs[0].id in TAKEN:
        raise SpecError(
            f"Expected an input node of another name than {' and '.join(TAKEN)}. Received: {spec.inputs[0].id!r}",
            "The data's inputs are usually x.",
            "network.inputs",
        )
