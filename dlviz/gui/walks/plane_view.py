"""PlaneView: points, the point presented, and the line or the prototypes that learn from it."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID, Theme, current, font
from dlviz.gui.walks.picture import Picture
from dlviz.gui.walks.plane import Plane, Prototype
from dlviz.gui.widgets.paint import focus_ring, painter
from dlviz.gui.widgets.points import FILLED, paint_points, radius_for
from dlviz.i18n import tr

LEFT, RIGHT, TOP, BOTTOM = 6 * GRID, 2 * GRID, 2 * GRID, 4 * GRID  # room for the numbers of the axes
REACH = 9.0  # pixels from a line or a prototype that still hit it
PROTOTYPE = 7.0  # pixels from its middle to a corner


class PlaneView(Picture):
    """One picture; a click on a line or a prototype selects its unit."""

    dropped = Signal(float, float)  # where a point was put down, in the plane

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = tr("Click a line or a prototype to see its numbers")
        super().__init__(tr("Points and what is learnt from them"), tip, parent)
        self.shown = Plane()

    def show_plane(self, shown: Plane) -> None:
        """Show another moment."""
        self.shown = shown
        self.setAccessibleDescription(spoken(shown))
        self.update()

    def area(self) -> QRectF:
        """Return the square in which the plane is drawn."""
        room = QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)
        side = max(min(room.width(), 1.6 * room.height()), 1.0)
        return QRectF(room.center().x() - side / 2, room.top(), side, room.height())

    def pixel(self, x: float, y: float) -> QPointF:
        """Return where a point of the plane is painted."""
        x0, x1, y0, y1 = self.shown.extent
        area = self.area()
        return QPointF(
            area.left() + (x - x0) / (x1 - x0) * area.width(), area.bottom() - (y - y0) / (y1 - y0) * area.height()
        )

    def coordinates(self, point: QPointF) -> tuple[float, float]:
        """Return which point of the plane is painted here."""
        x0, x1, y0, y1 = self.shown.extent
        area = self.area()
        across, up = (point.x() - area.left()) / area.width(), (area.bottom() - point.y()) / area.height()
        return x0 + across * (x1 - x0), y0 + up * (y1 - y0)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, shown, area = current(), self.shown, self.area()
        with painter(self) as p:
            focus_ring(p, self)
            p.fillRect(area, theme.colour("panel"))
            p.save()
            p.setClipRect(area)
            self._paint_side(p, theme)
            self._paint_points(p, theme)
            self._paint_asked(p, theme)
            self._paint_learnt(p, theme)
            p.restore()
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(theme.colour("outline"), 1.0))
            p.drawRect(area)
            _paint_axes(p, theme, shown, area)

    def _paint_side(self, p: QPainter, theme: Theme) -> None:
        """Lay a thin colour over the half of the plane where the unit fires."""
        if self.shown.side is None:
            return
        corners = _half_plane(self.shown.side, self.shown.extent)
        p.setPen(Qt.PenStyle.NoPen)
        p.setBrush(theme.colour("positive", 0.12))
        p.drawPolygon(QPolygonF([self.pixel(x, y) for x, y in corners]))

    def _paint_points(self, p: QPainter, theme: Theme) -> None:
        shown = self.shown
        if not len(shown.places):
            return
        pixels = np.array([[point.x(), point.y()] for point in (self.pixel(*each) for each in shown.places.tolist())])
        radius = max(radius_for(len(pixels), self.area().width()), 4.5 if len(pixels) <= 20 else 0.0)
        paint_points(p, pixels, shown.classes, np.full(len(pixels), FILLED), theme, radius)
        p.setPen(QPen(theme.colour("error"), 2.0 * theme.mark_width))
        for row in shown.wrong:
            corner = QPointF(*pixels[row]) + QPointF(radius + 4, -radius - 4)
            p.drawLine(corner - QPointF(3, 3), corner + QPointF(3, 3))
            p.drawLine(corner - QPointF(3, -3), corner + QPointF(3, -3))
        if shown.current is not None:
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(theme.colour(shown.phase or "accent"), 2.4 * theme.mark_width))
            p.drawEllipse(QPointF(*pixels[shown.current]), radius + 6, radius + 6)

    def _paint_asked(self, p: QPainter, theme: Theme) -> None:
        """Draw the point that is asked about, its class once it is answered, and lines to the rows that answer."""
        shown = self.shown
        if not shown.asks or shown.current is None or not len(shown.places):
            return
        p.setPen(QPen(theme.colour("accent"), 2.0 * theme.mark_width, Qt.PenStyle.DashLine))
        for begin, end in shown.rays:
            p.drawLine(self.pixel(*begin), self.pixel(*end))
        at = self.pixel(*shown.places[shown.current].tolist())
        colour = theme.panel if shown.answer is None else theme.class_colour(shown.answer)
        p.setPen(QPen(theme.colour("text"), 1.6 * theme.mark_width))
        p.setBrush(QColor(colour))
        p.drawEllipse(at, PROTOTYPE, PROTOTYPE)
        p.setFont(font("small", is_bold=True))
        p.drawText(
            at + QPointF(PROTOTYPE + 5, PROTOTYPE + 5),
            "?" if shown.answer is None else tr("class {number}", number=shown.answer),
        )

    def _paint_learnt(self, p: QPainter, theme: Theme) -> None:
        shown = self.shown
        for line in shown.lines:
            (x0, y0), (x1, y1) = line.ends
            is_selected = self.selected.kind != "none" and self.selected.unit == line.unit
            colour = theme.colour("muted" if line.was else "accent" if is_selected else "text")
            style = Qt.PenStyle.DashLine if line.was else Qt.PenStyle.SolidLine
            p.setPen(QPen(colour, (1.3 if line.was else 2.4) * theme.mark_width, style))
            p.drawLine(self.pixel(x0, y0), self.pixel(x1, y1))
        p.setPen(QPen(theme.colour("muted"), 1.2 * theme.mark_width))
        for first, second in shown.ties:
            p.drawLine(self.pixel(*shown.prototypes[first].at), self.pixel(*shown.prototypes[second].at))
        for prototype in shown.prototypes:
            self._paint_prototype(p, theme, prototype)
        for arrow in shown.arrows:
            self._paint_move(p, theme, (0.0, 0.0), arrow.at, "text")

    def _paint_prototype(self, p: QPainter, theme: Theme, prototype: Prototype) -> None:
        at = self.pixel(*prototype.at)
        if prototype.was is not None:
            self._paint_move(p, theme, prototype.was, prototype.at, "update")
        if abs(prototype.share) > 0.02 and not prototype.is_winner:
            p.setPen(Qt.PenStyle.NoPen)
            p.setBrush(theme.colour("accent", min(abs(prototype.share), 1.0) * 0.35))
            p.drawEllipse(at, 2 * PROTOTYPE, 2 * PROTOTYPE)
        fill = theme.panel if prototype.label is None else theme.class_colour(prototype.label)
        is_selected = self.selected.kind != "none" and self.selected.unit == prototype.unit
        colour = "accent" if prototype.is_winner or is_selected else "text"
        p.setPen(QPen(theme.colour(colour), (3.0 if prototype.is_winner else 1.6) * theme.mark_width))
        p.setBrush(QPen(fill).color())
        p.drawPath(_diamond(at))
        if len(self.shown.prototypes) <= 12:
            p.setFont(font("small", is_bold=True))
            p.setPen(theme.colour("text"))
            p.drawText(at + QPointF(PROTOTYPE + 3, -PROTOTYPE), str(prototype.unit + 1))

    def _paint_move(
        self, p: QPainter, theme: Theme, start: tuple[float, float], end: tuple[float, float], colour: str
    ) -> None:
        begin, tip = self.pixel(*start), self.pixel(*end)
        p.setPen(QPen(theme.colour(colour), 2.0 * theme.mark_width))
        p.drawLine(begin, tip)
        way = tip - begin
        length = max((way.x() ** 2 + way.y() ** 2) ** 0.5, 1e-9)
        along = way * (8.0 / length)
        across = QPointF(-along.y(), along.x()) * 0.5
        p.drawLine(tip, tip - along + across)
        p.drawLine(tip, tip - along - across)

    def place_at(self, point: QPointF) -> Selected:
        """Return the unit whose line or prototype lies at a point."""
        for prototype in (*self.shown.prototypes, *self.shown.arrows):
            if (self.pixel(*prototype.at) - point).manhattanLength() <= 2 * REACH:
                return Selected("unit", "o", prototype.unit)
        for line in self.shown.lines:
            if not line.was and _distance(self.pixel(*line.ends[0]), self.pixel(*line.ends[1]), point) <= REACH:
                return Selected("unit", "o", line.unit)
        return NOTHING

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select what is clicked; where points can be put down, put one on an empty place."""
        is_left, at = event.button() == Qt.MouseButton.LeftButton, event.position()
        if is_left and self.shown.asks and self.place_at(at) == NOTHING and self.area().contains(at):
            self.dropped.emit(*self.coordinates(at))
        else:
            super().mousePressEvent(event)


