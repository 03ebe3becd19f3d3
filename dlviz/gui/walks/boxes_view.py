"""BoxesView: paints boxes and edges, lights the step in hand, and lets each be clicked."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QHelpEvent, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QToolTip, QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.theme import GRID, RADIUS, Theme, current, font
from dlviz.gui.walks.boxes import Box, Boxes, Link
from dlviz.gui.walks.picture import Picture
from dlviz.gui.widgets.paint import painter, rounded
from dlviz.i18n import tr

LEAST_COLUMN, MOST_COLUMN = 104.0, 190.0  # pixels between the left edges of two columns, at the least type
LEAST_ROW, MOST_ROW = 42.0, 92.0  # pixels between the tops of two rows
SHARE = 0.57  # of a column that its boxes take; the rest is for the edges and their numbers
BOX_HEIGHT = 34.0
LEAST_TYPE = 8.5  # points
DIGITS = 4
REACH = 7.0  # pixels from an edge that still hit it


@dataclass(frozen=True)
class _Places:
    """Where everything is painted, in pixels."""

    boxes: tuple[QRectF, ...]
    curves: tuple[QPainterPath, ...]


class BoxesView(Picture):
    """One picture of boxes; it asks for as much room as its numbers need to be read.

    zoom: how much smaller everything is drawn, where that makes the whole of it visible.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, tr("Click a box or an edge to see its numbers; arrow keys move on"), parent)
        self.shown = Boxes()
        self._places, self.zoom = _Places((), ()), 1.0

    def use_zoom(self, zoom: float) -> None:
        """Draw everything as much smaller."""
        if zoom != self.zoom:
            self.zoom = zoom
            self._arrange()
            self.update()

    @property
    def _transform(self) -> QTransform:
        """From the places of boxes to pixels of the widget."""
        return QTransform.fromScale(self.zoom, self.zoom)

    def show_boxes(self, shown: Boxes) -> None:
        """Show another picture, or the same one further on."""
        if shown == self.shown:
            return
        self.shown = shown
        self.setAccessibleDescription(spoken(shown))
        self._arrange()
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the room at which all numbers can be read."""
        shown, scale = self.shown, _type_scale()
        width = (shown.columns + 0.5) * LEAST_COLUMN * scale + 2 * GRID
        return QSize(round(width), round(shown.rows * LEAST_ROW * scale + 2 * GRID))

    def box_rect(self, identity: str) -> QRectF:
        """Return where a box is painted."""
        index = next(index for index, box in enumerate(self.shown.boxes) if box.id == identity)
        return self._transform.mapRect(self._places.boxes[index])

    def lit_rect(self) -> QRectF:
        """Return where the step in hand computes; empty where it lights nothing."""
        lit = QRectF()
        for box, rect in zip(self.shown.boxes, self._places.boxes, strict=True):
            lit = lit.united(rect) if box.is_lit else lit
        return self._transform.mapRect(lit)

    def link_point(self, index: int) -> QPointF:
        """Return the middle of an edge."""
        return self._transform.map(self._places.curves[index].pointAtPercent(0.5))

    def resizeEvent(self, event: object) -> None:
        self._arrange()

    def _arrange(self) -> None:
        shown = self.shown
        if not shown.boxes:
            self._places = _Places((), ())
            return
        # Half a column is left at the right for what goes on from the last box.
        scale, whole = _type_scale(), QRectF(0, 0, self.width() / self.zoom, self.height() / self.zoom)
        column = min((whole.width() - 2 * GRID) / (shown.columns + 0.3), MOST_COLUMN * scale)
        row = min((whole.height() - 2 * GRID) / shown.rows, MOST_ROW * scale)
        width, height = SHARE * column, BOX_HEIGHT * scale
        left = (whole.width() - (shown.columns - 1) * column - width) / 2
        top = (whole.height() - (shown.rows - 1) * row - height) / 2
        boxes = tuple(QRectF(left + box.column * column, top + box.row * row, width, height) for box in shown.boxes)
        self._places = _Places(boxes, tuple(self._curve(link, boxes) for link in shown.links))

    def _curve(self, link: Link, boxes: tuple[QRectF, ...]) -> QPainterPath:
        """Return an edge; several into one box end at different heights."""
        into = [each for each in self.shown.links if each.target == link.target]
        share = (into.index(link) + 1) / (len(into) + 1)
        start, box = boxes[link.source], boxes[link.target]
        begin, end = QPointF(start.right(), start.center().y()), QPointF(box.left(), box.top() + share * box.height())
        path = QPainterPath(begin)
        bend = max((end.x() - begin.x()) / 2, 12.0)
        path.cubicTo(begin + QPointF(bend, 0), end - QPointF(bend, 0), end)
        return path

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        with painter(self) as p:
            if self.hasFocus():  # around what can be seen, also where it is scrolled
                seen = QRectF(self.visibleRegion().boundingRect())
                rounded(p, seen, border=theme.accent, radius=RADIUS, width=1.5)
            p.setTransform(self._transform, combine=True)
            marked = self._marked()
            for number, (link, curve) in enumerate(zip(self.shown.links, self._places.curves, strict=True)):
                _paint_link(p, theme, link, curve, self.shown.phase, number in marked)
            for box, rect in zip(self.shown.boxes, self._places.boxes, strict=True):
                _paint_box(p, theme, box, rect, self.shown.phase, box.place == self.selected != NOTHING)
            for link, curve in zip(self.shown.links, self._places.curves, strict=True):
                _paint_numbers(p, theme, link, curve.pointAtPercent(self._share(link)))

    def _marked(self) -> frozenset[int]:
        """Return the edges that are selected: one, or all on the ways from a box to the end."""
        for number, box in enumerate(self.shown.boxes):
            if box.place == self.selected != NOTHING:
                return self.shown.onward(number)
        links = enumerate(self.shown.links)
        return frozenset(number for number, link in links if link.place == self.selected != NOTHING)

    def _share(self, link: Link) -> float:
        """Return where on an edge its numbers stand: away from the end at which it meets the most others."""
        out = sum(each.source == link.source for each in self.shown.links)
        into = sum(each.target == link.target for each in self.shown.links)
        return 0.3 if into > out + 1 else 0.62 if out > into else 0.5

    def place_at(self, point: QPointF) -> Selected:
        """Return what lies at a point."""
        point = self._transform.inverted()[0].map(point)
        for box, rect in zip(self.shown.boxes, self._places.boxes, strict=True):
            if rect.contains(point):
                return box.place
        hit = QRectF(point.x() - REACH, point.y() - REACH, 2 * REACH, 2 * REACH)
        for link, curve in zip(self.shown.links, self._places.curves, strict=True):
            if curve.intersects(hit) and _is_near(curve, hit):
                return link.place
        return NOTHING

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select the next or the one before, in reading order; leave other keys to the window."""
        way = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}.get(
            Qt.Key(event.key()), 0
        )
        places = [place for place in self._all_places() if place != NOTHING]
        if not way or not places:
            event.ignore()
            return
        at = places.index(self.selected) + way if self.selected in places else (0 if way > 0 else -1)
        self.chosen.emit(places[at % len(places)])

    def event(self, event: QEvent) -> bool:
        """Say on hover what a place holds, with every digit."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def tip(self, point: QPointF) -> str:
        """Return the words about what lies at a point."""
        place = self.place_at(point)
        if place == NOTHING:
            return self.toolTip()
        box = next((each for each in self.shown.boxes if each.place == place), None)
        if box is not None:
            return box_words(box, numbers.full)
        link = next(each for each in self.shown.links if each.place == place)
        return link_words(self.shown, link, numbers.full)

    def entries(self) -> tuple[Entry, ...]:
        """Return boxes and edges, as a list."""
        boxes = ((box_words(box), box.place) for box in self.shown.boxes)
        links = ((link_words(self.shown, link), link.place) for link in self.shown.links)
        return tuple(Entry(words, place=place) for words, place in (*boxes, *links))

    def _all_places(self) -> list[Selected]:
        """Return what can be selected, boxes before edges."""
        return [*(box.place for box in self.shown.boxes), *(link.place for link in self.shown.links)]


def _type_scale() -> float:
    """Return how much larger the theme's type is than the least."""
    return current().small / LEAST_TYPE


