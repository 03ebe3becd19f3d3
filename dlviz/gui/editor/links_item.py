"""All links of the network in one graphics item: as many strokes as there are widths, not links."""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from dlviz.gui.editor.layout import Links
from dlviz.gui.theme import Theme

WEIGHT_LIMIT = 4.0  # |weight| that is drawn widest
MAX_WIDTH = 10.0  # pixels at zoom 1
LEVELS = 20  # widths that are told apart; 0 is a plain wire
GRAB = 6.0  # pixels around a curve that count as on it
DASH = (7.0, 4.0)  # pixels, before widths are taken into account


def levels(weights: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the signed level of every weight, 1…20 by size, 0 where it is NaN or zero."""
    sizes = np.nan_to_num(np.abs(weights), nan=0.0, posinf=WEIGHT_LIMIT) / WEIGHT_LIMIT
    steps = np.clip(np.ceil(sizes * LEVELS), 0, LEVELS)
    return (np.sign(np.nan_to_num(weights)) * steps).astype(np.int64)


def width_of(level: int, max_width: float = MAX_WIDTH) -> float:
    """Return the line width of a level: 1 pixel to max_width."""
    return 1.0 + (max_width - 1.0) * (abs(level) - 1) / (LEVELS - 1) if level else 1.0


class LinksItem(QGraphicsItem):
    """Draws links by size and sign; those outside of the lit place are a hairline."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setZValue(-1)
        # exposedRect is asked for, so that Qt clips a small repaint to what changed.
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemUsesExtendedStyleOption)
        self._bounds = QRectF()
        self._samples, self._owners = np.empty((0, 2, 2)), np.empty(0, np.intp)
        self._paths: list[QPainterPath] = []
        self._strokes: list[tuple[QPen, QPainterPath]] = []
        self._state: bytes = b""
        self.max_width = MAX_WIDTH

    def set_links(self, links: Links, max_width: float) -> None:
        """Take over new curves; what is drawn comes with the next `show_levels`."""
        self.prepareGeometryChange()
        self.max_width = max_width
        self._paths = curves(links)
        self._strokes, self._state = [], b""
        points = links.routes.segments.reshape(-1, 2)
        self._bounds = _rectangle(points, max_width) if len(points) else QRectF()
        self._samples, self._owners = links.routes.sampled(), links.routes.owners

    def show_levels(self, signed: NDArray[np.int64], shown: NDArray[np.bool_], phase_colour: str = "") -> None:
        """Draw links at these levels; unless shown they are faint. Repaints only if something changed."""
        state = signed.tobytes() + shown.tobytes() + phase_colour.encode() + self.theme.key.encode()
        if state == self._state or len(signed) != len(self._paths):
            return
        self._state = state
        self._strokes = self._grouped(signed, shown, phase_colour)
        self.update()

    def _grouped(
        self, signed: NDArray[np.int64], shown: NDArray[np.bool_], phase_colour: str
    ) -> list[tuple[QPen, QPainterPath]]:
        keys = np.where(shown, signed, LEVELS + 1)
        groups = []
        for key in sorted(set(keys.tolist()), key=lambda level: (level <= LEVELS, abs(level))):
            path = QPainterPath()
            for index in np.flatnonzero(keys == key).tolist():
                path.addPath(self._paths[index])
            groups.append((self._pen(key, phase_colour), path))
        return groups

    def _pen(self, level: int, phase_colour: str) -> QPen:
        if level > LEVELS or level == 0:
            return QPen(self.theme.colour("outline"), 1.2)
        colour = self.theme.colour("negative_mark" if level < 0 else "positive_mark", 0.9)
        width = width_of(level, self.max_width)
        pen = QPen(QColor(phase_colour) if phase_colour else colour, width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        if level < 0:
            # Qt counts dashes in line widths; these keep their length in pixels.
            pen.setDashPattern([max(dash / width, 0.6) for dash in DASH])
        return pen

    def at(self, point: QPointF) -> int | None:
        """Return the index of the link under a point, the nearest if several are."""
        if not len(self._owners):
            return None
        x, y = point.x(), point.y()
        a, b = self._samples[:, :-1], self._samples[:, 1:]
        along = b - a
        share = ((x - a[..., 0]) * along[..., 0] + (y - a[..., 1]) * along[..., 1]) / np.maximum(
            (along**2).sum(-1), 1e-9
        )
        nearest = a + np.clip(share, 0, 1)[..., None] * along
        distances = np.hypot(nearest[..., 0] - x, nearest[..., 1] - y).min(axis=1)
        best = int(distances.argmin())
        return int(self._owners[best]) if distances[best] <= GRAB else None

    def path(self, index: int) -> QPainterPath:
        """Return the curve of one link."""
        return self._paths[index]

    def boundingRect(self) -> QRectF:
        """Return the rectangle around all curves."""
        return self._bounds

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Stroke one path a width and sign, faint ones first."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen, path in self._strokes:
            painter.setPen(pen)
            painter.drawPath(path)


class Halo(QGraphicsItem):
    """A soft band behind the selected or hovered link."""

    def __init__(self, colour: str, width: float, opacity: float) -> None:
        super().__init__()
        self.setZValue(-2)
        self._path, self._width, self.colour = QPainterPath(), width, colour
        self.setOpacity(opacity)

    def show_path(self, path: QPainterPath | None, width: float) -> None:
        """Draw the band along a curve; None takes it away."""
        self.prepareGeometryChange()
        self._path, self._width = path or QPainterPath(), width

    def boundingRect(self) -> QRectF:
        """Return the rectangle around the band."""
        room = self._width
        return self._path.boundingRect().adjusted(-room, -room, room, room) if not self._path.isEmpty() else QRectF()

    def paint(self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None) -> None:
        """Stroke the band."""
        if not self._path.isEmpty():
            pen = QPen(QColor(self.colour), self._width)
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            painter.strokePath(self._path, pen)


def curves(links: Links) -> list[QPainterPath]:
    """Return one painter path for each link."""
    paths: list[QPainterPath] = [QPainterPath() for _ in range(len(links))]
    for owner, (p0, p1, p2, p3) in zip(links.routes.owners.tolist(), links.routes.segments.tolist(), strict=True):
        path = paths[owner]
        if path.isEmpty():
            path.moveTo(*p0)
        path.cubicTo(*p1, *p2, *p3)
    return paths


def _rectangle(points: Iterable[Iterable[float]], margin: float) -> QRectF:
    array = np.asarray(points)
    (x0, y0), (x1, y1) = array.min(axis=0), array.max(axis=0)
    return QRectF(x0, y0, x1 - x0, y1 - y0).adjusted(-margin, -margin, margin, margin)
