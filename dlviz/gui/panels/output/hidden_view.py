"""The picture of the hidden space: rows as points, and the grid over the inputs as the layers have bent it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.theme import GRID, RADIUS, current, font
from dlviz.gui.widgets.paint import describe, painter, rounded
from dlviz.gui.widgets.points import MAX_POINTS, UNSEEN, paint_points, radius_for
from dlviz.i18n import tr
from dlviz.session.hidden_space import HiddenLayer

FloatArray = NDArray[np.float64]
MARGIN = 0.06  # of the side, left free around the points
_POINT_AT = 6.0  # pixels from a point's centre within which a click means that point


@dataclass(frozen=True, eq=False)
class Drawn:
    """What is painted, in a square from 0 to 1: places (n, 2) of the rows, and grid (lines, points, 2)."""

    places: FloatArray
    grid: FloatArray

    def towards(self, other: "Drawn", share: float) -> "Drawn":
        """Return what lies between two pictures of the same rows, from this one (0) to the other (1)."""
        if share == 0:
            return self
        return Drawn(*(a + share * (b - a) for a, b in ((self.places, other.places), (self.grid, other.grid))))


def fitted(layer: HiddenLayer) -> Drawn:
    """Return a layer in a square from 0 to 1, with one scale for both directions, so that distances can be compared."""
    known = np.concatenate([layer.places, layer.grid.reshape(-1, 2)])
    low, high = known.min(axis=0), known.max(axis=0)
    side = float((high - low).max()) or 1.0
    corner = (low + high) / 2 - side / 2

    def scaled(points: FloatArray) -> FloatArray:
        return np.asarray(MARGIN + (1 - 2 * MARGIN) * (points - corner) / side)

    return Drawn(scaled(layer.places), scaled(layer.grid))


class HiddenView(QWidget):
    """Paints the points over the grid; a click on a point asks for its row."""

    clicked = Signal(int)  # place of the row among the points

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.drawn: Drawn | None = None
        self.captions = ("", "")
        self._classes: NDArray[np.intp] = np.zeros(0, np.intp)
        self._fills = np.zeros(0, np.int8)
        self.marked: NDArray[np.intp] = np.zeros(0, np.intp)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(16 * GRID, 12 * GRID)
        describe(
            self, tr("Hidden space"), tr("Each row as a point, where a layer puts it; the grid lies over the inputs")
        )

    def show_points(
        self, drawn: Drawn, classes: NDArray[np.intp], fills: NDArray[np.int8], captions: tuple[str, str]
    ) -> None:
        """Show points (n, 2) of these classes (n,), with the names of both directions."""
        self.drawn, self._classes, self._fills, self.captions = drawn, classes, fills, captions
        self.update()

    def mark(self, points: NDArray[np.intp]) -> None:
        """Ring these points."""
        self.marked = points
        self.update()

    def square(self) -> QRectF:
        """Return where the picture is painted: the largest square above the line of words."""
        line = self.fontMetrics().height()
        side = max(min(self.width(), self.height() - line), 8)
        return QRectF((self.width() - side) / 2, 0, side, side)

    def to_pixels(self, places: FloatArray) -> FloatArray:
        """Turn (…, 2) places of the square from 0 to 1 into pixels."""
        square = self.square()
        ends = np.array([square.left(), square.bottom()])
        return np.asarray(ends + places * np.array([square.width(), -square.height()]))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint ground, grid, points and the names of the directions."""
        with painter(self) as p:
            rounded(p, self.square(), fill=current().canvas, border=current().line, radius=RADIUS)
            if self.drawn is None:
                return
            self._paint_grid(p, self.to_pixels(self.drawn.grid))
            self._paint_points(p, self.to_pixels(self.drawn.places))
            self._paint_words(p)

    def _paint_grid(self, p: QPainter, lines: FloatArray) -> None:
        p.setBrush(Qt.BrushStyle.NoBrush)
        half = len(lines) // 2
        for index, line in enumerate(lines.tolist()):
            # Lines along the first input are whole, those along the second dashed: colour alone would not tell.
            style = Qt.PenStyle.SolidLine if index < half or half == 0 else Qt.PenStyle.DashLine
            p.setPen(QPen(current().colour("muted", 0.55), current().mark_width, style))
            p.drawPolyline(QPolygonF([QPointF(*point) for point in line]))

    def _paint_points(self, p: QPainter, places: FloatArray) -> None:
        theme, radius = current(), radius_for(len(places), self.square().width())
        paint_points(p, places, self._classes, self._fills, theme, radius, rim=theme.canvas)
        p.setBrush(Qt.BrushStyle.NoBrush)
        known = self.marked[self.marked < len(places)]
        known = known[self._fills[known] != UNSEEN][:MAX_POINTS]
        for colour, width in (("panel", 3.4), ("text", 1.6)):
            p.setPen(QPen(theme.colour(colour), width * theme.mark_width))
            for x, y in places[known].tolist():
                p.drawEllipse(QPointF(x, y), radius + 2.5, radius + 2.5)

    def _paint_words(self, p: QPainter) -> None:
        p.setFont(font("small"))
        p.setPen(current().colour("muted"))
        foot = QRectF(0, self.height() - p.fontMetrics().height(), self.width(), p.fontMetrics().height())
        words = "   ".join(caption for caption in self.captions if caption)
        p.drawText(
            foot,
            Qt.AlignmentFlag.AlignCenter,
            p.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, self.width()),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the row under the pointer."""
        if self.drawn is None or not len(self.drawn.places):
            return
        at = event.position()
        distance = np.hypot(*(self.to_pixels(self.drawn.places) - (at.x(), at.y())).T)
        distance[self._fills == UNSEEN] = np.inf
        nearest = int(np.argmin(distance))
        if distance[nearest] <= _POINT_AT:
            self.clicked.emit(nearest)
