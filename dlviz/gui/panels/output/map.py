"""The square picture of a network's response over two inputs, with its boundary and the data points."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry, thinned
from dlviz.gui.response import FloatArray, Pixels
from dlviz.gui.selection import Selected
from dlviz.gui.theme import RADIUS, Theme, current
from dlviz.gui.widgets.paint import is_for_a_file
from dlviz.gui.widgets.points import BARRED, FILLED, HOLLOW, MAX_POINTS, UNSEEN, paint_points, radius_for
from dlviz.i18n import tr

Extent = tuple[float, float, float, float]
_NO_LINES = np.empty((0, 2, 2))
_POINT_AT = 6.0  # pixels from a point's centre within which a click means that point
_FILLS = (
    (FILLED, tr("class {number}, training")), (HOLLOW, tr("class {number}, dev")), (BARRED, tr("class {number}, test")),
)  # fmt: skip
_FAR = 1e6  # sides of the map; points beyond are drawn there, far out of sight


@dataclass(frozen=True, eq=False)
class PointSet:
    """Rows to draw: (n, 2) places in the plane's units, (n,) classes, (n,) how each is filled, UNSEEN if not drawn."""

    places: NDArray[np.float64]
    classes: NDArray[np.intp]
    fills: NDArray[np.int8]