def _is_near(curve: QPainterPath, hit: QRectF) -> bool:
    """Say whether the curve itself passes: Qt takes the area that it encloses."""
    return any(hit.contains(curve.pointAtPercent(step / 60)) for step in range(61))


def box_words(box: Box, write: Callable[[float], str] = numbers.number) -> str:
    """Say what a box holds."""
    name = box.id if box.title in ("", box.id) or box.title.startswith(box.id) else f"{box.id} = {box.title}"
    value = tr("not computed") if box.value is None else write(box.value)
    below = f", {box.below_title} {write(box.below)}" if box.below is not None else ""
    return f"{name or box.title}: {value}{below}"


def link_words(shown: Boxes, link: Link, write: Callable[[float], str] = numbers.number) -> str:
    """Say what an edge carries."""
    ends = tr("{source} to {target}", source=shown.boxes[link.source].id, target=shown.boxes[link.target].id)
    above = "" if link.above is None else ", " + tr("forward {value}", value=write(link.above))
    word = {"backward": tr("backward"), "update": tr("change")}[link.below_phase]
    below = "" if link.below is None else f", {word} {write(link.below)}"
    return ends + above + below


def spoken(shown: Boxes) -> str:
    """Return the picture as a list that can be read aloud."""
    lines = [box_words(box) for box in shown.boxes] + [link_words(shown, link) for link in shown.links]
    return "\n".join(lines)


