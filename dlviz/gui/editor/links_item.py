"""All links of the network in one graphics item: as many pens as there are widths and signs.

Measured on 72 links with the raster engine: one path a pen with Qt's own dashes 10 ms, one path a link
1.9 ms, dashes as lines made once a layout 1.0 ms. Translucent colours and joined paths are what is slow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from dlviz.gui.colour import mix
from dlviz.gui.editor.layout import Links
from dlviz.gui.theme import Theme

WEIGHT_LIMIT = 4.0  # |weight| that is drawn widest
MAX_WIDTH = 10.0  # pixels at zoom 1
LEVELS = 20  # widths that are told apart; 0 is a plain wire
FAINT = LEVELS + 1  # key of links outside of the lit place
WHOLE_PIECES = 20  # lines of a curve in large nets
MESH_PIECES = 10  # in a mesh, where nobody follows a single curve and every line costs half a microsecond
GRAB = 6.0  # pixels around a curve that count as on it
DASH, WIDE_DASH = (6.0, 4.0), (11.0, 7.0)  # pixels drawn and left out
WIDE = 4.5  # pixels; lines from here on have the long dashes
MANY = 40  # links; from here on curves are drawn as short lines, which is faster and as good when thin
LIT_WIDTH = 2.2  # pixels; links of the step in hand are at least so wide
SOFTNESS = 0.88  # how much of the pure colour a line has; mixed beforehand, for alpha is slow
FEW, MESH = 60, 160  # links; above the first small weights grow paler, or the mesh would hide what it shows
PALEST = 0.4  # of the colour that the smallest weight has where links are few


def levels(weights: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the signed level of every weight, 1…20 by size, 0 where it is NaN or zero."""
    sizes = np.minimum(np.nan_to_num(np.abs(weights), nan=0.0), WEIGHT_LIMIT) / WEIGHT_LIMIT
    steps = np.ceil(sizes * LEVELS)
    return (np.sign(np.nan_to_num(weights)) * steps).astype(np.int64)


def width_of(level: int, max_width: float = MAX_WIDTH) -> float:
    """Return the line width of a level: 1 pixel to max_width."""
    return 1.0 + (max_width - 1.0) * (abs(level) - 1) / (LEVELS - 1) if level else 1.0


@dataclass(frozen=True)
class Stroke:
    """What one pen draws: whole curves, and straight pieces of others."""

    pen: QPen
    paths: list[QPainterPath]
    lines: list[QLineF]


class LinksItem(QGraphicsItem):
    """Draws links by size and sign; those outside of the lit place are a hairline."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.setZValue(-1)
        self.max_width = MAX_WIDTH
        self._bounds = QRectF()
        self._paths: list[QPainterPath] = []
        self._pieces = Pieces(None)
        self._strokes: list[Stroke] = []
        self._pens: dict[tuple[int, str, float, str, float], QPen] = {}
        self._state: bytes = b""
        self._samples, self._owners = np.empty((0, 2, 2)), np.empty(0, np.intp)

    def set_links(self, links: Links, max_width: float) -> None:
        """Take over new curves; what is drawn comes with the next `show_levels`."""
        self.prepareGeometryChange()
        self.max_width = max_width
        self._paths, self._pieces = curves(links), Pieces(links)
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
        groups: dict[int, list[int]] = {}
        for index, key in enumerate(np.where(shown, signed, FAINT).tolist()):
            groups.setdefault(key, []).append(index)
        order = sorted(groups, key=lambda level: (level < FAINT, abs(level)))
        self._strokes = [self._stroke(key, groups[key], phase_colour) for key in order]
        self.update()

    def _stroke(self, level: int, indices: list[int], phase_colour: str) -> Stroke:
        pen = self._pen(level, phase_colour)
        if level < 0:
            is_wide = pen.widthF() >= WIDE or len(self._paths) >= MESH
            dash = WIDE_DASH if is_wide else DASH
            return Stroke(pen, [], [line for index in indices for line in self._pieces.dashes(index, dash)])
        if len(self._paths) < MANY:
            return Stroke(pen, [self._paths[index] for index in indices], [])
        return Stroke(pen, [], [line for index in indices for line in self._pieces.whole(index)])

    def _pen(self, level: int, phase_colour: str) -> QPen:
        key = level, phase_colour, self.max_width, self.theme.key, self._palest
        if key not in self._pens:
            self._pens[key] = self._made_pen(level, phase_colour)
        return self._pens[key]

    def _made_pen(self, level: int, phase_colour: str) -> QPen:
        theme = self.theme
        if level == FAINT or level == 0:
            pure = theme.outline if level == FAINT else theme.faint
            return QPen(QColor(mix(theme.canvas, pure, self._share(0))), 1.2 * theme.mark_width)
        pure = phase_colour or (theme.negative_mark if level < 0 else theme.positive_mark)
        least = LIT_WIDTH * self._share(0) if phase_colour else 0.0
        width = max(width_of(level, self.max_width), least) + theme.mark_width - 1.0
        pen = QPen(QColor(mix(theme.canvas, pure, SOFTNESS * self._share(level))), width)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen

    def _share(self, level: int) -> float:
        """Return how much of its colour a line keeps: all where links are few, less for small weights in a mesh."""
        return self._palest + (1.0 - self._palest) * abs(level) / LEVELS

    @property
    def _palest(self) -> float:
        """Return what the smallest weight keeps."""
        density = min(max((len(self._paths) - FEW) / (MESH - FEW), 0.0), 1.0)
        return 1.0 - (1.0 - PALEST) * density

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
        """Stroke pen after pen, faint ones first, then by width."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for stroke in self._strokes:
            painter.setPen(stroke.pen)
            for path in stroke.paths:
                painter.drawPath(path)
            if stroke.lines:
                painter.drawLines(stroke.lines)


