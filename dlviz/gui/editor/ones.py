"""Biases as weights of a node that is always +1: where such nodes stand, their links, and how they are drawn."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from dlviz.core.network import NetworkSpec
from dlviz.gui import numbers
from dlviz.gui.editor import picture
from dlviz.gui.editor.blocks import Block
from dlviz.gui.editor.layout import Layout, Links
from dlviz.gui.editor.routes import route
from dlviz.gui.editor.tiles_item import TilesContent
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import Theme, font
from dlviz.session.messages import Frame

SIDE = 30.0  # pixels of the node, smaller where tiles are
PREFIX = "+1 "  # before the id of the layer whose biases start there
MOST_LABELLED = 8  # biases of all layers together that are written on their links
WORD = "+1"


@dataclass(frozen=True)
class Ones:
    """The +1 nodes: centre and side by layer, and their links to the units of that layer."""

    centres: Mapping[str, tuple[float, float]]
    side: float
    links: Links

    def rectangle(self, layer: str) -> QRectF:
        """Return where the node of a layer is drawn."""
        x, y = self.centres[layer]
        return QRectF(x - self.side / 2, y - self.side / 2, self.side, self.side)


def ones_of(layout: Layout) -> Ones | None:
    """Return the +1 nodes of a layout; None where it has none."""
    if not layout.ones:
        return None
    side = min(SIDE, layout.tile.height * 0.7)
    return Ones(layout.ones, side, _links(layout, side))


def _links(layout: Layout, side: float) -> Links:
    """Join every +1 node to the shown units of its layer."""
    # Blocks as narrow as tiles start their links at the tile's edge; this one is moved so that it is the node's.
    shift = (layout.tile.width - side) / 2
    nodes = [
        Block(PREFIX + layer, layout.blocks[layer].column - 1, 1, (0,), x - shift, np.array([y]))
        for layer, (x, y) in layout.ones.items()
    ]
    pairs = [(layer, unit) for layer in layout.ones for unit in layout.blocks[layer].shown]
    starts = [(PREFIX + layer, 0) for layer, _ in pairs]
    units = np.array([unit for _, unit in pairs], np.intp)
    routes = route(starts, pairs, [*layout.blocks.values(), *nodes], layout.tile)
    zeros = np.zeros(len(pairs), np.intp)
    return Links(
        tuple(layer for layer, _ in pairs), tuple(start for start, _ in starts), units, zeros, zeros,
        np.ones(len(pairs), bool), routes,
    )  # fmt: skip


def with_ones(network: NetworkSpec, biased: frozenset[str]) -> frozenset[str]:
    """Return the layers whose biases can be weights of a +1 node: dense ones, for each unit has its own."""
    return frozenset(layer.id for layer in network.layers if layer.id in biased and layer.kind == "dense")


def values_of(ones: Ones, frame: Frame) -> NDArray[np.float64]:
    """Return the bias of every link, NaN where it is not known."""
    found = np.full(len(ones.links), np.nan)
    for layer, part in picture.slices(ones.links.layers):
        values, units = picture.parameter(frame, f"{layer}.b"), ones.links.rows[part]
        if values is not None and values.ndim == 1 and units.max(initial=-1) < len(values):
            found[part] = values[units]
    return found


def written(ones: Ones, values: NDArray[np.float64], shown: NDArray[np.bool_]) -> list[str]:
    """Return the numbers to write on links, where there are few."""
    if len(ones.links) > MOST_LABELLED:
        return [""] * len(ones.links)
    return [numbers.number(value, 3) if is_shown and np.isfinite(value) else ""
            for value, is_shown in zip(values.tolist(), shown.tolist(), strict=True)]  # fmt: skip


def without_dots(shown: TilesContent, layers: Iterable[str]) -> TilesContent:
    """Return content without the bias dots, and what is written at them, of layers that have a +1 node."""
    gone = set(layers)
    texts = {node: replace(each, biases=()) if node in gone else each for node, each in shown.texts.items()}
    return replace(shown, texts=texts, biases={node: each for node, each in shown.biases.items() if node not in gone})


def place_of(ones: Ones, index: int | None) -> Selected:
    """Return the bias that a link stands for; NOTHING for none."""
    return NOTHING if index is None else Selected("bias", ones.links.layers[index], int(ones.links.rows[index]))


def index_of(ones: Ones, place: Selected) -> int | None:
    """Return the link of a bias, None if it is not drawn."""
    pairs = zip(ones.links.layers, ones.links.rows.tolist(), strict=True)
    return next((k for k, pair in enumerate(pairs) if place.kind == "bias" and pair == (place.layer, place.unit)), None)


class OnesItem(QGraphicsItem):
    """Draws the +1 nodes."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._ones: Ones | None = None
        self._bounds = QRectF()

    def show_ones(self, ones: Ones | None) -> None:
        """Draw these nodes."""
        self.prepareGeometryChange()
        self._ones, self._bounds = ones, QRectF()
        for layer in ones.centres if ones is not None else ():
            self._bounds = self._bounds.united(ones.rectangle(layer).adjusted(-2, -2, 2, 2))  # type: ignore[union-attr]

    def boundingRect(self) -> QRectF:
        """Return the rectangle around all nodes."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint a dashed circle with +1 for each, as it is no unit that computes."""
        if self._ones is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(font("small", is_bold=True))
        for layer in self._ones.centres:
            rect = self._ones.rectangle(layer)
            painter.setPen(QPen(self.theme.colour("muted"), 1.4 * self.theme.mark_width, Qt.PenStyle.DotLine))
            painter.setBrush(self.theme.colour("field"))
            painter.drawEllipse(rect)
            painter.setPen(self.theme.colour("text"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, WORD)
