"""Where everything of a network stands on the canvas: columns by depth, tiles, and the curves between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.gui.editor.blocks import MAP_TILE, Block, TileShape
from dlviz.gui.editor.columns import (
    NOTE_GAP,
    STRIP_NOTE,
    Shapes,
    Shown,
    columns_of,
    depths,
    shown_in,
    squeeze_of,
    weight,
)
from dlviz.gui.editor.routes import Routes, route

MIN_COLUMN_PITCH, MAX_COLUMN_PITCH = 112.0, 300.0
TIGHT_GAP, CLOSE_GAP = 6.0, 3.0  # between tiles where there is no room to write below them, and hardly for them
CLOSE = 24.0  # between centres; closer than that tiles leave the smaller gap
ONE_ROWS, ONE_ROOM = 0.35, 28.0  # rows, and at least so many pixels, that a +1 node takes


@dataclass(frozen=True)
class Links:
    """All drawn links as columns: which unit of `layers[k]` (row) reads which unit of `origins[k]` (column).

    columns: the index among the unit's inputs, counting over all sources of a merge.
    is_weighted: False for the plain wires into a merge node or a recurrent layer.
    """

    layers: tuple[str, ...]
    origins: tuple[str, ...]
    rows: NDArray[np.intp]
    columns: NDArray[np.intp]
    origin_units: NDArray[np.intp]
    is_weighted: NDArray[np.bool_]
    routes: Routes

    def __len__(self) -> int:
        return len(self.layers)


def _no_links() -> Links:
    empty = np.empty(0, np.intp)
    nothing = Routes(np.empty((0, 4, 2)), empty)
    return Links((), (), empty, empty, empty, np.empty(0, bool), nothing)


NO_LINKS = _no_links()


@dataclass(frozen=True)
class Layout:
    """The whole drawing: blocks by node id in reading order, links, tile size and the rectangle around it.

    ones: where the node that is always +1 stands, by the layer whose biases start there.
    """

    blocks: Mapping[str, Block]
    links: Links
    tile: TileShape
    bounds: tuple[float, float, float, float]
    column_pitch: float
    ones: Mapping[str, tuple[float, float]] = field(default_factory=dict)


def arrange(
    spec: NetworkSpec,
    shapes: Shapes,
    size: tuple[float, float] = (900.0, 560.0),
    tile: TileShape = MAP_TILE,
    pulled: Mapping[str, Sequence[int]] | None = None,
    ones: frozenset[str] = frozenset(),
) -> Layout:
    """Place a network so that it fills a canvas of this size at zoom 1 when it can.

    shapes: node id → shape without the batch axis. pulled: units of strips asked for by index.
    ones: layers whose biases start at a node that is always +1, below the column before.
    """
    columns = columns_of(spec)
    height = size[1] - STRIP_NOTE
    shown = shown_in(columns, spec, shapes, height, tile, pulled or {})
    pitch = _column_pitch(len(columns), size[0], tile)
    hosted = _hosted(spec, ones)
    n_rows = max(
        weight(group, shown, height, tile) + ONE_ROWS * len(hosted.get(k, ())) for k, group in enumerate(columns)
    )
    fitted = _fitted(_grown(tile, n_rows, height, pitch), n_rows, height)
    wide = size[0] / (pitch * (len(columns) - 1) + fitted.width + fitted.left + fitted.side)
    squeeze = min(1.0, wide, *(squeeze_of(group, shown, fitted, size[1]) for group in columns))
    stacks = [
        _stack(Stack(index, group, (index - (len(columns) - 1) / 2) * pitch, len(hosted.get(index, ()))),
               shapes, shown, fitted, squeeze)
        for index, group in enumerate(columns)
    ]  # fmt: skip
    blocks = {block.node: block for stack in stacks for block in stack}
    ordered = {node: blocks[node] for node in (*(each.id for each in spec.inputs), *(each.id for each in spec.layers))}
    placed = _placed_ones(hosted, ordered, fitted)
    bounds = _bounds(ordered, fitted, [y for _, y in placed.values()])
    return Layout(ordered, _links(spec, shapes, ordered, fitted), fitted, bounds, pitch, placed)


def _hosted(spec: NetworkSpec, ones: frozenset[str]) -> dict[int, list[str]]:
    """Return the layers with a +1 node by the column that it stands in: the one before theirs."""
    by_node, found = depths(spec), dict[int, list[str]]()
    for layer in spec.layers:
        if layer.id in ones:
            found.setdefault(by_node[layer.id] - 1, []).append(layer.id)
    return found


def _placed_ones(
    hosted: Mapping[int, Sequence[str]], blocks: Mapping[str, Block], tile: TileShape
) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for column, layers in hosted.items():
        own = [block for block in blocks.values() if block.column == column]
        last = max(own, key=lambda block: float(block.ys[-1]))
        y = float(last.ys[-1]) + tile.height / 2 + (STRIP_NOTE if last.is_strip else 0.0)
        for place, layer in enumerate(layers):
            found[layer] = last.x, round(y + (place + 0.65) * max(ONE_ROWS * tile.pitch, ONE_ROOM))
    return found


def _count(shapes: Shapes, node: str) -> int:
    return int(np.prod(shapes[node]))


def _column_pitch(n_columns: int, width: float, tile: TileShape) -> float:
    room = width - tile.width - tile.left - tile.side
    return float(np.clip(room / max(n_columns - 1, 1), MIN_COLUMN_PITCH, MAX_COLUMN_PITCH))


def _grown(tile: TileShape, n_rows: float, height: float, pitch: float) -> TileShape:
    """Enlarge pictures where there is plenty of room; columns stay a width and a half apart."""
    growth = min(height / max(n_rows, 1.0) / tile.pitch, pitch / (2.5 * tile.width), tile.most_growth)
    if growth <= 1.0:
        return tile
    return replace(tile, width=tile.width * growth, height=tile.height * growth, pitch=tile.pitch * growth)


def _fitted(tile: TileShape, n_rows: float, height: float) -> TileShape:
    """Bring tiles closer, then shrink them, so that the fullest column fits the height."""
    pitch = float(np.clip(height / max(n_rows, 1.0), tile.min_pitch, tile.pitch))
    gap = tile.below if pitch >= tile.roomy else TIGHT_GAP if pitch >= CLOSE else CLOSE_GAP
    scale = min(1.0, (pitch - gap) / tile.height)
    width, height = max(tile.width * scale, tile.min_width), tile.height * scale
    return replace(tile, width=2.0 * round(width / 2), height=2.0 * round(height / 2), pitch=pitch)


@dataclass(frozen=True)
class Stack:
    """One column: its place, its nodes from top to bottom, its middle, and how many +1 nodes stand below them."""

    column: int
    group: Sequence[str]
    x: float
    n_ones: int


def _stack(stack: Stack, shapes: Shapes, shown: Shown, tile: TileShape, squeeze: float) -> list[Block]:
    """Stack the nodes of one column, and room for +1 nodes below them, centred on y = 0.

    squeeze: the drawing will be so much smaller on the screen, where captions between nodes stay as high.
    """
    group = stack.group
    pitch, counts = tile.pitch, {node: _count(shapes, node) for node in group}
    gaps = [(tile.between + NOTE_GAP * (len(shown[node]) < counts[node])) / squeeze - pitch + tile.height
            for node in group]  # fmt: skip
    heights = [pitch * len(shown[node]) for node in group]
    top = -(sum(heights) + sum(gaps[:-1]) + ONE_ROWS * pitch * stack.n_ones) / 2
    blocks = []
    for node, height, gap in zip(group, heights, gaps, strict=True):
        # Whole pixels keep frames and text crisp.
        ys = np.round(top + pitch * (np.arange(len(shown[node])) + 0.5))
        blocks.append(Block(node, stack.column, counts[node], shown[node], round(stack.x), ys))
        top += height + gap
    return blocks


def _links(spec: NetworkSpec, shapes: Shapes, blocks: Mapping[str, Block], tile: TileShape) -> Links:
    parts = [part for layer in spec.layers for part in _layer_links(spec, layer, shapes, blocks)]
    if not parts:
        return NO_LINKS
    readers = tuple(part[0] for part in parts for _ in part[2])
    origins = tuple(part[1] for part in parts for _ in part[2])
    rows, columns, units = (np.concatenate([part[k] for part in parts]).astype(np.intp) for k in (2, 3, 4))
    weighted = np.concatenate([np.full(len(part[2]), part[5]) for part in parts])
    starts = [(origin, unit) for origin, unit in zip(origins, units.tolist(), strict=True)]
    ends = [(layer, unit) for layer, unit in zip(readers, rows.tolist(), strict=True)]
    return Links(readers, origins, rows, columns, units, weighted, route(starts, ends, blocks.values(), tile))


Part = tuple[str, str, NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], bool]


def _layer_links(spec: NetworkSpec, layer: LayerSpec, shapes: Shapes, blocks: Mapping[str, Block]) -> list[Part]:
    parts, offset, target = [], 0, blocks[layer.id]
    for node in sources(spec, layer):
        if node not in blocks:
            continue
        source, kind = blocks[node], layer_kinds.get(layer.kind)
        # A unit of a recurrent layer comes from every input up to its time; no single weight belongs to the pair.
        if kind.reads is not None:
            parts.append(_read(target, source, [kind.reads(layer, shapes[node], unit) for unit in target.shown]))
        elif layer.kind == "dense" or kind.activates_inside:
            parts.append(_every_pair(target, source, offset, layer.kind == "dense"))
        else:
            parts.append(_one_to_one(target, source, offset if layer.kind == "concatenate" else 0))
        offset += source.count
    return parts


def _every_pair(target: Block, source: Block, offset: int, is_weighted: bool) -> Part:
    rows = np.repeat(np.array(target.shown, np.intp), len(source.shown))
    units = np.tile(np.array(source.shown, np.intp), len(target.shown))
    return target.node, source.node, rows, units + offset, units, is_weighted


def _read(target: Block, source: Block, reads: Sequence[NDArray[np.intp]]) -> Part:
    """Join every shown unit to those it reads, of those that are shown."""
    drawn = [np.intersect1d(read, source.shown) for read in reads]
    rows = np.repeat(np.array(target.shown, np.intp), [len(read) for read in drawn])
    units = np.concatenate(drawn).astype(np.intp)
    return target.node, source.node, rows, units, units, False


def _one_to_one(target: Block, source: Block, offset: int) -> Part:
    both = [unit for unit in source.shown if unit + offset in target.shown]
    units = np.array(both, np.intp)
    return target.node, source.node, units + offset, units + offset, units, False


def _bounds(blocks: Mapping[str, Block], tile: TileShape, others: Sequence[float]) -> tuple[float, float, float, float]:
    xs = [block.x for block in blocks.values()]
    ys = np.concatenate([*(block.ys for block in blocks.values()), others])
    half_width, half_height = tile.width / 2, tile.height / 2
    left, top = min(xs) - half_width, float(ys.min()) - half_height
    return left, top, max(xs) + half_width - left, float(ys.max()) + half_height - top
