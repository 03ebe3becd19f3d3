"""Which node stands in which column of the canvas, and how many of its units are drawn there."""

import math
from collections.abc import Mapping, Sequence

from dlviz.core.network import NetworkSpec, sources
from dlviz.gui.editor.blocks import TileShape

Shapes = Mapping[str, tuple[int, ...]]
Shown = dict[str, tuple[int, ...]]  # the units that are drawn, by node
MAX_SHOWN = 32  # units of a layer that are all drawn; larger layers become a strip
STRIP_SHOWN, LEAST_SHOWN = 12, 8  # units of a strip that are drawn, and where the canvas is low
SHARED_SHOWN, SHARED_LEAST = 4, 3  # the same for nodes that share a column, where there is no room for more
MOST_TAKEN = 0.7  # of the height, by what stands between the nodes of a column
STRIP_NOTE = 28.0  # below a strip, for "12 of 128 shown"
NOTE_GAP = 14.0  # more below a strip that another node stands under


def depths(spec: NetworkSpec) -> dict[str, int]:
    """Return for every node the length of the longest path from an input."""
    found = {each.id: 0 for each in spec.inputs}
    for layer in spec.layers:
        found[layer.id] = 1 + max(found.get(source, 0) for source in sources(spec, layer))
    return found


def columns_of(spec: NetworkSpec) -> list[list[str]]:
    """Return the nodes of every depth, each beside those that it reads, so that few links cross."""
    by_node = depths(spec)
    columns: list[list[str]] = [[] for _ in range(1 + max(by_node.values()))]
    for node, depth in by_node.items():
        columns[depth].append(node)
    read, heights = {layer.id: sources(spec, layer) for layer in spec.layers}, dict[str, float]()
    for column in columns:
        wanted = {node: _mean([heights.get(source, 0.0) for source in read.get(node, ())]) for node in column}
        column.sort(key=lambda node: wanted[node])
        heights |= {node: (place + 0.5) / len(column) for place, node in enumerate(column)}
    return columns


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def shown_units(
    count: int, pulled: Sequence[int] = (), room: int = MAX_SHOWN, is_alone: bool = True
) -> tuple[int, ...]:
    """Return the units that are drawn: all up to 32 if there is room, else twelve, the latest pulled ones among them.

    room: rows that can be read. A layer that is small but higher than that shows as many; up to twelve units are
    all shown, and of a large layer eight at least. is_alone: in its column; nodes that share one may show fewer.
    """
    whole, least = (STRIP_SHOWN, LEAST_SHOWN) if is_alone else (SHARED_SHOWN, SHARED_LEAST)
    if count <= min(MAX_SHOWN, max(room, whole)):
        return tuple(range(count))
    n_drawn = min(max(room, least), STRIP_SHOWN) if count > MAX_SHOWN else max(room, least)
    wanted = [unit for unit in dict.fromkeys(reversed(pulled)) if 0 <= unit < count][:n_drawn]
    fill = [unit for unit in range(count) if unit not in wanted]
    return tuple(sorted(wanted + fill[: n_drawn - len(wanted)]))


def shown_in(
    columns: Sequence[Sequence[str]], spec: NetworkSpec, shapes: Shapes, height: float, tile: TileShape,
    pulled: Mapping[str, Sequence[int]],
) -> Shown:  # fmt: skip
    """Return the units of every node that are drawn. pulled: those asked for by index."""
    shown: Shown = {}
    for group in columns:
        room = _room(len(group), height, tile)
        for node in group:
            wanted = (*reversed(_joined(spec, shapes, node, shown)), *pulled.get(node, ()))
            shown[node] = shown_units(math.prod(shapes[node]), wanted, room, len(group) == 1)
    return shown


def _joined(spec: NetworkSpec, shapes: Shapes, node: str, shown: Shown) -> list[int]:
    """Return the units of a concatenation whose sources are drawn, of each source in turn."""
    layer = next((each for each in spec.layers if each.id == node and each.kind == "concatenate"), None)
    parts, offset = list[list[int]](), 0
    for source in sources(spec, layer) if layer is not None else ():
        parts.append([offset + unit for unit in shown[source]])
        offset += math.prod(shapes[source])
    turns = range(max(map(len, parts), default=0))
    return [part[turn] for turn in turns for part in parts if turn < len(part)]


def _room(n_nodes: int, height: float, tile: TileShape) -> int:
    """Return how many rows each node of a column can have."""
    taken = (n_nodes - 1) * (tile.between + NOTE_GAP)
    return int((height - taken) / n_nodes / tile.min_pitch)


def weight(group: Sequence[str], shown: Shown, height: float, tile: TileShape) -> float:
    """Return the rows of a column, as many more as what stands between its nodes takes of the height."""
    taken = (len(group) - 1) * (tile.between + NOTE_GAP) / height
    return sum(len(shown[node]) for node in group) / (1 - min(taken, MOST_TAKEN))


def squeeze_of(group: Sequence[str], shown: Shown, tile: TileShape, height: float) -> float:
    """Return how much smaller a column must be drawn to fit, though the captions in it stay as high."""
    rows = tile.pitch * sum(len(shown[node]) for node in group)
    captions = (len(group) - 1) * (tile.between + NOTE_GAP)
    return max(height - STRIP_NOTE - captions, (1 - MOST_TAKEN) * height) / rows
