"""What one frame says about the things drawn: weights, biases, thumbnails, numbers and the lit place."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.network import NetworkSpec, sources
from dlviz.core.trace import Phase, Step, Trace
from dlviz.gui.editor.blocks import Block
from dlviz.gui.editor.layout import Layout, Links
from dlviz.session.messages import Frame, Maps

LIMIT = 1e6  # of 127.5 for the end of the scale; beyond it a colour is the same, and sums stay finite
Floats = NDArray[np.floating]


@dataclass(frozen=True)
class Lit:
    """The place of the step in hand: its phase, the nodes it touches, the layers whose links it uses."""

    phase: Phase
    nodes: frozenset[str]
    layers: frozenset[str]


def parameter(frame: Frame, name: str) -> Floats | None:
    """Return a parameter as it is now: at the cursor of the trace, else as the run has it.

    A layer that uses the weights of another one has those.
    """
    layer, dot, role = name.partition(".")
    name = owner_of(frame, layer) + dot + role
    if frame.trace is not None:
        found = frame.trace.value(name, frame.cursor)
        if found is not None:
            return np.asarray(found, float)
    return (frame.parameters or {}).get(name)


def owner_of(frame: Frame, layer: str) -> str:
    """Return the layer whose parameters a layer uses: itself, unless it shares."""
    return next((each.owner for each in frame.document.network.layers if each.id == layer), layer)


def weights(links: Links, frame: Frame) -> Floats:
    """Return the weight of every drawn link, NaN for plain wires and unknown ones: (n_links,)."""
    result = np.full(len(links), np.nan)
    for layer, part in slices(links.layers):
        values = parameter(frame, f"{layer}.W")
        rows, columns = links.rows[part], links.columns[part]
        if values is not None and links.is_weighted[part].all() and _fits(values, rows, columns):
            result[part] = values[rows, columns]
    return result


def _fits(values: Floats, rows: NDArray[np.intp], columns: NDArray[np.intp]) -> bool:
    # A frame of the network before the last edit may still arrive.
    return values.ndim == 2 and rows.max() < values.shape[0] and columns.max() < values.shape[1]


def slices(layers: Sequence[str]) -> list[tuple[str, slice]]:
    """Return runs of equal names with the slice each takes."""
    starts = [k for k, layer in enumerate(layers) if k == 0 or layers[k - 1] != layer]
    return [(layers[a], slice(a, b)) for a, b in zip(starts, [*starts[1:], len(layers)], strict=True)]


def biases(block: Block, frame: Frame) -> Floats | None:
    """Return the biases of the shown units, None if the node has none."""
    return _shown(block, parameter(frame, f"{block.node}.b"))


def seen_trace(frame: Frame) -> tuple[Trace, int] | None:
    """Return the trace that numbers come from and how many of its steps count."""
    if frame.trace is not None:
        return frame.trace, frame.cursor
    return (frame.peek, len(frame.peek.steps)) if frame.peek is not None else None


def activations_of(block: Block, frame: Frame, is_input: bool) -> Floats | None:
    """Return what the shown units put out for the looked-at sample; None means not computed yet."""
    return _recorded(block, frame, block.node if is_input else f"{block.node}.a")


def whole_input(block: Block, frame: Frame, lut: NDArray[np.uint8]) -> NDArray[np.uint8] | None:
    """Return the looked-at sample of a square input as a picture, (side, side, 4) RGBA, least to largest value."""
    row = _row(frame, block.node)
    side = round(block.count**0.5)
    if row is None or side * side != len(row):
        return None
    span = float(np.ptp(row)) or 1.0
    return lut[(255 * (row - row.min()) / span).astype(np.uint8)].reshape(side, side, 4)


def sums_of(block: Block, frame: Frame) -> Floats | None:
    """Return z of the shown units for the looked-at sample once it is computed."""
    return _recorded(block, frame, f"{block.node}.z")


def deltas_of(block: Block, frame: Frame) -> Floats | None:
    """Return δ = ∂L/∂z of the shown units while a pass is walked and once it is computed."""
    return _recorded(block, frame, f"{block.node}.dz") if frame.trace is not None else None


def dropped_of(block: Block, frame: Frame) -> Floats | None:
    """Return 1 for the shown units that dropout keeps for the looked-at sample and 0 for the dropped ones."""
    return _recorded(block, frame, f"{block.node}.mask") if frame.trace is not None else None


def targets_of(block: Block, frame: Frame, first: int = 0) -> Floats | None:
    """Return the targets of the shown output units for the looked-at sample.

    first: the column where those of this output begin, as several outputs have theirs side by side.
    """
    row = _row(frame, "y") if frame.trace is not None else None
    return None if row is None else _shown(block, row[first : first + block.count])


def _recorded(block: Block, frame: Frame, name: str) -> Floats | None:
    return _shown(block, _row(frame, name))


def _row(frame: Frame, name: str) -> Floats | None:
    """Return the looked-at sample's row of a recorded array."""
    seen = seen_trace(frame)
    values = None if seen is None else seen[0].value(name, seen[1])
    if values is None:
        return None
    rows = np.asarray(values, float).reshape(len(values), -1)
    return rows[min(frame.sample, len(rows) - 1)]


def output_of(frame: Frame, node: str, unit: int, is_input: bool) -> float | None:
    """Return what one unit puts out for the looked-at sample."""
    row = _row(frame, node if is_input else f"{node}.a")
    return float(row[unit]) if row is not None and unit < len(row) else None


