"""What a network implies: the shape of every node, its parameters, and whether it can run."""

import math
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import resolve
from dlviz.core.choice import Choice
from dlviz.core.errors import ShapeError, SpecError, as_list
from dlviz.core.initializers import initializers
from dlviz.core.layers import LR_SCALE, ParameterSpec, layers
from dlviz.core.layers.kind import REGULARIZER, UNREGULARIZED
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, sources
from dlviz.core.regularizers import resolve as resolve_regularizer

ID_PATTERN = re.compile(r"[a-z][a-z0-9_]*")
MAX_LAYERS = 256
MAX_PARAMETERS = 20_000_000
TAKEN = ("y", "loss", "data_loss")  # what a trace calls the targets, the loss, and the loss without penalties


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


def nodes(spec: NetworkSpec) -> dict[str, tuple[int, ...]]:
    """Return the shapes of all nodes, those inside layers included (time steps of a recurrent one)."""
    known = shapes(spec)
    inner = {layer.id: layers.get(layer.kind).nodes(layer, source_shapes(spec, layer, known)) for layer in spec.layers}
    found: dict[str, tuple[int, ...]] = {}
    for node, shape in known.items():
        found |= inner.get(node, {})
        found[node] = shape
    return found


def source_shapes(
    spec: NetworkSpec, layer: LayerSpec, known: Mapping[str, tuple[int, ...]]
) -> tuple[tuple[int, ...], ...]:
    """Return the shapes of the nodes that a layer reads."""
    return tuple(known[node] for node in sources(spec, layer))


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
        raise SpecError(
            f"Expected at least 2 inputs to join. Received: inputs={list(read)}",
            "It joins two nodes that stand before it, so it goes behind a layer.",
            layer.id,
        )
    return tuple(known[node] for node in read)


def parameters(spec: NetworkSpec) -> tuple[ParameterSpec, ...]:
    """Return every parameter in layer order, W before b; a layer that shares has none of its own."""
    known = shapes(spec)
    return tuple(
        replace(
            parameter,
            lr_scale=layers.get(layer.kind).option(layer, LR_SCALE.name),
            regularizer=_regularizer(layer, parameter),
        )
        for layer in spec.layers
        if not layer.shares
        for parameter in layers.get(layer.kind).parameters(layer, source_shapes(spec, layer, known))
    )


def _regularizer(layer: LayerSpec, parameter: ParameterSpec) -> Choice:
    """Return the regularizer of a layer for its weights; biases and the like have none."""
    kind = layers.get(layer.kind)
    if not parameter.is_weight or REGULARIZER not in kind.choices:
        return UNREGULARIZED
    chosen: Choice = kind.option(layer, REGULARIZER)
    return chosen


def layer_numbers(spec: NetworkSpec) -> dict[str, int]:
    """Return the number of every layer with parameters of its own, from 1, as formulas write it."""
    own = (layer.id for layer in spec.layers if not layer.shares and layers.get(layer.kind).has_parameters)
    return {layer: number for number, layer in enumerate(own, 1)}


def activation_of(spec: NetworkSpec, layer_id: str) -> Choice | None:
    """Return the activation of a node's sums z; None for inputs, merges and layers that activate inside."""
    for layer in spec.layers:
        kind = layers.get(layer.kind, layer.id)
        if layer.id == layer_id and "activation" in kind.choices and not kind.activates_inside:
            chosen: Choice = kind.option(layer, "activation")
            return chosen
    return None


def bounding_activation(spec: NetworkSpec, layer_id: str) -> Choice | None:
    """Return the activation that bounds a node's values, be it applied to its sums or inside; None without one."""
    layer = next((layer for layer in spec.layers if layer.id == layer_id), None)
    kind = layers.get(layer.kind, layer.id) if layer is not None else None
    if layer is None or kind is None or "activation" not in kind.choices:
        return None
    chosen: Choice = kind.option(layer, "activation")
    return chosen


