"""From a frame to what tiles, labels and the card show, as texts and arrays."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.network import NetworkSpec
from dlviz.core.optimizers import optimizers
from dlviz.gui import numbers
from dlviz.gui.editor import names, picture
from dlviz.gui.editor.card import CardContent
from dlviz.gui.editor.layout import Block, Layout
from dlviz.gui.editor.tiles_item import TilesContent, UnitTexts
from dlviz.gui.selection import Selected
from dlviz.gui.theme import Theme, diverging
from dlviz.i18n import tr
from dlviz.session.messages import Frame

MAX_LABELLED_LINKS = 16  # weights are written on the links of nets up to this size


def tiles(layout: Layout, network: NetworkSpec, frame: Frame, theme: Theme, is_values: bool) -> TilesContent:
    """Return what tiles show: thumbnails, or values when is_values."""
    inputs = {each.id for each in network.inputs}
    blocks = layout.blocks.values()
    lit = picture.lit(network, frame)
    texts = {
        block.node: _texts(block, network, frame, block.node in inputs) if is_values else _sides(block, network, inputs)
        for block in blocks
    }
    biases = {block.node: found for block in blocks if (found := picture.biases(block, frame)) is not None}
    coloured = None
    if not is_values and frame.maps is not None:
        scales = picture.scales(network, frame.maps.units)
        coloured = picture.atlas(layout, frame.maps.units, scales, diverging(theme))
    image, firsts = coloured if coloured is not None else (None, {})
    return TilesContent(
        texts, image, firsts, biases, lit.nodes if lit else None, phase_colour(theme, lit.phase) if lit else ""
    )


def phase_colour(theme: Theme, phase: str) -> str:
    """Return the colour of a phase."""
    return str(getattr(theme, phase))


def _sides(block: Block, network: NetworkSpec, inputs: set[str]) -> UnitTexts:
    """Name inputs beside their thumbnails, and units of a strip by their number."""
    if block.node in inputs:
        return UnitTexts(sides=tuple(names.unit_name(network, block.node, unit) for unit in block.shown))
    return UnitTexts(sides=tuple(str(unit + 1) for unit in block.shown) if block.is_strip else ())


def _texts(block: Block, network: NetworkSpec, frame: Frame, is_input: bool) -> UnitTexts:
    values = picture.activations_of(block, frame, is_input)
    deltas = None if is_input else picture.deltas_of(block, frame)
    targets = picture.targets_of(block, frame) if block.node == network.layers[-1].id else None
    missing = tr("not yet") if picture.seen_trace(frame) is not None else ""
    return UnitTexts(
        names=tuple(names.unit_name(network, block.node, unit) for unit in block.shown),
        values=(missing,) * len(block.shown) if values is None else tuple(map(numbers.number, values.tolist())),
        deltas=() if deltas is None else tuple(f"δ {numbers.number(value)}" for value in deltas.tolist()),
        notes=() if targets is None else tuple(
            tr("target {value}", value=numbers.number(value)) for value in targets.tolist()
        ),
    )  # fmt: skip


def labels(layout: Layout, network: NetworkSpec, weights: NDArray[np.floating], shown: NDArray[np.bool_]) -> list[str]:
    """Return the weights to write on links: those of the lit place, in small nets."""
    links = layout.links
    if int(links.is_weighted.sum()) > MAX_LABELLED_LINKS:
        return [""] * len(links)
    return [
        numbers.number(weight) if is_shown and np.isfinite(weight) else ""
        for weight, is_shown in zip(weights.tolist(), shown.tolist(), strict=True)
    ]


def lit_links(layout: Layout, lit: picture.Lit | None) -> NDArray[np.bool_]:
    """Return which links belong to the lit place; all of them while nothing is being stepped."""
    if lit is None:
        return np.ones(len(layout.links), bool)
    return np.array([layer in lit.layers for layer in layout.links.layers], bool)


def card(place: Selected, network: NetworkSpec, layout: Layout, frame: Frame) -> CardContent:
    """Return what the card says about a link or bias."""
    role, index = parameter_place(place, layout)
    value = _entry(picture.parameter(frame, f"{place.layer}.{role}"), index)
    seen = picture.seen_trace(frame)
    rows = []
    if seen is not None:
        gradient = _entry(seen[0].value(f"{place.layer}.d{role}", seen[1]), index)
        step = _entry(seen[0].value(f"{place.layer}.{role}.step", seen[1]), index)
        rows.append((tr("gradient of the batch"), _signed(gradient)))
        rows.append((tr("next step ({optimizer})", optimizer=_optimizer(frame)), _signed(step)))
    if place.layer in frame.document.training.frozen or f"{place.layer}.{role}" in frame.document.training.frozen:
        rows.append((tr("frozen"), tr("training leaves it")))
    return CardContent(
        place_name(place, network), value, numbers.number(value) if value is not None else "…", tuple(rows),
        tr("Enter or double click: type a value"),
    )  # fmt: skip


def place_name(place: Selected, network: NetworkSpec) -> str:
    """Return the name of a place as a title: "Weight w₂₁⁽¹⁾"."""
    if place.kind == "link":
        return tr("Weight {name}", name=names.weight_name(network, place.layer, place.unit, place.source))
    if place.kind == "bias":
        return tr("Bias {name}", name=names.bias_name(network, place.layer, place.unit))
    if place.kind == "layer":
        return tr("Layer {number}", number=names.layer_number(network, place.layer))
    if place.kind in ("unit", "input"):
        return tr("Unit {name}", name=names.unit_name(network, place.layer, place.unit))
    return ""


def parameter_place(place: Selected, layout: Layout) -> tuple[str, tuple[int, ...]]:
    """Return the role ("W" or "b") and the index of a link's or bias's number in its parameter."""
    if place.kind == "bias":
        return "b", (place.unit,)
    return "W", (place.unit, place.source)


def value_at(place: Selected, layout: Layout, frame: Frame) -> float | None:
    """Return the number of a link or bias as it is now."""
    role, index = parameter_place(place, layout)
    return _entry(picture.parameter(frame, f"{place.layer}.{role}"), index)


def spoken(place: Selected, network: NetworkSpec, layout: Layout, frame: Frame | None) -> str:
    """Say a place in words for a screen reader, with its number where it has one."""
    name = place_name(place, network)
    if place.kind in ("link", "bias") and frame is not None:
        value = value_at(place, layout, frame)
        return f"{name}: {numbers.number(value)}" if value is not None else name
    return name


def _entry(values: object, index: tuple[int, ...]) -> float | None:
    array = None if values is None else np.asarray(values)
    fits = array is not None and array.ndim == len(index) and all(i < n for i, n in zip(index, array.shape, strict=True))
    return float(array[index]) if fits and array is not None else None


def _signed(value: float | None) -> str:
    return tr("not yet") if value is None else numbers.number(value, signed=True)


def _optimizer(frame: Frame) -> str:
    kind = frame.document.training.optimizer.kind
    return optimizers.get(kind).title if kind in optimizers else kind