class MapView(QWidget):
    """Paints an image over an extent, lines in image samples, and points; tells where the pointer is."""

    pointed = Signal(object)  # (x, y) in the plane's units, None when the pointer has left
    clicked = Signal(object)  # row of the point that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.extent: Extent = (-1.0, 1.0, -1.0, 1.0)
        self.points: PointSet | None = None
        self._image = QImage()
        self._lines: FloatArray = _NO_LINES
        self._contours: FloatArray = _NO_LINES
        self._overlay: QPixmap | None = None
        self.ringed: int | None = None  # row of the point in a ring
        self.marked: NDArray[np.intp] = np.empty(0, np.intp)  # rows of the points that are selected
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setMouseTracking(True)

    def show_map(
        self,
        pixels: Pixels | None,
        lines: FloatArray = _NO_LINES,
        extent: Extent | None = None,
        contours: FloatArray = _NO_LINES,
    ) -> None:
        """Show pixels (rows from the bottom up) and line pieces, contours thinner; None shows the background alone."""
        self._image = QImage() if pixels is None else _image(pixels)
        self._lines, self._contours = lines, contours
        if extent is not None and extent != self.extent:
            self.extent = extent
            self._overlay = None
        self.update()

    def show_points(self, points: PointSet | None) -> None:
        """Draw these points over the map."""
        self.points = points
        self._overlay = None
        self.update()

    def ring(self, row: int | None) -> None:
        """Put a ring around the point of a row; None: around none."""
        if row != self.ringed:
            self.ringed = row
            self.update()

    def mark(self, rows: Iterable[int]) -> None:
        """Put a thin ring around the points of selected rows."""
        self.marked = np.array(sorted(rows), dtype=np.intp)
        self.update()

    def entries(self) -> tuple[Entry, ...]:
        """Return the points by class and part, as a list."""
        points = self.points
        if points is None:
            return ()
        found = []
        for index in np.unique(points.classes).tolist():
            for fill, words in _FILLS:
                rows = np.flatnonzero((points.classes == index) & (points.fills == fill))
                listed = tuple(_point(points, int(rows[k])) for k in thinned(len(rows)))
                name = words.format(number=index + 1)
                found += [Entry(name, tr("{count} points", count=len(rows)), parts=listed)] if listed else []
        return tuple(found)

    def apply_theme(self, theme: Theme) -> None:
        """Repaint the points in a theme's colours."""
        self._overlay = None
        self.update()

    def to_pixels(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Turn (n, 2) places in the plane's units into pixels of this widget.

        Places may be further away than numbers go, such as 1e308 while the extent is still that of other data.
        """
        x0, x1, y0, y1 = self.extent
        square = self.square()
        right, up = np.clip((places - (x0, y0)) / (x1 - x0, y1 - y0), -_FAR, _FAR).T
        x = square.left() + right * square.width()
        y = square.bottom() - up * square.height()
        return np.stack([x, y], axis=1)

    def to_units(self, at: QPointF) -> tuple[float, float]:
        """Turn a pixel of this widget into a place in the plane's units."""
        x0, x1, y0, y1 = self.extent
        square = self.square()
        across, up = (at.x() - square.left()) / square.width(), (square.bottom() - at.y()) / square.height()
        return x0 + across * (x1 - x0), y0 + up * (y1 - y0)

    def square(self) -> QRectF:
        """Return where the map is painted: the largest square, at the top left."""
        side = max(min(self.width(), self.height()), 8)
        return QRectF(0, 0, side, side)

    def sizeHint(self) -> QSize:
        return QSize(260, 260)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, 140)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return width

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        clip = QPainterPath()
        clip.addRoundedRect(self.square(), RADIUS, RADIUS)
        painter.fillPath(clip, current().colour("canvas"))
        painter.setClipPath(clip)
        if not self._image.isNull():
            painter.drawImage(self.square(), self._image)
            self._paint_lines(painter, self._contours, 0.35, 0.8)
            self._paint_lines(painter, self._lines, 0.75, 1.2)
        if is_for_a_file(painter, self):
            self._paint_points(painter)
        else:
            painter.drawPixmap(0, 0, self._points_overlay())
        self._paint_marks(painter)
        self._paint_ring(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        """Put rings around selected points; where they are many, around as many as points are drawn."""
        if self.points is None:
            return
        count = len(self.points.places)
        known = self.marked[self.marked < count]
        known = known[self.points.fills[known] != UNSEEN]
        shown = known[:: max(-(-len(known) // MAX_POINTS), 1)]
        radius = radius_for(count, self.square().width()) + 2.5
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (("panel", 3.4), ("text", 1.6)):  # a pale rim keeps them off the map's colours
            painter.setPen(QPen(current().colour(colour), width * current().mark_width))
            for x, y in self.to_pixels(self.points.places[shown]).tolist():
                painter.drawEllipse(QPointF(x, y), radius, radius)

    def _paint_ring(self, painter: QPainter) -> None:
        if self.points is None or self.ringed is None or self.ringed >= len(self.points.places):
            return
        if self.points.fills[self.ringed] == UNSEEN:
            return
        x, y = self.to_pixels(self.points.places[[self.ringed]])[0]
        radius = 2 * radius_for(len(self.points.places), self.square().width()) + 2
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (("panel", 4.0), ("accent", 2.0)):  # a pale rim keeps it off the map's colours
            painter.setPen(QPen(current().colour(colour), width * current().mark_width))
            painter.drawEllipse(QPointF(x, y), radius, radius)

    def _paint_lines(self, painter: QPainter, lines: FloatArray, strength: float, width: float) -> None:
        square = self.square()
        step_x, step_y = square.width() / self._image.width(), square.height() / self._image.height()
        x = square.left() + (lines[..., 0] + 0.5) * step_x
        y = square.bottom() - (lines[..., 1] + 0.5) * step_y
        painter.setPen(QPen(current().colour("text", strength), width * current().mark_width))
        ends = np.stack([x, y], axis=-1).reshape(-1, 4).tolist()
        painter.drawLines([QLineF(*end) for end in ends])

    def _points_overlay(self) -> QPixmap:
        """Return the painted points; they change far less often than the map beneath."""
        if self._overlay is None:
            ratio = self.devicePixelRatioF()
            self._overlay = QPixmap(self.size() * ratio)
            self._overlay.setDevicePixelRatio(ratio)
            self._overlay.fill(Qt.GlobalColor.transparent)
            with QPainter(self._overlay) as p:
                self._paint_points(p)
        return self._overlay

    def _paint_points(self, painter: QPainter) -> None:
        points, theme = self.points, current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if points is not None:
            radius = radius_for(len(points.places), self.square().width())
            places = self.to_pixels(points.places)
            paint_points(painter, places, points.classes, points.fills, theme, radius, rim=theme.panel)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._overlay = None
        super().resizeEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self.pointed.emit(self.to_units(event.position()) if self.square().contains(event.position()) else None)

    def leaveEvent(self, event: QEvent) -> None:
        self.pointed.emit(None)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.nearest(event.position())
        if row is not None:
            self.clicked.emit(row)

    def nearest(self, at: QPointF) -> int | None:
        """Return the row of the point under a pixel, or None."""
        if self.points is None or not len(self.points.places):
            return None
        distance = np.hypot(*(self.to_pixels(self.points.places) - (at.x(), at.y())).T)
        distance[self.points.fills == UNSEEN] = np.inf
        row = int(np.argmin(distance))
        return row if distance[row] <= _POINT_AT else None


def _point(points: PointSet, row: int) -> Entry:
    x, y = points.places[row]
    place = f"{numbers.number(x, 3)}, {numbers.number(y, 3)}"
    return Entry(tr("row {number}", number=row + 1), place, Selected("sample", unit=row))


def _image(pixels: Pixels) -> QImage:
    upright = np.ascontiguousarray(pixels[::-1])
    height, width = upright.shape[:2]
    return QImage(upright.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
