"""Data points as small painted markers: a colour and a shape a class; filled, hollow or barred by their part."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPixmap, QPolygonF, QTransform

from dlviz.gui.colour import mix
from dlviz.gui.theme import CLASS_MARKERS, Theme
from dlviz.gui.widgets.paint import keeps_lines

POINTS_ACROSS = 72  # radii that a map is wide, at least
MAX_PATHS = 400  # beyond, markers are stamped: 4 000 paths take 70 ms, stamps 8
_DEEPENED = 0.4  # how far a point's colour goes towards the text's on a map of the same hue
FILLED, HOLLOW, BARRED = 0, 1, 2  # rows that train, dev rows, test rows: the numbers of the parts
UNSEEN = -1  # rows that are not drawn
MAX_POINTS = 4000  # more would hide the map beneath and cost more than a frame to paint


def radius_for(count: int, side: float) -> float:
    """Return a marker radius in pixels at which this many points on a map of this side stay apart."""
    largest = 4.0 if count <= 300 else 3.0 if count <= 1000 else 2.0
    return min(max(side / POINTS_ACROSS, 1.5), largest)


@cache
def marker(index: int, radius: float) -> QPainterPath:
    """Return the shape of a class around the origin, about `radius` pixels in size."""
    # Beyond the last colour they begin again with the next marker: a hundred classes differ in one or the other.
    name = CLASS_MARKERS[(index + index // len(CLASS_MARKERS)) % len(CLASS_MARKERS)]
    return QTransform.fromScale(radius, radius).map(_SHAPES[name]())


def barred(path: QPainterPath) -> QPainterPath:
    """Return a marker with a bar across it, by which a test row is known."""
    box, crossed = path.boundingRect(), QPainterPath(path)
    crossed.moveTo(box.left(), box.center().y())
    crossed.lineTo(box.right(), box.center().y())
    return crossed


def paint_points(
    painter: QPainter,
    places: NDArray[np.float64],
    classes: NDArray[np.intp],
    fills: NDArray[np.integer],
    theme: Theme,
    radius: float,
    rim: str = "",
) -> None:
    """Paint points at (n, 2) pixel places, each FILLED, HOLLOW, BARRED or UNSEEN.

    rim: the colour around each on a coloured ground, where points are also deepened; none if empty.
    Those held out come last, so that the fewer are not hidden by the many.
    """
    shown = np.linspace(0, len(places) - 1, min(len(places), MAX_POINTS)).astype(int)
    for fill in (FILLED, HOLLOW, BARRED):
        own = shown[fills[shown] == fill]
        for index in np.unique(classes[own]):
            chosen = own[classes[own] == index]
            colour, shape = theme.class_colour(int(index)), marker(int(index), radius)
            deep = mix(colour, theme.text, _DEEPENED) if rim else colour
            pen, brush = _style(QColor(deep), theme, fill != FILLED, rim)
            paint = _paint_paths if len(shown) <= MAX_PATHS or keeps_lines(painter) else _paint_stamps
            paint(painter, barred(shape) if fill == BARRED else shape, places[chosen], pen, brush)


def _paint_paths(painter: QPainter, shape: QPainterPath, places: NDArray[np.float64], pen: QPen, brush: QColor) -> None:
    """Paint every marker exactly where it belongs."""
    painter.setPen(pen)
    painter.setBrush(brush)
    for x, y in places.tolist():
        painter.drawPath(shape.translated(x, y))


def _paint_stamps(
    painter: QPainter, shape: QPainterPath, places: NDArray[np.float64], pen: QPen, brush: QColor
) -> None:
    """Paint one marker as a picture and that picture everywhere, to the nearest pixel."""
    picture = stamp(shape, pen, brush, painter.device().devicePixelRatioF())
    half = picture.deviceIndependentSize().width() / 2
    for x, y in (places - half).tolist():
        painter.drawPixmap(QPointF(x, y), picture)


def _style(colour: QColor, theme: Theme, hollow: bool, rim: str) -> tuple[QPen, QColor]:
    ground = QColor(rim or theme.panel)
    if hollow:
        return QPen(colour, 1.6 * theme.mark_width), ground
    return (QPen(ground, 1.2 * theme.mark_width) if rim else QPen(Qt.PenStyle.NoPen)), colour


def stamp(shape: QPainterPath, pen: QPen, brush: QColor, ratio: float) -> QPixmap:
    """Return a marker as a picture, its middle where the shape has its origin."""
    box = shape.boundingRect()
    side = 2 * math.ceil(max(-box.left(), box.right(), -box.top(), box.bottom()) + pen.widthF()) + 1
    picture = QPixmap(math.ceil(side * ratio), math.ceil(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.setBrush(brush)
    middle = picture.deviceIndependentSize().width() / 2
    painter.drawPath(shape.translated(middle, middle))
    painter.end()
    return picture


def _circle() -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(QPointF(0, 0), 1.0, 1.0)
    return path


def _square() -> QPainterPath:
    path = QPainterPath()
    path.addRect(QRectF(-0.88, -0.88, 1.76, 1.76))
    return path


def _polygon(corners: int, turn: float, inner: float = 1.0, outer: float = 1.15) -> QPainterPath:
    """Return a regular polygon or, with a smaller inner radius, a star; turn is where the first corner points."""
    path = QPainterPath()
    steps = corners * 2 if inner != 1.0 else corners
    radii = [outer if i % 2 == 0 or inner == 1.0 else inner for i in range(steps)]
    angles = [turn + 2 * math.pi * i / steps for i in range(steps)]
    points = [QPointF(r * math.cos(a), r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]
    path.addPolygon(QPolygonF([*points, points[0]]))
    return path


def _cross(turn: float) -> QPainterPath:
    return _polygon(4, turn, inner=0.45, outer=1.25)


_UP, _DOWN = -math.pi / 2, math.pi / 2
_SHAPES: dict[str, Callable[[], QPainterPath]] = {
    "o": _circle,
    "s": _square,
    "t1": lambda: _polygon(3, _UP, outer=1.3),
    "d": lambda: _polygon(4, _UP, outer=1.25),
    "star": lambda: _polygon(5, _UP, inner=0.55, outer=1.4),
    "t": lambda: _polygon(3, _DOWN, outer=1.3),
    "p": lambda: _polygon(5, _UP),
    "h": lambda: _polygon(6, _UP),
    "+": lambda: _cross(_UP),
    "x": lambda: _cross(_UP + math.pi / 4),
}
