"""Selectable places of a drawn network: where they are, how the keyboard walks them, and their neighbours."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from dlviz.core.network import NetworkSpec, output_ids
from dlviz.gui.editor.blocks import Block
from dlviz.gui.editor.layout import Layout
from dlviz.gui.editor.rects import bias_centre, bias_radius, tile_rect
from dlviz.gui.selection import NOTHING, Selected

BIAS_GRAB = 5.0  # pixels around a bias dot that count as on it


def unit_place(spec: NetworkSpec, node: str, unit: int) -> Selected:
    """Return the selection of a unit; those of an input node are inputs."""
    return Selected("input" if node in {each.id for each in spec.inputs} else "unit", node, unit)


def link_place(layout: Layout, index: int) -> Selected:
    """Return the selection of a drawn link."""
    links = layout.links
    return Selected(
        "link", links.layers[index], int(links.rows[index]), links.origins[index], int(links.origin_units[index])
    )


def link_index(layout: Layout, place: Selected) -> int | None:
    """Return which drawn link is selected, None if it is not drawn."""
    links = layout.links
    fits = (links.rows == place.unit) & (links.origin_units == place.source)
    for index in np.flatnonzero(fits).tolist():
        if links.layers[index] == place.layer and links.origins[index] == place.source_layer:
            return index
    return None


def rectangle(layout: Layout, place: Selected) -> QRectF | None:
    """Return where a unit, bias, link or layer is drawn, None if it is not."""
    block = layout.blocks.get(place.layer)
    if block is None or place.kind in ("none", "network", "parameter"):
        return None
    if place.kind == "layer":
        tiles = [tile_rect(layout, block, y) for y in (block.ys[0], block.ys[-1])]
        return tiles[0].united(tiles[1])
    y = block.y_of(place.unit)
    if y is None:
        return None
    if place.kind == "bias" and place.layer in layout.ones:
        x, one_y = layout.ones[place.layer]  # of the node that its link starts at
        return QRectF(x, min(one_y, y), block.x - layout.tile.width / 2 - x, abs(one_y - y))
    if place.kind == "bias":
        radius = bias_radius(layout)
        centre = bias_centre(layout, block, y)
        return QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    if place.kind == "link":
        return _link_rectangle(layout, place)
    return tile_rect(layout, block, y)


def exists(layout: Layout, place: Selected) -> bool:
    """Say whether a place belongs to the network that is drawn, shown or not."""
    ends = [(place.layer, place.unit)] + ([(place.source_layer, place.source)] if place.kind == "link" else [])
    return all(node in layout.blocks and unit < layout.blocks[node].count for node, unit in ends)


def hidden_units(layout: Layout, place: Selected) -> list[tuple[str, int]]:
    """Return the units of a place that a strip leaves out."""
    ends = [(place.layer, place.unit)] + ([(place.source_layer, place.source)] if place.kind == "link" else [])
    is_unit = place.kind in ("unit", "input", "bias", "link") and exists(layout, place)
    return [(node, unit) for node, unit in ends if is_unit and unit not in layout.blocks[node].shown]


def _link_rectangle(layout: Layout, place: Selected) -> QRectF | None:
    index = link_index(layout, place)
    if index is None:
        return None
    points = layout.links.routes.segments[layout.links.routes.owners == index].reshape(-1, 2)
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return QRectF(x0, y0, x1 - x0, y1 - y0)


def tile_at(spec: NetworkSpec, layout: Layout, point: QPointF, biased: frozenset[str]) -> Selected:
    """Return the unit or bias under a point of the scene, NOTHING elsewhere. biased: nodes with biases."""
    for block in layout.blocks.values():
        if abs(point.x() - block.x) > layout.tile.width / 2 + BIAS_GRAB + bias_radius(layout):
            continue
        index = int(np.abs(block.ys - point.y()).argmin())
        for near in {index, max(index - 1, 0)} if block.node in biased else ():
            offset = point - bias_centre(layout, block, float(block.ys[near]))
            if np.hypot(offset.x(), offset.y()) <= bias_radius(layout) + BIAS_GRAB:
                return Selected("bias", block.node, block.shown[near])
        if tile_rect(layout, block, float(block.ys[index])).contains(point):
            return unit_place(spec, block.node, block.shown[index])
    return NOTHING


def node_at(layout: Layout, point: QPointF) -> str:
    """Return the node in whose column of tiles a point lies, "" elsewhere."""
    for block in layout.blocks.values():
        tiles = tile_rect(layout, block, float(block.ys[0])).united(tile_rect(layout, block, float(block.ys[-1])))
        if tiles.contains(point):
            return block.node
    return ""


def target_at(spec: NetworkSpec, layout: Layout, point: QPointF) -> Selected:
    """Return the output unit beside which a target is written at a point of the scene, NOTHING elsewhere."""
    for node in output_ids(spec) if spec.layers else ():
        block = layout.blocks[node]
        for unit, y in zip(block.shown, block.ys, strict=True):
            tile = tile_rect(layout, block, float(y))
            if QRectF(tile.right(), tile.top(), layout.tile.side, tile.height()).contains(point):
                return Selected("unit", node, unit)
    return NOTHING


def walk(spec: NetworkSpec, layout: Layout, biased: frozenset[str]) -> tuple[Selected, ...]:
    """Return all places in the order of the Tab key: layer, then each unit with its bias and links."""
    by_target: dict[tuple[str, int], list[Selected]] = {}
    for index in np.flatnonzero(layout.links.is_weighted).tolist():
        place = link_place(layout, index)
        by_target.setdefault((place.layer, place.unit), []).append(place)
    return tuple(place for block in layout.blocks.values() for place in _of_block(spec, block, biased, by_target))


def _of_block(
    spec: NetworkSpec, block: Block, biased: frozenset[str], by_target: dict[tuple[str, int], list[Selected]]
) -> list[Selected]:
    is_input = block.node in {each.id for each in spec.inputs}
    places = [] if is_input else [Selected("layer", block.node)]
    for unit in block.shown:
        places.append(unit_place(spec, block.node, unit))
        places += [Selected("bias", block.node, unit)] if block.node in biased else []
        places += by_target.get((block.node, unit), [])
    return places


def neighbour(spec: NetworkSpec, layout: Layout, place: Selected, dx: int, dy: int) -> Selected:
    """Return the place one arrow key away; the same place where there is none.

    Among links, up and down change the source and left and right go to the units at its ends.
    """
    if place.kind == "none" or place.layer not in layout.blocks:
        first = next(iter(layout.blocks.values()))
        return unit_place(spec, first.node, first.shown[0])
    if place.kind == "link":
        return _beside_link(spec, layout, place, dx, dy)
    block = layout.blocks[place.layer]
    if dx:
        return _across(spec, layout, place, block, dx)
    return _along(spec, layout, place, block, dy)


def _beside_link(spec: NetworkSpec, layout: Layout, place: Selected, dx: int, dy: int) -> Selected:
    if dx:
        return unit_place(spec, *((place.source_layer, place.source) if dx < 0 else (place.layer, place.unit)))
    shown = layout.blocks[place.source_layer].shown
    now = shown.index(place.source) if place.source in shown else 0
    index = min(max(now + dy, 0), len(shown) - 1)
    return Selected("link", place.layer, place.unit, place.source_layer, shown[index])


def _across(spec: NetworkSpec, layout: Layout, place: Selected, block: Block, dx: int) -> Selected:
    columns = [each for each in layout.blocks.values() if each.column == block.column + dx]
    if not columns:
        return place
    is_layer_to_layer = place.kind == "layer" and columns[0].column > 0
    if is_layer_to_layer:
        return Selected("layer", columns[0].node)
    y = block.y_of(place.unit) or 0.0
    best = min(columns, key=lambda each: float(np.abs(each.ys - y).min()))
    return unit_place(spec, best.node, best.shown[int(np.abs(best.ys - y).argmin())])


def _along(spec: NetworkSpec, layout: Layout, place: Selected, block: Block, dy: int) -> Selected:
    if place.kind == "layer":
        return unit_place(spec, block.node, block.shown[0]) if dy > 0 else place
    if place.kind == "bias":
        return unit_place(spec, block.node, place.unit)
    index = block.shown.index(place.unit) + dy if place.unit in block.shown else 0
    if index < 0:
        return Selected("layer", block.node) if place.kind == "unit" else place
    return unit_place(spec, block.node, block.shown[min(index, len(block.shown) - 1)])
