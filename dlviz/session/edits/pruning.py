"""Edits that take weights out of a network: one by one, or a share of them at random; they may be held at 0."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import SpecError
from dlviz.core.freezing import entry_name
from dlviz.core.inference import parameters, shapes
from dlviz.core.network import NetworkSpec, sources
from dlviz.core.randomness import permutations
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.training import set_frozen, set_parameters
from dlviz.session.fitting import settled
from dlviz.session.summary import DROPS, PASSES_ON

Current = Mapping[str, NDArray[Any]]
Pruned = Literal["weights", "units"]
MOST_HELD = 20_000  # numbers that may be held at 0 one by one; beyond, a document would be mostly their names


def prune(document: Document, name: str, entry: tuple[int, ...], current: Current) -> Document:
    """Set one number of a parameter to 0 and hold it there: training never moves it. Raises: SpecError."""
    values = np.array(current.get(name, document.parameters[name].array if name in document.parameters else ()))
    if len(entry) != values.ndim or not all(0 <= i < n for i, n in zip(entry, values.shape, strict=True)):
        raise SpecError(tr("Expected a weight of the network. Received: {name}", name=entry_name(name, entry)))
    values[entry] = 0.0
    return set_frozen(set_parameters(document, {name: values}), entry_name(name, entry), True)


def release(document: Document, name: str, entry: tuple[int, ...]) -> Document:
    """Let one number that was held learn again."""
    return set_frozen(document, entry_name(name, entry), False)


def prune_at_random(
    document: Document, layer: str, share: float, what: Pruned, seed: int, current: Current, is_held: bool
) -> Document:
    """Take a share of a layer's weights, or of its units, out at random; what is left keeps its values.

    The same seed takes the same ones out first, whatever the share. is_held: training never moves them again.
    Raises: SpecError for a layer without weights, a share out of range, or too many to hold.
    """
    if not 0 <= share <= 1:
        raise SpecError(tr("Expected a share from 0 to 1. Received: {share}", share=f"{share:g}"), place=layer)
    gone = victims(document.network, layer, share, what, seed)
    arrays = {name: np.where(mask, 0.0, np.asarray(current[name])) for name, mask in gone.items() if name in current}
    held = [entry_name(name, place) for name, mask in gone.items() for place in np.argwhere(mask).tolist()]
    if is_held and len(held) > MOST_HELD:
        expected = tr("at most {most} weights to hold at 0", most=MOST_HELD)
        raise SpecError(tr("Expected {expected}. Received: {count}", expected=expected, count=len(held)), place=layer)
    pruned = set_parameters(document, arrays)
    if not is_held:
        return pruned
    frozen = tuple(dict.fromkeys((*pruned.training.frozen, *held)))
    return settled(replace(pruned, training=replace(pruned.training, frozen=frozen)))


def victims(network: NetworkSpec, layer: str, share: float, what: Pruned, seed: int) -> dict[str, NDArray[np.bool_]]:
    """Return which numbers go, as a mask for each parameter. A unit goes with every weight that reads it."""
    own = {each.name: each.shape for each in parameters(network) if each.is_weight}
    owner = next((each.owner for each in network.layers if each.id == layer), layer)
    name = f"{owner}.W"
    if name not in own:
        expected = tr("a layer with weights")
        raise SpecError(tr("Expected {expected}. Received: {id!r}", expected=expected, id=layer), place=layer)
    if what == "weights":
        return {name: _first(own[name], share, layer, seed)}
    units = _first((own[name][0],), share, layer, seed)
    found = {}
    for reader, columns in readers_of(network, layer):
        shape = own.get(f"{reader}.W", ())
        if len(shape) == 2 and columns.stop <= shape[1]:
            mask = np.zeros(shape, bool)
            mask[:, columns] = units
            found[f"{reader}.W"] = mask
    if not found:
        expected = tr("a layer whose units another dense layer reads")
        raise SpecError(tr("Expected {expected}. Received: {id!r}", expected=expected, id=layer), place=layer)
    return found


def _first(shape: Sequence[int], share: float, layer: str, seed: int) -> NDArray[np.bool_]:
    """Mark the first ones of a random order, so many as the share says."""
    count = int(np.prod(shape))
    order = permutations(seed, f"prune {layer}", count, 0, 1)[0]
    mask = np.zeros(count, bool)
    mask[order[: round(share * count)]] = True
    return mask.reshape(tuple(shape))


def readers_of(network: NetworkSpec, node: str) -> Iterable[tuple[str, slice]]:
    """Give the dense layers that read a node's units one by one, and which of their inputs these are."""
    sizes = _widths(network)
    for layer in network.layers:
        offset = 0
        for source in sources(network, layer):
            if source == node and layer.kind == "dense":
                yield layer.owner, slice(offset, offset + sizes[node])
            elif source == node and layer.kind in (DROPS, *PASSES_ON):
                yield from readers_of(network, layer.id)
            elif source == node and layer.kind == "concatenate":
                yield from (
                    (reader, slice(offset + whole.start, offset + whole.start + sizes[node]))
                    for reader, whole in readers_of(network, layer.id)
                )
            offset += sizes[source]


def _widths(network: NetworkSpec) -> dict[str, int]:
    return {name: int(np.prod(shape)) for name, shape in shapes(network).items()}
