"""From a frame to what tiles, labels and the card show, as texts and arrays."""

from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from dlviz.core.freezing import is_shut
from dlviz.core.network import NetworkSpec, first_column, output_ids
from dlviz.core.notation import Symbols
from dlviz.core.optimizers import optimizers
from dlviz.gui import numbers
from dlviz.gui.editor import picture
from dlviz.gui.editor.blocks import Block
from dlviz.gui.editor.card import CardContent
from dlviz.gui.editor.layout import Layout
from dlviz.gui.editor.tile_texts import UnitTexts
from dlviz.gui.editor.tiles_item import TilesContent
from dlviz.gui.selection import Selected
from dlviz.gui.theme import Theme, diverging, sequential
from dlviz.i18n import tr
from dlviz.session.messages import Frame

MAX_LABELLED_BIASES = 4  # biases of layers up to this size are written


@dataclass(frozen=True)
class Labels:
    """What the data call their columns: names of inputs, and of outputs where each is a class or a target."""

    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()


def tiles(layout: Layout, symbols: Symbols, frame: Frame, is_values: bool, named: Labels) -> TilesContent:
    """Return texts and biases of tiles; with their values when is_values, to which thumbnails may be added."""
    inputs = {each.id for each in symbols.network.inputs}
    blocks = layout.blocks.values()
    if is_values:
        firsts = _first_targets(layout, symbols.network)
        texts = {
            block.node: _texts(block, symbols, frame, named, block.node in inputs, firsts.get(block.node))
            for block in blocks
        }
    else:
        texts = {block.node: _sides(block, symbols, inputs) for block in blocks}
    biases = {block.node: found for block in blocks if (found := picture.biases(block, frame)) is not None}
    return TilesContent(texts, None, {}, biases, crossed=_dropped(layout, frame))


def _dropped(layout: Layout, frame: Frame) -> frozenset[tuple[str, int]]:
    found = ((block, picture.dropped_of(block, frame)) for block in layout.blocks.values())
    return frozenset(
        (block.node, unit)
        for block, kept in found
        if kept is not None
        for unit, is_kept in zip(block.shown, kept.tolist(), strict=True)
        if not is_kept
    )


def with_pictures(
    shown: TilesContent, layout: Layout, network: NetworkSpec, frame: Frame, theme: Theme
) -> TilesContent:
    """Return content with a picture of each square input that is too large for tiles."""
    strips = [layout.blocks[each.id] for each in network.inputs if layout.blocks[each.id].is_strip]
    found = {block.node: picture.whole_input(block, frame, sequential(theme)) for block in strips}
    return replace(shown, pictures={node: pixels for node, pixels in found.items() if pixels is not None})


def with_thumbnails(
    shown: TilesContent, layout: Layout, network: NetworkSpec, frame: Frame, theme: Theme, side: int
) -> TilesContent:
    """Return content with thumbnails of this many pixels a side, if the frame has maps."""
    if frame.maps is None:
        return shown
    maps = picture.with_inputs(frame.maps, network)
    coloured = picture.atlas(layout, maps, picture.scales(network, maps), diverging(theme), side)
    return shown if coloured is None else replace(shown, atlas=coloured[0], firsts=coloured[1])


def phase_colour(theme: Theme, phase: str) -> str:
    """Return the colour of a phase."""
    return str(getattr(theme, phase))


def _sides(block: Block, symbols: Symbols, inputs: set[str]) -> UnitTexts:
    """Name inputs beside their thumbnails, and units of a strip by their number."""
    if block.node in inputs:
        return UnitTexts(sides=tuple(symbols.value(block.node, unit) for unit in block.shown))
    return UnitTexts(numbers=_out_of_order(block))


def _out_of_order(block: Block) -> tuple[str, ...]:
    """Return numbers for units of a strip that do not follow the one above."""
    if not block.is_strip:
        return ()
    before = (-1, *block.shown)
    return tuple("" if unit == last + 1 else str(unit + 1) for last, unit in zip(before, block.shown, strict=False))


def bare(layout: Layout, symbols: Symbols) -> TilesContent:
    """Return what tiles show before the first frame: the names of the inputs."""
    inputs = {each.id for each in symbols.network.inputs}
    return TilesContent({block.node: _sides(block, symbols, inputs) for block in layout.blocks.values()})


def _first_targets(layout: Layout, network: NetworkSpec) -> dict[str, int]:
    """Return where the targets of each output begin, side by side."""
    outputs = output_ids(network) if network.layers else ()
    ends = accumulate((layout.blocks[output].count for output in outputs), initial=0)
    return dict(zip(outputs, ends, strict=False))


def _texts(
    block: Block, symbols: Symbols, frame: Frame, named: Labels, is_input: bool, first_target: int | None
) -> UnitTexts:
    """Return what the tiles of a node say. first_target: where the targets of an output begin, None for others."""
    deltas = None if is_input else picture.deltas_of(block, frame)
    delta = symbols.signed("δ", is_factor=False)
    return UnitTexts(
        names=tuple(symbols.value(block.node, unit) for unit in block.shown),
        values=_values(block, symbols, frame, is_input),
        deltas=() if deltas is None else tuple(f"{delta} {numbers.brief(value)}" for value in deltas.tolist()),
        notes=() if first_target is None else _notes(block, frame, named, first_target),
        sides=_names_of(named, symbols.network, block) if is_input and frame.trace is None else (),
        biases=_bias_texts(block, frame) if frame.trace is not None else (),
        numbers=_out_of_order(block),
    )


