"""How layers are wired: ids, who reads whom, and networks with a layer more; pure functions that check nothing."""

import itertools
from collections.abc import Iterable
from dataclasses import replace

from dlviz.core.errors import SpecError
from dlviz.core.inference import shapes
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, sources
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
    at = 0 if behind in {node.id for node in spec.inputs} else position(spec, behind) + 1
    listed = [explicit(spec, layer) for layer in spec.layers]
    readers = [i for i, layer in enumerate(listed) if behind in layer.inputs and reader in ("", layer.id)]
    outputs = spec.outputs
    if readers:
        inputs = tuple(new.id if each == behind else each for each in listed[readers[0]].inputs)
        listed[readers[0]] = replace(listed[readers[0]], inputs=inputs)
    else:
        outputs = tuple(new.id if each == behind else each for each in outputs)
    return implicit_all([*listed[:at], new, *listed[at:]], spec.inputs, outputs)


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
