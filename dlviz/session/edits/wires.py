"""Edits of who reads whom: connections, branches, second uses of a layer, and inputs that share the data's columns."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dlviz.core.errors import DlvizError, ShapeError, SpecError
from dlviz.core.inference import shapes, validate
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, output_ids, sources
from dlviz.i18n import tr
from dlviz.session import wiring
from dlviz.session.document import Document
from dlviz.session.edits.layers import adapted
from dlviz.session.edits.network import checked_layer
from dlviz.session.fitting import first_fitting, fitting, shape_words

MOST_TRIED = 40  # layers of a network of which every connection is tried out while one is dragged
JOINS = ("add", "concatenate")  # kinds that can bring a second connection to a layer that reads one node


@dataclass(frozen=True)
class Way:
    """One way to connect a node to a layer: the network then, or why it cannot be.

    key: "join" where the layer takes any number of nodes; else "replace", "add" or "concatenate".
    """

    key: str
    network: NetworkSpec | None
    refusal: DlvizError | None = None


def ways_to_connect(spec: NetworkSpec, source: str, target: str) -> tuple[Way, ...]:
    """Return all ways to let a layer read a node, those that fit and those that do not.

    Raises: SpecError where none can be: a circle, or a connection that is there.
    """
    return tuple(_ways(spec, source, target))


def refusal(spec: NetworkSpec, source: str, target: str) -> DlvizError | None:
    """Return why a layer cannot read a node in any way, None where it can.

    Of a network of very many layers only circles are looked for; the connection itself is refused if need be.
    """
    try:
        first = next(ways := _ways(spec, source, target))
    except DlvizError as error:
        return error
    is_open = first.network is not None or len(spec.layers) > MOST_TRIED or any(way.network for way in ways)
    return None if is_open else first.refusal


def _ways(spec: NetworkSpec, source: str, target: str) -> Iterator[Way]:
    layer = spec.layers[wiring.position(spec, target)]
    _check_new(spec, source, layer)
    if layer_kinds.get(layer.kind).n_inputs is None:
        yield _way("join", spec, source, target, (*sources(spec, layer), source))
    else:
        yield _way("replace", spec, source, target, (source,))
        yield from (_joined_way(kind, spec, source, layer) for kind in JOINS)


def connect(document: Document, source: str, target: str, key: str) -> Document:
    """Let a layer read a node, in one of the ways of ways_to_connect. Raises: DlvizError where it does not fit."""
    for way in ways_to_connect(document.network, source, target):
        if way.key == key:
            if way.network is None:
                raise way.refusal or SpecError(key)
            return fitting(document, way.network)
    known = ", ".join(way.key for way in ways_to_connect(document.network, source, target))
    raise SpecError(tr("Expected {known}. Received: {key!r}", known=known, key=key))


def disconnect(document: Document, source: str, target: str) -> Document:
    """Let a layer that joins nodes read one of them no more; where one is left, the join goes too.

    Raises: SpecError where the layer does not read it, or reads nothing else.
    """
    spec = document.network
    layer = spec.layers[wiring.position(spec, target)]
    read = sources(spec, layer)
    if source not in read:
        raise SpecError(tr("Expected a node that {layer} reads: {known}. Received: {id!r}", layer=target,
                           known=", ".join(read), id=source), place=target)  # fmt: skip
    if len(read) == 1:
        hint = tr("Drag another output to its port, or delete the layer.")
        raise SpecError(tr("Expected something for {layer} to read. Received: nothing beside {id}", layer=target,
                           id=source), hint, target)  # fmt: skip
    left = tuple(node for node in read if node != source)
    return fitting(document, _without_join(spec, target, left) if len(left) == 1 else rewired(spec, target, left))


def add_branch(document: Document, behind: str, kind: str) -> Document:
    """Add a layer of a kind that reads a node and that nothing reads yet. Raises: DlvizError, as for insert_layer."""
    spec, entry = document.network, layer_kinds.get(kind)
    at = wiring.place_behind(spec, behind)
    new = LayerSpec(wiring.fresh_id(spec, kind), kind, wiring.partners(spec, behind, kind, at), entry.begins)
    layers = [checked_layer(each) for each in adapted(new, spec, behind)]
    return first_fitting(document, [wiring.with_branch(spec, each) for each in layers])


def use_again(document: Document, layer_id: str) -> Document:
    """Add a second use of a layer, with the same weights, which nothing reads yet.

    It reads the next node of the shape that the layer reads, such as a second input; else what the layer reads.
    Raises: SpecError for a layer without parameters.
    """
    spec = document.network
    layer = spec.layers[wiring.position(spec, layer_id)]
    if not layer_kinds.get(layer.kind).has_parameters:
        expected = tr("a layer with weights to share")
        raise SpecError(tr("Expected {expected}. Received: {id!r}", expected=expected, id=layer_id), place=layer_id)
    known, read = shapes(spec), sources(spec, layer)[0]
    others = (node for node in known if node not in (read, layer_id) and known[node] == known[read])
    behind = next((node for node in others if not reaches(spec, layer_id, node) or node in _inputs(spec)), read)
    new = LayerSpec(wiring.fresh_id(spec, layer.kind), layer.kind, (behind,), layer.settings, layer.owner)
    return fitting(document, wiring.with_branch(spec, new))


def split_inputs(document: Document, widths: Sequence[int]) -> Document:
    """Deal the columns of the data to so many inputs, in their order. Raises: SpecError, ShapeError.

    Layers go on reading all columns: what read the only input reads the new ones joined. Several inputs made one
    are read as that one.
    """
    spec = document.network
    total = sum(math.prod(node.shape) for node in spec.inputs)
    if sum(widths) != total or min(widths, default=0) < 1:
        given = " + ".join(map(str, widths))
        raise SpecError(tr("Expected {total} columns in all. Received: {given}", total=total, given=given))
    names = [node.id for node in spec.inputs][: len(widths)]
    while len(names) < len(widths):
        names.append(wiring.next_id(spec, names[0], names))
    inputs = tuple(InputSpec(name, (width,)) for name, width in zip(names, widths, strict=True))
    return fitting(document, _reading(spec, inputs))


def _reading(spec: NetworkSpec, inputs: tuple[InputSpec, ...]) -> NetworkSpec:
    """Return the network with other inputs. From one to several they are joined; lost ones are read as the first."""
    first, *others = (node.id for node in inputs)
    listed = [wiring.explicit(spec, layer) for layer in spec.layers]
    gone = {node.id for node in spec.inputs} - {node.id for node in inputs}
    if len(spec.inputs) == 1 and others and listed:
        join = LayerSpec(wiring.fresh_id(spec, "concatenate"), "concatenate", (first, *others))
        listed = [join, *(wiring.substituted(layer, first, (join.id,)) for layer in listed)]
    for node in gone:
        listed = [wiring.substituted(layer, node, (first,)) for layer in listed]
    made = wiring.implicit_all(listed, inputs, spec.outputs)
    for layer in listed if gone else ():
        if layer_kinds.get(layer.kind).n_inputs is None and len(layer.inputs) == 1:
            made = _without_join(made, layer.id, layer.inputs)
    return made


def _inputs(spec: NetworkSpec) -> set[str]:
    return {node.id for node in spec.inputs}


def reaches(spec: NetworkSpec, start: str, end: str) -> bool:
    """Say whether a node's values flow into another one, or it is that one."""
    reached = {start}
    for layer in spec.layers:
        if reached.intersection(sources(spec, layer)):
            reached.add(layer.id)
    return end in reached