def _diamond(at: QPointF) -> QPainterPath:
    path = QPainterPath()
    corners = ((0, -1), (1, 0), (0, 1), (-1, 0), (0, -1))
    path.addPolygon(QPolygonF([at + QPointF(x * PROTOTYPE, y * PROTOTYPE) for x, y in corners]))
    return path


def _distance(a: QPointF, b: QPointF, point: QPointF) -> float:
    """Return the pixels from a point to a line through two others."""
    way, off = b - a, point - a
    length = max((way.x() ** 2 + way.y() ** 2) ** 0.5, 1e-9)
    return abs(way.x() * off.y() - way.y() * off.x()) / length


def _half_plane(
    side: tuple[float, float, float], extent: tuple[float, float, float, float]
) -> list[tuple[float, float]]:
    """Return the corners of the part of the picture where a x + b y + c ≥ 0."""
    a, b, c = side
    x0, x1, y0, y1 = extent
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
    found: list[tuple[float, float]] = []
    for (px, py), (qx, qy) in zip(corners, [*corners[1:], corners[0]], strict=True):
        here, there = a * px + b * py + c, a * qx + b * qy + c
        if here >= 0:
            found.append((px, py))
        if (here >= 0) != (there >= 0):
            share = here / (here - there)
            found.append((px + share * (qx - px), py + share * (qy - py)))
    return found