def is_dropped(frame: Frame, node: str, unit: int) -> bool:
    """Say whether dropout has dropped a unit for the looked-at sample."""
    row = _row(frame, f"{node}.mask") if frame.trace is not None else None
    return row is not None and unit < len(row) and not row[unit]


def _shown(block: Block, values: Floats | None) -> Floats | None:
    if values is None or len(values) != block.count:
        return None
    return np.asarray(values)[list(block.shown)]


def atlas(
    layout: Layout, maps: Mapping[str, Floats], scales: Mapping[str, float], lut: NDArray[np.uint8], side: int
) -> tuple[NDArray[np.uint8], dict[str, int]] | None:
    """Colour the maps of all drawn units in one go, `side` pixels each.

    Returns: (n·side, side, 4) RGBA, thumbnails below each other with row 0 at the top, and the
    number of the first thumbnail of each node. None if there is no map to draw.
    """
    drawn = [block for block in layout.blocks.values() if len(maps.get(block.node, ())) == block.count]
    if not drawn:
        return None
    with np.errstate(over="ignore", invalid="ignore"):  # infinite where training has just broken
        stack = [maps[block.node][list(block.shown)] * (127.5 / scales.get(block.node, 1.0)) for block in drawn]
        values = np.clip(np.nan_to_num(np.concatenate(stack).astype(np.float32, copy=False)), -LIMIT, LIMIT)
    # Values are interpolated, not colours, so boundaries stay sharp; Qt's own scaling waits for other threads.
    along = _resampling(values.shape[1], side)
    indices = np.clip(along[::-1] @ values @ along.T + 127.5, 0, 255).astype(np.uint8)
    # One 32-bit look-up instead of four bytes: three times faster.
    packed = np.ascontiguousarray(lut).view(np.uint32)[:, 0][indices]
    firsts = np.cumsum([0] + [len(block.shown) for block in drawn])
    rgba = packed.view(np.uint8).reshape(-1, side, 4)
    return rgba, {block.node: int(first) for block, first in zip(drawn, firsts, strict=False)}


@lru_cache(maxsize=16)
def _resampling(grid: int, side: int) -> Floats:
    """Return the (side, grid) matrix that interpolates linearly between grid points."""
    at = np.linspace(0, grid - 1, side)
    return np.maximum(0.0, 1.0 - np.abs(at[:, None] - np.arange(grid)[None, :])).astype(np.float32)


def with_inputs(maps: Maps, network: NetworkSpec) -> Mapping[str, Floats]:
    """Return the maps of all nodes; those of two inputs are their own axes, left to right and upwards."""
    node = network.inputs[0]
    if node.id in maps.units or node.shape != (2,) or not maps.units:
        return maps.units
    side = next(iter(maps.units.values())).shape[-1]
    return {node.id: _axes(maps.extent, side), **maps.units}


@lru_cache(maxsize=4)
def _axes(extent: tuple[float, float, float, float], side: int) -> Floats:
    left, right, bottom, top = extent
    x, y = np.meshgrid(np.linspace(left, right, side), np.linspace(bottom, top, side))
    return np.stack([x, y])


def scales(spec: NetworkSpec, maps: Mapping[str, Floats]) -> dict[str, float]:
    """Return for every node the value at the end of the colour scale.

    That is the limit of a bounded activation, else the largest magnitude on the maps.
    """
    limits = {layer.id: _limit(layer.settings.get("activation")) for layer in spec.layers}
    return {node: limits.get(node) or float(np.abs(values).max(initial=1e-9)) for node, values in maps.items()}


def _limit(choice: Choice | None) -> float | None:
    if choice is None or choice.kind not in activations:
        return None
    low, high = activations.get(choice.kind).range_of(choice.settings)
    return max(abs(low), abs(high)) if np.isfinite(low) and np.isfinite(high) else None


def lit(spec: NetworkSpec, frame: Frame) -> Lit | None:
    """Return the place of the step just done; None outside of stepping or before the first."""
    if frame.trace is None or not 0 < frame.cursor <= len(frame.trace.steps):
        return None
    step = frame.trace.steps[frame.cursor - 1]
    if not step.node:
        every = frozenset(layer.id for layer in spec.layers)
        return Lit(step.phase, frozenset(), every if step.phase == "update" else frozenset())
    return Lit(step.phase, *_touched(spec, step))


def downstream(links: Links, layer: str, unit: int) -> NDArray[np.bool_]:
    """Return which links lie on a way from a unit to the output: those that carry its error back."""
    reached = {(layer, unit)}
    on_way = np.zeros(len(links), bool)
    # Layers are in reading order, so one pass meets every unit after the units it reads.
    for index, (target, origin) in enumerate(zip(links.layers, links.origins, strict=True)):
        if (origin, int(links.origin_units[index])) in reached:
            on_way[index] = True
            reached.add((target, int(links.rows[index])))
    return on_way


def _touched(spec: NetworkSpec, step: Step) -> tuple[frozenset[str], frozenset[str]]:
    layer = next((each for each in spec.layers if each.id == step.layer), None)
    if layer is None:
        return frozenset((step.node,)), frozenset()
    if step.op in ("affine", "add", "concatenate", "weight_gradient", "input_gradient", "add_backward",
                   "concatenate_backward", "convolve", "kernel_gradient", "image_gradient", "max_pool", "avg_pool",
                   "max_pool_backward", "avg_pool_backward", "flatten", "flatten_backward", "look_up"):  # fmt: skip
        return frozenset((layer.id, *sources(spec, layer))), frozenset((layer.id,))
    return frozenset((layer.id,)), frozenset()
