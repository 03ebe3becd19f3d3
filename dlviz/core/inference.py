"""What a network implies: the shape of every node, its parameters, and whether it can run."""

import re
from collections.abc import Mapping

from dlviz.core.activations import resolve
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.initializers import initializers
from dlviz.core.layers import ParameterSpec, layers
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, output_id, sources

ID_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
MAX_LAYERS = 256
MAX_PARAMETERS = 20_000_000
TAKEN = ("y", "loss")  # what a trace calls the targets and the loss


def shapes(spec: NetworkSpec) -> dict[str, tuple[int, ...]]:
    """Return the shape of every node's values, without the batch axis.

    Raises: SpecError for unknown kinds, ids, settings or cycles; ShapeError where sizes do not fit.
    """
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


def parameters(spec: NetworkSpec) -> tuple[ParameterSpec, ...]:
    """Return every parameter in layer order, W before b."""
    known = shapes(spec)
    return tuple(
        parameter
        for layer in spec.layers
        for parameter in layers.get(layer.kind).parameters(layer, tuple(known[s] for s in sources(spec, layer)))
    )


def activation_of(spec: NetworkSpec, layer_id: str) -> Choice | None:
    """Return the activation a node declares, or None for inputs and merges."""
    for layer in spec.layers:
        kind = layers.get(layer.kind, layer.id)
        if layer.id == layer_id and "activation" in kind.choices:
            chosen: Choice = kind.option(layer, "activation")
            return chosen
    return None


def validate(spec: NetworkSpec) -> None:
    """Raise SpecError or ShapeError, with the layer as its place, if the network cannot run."""
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
