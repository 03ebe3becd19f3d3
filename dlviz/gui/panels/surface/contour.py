"""The landscape from above: bands of height, minima, paths, the start to be dragged, arrows at the ball."""

import math
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QWidget

from dlviz.core.surfaces import gradient_at
from dlviz.gui.listing.entries import Entry
from dlviz.gui.panels.surface.inner import InnerLegend, inners_of
from dlviz.gui.panels.surface.landscape import Landscape
from dlviz.gui.panels.surface.listed import race_entries
from dlviz.gui.panels.surface.plane import Frame2D, basins_of, sound_pieces
from dlviz.gui.panels.surface.ribbons import FAR, Ribbon
from dlviz.gui.panels.surface.shades import Shades, contour_pixels
from dlviz.gui.panels.surface.strokes import clear_of, paint_area, paint_arrow, paint_words
from dlviz.gui.race.arrows import Area, Arrow
from dlviz.gui.race.runners import paint_runner
from dlviz.gui.theme import GRID, RADIUS, current, font
from dlviz.gui.widgets.paint import describe, is_for_a_file
from dlviz.i18n import tr
from dlviz.session.race import Race

WIDTHS = (2.6, 1.8)  # pixels, of the path looked at and of the others
BALL, START, CROSS = 6.0, 6.5, 7.0  # pixels, radii
WIDEST = 0.22  # of the picture: the side of the largest area at the ball
LONGEST, SHORTEST = 0.3, 3.0  # of the picture, pixels: how long an arrow is drawn
TANGENT = 0.15  # of the picture's width, on either side
NUDGE = 0.02  # of the picture: how far an arrow key moves the start
GRAB = 14.0  # pixels
FINENESS = 2  # pixels of a file for one on the screen
MARGIN = 0.04  # of the height of a curve, above and below
FloatArray = NDArray[np.floating]