class Pieces:
    """Curves cut into short straight lines, made when first asked for and kept while the layout lasts."""

    def __init__(self, links: Links | None) -> None:
        self._links = links
        self._made: dict[tuple[int, tuple[float, float]], list[QLineF]] = {}

    def dashes(self, index: int, dash: tuple[float, float]) -> list[QLineF]:
        """Return the drawn pieces of one link, evenly spaced along it."""
        key = index, dash
        if key not in self._made:
            points, along = self._measured(index)
            starts = np.arange(0.0, along[-1], sum(dash))
            self._made[key] = _lines(points, along, starts, np.minimum(starts + dash[0], along[-1]))
        return self._made[key]

    def whole(self, index: int) -> list[QLineF]:
        """Return one link as lines that touch."""
        key = index, (0.0, 0.0)
        if key not in self._made:
            own = self._touching[slice(*self._segments(index))]
            self._made[key] = [QLineF(*four) for four in own.reshape(-1, 4).tolist()]
        return self._made[key]

    @cached_property
    def _touching(self) -> NDArray[np.float64]:
        """All segments as lines that touch, (s, pieces, 2, 2): at once, for one by one takes a frame's time."""
        assert self._links is not None  # only a drawn link is asked for
        pieces = MESH_PIECES if len(self._links) >= MESH else WHOLE_PIECES
        points = self._links.routes.points(np.linspace(0.0, 1.0, pieces + 1))
        return np.stack([points[:, :-1], points[:, 1:]], axis=2)

    @cached_property
    def _sampled(self) -> NDArray[np.float64]:
        """Points of all segments, (s, points, 2)."""
        assert self._links is not None  # only a drawn link is asked for
        return self._links.routes.points(np.linspace(0.0, 1.0, 2 * WHOLE_PIECES))

    def _segments(self, index: int) -> list[int]:
        """Return the first segment of a link, and the one after its last."""
        assert self._links is not None  # only a drawn link is asked for
        return np.searchsorted(self._links.routes.owners, [index, index + 1]).tolist()

    def _measured(self, index: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return points along a link and how far each is from its start."""
        points = self._sampled[slice(*self._segments(index))].reshape(-1, 2)
        steps = np.hypot(*np.diff(points, axis=0).T)
        return points, np.concatenate([[0.0], np.cumsum(steps)])


def _lines(
    points: NDArray[np.float64], along: NDArray[np.float64], starts: NDArray[np.float64], ends: NDArray[np.float64]
) -> list[QLineF]:
    x, y = points.T
    columns = (np.interp(cut, along, axis) for cut in (starts, ends) for axis in (x, y))
    return [QLineF(*four) for four in zip(*(column.tolist() for column in columns), strict=True)]


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