def _paint_link(p: QPainter, theme: Theme, link: Link, curve: QPainterPath, phase: str, is_selected: bool) -> None:
    colour = theme.colour(phase) if link.is_lit and phase else theme.colour("accent" if is_selected else "outline")
    width = 2.4 if link.is_lit or is_selected else 1.3
    p.setBrush(Qt.BrushStyle.NoBrush)
    p.setPen(QPen(colour, width * theme.mark_width))
    p.drawPath(curve)
    is_back = link.is_lit and phase == "backward"
    tip, along = (curve.pointAtPercent(0), 1) if is_back else (curve.pointAtPercent(1), -1)
    size = 4.0 * theme.mark_width
    p.drawLine(tip, tip + QPointF(along * size, -size))
    p.drawLine(tip, tip + QPointF(along * size, size))


def _paint_box(p: QPainter, theme: Theme, box: Box, rect: QRectF, phase: str, is_selected: bool) -> None:
    is_lit = box.is_lit and bool(phase)
    border = theme.colour(phase).name() if is_lit else theme.accent if is_selected else theme.outline
    fill = theme.soft(phase, 0.12) if is_lit else theme.panel
    radius = rect.height() / 2 if box.is_leaf else 6.0
    rounded(p, rect, fill, border, radius, 2.0 if is_lit or is_selected else 1.2)
    upper, lower = QRectF(rect), QRectF(rect)
    upper.setBottom(rect.center().y() + 1)
    lower.setTop(rect.center().y() - 1)
    value = "…" if box.value is None else numbers.number(box.value, DIGITS)
    if box.title:
        _write(p, upper, box.title, theme, "muted")
        _write(p, lower, value, theme, "forward" if box.value is not None else "faint", is_bold=True)
    else:
        _write(p, rect, value, theme, "forward", is_bold=True)
    if box.below is not None and box.is_summed:
        # It may reach out to the left, for the edges and their numbers are at the right.
        line = QRectF(rect.left() - 6 * GRID, rect.bottom() + 1, rect.width() + 6 * GRID, 15 * _type_scale())
        p.setFont(font("small"))
        p.setPen(theme.colour("backward"))
        text = f"Σ {numbers.number(box.below, DIGITS)}" if box.is_leaf else f"∂ = {numbers.number(box.below, DIGITS)}"
        p.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)


def _paint_numbers(p: QPainter, theme: Theme, link: Link, middle: QPointF) -> None:
    p.setFont(font("small"))
    metrics = QFontMetricsF(p.font())
    below_colour = theme.colour(link.below_phase)
    for value, colour, offset in (
        (link.above, theme.colour("forward"), -3.0),
        (link.below, below_colour, metrics.ascent() + 2),
    ):
        if value is None:
            continue
        text = numbers.number(value, DIGITS)
        at = QPointF(middle.x() - metrics.horizontalAdvance(text) / 2, middle.y() + offset)
        back = metrics.boundingRect(text).translated(at).adjusted(-2, 0, 2, 0)
        p.fillRect(back, theme.colour("canvas", 0.82))
        p.setPen(colour)
        p.drawText(at, text)


def _write(p: QPainter, rect: QRectF, text: str, theme: Theme, colour: str, is_bold: bool = False) -> None:
    p.setFont(font("small", is_bold=is_bold))
    p.setPen(theme.colour(colour))
    shown = p.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(rect.width()) + 2)
    p.drawText(rect, Qt.AlignmentFlag.AlignCenter, shown)