def _check_new(spec: NetworkSpec, source: str, layer: LayerSpec) -> None:
    if source in sources(spec, layer):
        raise SpecError(tr("Expected a new connection. Received: {source} → {target}, which is there", source=source,
                           target=layer.id), place=layer.id)  # fmt: skip
    if reaches(spec, layer.id, source):
        given = tr("{source}, which would close a circle", source=source)
        raise SpecError(tr("Expected a node that does not depend on {target}. Received: {given}", target=layer.id,
                           given=given), place=layer.id)  # fmt: skip


def _way(key: str, spec: NetworkSpec, source: str, target: str, read: tuple[str, ...]) -> Way:
    return _tried(key, rewired(spec, target, read), spec, source, target)


def _joined_way(kind: str, spec: NetworkSpec, source: str, layer: LayerSpec) -> Way:
    """Return the way by a new join of what a layer reads and a further node."""
    read = sources(spec, layer)[0]
    join = LayerSpec(wiring.fresh_id(spec, kind), kind, (read, source))
    network = rewired(spec, layer.id, (join.id,), join)
    return _tried(kind, network, spec, source, layer.id)


def _tried(key: str, network: NetworkSpec, spec: NetworkSpec, source: str, target: str) -> Way:
    try:
        validate(network)
    except ShapeError as error:
        return Way(key, None, _both_shapes(error, spec, source, target))
    except DlvizError as error:
        return Way(key, None, error)
    return Way(key, network)


def _both_shapes(error: ShapeError, spec: NetworkSpec, source: str, target: str) -> ShapeError:
    """Put the shapes of both ends into the sentence of a refusal."""
    known = shapes(spec)
    layer = spec.layers[wiring.position(spec, target)]
    given, read = shape_words(known[source]), " + ".join(shape_words(known[node]) for node in sources(spec, layer))
    reason = error.message[:1].lower() + error.message[1:].replace(". Received:", ", received:")
    words = tr("{source} gives {given}, {target} reads {read}: {reason}", source=source, given=given, target=target,
               read=read, reason=reason)  # fmt: skip
    return ShapeError(words, error.hint, target)


def rewired(spec: NetworkSpec, target: str, read: tuple[str, ...], *new: LayerSpec) -> NetworkSpec:
    """Return the network with other inputs of a layer, and new layers before it, in an order that can be computed."""
    listed = []
    for layer in spec.layers:
        if layer.id == target:
            listed += [*new, replace(layer, inputs=read)]
        else:
            listed.append(wiring.explicit(spec, layer))
    return wiring.ordered(listed, spec.inputs, output_ids(spec))


def _without_join(spec: NetworkSpec, join: str, left: tuple[str, ...]) -> NetworkSpec:
    """Return the network without a join, whose readers read the one node that is left; outputs follow it."""
    kept = [wiring.substituted(wiring.explicit(spec, layer), join, left) for layer in spec.layers if layer.id != join]
    named: Mapping[str, str] = {join: left[0]}
    outputs = wiring.unique(named.get(node, node) for node in output_ids(spec))
    return wiring.ordered(kept, spec.inputs, outputs)
