"""Crosses on links that were taken out: their weight is 0, and training never moves it."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from dlviz.core.freezing import frozen_entries
from dlviz.gui.editor.layout import Links
from dlviz.gui.editor.picture import owner_of, slices
from dlviz.gui.theme import Theme
from dlviz.session.messages import Frame

PLACE = 0.55  # of a link's length, clear of the weight that may be written beside it
ARM = 4.0  # pixels from the middle of a cross to its ends
WIDTH = 1.8  # pixels
NO_CUTS: tuple[int, ...] = ()


def cut_links(links: Links, frame: Frame, weights: NDArray[np.floating]) -> tuple[int, ...]:
    """Return which links are held at 0 one by one. weights: of every link (n_links,), NaN where there is none."""
    if not frame.document.training.frozen:
        return NO_CUTS
    held, found = _held(frame.document.training.frozen), list[int]()
    for layer, part in slices(links.layers):
        entries = held.get(f"{owner_of(frame, layer)}.W", frozenset())
        zeros = part.start + np.flatnonzero(weights[part] == 0)
        found += [k for k in zeros.tolist() if (int(links.rows[k]), int(links.columns[k])) in entries]
    return tuple(found)


@lru_cache(maxsize=4)
def _held(frozen: tuple[str, ...]) -> dict[str, frozenset[tuple[int, ...]]]:
    # Thousands of names may be frozen, and every frame asks.
    return {name: frozenset(entries) for name, entries in frozen_entries(frozen).items()}


class CutsItem(QGraphicsItem):
    """Draws a small cross on each of some links."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setZValue(-0.4)
        self.points: tuple[QPointF, ...] = ()

    def show_points(self, points: Sequence[QPointF]) -> None:
        """Draw the crosses here; repaints only where they are elsewhere."""
        if tuple(points) != self.points:
            self.prepareGeometryChange()
            self.points = tuple(points)
            self.update()

    def boundingRect(self) -> QRectF:
        """Return the rectangle around all crosses."""
        if not self.points:
            return QRectF()
        x, y = [point.x() for point in self.points], [point.y() for point in self.points]
        room = ARM + WIDTH
        return QRectF(min(x), min(y), max(x) - min(x), max(y) - min(y)).adjusted(-room, -room, room, room)

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Stroke two short lines a cross."""
        pen = QPen(self.theme.colour("muted"), WIDTH * self.theme.mark_width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        for point in self.points:
            for x, y in ((ARM, ARM), (ARM, -ARM)):
                painter.drawLine(QLineF(point.x() - x, point.y() - y, point.x() + x, point.y() + y))
