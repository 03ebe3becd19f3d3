"""Weights written on links: each at the place on its curve where it covers nothing."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from dlviz.gui.editor.layout import Layout
from dlviz.gui.theme import RADIUS, Theme, font

PLACES = np.array([0.3, 0.7, 0.22, 0.78, 0.4, 0.6, 0.5])  # fractions along a curve that are tried in turn
MARGIN = 4.0  # pixels between a text and the tiles at the ends of its link
LIFT = 16.0  # pixels above a level curve, or below it
OVERLAP = 0.2  # of a tile's width that a text may cover of both together; a wider one would hide their numbers
NAMED_OVERLAP = 0.75  # the same for the weight that is selected: it is written with its name
NAMED = " = "


class LabelsItem(QGraphicsItem):
    """Draws short texts on a patch of canvas colour."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setZValue(1)
        self._texts: list[str] = []
        self._rectangles: list[QRectF] = []
        self._bounds = QRectF()

    def place(self, layout: Layout, texts: list[str]) -> None:
        """Write texts[k] on link k where it is not empty.

        Those without a free place are left out, and those that would hide the tiles at both ends.
        """
        if not any(texts):
            self.set_texts([], [])
            return
        metrics = QFontMetricsF(font("small", is_bold=True))
        routes = layout.links.routes
        points, ends = routes.points(PLACES), routes.segments[:, [0, 3], 0] + MARGIN * np.array([1.0, -1.0])
        taken: list[QRectF] = []
        written = []
        for index, text in enumerate(texts):
            segment = int(np.searchsorted(routes.owners, index))
            width, height = metrics.horizontalAdvance(text) + 8, metrics.height() + 2
            overlap = NAMED_OVERLAP if NAMED in text else OVERLAP
            if width > np.ptp(ends[segment]) + overlap * layout.tile.width:
                continue
            rectangle = _free(_within(points[segment], ends[segment], width), width, height, taken)
            if text and rectangle is not None:
                taken.append(rectangle)
                written.append(text)
        self.set_texts(written, taken)

    def set_texts(self, texts: list[str], rectangles: list[QRectF]) -> None:
        """Write these texts in these rectangles."""
        if texts == self._texts and rectangles == self._rectangles:
            return
        self.prepareGeometryChange()
        self._texts, self._rectangles, self._bounds = texts, rectangles, QRectF()
        for rectangle in rectangles:
            self._bounds = self._bounds.united(rectangle)

    def boundingRect(self) -> QRectF:
        """Return the rectangle around all texts."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Paint each text on its patch."""
        painter.setFont(font("small", is_bold=True))
        for text, rectangle in zip(self._texts, self._rectangles, strict=True):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.theme.colour("canvas", 0.85))
            painter.drawRoundedRect(rectangle, RADIUS / 2, RADIUS / 2)
            painter.setPen(self.theme.colour("text"))
            painter.drawText(rectangle, Qt.AlignmentFlag.AlignCenter, text)


def _within(points: np.ndarray, ends: np.ndarray, width: float) -> np.ndarray:
    """Move points so that a text of this width, centred there, stays clear of the tiles where it can."""
    low, high = ends[0] + width / 2, ends[1] - width / 2
    x = np.clip(points[:, :1], low, high) if low <= high else np.full((len(points), 1), ends.mean())
    return np.hstack([x, points[:, 1:]])


def _free(points: np.ndarray, width: float, height: float, taken: list[QRectF]) -> QRectF | None:
    """Return a rectangle at the first of these points, of a level curve above or below it, that overlaps no other."""
    is_level = float(np.ptp(points[:, 1])) < height
    centres: list[list[float]] = points.tolist()
    if is_level:
        centres = [[x, y + lift] for lift in (-LIFT, LIFT) for x, y in points[::-1].tolist()]
    for x, y in centres:
        rectangle = QRectF(x - width / 2, y - height / 2, width, height)
        if not any(rectangle.adjusted(-2, -1, 2, 1).intersects(other) for other in taken):
            return rectangle
    return None
