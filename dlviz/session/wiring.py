"""How layers are wired: ids, who reads whom, and networks with a layer more; pure functions that check nothing."""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace

from dlviz.core.errors import SpecError
from dlviz.core.inference import shapes
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, output_ids, sources
from dlviz.i18n import tr


def taken(spec: NetworkSpec) -> set[str]:
    """Return the ids of all nodes."""
    return {*(node.id for node in spec.inputs), *(layer.id for layer in spec.layers)}


def fresh_id(spec: NetworkSpec, kind: str = "dense") -> str:
    """Return the first id of a kind that no node has: h1, h2, …; conv1, drop1, … Raises: SpecError."""
    stem, known = layer_kinds.get(kind).stem, taken(spec)
    return next(name for name in (f"{stem}{i}" for i in itertools.count(1)) if name not in known)


def position(spec: NetworkSpec, layer_id: str) -> int:
    """Return a layer's place in the list. Raises: SpecError."""
    ids = [layer.id for layer in spec.layers]
    if layer_id not in ids:
        known = ", ".join(ids) or tr("none")
        raise SpecError(tr("Expected a layer among: {known}. Received: {id!r}", known=known, id=layer_id))
    return ids.index(layer_id)


def before(spec: NetworkSpec, at: int) -> str:
    """Return the id of the node that stands before a place in the list."""
    return spec.layers[at - 1].id if at else spec.inputs[0].id


def inserted(spec: NetworkSpec, behind: str, new: LayerSpec, reader: str = "") -> NetworkSpec:
    """Return the network with a layer behind a node, which reader reads now; by default the first that read the node.

    What is read elsewhere, such as by a skip, stays as it is; a node that nobody reads was an output, which
    the new layer then becomes.
    """
    at = place_behind(spec, behind)
    listed = [explicit(spec, layer) for layer in spec.layers]
    readers = [i for i, layer in enumerate(listed) if behind in layer.inputs and reader in ("", layer.id)]
    outputs = spec.outputs
    if readers:
        inputs = tuple(new.id if each == behind else each for each in listed[readers[0]].inputs)
        listed[readers[0]] = replace(listed[readers[0]], inputs=inputs)
    else:
        outputs = tuple(new.id if each == behind else each for each in outputs)
    return implicit_all([*listed[:at], new, *listed[at:]], spec.inputs, outputs)


def place_behind(spec: NetworkSpec, node: str) -> int:
    """Return the first place in the list of layers that can read a node. Raises: SpecError."""
    return 0 if node in {each.id for each in spec.inputs} else position(spec, node) + 1


def with_branch(spec: NetworkSpec, new: LayerSpec) -> NetworkSpec:
    """Return the network with a layer that nothing reads; outputs stay what they are.

    The first layer of an empty network is its output.
    """
    if not spec.layers:
        return NetworkSpec((implicit(new, spec.inputs[0].id),), spec.inputs)
    return ordered([*(explicit(spec, layer) for layer in spec.layers), new], spec.inputs, output_ids(spec))


def ordered(listed: Sequence[LayerSpec], inputs: tuple[InputSpec, ...], outputs: tuple[str, ...]) -> NetworkSpec:
    """Make a network of layers with written inputs, each behind those it reads, else as they were listed.

    Outputs that nothing reads come last, so that the last layer is an output. Layers of a circle end the list.
    """
    read = {node for layer in listed for node in layer.inputs}
    ends = {node for node in outputs if node not in read}
    waiting = sorted(listed, key=lambda layer: layer.id in ends)
    placed, known = list[LayerSpec](), {node.id for node in inputs}
    while waiting:
        ready = next((layer for layer in waiting if known.issuperset(_needed(layer))), None)
        if ready is None:
            placed += waiting
            break
        waiting.remove(ready)
        placed.append(ready)
        known.add(ready.id)
    is_usual = bool(placed) and outputs == (placed[-1].id,)
    return implicit_all(placed, inputs, () if is_usual else outputs)


def _needed(layer: LayerSpec) -> tuple[str, ...]:
    """Return the nodes that stand before a layer: those it reads, and the one whose weights it uses."""
    return (*layer.inputs, layer.shares) if layer.shares else layer.inputs


def next_id(spec: NetworkSpec, first: str, others: Iterable[str] = ()) -> str:
    """Return the first free id after a first one: x2 after x, o2 after o. others: ids that are taken as well."""
    known, stem = {*taken(spec), *others}, first.rstrip("0123456789")
    return next(name for name in (f"{stem}{i}" for i in itertools.count(2)) if name not in known)


def partners(spec: NetworkSpec, behind: str, kind: str, at: int) -> tuple[str, ...]:
    """Return what a layer of a kind reads behind a node: that one, and for kinds that join nodes further ones.

    at: its place in the list. Of the nodes before it the last ones of the same shape are taken, then others.
    """
    wanted = layer_kinds.get(kind).n_inputs or 2
    if wanted == 1:
        return (behind,)
    known = shapes(replace(spec, layers=spec.layers[:at], outputs=()))
    others = [node for node in reversed(known) if node != behind]
    others.sort(key=lambda node: known[node] != known[behind])
    chosen = {behind, *others[: wanted - 1]}
    return tuple(node for node in known if node in chosen)


def explicit(spec: NetworkSpec, layer: LayerSpec) -> LayerSpec:
    """Write out what a layer reads."""
    return replace(layer, inputs=sources(spec, layer))


def implicit(layer: LayerSpec, before: str) -> LayerSpec:
    """Drop inputs that only say "the node before"."""
    return replace(layer, inputs=()) if layer.inputs == (before,) else layer


def implicit_all(listed: list[LayerSpec], inputs: tuple[InputSpec, ...], outputs: tuple[str, ...]) -> NetworkSpec:
    """Make a network of layers whose inputs are written out; only those that need it keep them."""
    firsts = [inputs[0].id, *(layer.id for layer in listed)]
    return NetworkSpec(tuple(map(implicit, listed, firsts)), inputs, outputs)


def substituted(layer: LayerSpec, gone: str, read: tuple[str, ...]) -> LayerSpec:
    """Let a layer read, in place of a node, what that one read."""
    return replace(layer, inputs=unique(node for each in layer.inputs for node in (read if each == gone else (each,))))


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """Return names once each, in their order."""
    return tuple(dict.fromkeys(names))
