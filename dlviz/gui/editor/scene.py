"""The drawn network: links behind tiles, halos behind the selected and the hovered link, labels of weights."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QPointF
from PySide6.QtGui import QPainterPath
from PySide6.QtWidgets import QGraphicsScene

from dlviz.core.network import NetworkSpec
from dlviz.gui.editor import places
from dlviz.gui.editor.blocks import MAP_TILE
from dlviz.gui.editor.cuts_item import PLACE, CutsItem
from dlviz.gui.editor.labels_item import LabelsItem
from dlviz.gui.editor.layout import NO_LINKS, Layout
from dlviz.gui.editor.links_item import MAX_WIDTH, Halo, LinksItem, levels
from dlviz.gui.editor.ones import Ones, OnesItem, index_of, ones_of, place_of, values_of, written
from dlviz.gui.editor.rects import strip_rect
from dlviz.gui.editor.tiles_item import TilesContent, TilesItem
from dlviz.gui.editor.trail_item import TrailItem, links_of
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import Theme
from dlviz.session.messages import Frame

HALO = 14.0  # pixels added around a link


class NetworkScene(QGraphicsScene):
    """Holds a handful of items whatever the size of the network."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        # A few items: an index would cost more than it saves.
        self.setItemIndexMethod(QGraphicsScene.ItemIndexMethod.NoIndex)
        self.theme = theme
        self.network: NetworkSpec | None = None
        self.layout_: Layout | None = None
        self.biased: frozenset[str] = frozenset()
        self.links, self.tiles, self.labels = LinksItem(theme), TilesItem(theme), LabelsItem(theme)
        self.selected_halo, self.hovered_halo = Halo(theme.accent, HALO, 0.24), Halo(theme.accent, HALO, 0.16)
        self.trail, self.cuts = TrailItem(theme), CutsItem(theme)
        self.ones: Ones | None = None
        self.bias_links, self.bias_labels, self.one_nodes = LinksItem(theme), LabelsItem(theme), OnesItem(theme)
        self._items = (
            self.links, self.bias_links, self.cuts, self.trail, self.tiles, self.one_nodes, self.labels,
            self.bias_labels, self.selected_halo, self.hovered_halo,
        )  # fmt: skip
        for item in self._items:
            self.addItem(item)
        self._selected = self._hovered = NOTHING
        self._trail: tuple[Selected, ...] = ()

    def use_theme(self, theme: Theme) -> None:
        """Draw in the colours of a theme; the next frame brings the rest."""
        self.theme = theme
        themed = (self.links, self.labels, self.trail, self.cuts, self.bias_links, self.bias_labels, self.one_nodes)
        for item in themed:
            item.theme = theme
        self.tiles.use_theme(theme)
        self.selected_halo.colour = self.hovered_halo.colour = theme.accent
        self.update()

    def set_network(self, network: NetworkSpec, layout: Layout, biased: frozenset[str]) -> None:
        """Draw another network or the same one elsewhere. biased: nodes that have biases."""
        self.network, self.layout_, self.biased = network, layout, biased - set(layout.ones)
        self.ones = ones_of(layout)
        self.links.set_links(layout.links, line_limit(layout))
        self.cuts.show_points(())
        self.one_nodes.show_ones(self.ones)
        self.bias_labels.set_texts([], [])
        self.bias_links.set_links(NO_LINKS if self.ones is None else self.ones.links, line_limit(layout))
        self.tiles.set_layout(layout)
        self.labels.set_texts([], [])
        self._mark()

    def show_weights(self, weights: NDArray[np.floating], shown: NDArray[np.bool_], phase_colour: str) -> None:
        """Draw links by these weights; only shown ones in full."""
        self.links.show_levels(levels(weights), shown, phase_colour)

    def show_cuts(self, indices: tuple[int, ...]) -> None:
        """Mark links that were taken out."""
        self.cuts.show_points([self.links.path(index).pointAtPercent(PLACE) for index in indices])

    def show_biases(self, frame: Frame, lit: frozenset[str] | None, phase_colour: str, is_written: bool) -> None:
        """Draw the links of +1 nodes; only those of lit layers in full, all where lit is None."""
        if self.ones is None or self.layout_ is None:
            return
        values = values_of(self.ones, frame)
        shown = np.array([lit is None or layer in lit for layer in self.ones.links.layers], bool)
        self.bias_links.show_levels(levels(values), shown, phase_colour)
        texts = written(self.ones, values, shown) if is_written else [""] * len(values)
        self.bias_labels.place(replace(self.layout_, links=self.ones.links), texts)

    def show_tiles(self, content: TilesContent) -> None:
        """Draw what units show."""
        self.tiles.show_content(content)

    def show_labels(self, texts: list[str]) -> None:
        """Write a text at every link that has one."""
        if self.layout_ is not None:
            self.labels.place(self.layout_, texts)

    def select(self, place: Selected) -> None:
        """Mark the selected place."""
        self._selected = place
        self._mark()

    def hover(self, place: Selected) -> None:
        """Mark the place under the pointer."""
        self._hovered = place
        self._mark()

    def show_trail(self, trail: tuple[Selected, ...]) -> None:
        """Light a path from the loss back to a weight; () puts it out."""
        self._trail = trail
        self._mark()

    def _mark(self) -> None:
        if self.layout_ is None:
            return
        self.trail.show_paths([self.links.path(index) for index in links_of(self.layout_, self._trail)])
        rectangles = (places.rectangle(self.layout_, place) for place in self._trail)
        marks = [("backward", rectangle) for rectangle in rectangles if rectangle is not None]
        for place, halo in ((self._hovered, self.hovered_halo), (self._selected, self.selected_halo)):
            halo.show_path(self._path_of(place), HALO)
            is_boxed = place.kind in ("unit", "input", "bias") and self._path_of(place) is None
            rectangle = places.rectangle(self.layout_, place) if is_boxed else None
            if rectangle is not None:
                marks.append(("accent", rectangle))
        self.tiles.mark(marks)

    def _path_of(self, place: Selected) -> QPainterPath | None:
        """Return the curve of a link, or of a bias that starts at a +1 node."""
        assert self.layout_ is not None  # _mark has asked
        if place.kind == "bias" and self.ones is not None:
            index = index_of(self.ones, place)
            return None if index is None else self.bias_links.path(index)
        index = places.link_index(self.layout_, place) if place.kind == "link" else None
        return None if index is None else self.links.path(index)

    def place_at(self, point: QPointF) -> Selected:
        """Return the unit, bias or link under a point, NOTHING elsewhere."""
        if self.layout_ is None or self.network is None:
            return NOTHING
        tile = places.tile_at(self.network, self.layout_, point, self.biased)
        if tile != NOTHING:
            return tile
        if self.ones is not None and (bias := place_of(self.ones, self.bias_links.at(point))) != NOTHING:
            return bias
        index = self.links.at(point)
        is_weight = index is not None and bool(self.layout_.links.is_weighted[index])
        return places.link_place(self.layout_, index) if index is not None and is_weight else NOTHING

    def wire_at(self, point: QPointF) -> tuple[str, str] | None:
        """Return which node hands on to which over the plain wire under a point; a wire has no weight."""
        index = None if self.layout_ is None else self.links.at(point)
        if index is None or self.layout_ is None or self.layout_.links.is_weighted[index]:
            return None
        return self.layout_.links.origins[index], self.layout_.links.layers[index]

    def node_at(self, point: QPointF) -> str:
        """Return the node on whose tiles, or between them, a point lies; "" elsewhere."""
        return "" if self.layout_ is None else places.node_at(self.layout_, point)

    def target_at(self, point: QPointF) -> Selected:
        """Return the output unit whose target is written at a point, NOTHING elsewhere."""
        if self.layout_ is None or self.network is None:
            return NOTHING
        return places.target_at(self.network, self.layout_, point)

    def strip_at(self, point: QPointF) -> str:
        """Return the node whose "12 of 128 shown" is under a point, "" elsewhere."""
        blocks = self.layout_.blocks.values() if self.layout_ is not None else ()
        return next(
            (block.node for block in blocks if block.is_strip and strip_rect(self.layout_, block).contains(point)),  # type: ignore[arg-type]
            "",
        )


def line_limit(layout: Layout) -> float:
    """Return the widest line: 10 pixels, less where tiles stand close, so that links stay apart."""
    return float(np.clip(MAX_WIDTH * layout.tile.pitch / (0.8 * MAP_TILE.pitch), 2.0, MAX_WIDTH))