class Contour(Landscape):
    """The surface from above, with its minima, the start, arrows and the tangent at the ball."""

    start_asked = Signal(object, bool)  # the point, and whether it is still being dragged
    pointed = Signal(object)  # the place under the pointer, or None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDTHS, parent)
        self.arrows: tuple[Arrow, ...] = ()
        self.areas: tuple[Area, ...] = ()
        self.legend = InnerLegend(self)
        self.legend.changed.connect(self._repaint)
        self._frame = Frame2D(QRectF(), (0.0, 1.0), (0.0, 1.0))
        self._is_held = False
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)
        describe(
            self, tr("Surface from above"), tr("Click or drag: all optimizers start there. Arrow keys move the start.")
        )

    def show_step(self, step: int, entrant: int, arrows: tuple[Arrow, ...] = (), areas: tuple[Area, ...] = ()) -> None:
        """Stand after so many steps, with arrows and areas at the ball of one optimizer."""
        if entrant != self.entrant and self.race is not None and self.race.crowd is not None:
            self._picture = None  # the ends of its own many paths are painted there
        if (arrows, areas) != (self.arrows, self.areas):
            self.arrows, self.areas = arrows, areas
            self.legend.show_inners(inners_of(arrows, areas))
            self._place_legend()
            self.update()
        super().show_step(step, entrant)

    def resizeEvent(self, event: object) -> None:
        """Make the picture anew in the new size."""
        super().resizeEvent(event)
        self._place_legend()

    def _place_legend(self) -> None:
        self.legend.move(GRID, self.height() - self.legend.height() - GRID)

    def entries(self) -> tuple[Entry, ...]:
        """Return where every descent stands, as a list."""
        return race_entries(self.race, self.step) if self.race is not None else ()

    def ball(self, index: int) -> QPointF:
        """Return where the ball of an optimizer is painted."""
        self._prepare()
        return self._trail.ribbons[index].at(self.step)

    def _paint_still(self, p: QPainter, race: Race) -> list[Ribbon]:
        """Paint the surface, its minima, the flow, and ends of many starts."""
        shades, box = Shades(race.heights), QRectF(self.rect()).adjusted(1, 1, -1, -1)
        if race.surface.d == 2:
            x0, x1, y0, y1 = race.extent
            self._frame = Frame2D(box, (x0, x1), (y0, y1))
            points = [path.points for path in race.paths]
        else:
            span = (shades.high - shades.low) * MARGIN or 1.0
            self._frame = Frame2D(box, (race.extent[0], race.extent[1]), (shades.low - span, shades.high + span))
            points = [np.stack([path.points[:, 0], path.values], axis=1) for path in race.paths]
        clip = QPainterPath()
        clip.addRoundedRect(QRectF(self.rect()), RADIUS, RADIUS)
        p.fillPath(clip, current().colour("canvas"))
        p.setClipPath(clip)
        if race.surface.d == 2:
            fine = FINENESS if is_for_a_file(p, self) else 1
            pixels = contour_pixels(shades.at(race.heights), current(), fine * self.width(), fine * self.height())
            p.drawImage(QRectF(self.rect()), _image(pixels))
        else:
            self._paint_curve(p, race)
        self._paint_ends(p, race)
        self._paint_flow(p, race)
        whole = (each[: standing.broken] for each, standing in zip(points, race.standings, strict=True))
        return [Ribbon(self._frame.pixels(each), race.spec.marker(index)) for index, each in enumerate(whole)]

    def _paint_moving(self, p: QPainter, race: Race) -> None:
        self._paint_start(p, race)
        self._paint_arrows(p, race)
        if race.surface.d == 1:
            self._paint_tangent(p, race)
        self._paint_balls(p)

    def _paint_curve(self, p: QPainter, race: Race) -> None:
        x = np.linspace(race.extent[0], race.extent[1], len(race.heights))
        places = self._frame.pixels(np.stack([x, race.heights], axis=1))
        pen = QPen(current().colour("loss"), 1.8 * current().mark_width)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        p.setPen(pen)
        for piece in sound_pieces(np.clip(places, -FAR, FAR)):
            # Line by line: as one line, the stroke of sin(1e10*x) crosses itself so often that it takes a second.
            p.drawLines([QLineF(*a, *b) for a, b in pairwise(piece.tolist())])

    def _paint_tangent(self, p: QPainter, race: Race) -> None:
        """Paint the tangent of a curve where the ball of the optimizer looked at lies."""
        path = race.paths[self.entrant]
        if self.step >= len(path.gradients) or self._trail.ribbons[self.entrant].is_broken(self.step):
            return
        at, value = float(path.points[self.step, 0]), float(path.values[self.step])
        slope = float(gradient_at(race.surface, path.points[self.step][:, None])[0, 0])
        reach = TANGENT * (race.extent[1] - race.extent[0])
        ends = np.array([[at + way * reach, value + way * reach * slope] for way in (-1, 1)])
        (x0, y0), (x1, y1) = self._frame.pixels(ends).tolist()
        p.setPen(QPen(current().colour("backward"), 1.6 * current().mark_width, Qt.PenStyle.DashLine))
        p.drawLine(QLineF(x0, y0, x1, y1))

    def _paint_ends(self, p: QPainter, race: Race) -> None:
        """Paint where many starts came to: a dot at each start in the shade of its end, and the minima."""
        theme = current()
        if race.crowd is not None and race.surface.d == 2:
            self._paint_crowd(p, race)
        for each in race.minima:
            at = QPointF(*self._of(race, each))
            for colour, width in ((theme.panel, 4.5), (theme.text, 2.0)):
                p.setPen(QPen(QColor(colour), width * theme.mark_width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
                p.drawLine(QLineF(at.x() - CROSS, at.y(), at.x() + CROSS, at.y()))
                p.drawLine(QLineF(at.x(), at.y() - CROSS, at.x(), at.y() + CROSS))

    def _paint_crowd(self, p: QPainter, race: Race) -> None:
        crowd, theme = race.crowd, current()
        if crowd is None:
            return
        basins = basins_of(crowd.ends[self.entrant], crowd.values[self.entrant], race.extent)
        places = self._frame.pixels(crowd.starts.T)
        p.setPen(QPen(theme.colour("panel"), 1.0))
        for (x, y), basin in zip(places.tolist(), basins.tolist(), strict=True):
            p.setBrush(theme.colour("faint") if basin < 0 else QColor(theme.class_colour(basin)))
            p.drawEllipse(QPointF(x, y), 4.0, 4.0)

    def _of(self, race: Race, point: tuple[float, ...]) -> tuple[float, float]:
        """Return the pixels of a point of the surface, on the curve where it is one; below where that has no height."""
        if race.surface.d == 1:
            with np.errstate(all="ignore"):
                point = (point[0], float(race.surface.value(np.array([[point[0]]]))[0]))
        x, y = self._frame.pixels(np.array([point]))[0]
        return float(x), float(y) if np.isfinite(y) else self._frame.box.bottom()

    def _paint_flow(self, p: QPainter, race: Race) -> None:
        if race.surface.d == 2:
            p.setPen(QPen(current().colour("text", 0.75), 1.4 * current().mark_width, Qt.PenStyle.DashLine))
            places = self._frame.pixels(race.flow)
            p.drawPolyline(QPolygonF([QPointF(*each) for each in places.tolist()]))

    def _paint_start(self, p: QPainter, race: Race) -> None:
        theme, at = current(), QPointF(*self._of(race, race.start))
        p.setPen(QPen(QColor(theme.text), 2.0))
        p.setBrush(QColor(theme.panel))
        p.drawEllipse(at, START, START)
        if self.step == 0:
            p.setFont(font("small", is_bold=True))
            paint_words(p, at + QPointF(START + 5, 4), tr("start (drag)") if race.network is None else tr("start"))

    def _paint_balls(self, p: QPainter) -> None:
        if self.step:
            for index, ribbon in enumerate(self._trail.ribbons):
                paint_runner(p, ribbon.number, ribbon.at(self.step), BALL * (1.25 if index == self.entrant else 1.0))

    def _paint_arrows(self, p: QPainter, race: Race) -> None:
        """Paint the numbers at the ball as arrows: all of one scale, which is as large as fits."""
        if race.surface.d == 1 or not self.arrows:
            return
        self._paint_areas(p)
        theme, origin = current(), self._trail.ribbons[self.entrant].at(self.step)
        longest = LONGEST * min(self.width(), self.height())
        p.setFont(font("small", is_bold=True))
        written, metrics = list[QRectF](), p.fontMetrics()
        for arrow in self.arrows:
            if arrow.name in self.legend.left_out:
                continue
            at = origin if arrow.place is None else QPointF(*self._of(race, arrow.place))
            tip, colour = self._tip(at, arrow, longest), getattr(theme, arrow.phase)
            if tip is not None:
                paint_arrow(p, at, tip, colour)
                size = QRectF(0, -metrics.ascent(), metrics.horizontalAdvance(arrow.name), metrics.height())
                box = clear_of(size.translated(tip + QPointF(6, -4)), written, self._frame.box)
                written.append(box)
                paint_words(p, box.topLeft() + QPointF(0, metrics.ascent()), arrow.name, colour)

    def _paint_areas(self, p: QPainter) -> None:
        """Paint what is summed of squares on the axes at the ball: areas of one scale, the largest of a fixed size."""
        origin = self._trail.ribbons[self.entrant].at(self.step)
        for area in self.areas:
            if area.name not in self.legend.left_out:
                along_x, along_y = (self.side(value) for value in area.values)
                paint_area(p, QRectF(origin.x(), origin.y(), along_x, along_x), area.is_corrected)
                corner = origin - QPointF(along_y, along_y)  # upwards, on the other side of the ball
                paint_area(p, QRectF(corner.x(), corner.y(), along_y, along_y), area.is_corrected)

    def side(self, value: float) -> float:
        """Return the side in pixels of the square at the ball that stands for a number."""
        shown = [each for each in self.areas if each.name not in self.legend.left_out]
        largest = max((each for area in shown for each in area.values), default=0.0)
        return WIDEST * min(self.width(), self.height()) * math.sqrt(value / largest) if largest else 0.0

    @Slot()
    def _repaint(self) -> None:
        self.update()

    def _tip(self, origin: QPointF, arrow: Arrow, longest: float) -> QPointF | None:
        """Return where an arrow ends: true in length if it is a move, else shortened to what fits."""
        across = arrow.vector[0] / (self._frame.x[1] - self._frame.x[0]) * self._frame.box.width()
        up = arrow.vector[1] / (self._frame.y[1] - self._frame.y[0]) * self._frame.box.height()
        length = math.hypot(across, up)
        if not math.isfinite(length) or length < 1e-9:
            return None
        scale = 1.0 if arrow.is_move else min(1.0, longest / length)
        if length * scale < SHORTEST:
            return None
        return origin + QPointF(across * scale, -up * scale)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start there."""
        if event.button() == Qt.MouseButton.LeftButton and self.race is not None and self.race.network is None:
            self._is_held = True
            self._ask(event.position(), is_dragging=True)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the start; say what is under the pointer."""
        if self._is_held:
            self._ask(event.position(), is_dragging=True)
        self.pointed.emit(self._frame.place(event.position()) if self.race is not None else None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Leave the start there."""
        if self._is_held:
            self._is_held = False
            self._ask(event.position(), is_dragging=False)

    def leaveEvent(self, event: object) -> None:
        """Nothing is under the pointer."""
        self.pointed.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the start by arrow keys."""
        moves = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
        move = moves.get(Qt.Key(event.key()))
        if move is None or self.race is None or self.race.network is not None:
            event.ignore()
            return
        spans = np.diff(np.array(self.race.extent).reshape(-1, 2))[:, 0]
        point = tuple(s + NUDGE * m * span for s, m, span in zip(self.race.start, move, spans, strict=False))
        self.start_asked.emit(point, False)

    def _ask(self, at: QPointF, is_dragging: bool) -> None:
        self._prepare()
        if self.race is None:
            return
        box = self._frame.box
        inside = QPointF(min(max(at.x(), box.left()), box.right()), min(max(at.y(), box.top()), box.bottom()))
        place = self._frame.place(inside)
        rounded = tuple(float(f"{each:.4g}") for each in place[: self.race.surface.d])
        self.start_asked.emit(rounded, is_dragging)


def _image(pixels: NDArray[np.uint8]) -> QImage:
    whole = np.ascontiguousarray(pixels)
    return QImage(whole.data, whole.shape[1], whole.shape[0], 4 * whole.shape[1], QImage.Format.Format_RGBA8888).copy()