def validate(spec: NetworkSpec) -> None:
    """Raise SpecError or ShapeError, with the layer as its place, if the network cannot run."""
    _validate_ids(spec)
    _validate_inputs(spec)
    _validate_shared(spec, shapes(spec))
    for parameter in parameters(spec):
        initializers.get(parameter.initializer.kind, parameter.layer)
        resolve_regularizer(parameter.regularizer, parameter.layer)
    for layer in spec.layers:
        chosen = activation_of(spec, layer.id)
        if chosen is not None:
            resolve(chosen, layer.id)
    _validate_readers_of_data(spec)
    _validate_outputs(spec)
    n_parameters = sum(parameter.size for parameter in parameters(spec))
    if n_parameters > MAX_PARAMETERS:
        raise SpecError(f"Expected at most {MAX_PARAMETERS} parameters. Received: {n_parameters}")


def check_batch(spec: NetworkSpec, n: int) -> None:
    """Raise ShapeError where a layer cannot be trained on a batch of n examples."""
    known = shapes(spec)
    for layer in spec.layers:
        check = layers.get(layer.kind).check_batch
        if check is not None:
            check(layer, source_shapes(spec, layer, known), n)


def check_data(spec: NetworkSpec, inputs: NDArray[np.floating]) -> None:
    """Raise DataError if a layer cannot use the data (n, d) that it reads, such as ids that are not whole numbers."""
    ends = list(accumulate(math.prod(node.shape) for node in spec.inputs))
    columns = {node.id: inputs[:, start:end] for node, start, end in zip(spec.inputs, [0, *ends], ends, strict=False)}
    for layer in spec.layers:
        check = layers.get(layer.kind).check_data
        if check is not None:
            check(layer, columns[sources(spec, layer)[0]])


def _validate_readers_of_data(spec: NetworkSpec) -> None:
    data = {node.id for node in spec.inputs}
    for layer in spec.layers:
        read = sources(spec, layer)
        if layers.get(layer.kind).check_data is not None and not data.issuperset(read):
            raise SpecError(
                f"Expected to read the data: {', '.join(sorted(data))}. Received: inputs={list(read)}",
                "What a layer computes is no whole number to look up.",
                layer.id,
            )


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


def _validate_outputs(spec: NetworkSpec) -> None:
    known = [layer.id for layer in spec.layers]
    for output in spec.outputs if spec.layers else ():
        if output not in known:
            raise SpecError(f"Expected outputs among the layers. Received: {output!r}")
        if spec.outputs.count(output) > 1:
            raise SpecError(f"Expected every output once. Received: {output!r} twice")


def _validate_shared(spec: NetworkSpec, known: Mapping[str, tuple[int, ...]]) -> None:
    """Refuse a second use of a layer that is not there, is later, or reads values of another shape."""
    owners: dict[str, LayerSpec] = {}
    for layer in spec.layers:
        if not layer.shares:
            owners[layer.id] = layer
            continue
        if layer.shares not in owners:
            is_shared_itself = any(each.id == layer.shares and each.shares for each in spec.layers)
            hint = "It has no weights of its own: name the layer that it shares." if is_shared_itself else ""
            raise SpecError(f"Expected a layer before this one to share. Received: {layer.shares!r}", hint, layer.id)
        own, first = (source_shapes(spec, each, known) for each in (layer, owners[layer.shares]))
        if own != first:
            wanted, got = (" and ".join(map(as_list, each)) for each in (first, own))
            raise ShapeError(
                f"Expected inputs of shape {wanted} like those of {layer.shares}. Received: {got}", place=layer.id
            )


def _validate_inputs(spec: NetworkSpec) -> None:
    if not spec.inputs:
        raise SpecError("Expected at least one input node. Received: none", place="network.inputs")
    for node in spec.inputs:
        if node.id in TAKEN:
            raise SpecError(
                f"Expected an input node of another name than {' and '.join(TAKEN)}. Received: {node.id!r}",
                "The data's inputs are usually x.",
                "network.inputs",
            )
        if not node.shape or min(node.shape) < 1:
            given = as_list(node.shape)
            raise ShapeError(f"Expected axes of at least 1. Received: shape={given}", place="network.inputs")