def _values(block: Block, symbols: Symbols, frame: Frame, is_input: bool) -> tuple[str, ...]:
    """Return activations; before them z, and before that a word."""
    values = picture.activations_of(block, frame, is_input)
    if values is not None:
        return tuple(map(numbers.brief, values.tolist()))
    sums = None if is_input else picture.sums_of(block, frame)
    if sums is not None:
        return tuple(f"{symbols.bare('z')} {numbers.brief(value)}" for value in sums.tolist())
    return (tr("not yet") if picture.seen_trace(frame) is not None else "",) * len(block.shown)


def _notes(block: Block, frame: Frame, named: Labels, first: int) -> tuple[str, ...]:
    targets = picture.targets_of(block, frame, first)
    if targets is None:
        return _picked(named.outputs, block)
    return tuple(tr("target {value}", value=numbers.few(value)) for value in targets.tolist())


def _names_of(named: Labels, network: NetworkSpec, block: Block) -> tuple[str, ...]:
    """Return the names of the columns that an input node takes."""
    first = first_column(network, block.node)
    return _picked(named.inputs[first : first + block.count], block)


def _picked(texts: tuple[str, ...], block: Block) -> tuple[str, ...]:
    return tuple(texts[unit] for unit in block.shown) if len(texts) == block.count else ()


def _bias_texts(block: Block, frame: Frame) -> tuple[str, ...]:
    values = picture.biases(block, frame)
    if values is None or len(values) > MAX_LABELLED_BIASES:
        return ()
    return tuple(f"b {numbers.number(value, 3)}" for value in values.tolist())


def card(place: Selected, symbols: Symbols, frame: Frame) -> CardContent:
    """Return what the card says about a link or bias."""
    role, index = parameter_place(place)
    value = _entry(picture.parameter(frame, f"{place.layer}.{role}"), index)
    seen, owner = picture.seen_trace(frame), picture.owner_of(frame, place.layer)
    rows = []
    if seen is not None:
        gradient = _entry(seen[0].value(f"{owner}.d{role}", seen[1]), index)
        step = _entry(seen[0].value(f"{owner}.{role}.step", seen[1]), index)
        rows.append((tr("gradient of the batch"), _signed(gradient)))
        rows.append((tr("next step ({optimizer})", optimizer=_optimizer(frame)), _signed(step)))
    if is_shut(frame.document.training.frozen, f"{owner}.{role}", index):
        rows.append((tr("frozen"), tr("training leaves it")))
    return CardContent(
        place_name(place, symbols), value, numbers.number(value) if value is not None else "…", tuple(rows),
        tr("Enter: type a value · Del: prune it"),
    )  # fmt: skip


def place_symbol(place: Selected, symbols: Symbols) -> str:
    """Return how a link or bias is written: w¹₂₁."""
    if place.kind == "bias":
        return symbols.bias(place.layer, place.unit)
    return symbols.weight(place.layer, place.unit, place.source)


def place_name(place: Selected, symbols: Symbols) -> str:
    """Return the name of a place as a title: "Weight w¹₂₁"."""
    if place.kind == "link":
        return tr("Weight {name}", name=place_symbol(place, symbols))
    if place.kind == "bias":
        return tr("Bias {name}", name=place_symbol(place, symbols))
    if place.kind == "layer":
        return tr("Layer {number}", number=symbols.numbers.get(place.layer, place.layer))
    if place.kind in ("unit", "input"):
        return tr("Unit {name}", name=symbols.value(place.layer, place.unit))
    return ""


def parameter_place(place: Selected) -> tuple[str, tuple[int, ...]]:
    """Return the role ("W" or "b") and the index of a link's or bias's number in its parameter."""
    if place.kind == "bias":
        return "b", (place.unit,)
    return "W", (place.unit, place.source)


def value_at(place: Selected, frame: Frame) -> float | None:
    """Return the number of a link or bias as it is now."""
    role, index = parameter_place(place)
    return _entry(picture.parameter(frame, f"{place.layer}.{role}"), index)


def spoken(place: Selected, symbols: Symbols, frame: Frame | None, named: Labels) -> str:
    """Say a place in words, for a screen reader and as a tip: its name, and its number where it has one."""
    name, value = spoken_name(place, symbols, frame, named), None if frame is None else number_at(place, frame)
    return name if value is None else f"{name}: {numbers.number(value)}"


def spoken_name(place: Selected, symbols: Symbols, frame: Frame | None, named: Labels) -> str:
    """Name a place, with what the data call it, and say where it is dropped."""
    name = place_name(place, symbols)
    if place.kind == "input":
        column = first_column(symbols.network, place.layer) + place.unit
        name = f"{name}, {named.inputs[column]}" if column < len(named.inputs) else name
    if frame is not None and place.kind == "unit" and picture.is_dropped(frame, place.layer, place.unit):
        name = tr("{name}, dropped", name=name)
    return name


def number_at(place: Selected, frame: Frame) -> float | None:
    """Return the number of a place as it is drawn, None where there is none."""
    if place.kind in ("link", "bias"):
        return value_at(place, frame)
    if place.kind in ("unit", "input"):
        return picture.output_of(frame, place.layer, place.unit, place.kind == "input")
    return None


def _entry(values: object, index: tuple[int, ...]) -> float | None:
    array = None if values is None else np.asarray(values)
    if array is None or array.ndim != len(index):
        return None
    return float(array[index]) if all(i < n for i, n in zip(index, array.shape, strict=True)) else None


def _signed(value: float | None) -> str:
    return tr("not yet") if value is None else numbers.number(value, signed=True)


def _optimizer(frame: Frame) -> str:
    kind = frame.document.training.optimizer.kind
    return optimizers.get(kind).title if kind in optimizers else kind