def _paint_axes(p: QPainter, theme: Theme, shown: Plane, area: QRectF) -> None:
    p.setFont(font("small"))
    p.setPen(theme.colour("muted"))
    x0, x1, y0, y1 = shown.extent
    height = p.fontMetrics().height()
    below = QRectF(area.left(), area.bottom() + 3, area.width(), height)
    p.drawText(below, Qt.AlignmentFlag.AlignLeft, numbers.number(x0, 2))
    p.drawText(below, Qt.AlignmentFlag.AlignRight, numbers.number(x1, 2))
    p.drawText(below, Qt.AlignmentFlag.AlignHCenter, shown.names[0])
    beside = QRectF(0, area.top(), area.left() - 5, area.height())
    p.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop, numbers.number(y1, 2))
    p.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, numbers.number(y0, 2))
    p.drawText(beside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, shown.names[1])


def spoken(shown: Plane) -> str:
    """Return the picture in words: the point presented, then every line or prototype."""
    lines = [shown.words] if shown.words else []
    for line in shown.lines:
        if not line.was:
            ends = [", ".join(numbers.number(each) for each in end) for end in line.ends]
            lines.append(tr("line {unit} from ({start}) to ({end})", unit=line.unit + 1, start=ends[0], end=ends[1]))
    for each in (*shown.prototypes, *shown.arrows):
        at = ", ".join(numbers.number(value) for value in each.at)
        winner = ", " + tr("wins") if each.is_winner else ""
        lines.append(tr("unit {unit} at ({at}){winner}", unit=each.unit + 1, at=at, winner=winner))
    return "\n".join(lines)
