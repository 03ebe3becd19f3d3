"""One layer of the distributions panel: shades over time, and beside them the histogram of one moment and another."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.panels.distributions.reading import Counts, Layer, picture_of
from dlviz.gui.theme import GRID, current, font, sequential
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.plot_marks import COLOURS as COLOURS_OF_MARKS
from dlviz.gui.widgets.plot_marks import MAX_MARKS, STYLES
from dlviz.i18n import tr
from dlviz.session.curves import Mark

LEAST_HEIGHT, MOST_HEIGHT = 5 * GRID, 16 * GRID
NAME_WIDTH = 6 * GRID
SHARE = 0.55  # of the room that the shades over time take
GAP = GRID
NARROWEST = -0.25  # a number for whose width there is always room
REACH = 4  # pixels from a mark within which it is told
COLOURS = ("train", "test")  # of the moment shown, and of the one that it is compared with


class LayerRow(QWidget):
    """Paints one picture and two outlines; it computes shades only when there are new columns or another size."""

    pointed = Signal(object)  # the step under the pointer over the shades, None when it has left them

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.layer: Layer | None = None
        self.now: Counts | None = None
        self.then: Counts | None = None
        self._last_step = 1
        self._playhead: float | None = None
        self.marks: tuple[Mark, ...] = ()
        self._colours = COLOURS
        self._image: QImage | None = None
        self._drawn: tuple[object, ...] = ()
        self._axis_width = 0
        self.setMouseTracking(True)
        self.setMinimumHeight(LEAST_HEIGHT)
        self.setMaximumHeight(MOST_HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        """Return the room for a name and two small plots."""
        return QSize(30 * GRID, 9 * GRID)

    def show_layer(self, layer: Layer, last_step: int) -> None:
        """Take over the columns of a layer."""
        if layer is not self.layer or last_step != self._last_step:
            self.layer, self._last_step = layer, max(last_step, 1)
            describe(self, tr("Distribution in {layer}", layer=layer.name), self._words())
            self.update()

    def show_moments(
        self, now: Counts | None, then: Counts | None, step: float | None, colours: tuple[str, str] = COLOURS
    ) -> None:
        """Show the histogram of one moment, and as a dashed line that of another, in these colours.

        step: where the first one is, if not at the end.
        """
        self.now, self.then, self._playhead, self._colours = now, then, step, colours
        self.update()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Mark edits and stop rules over the steps."""
        if tuple(marks) != self.marks:
            self.marks = tuple(marks)
            self.update()

    def entries(self) -> tuple[Entry, ...]:
        """Return the bins of the moment on show, as a list."""
        layer, counts = self.layer, self.now
        if layer is None or counts is None:
            return ()
        edges = [numbers.number(each, 3) for each in np.linspace(layer.low, layer.high, len(counts) + 1)]
        return tuple(
            Entry(tr("{low} to {high}", low=edges[k], high=edges[k + 1]), numbers.count(count))
            for k, count in enumerate(counts.tolist())
        )

    def _words(self) -> str:
        return tr(
            "Left: over the steps of training, stronger where more numbers are. Right: one moment, and dashed another."
        )

    def picture_rect(self) -> QRectF:
        """Return where the shades are."""
        room = self.width() - NAME_WIDTH - self._axis_width - GAP
        return QRectF(NAME_WIDTH, 3, max(room * SHARE, 1), max(self.height() - 6, 1))

    def histogram_rect(self) -> QRectF:
        """Return where the histogram is."""
        left = self.picture_rect().right() + GAP
        return QRectF(left, 3, max(self.width() - self._axis_width - left, 1), max(self.height() - 6, 1))

    def axis_need(self) -> int:
        """Return how wide the ends of its axis are, and the gap before them."""
        ends = (self.layer.low, self.layer.high) if self.layer is not None else ()
        metrics = QFontMetrics(font("small"))
        return max([metrics.horizontalAdvance(_written(each)) for each in (*ends, NARROWEST)]) + GRID

    def use_axis_width(self, width: int) -> None:
        """Keep so much room for the ends of the axis; rows below each other have the same."""
        if width != self._axis_width:
            self._axis_width = width
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint name, shades, outlines and the ends of the axis of values."""
        if self.layer is None:
            return
        theme = current()
        with QPainter(self) as p:
            p.setFont(font("small"))
            p.setPen(theme.colour("text"))
            name = p.fontMetrics().elidedText(self.layer.name, Qt.TextElideMode.ElideRight, NAME_WIDTH - 4)
            p.drawText(QRectF(0, 0, NAME_WIDTH, self.height()), Qt.AlignmentFlag.AlignVCenter, name)
            p.drawImage(self.picture_rect(), self._shades())
            self._paint_zero(p)
            self._paint_marks(p)
            self._paint_playhead(p)
            self._paint_outlines(p)
            self._paint_axis(p)

    def _shades(self) -> QImage:
        assert self.layer is not None
        theme, width = current(), round(self.picture_rect().width())
        key = (id(self.layer), self._last_step, width, theme.key)
        if self._image is None or key != self._drawn:
            rgba = np.ascontiguousarray(sequential(theme)[picture_of(self.layer, self._last_step, width)])
            height, width = rgba.shape[:2]
            self._image = QImage(rgba.data, width, height, 4 * width, QImage.Format.Format_RGBA8888).copy()
            self._drawn = key
        return self._image

    def _y_of(self, value: float) -> float:
        assert self.layer is not None
        rect = self.picture_rect()
        return rect.bottom() - (value - self.layer.low) / (self.layer.high - self.layer.low) * rect.height()

    def _paint_zero(self, p: QPainter) -> None:
        assert self.layer is not None
        if self.layer.low < 0 < self.layer.high:
            p.setPen(QPen(current().colour("faint"), 1, Qt.PenStyle.DotLine))
            y = self._y_of(0.0)
            p.drawLine(QPointF(self.picture_rect().left(), y), QPointF(self.histogram_rect().right(), y))

    def _x_of(self, step: float) -> float:
        rect = self.picture_rect()
        return rect.left() + min(step / self._last_step, 1.0) * rect.width()

    def _paint_marks(self, p: QPainter) -> None:
        theme, rect = current(), self.picture_rect()
        for mark in self.marks[-MAX_MARKS:]:
            p.setPen(QPen(theme.colour(COLOURS_OF_MARKS[mark.kind]), 1, STYLES[mark.kind]))
            x = self._x_of(mark.step)
            p.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))

    def mark_at(self, x: float) -> str:
        """Return the words of the mark at a place over the shades; "" for none."""
        near = [mark for mark in self.marks[-MAX_MARKS:] if abs(self._x_of(mark.step) - x) <= REACH]
        return min(near, key=lambda mark: abs(self._x_of(mark.step) - x)).label if near else ""

    def _paint_playhead(self, p: QPainter) -> None:
        if self._playhead is None:
            return
        rect = self.picture_rect()
        x = self._x_of(self._playhead)
        p.setPen(QPen(current().colour("accent"), 1))
        p.drawLine(QPointF(x, rect.top()), QPointF(x, rect.bottom()))

    def _paint_outlines(self, p: QPainter) -> None:
        rect, theme = self.histogram_rect(), current()
        p.setPen(QPen(theme.colour("line"), 1))
        p.drawLine(rect.topLeft(), rect.bottomLeft())
        shown = [counts for counts in (self.now, self.then) if counts is not None]
        most = max((float(counts.max() / max(counts.sum(), 1)) for counts in shown), default=0.0)
        if not most:
            return
        for counts, colour, style in (
            (self.then, self._colours[1], Qt.PenStyle.DashLine), (self.now, self._colours[0], Qt.PenStyle.SolidLine)
        ):  # fmt: skip
            if counts is not None:
                p.setPen(QPen(theme.colour(colour), theme.mark_width, style))
                p.drawPolyline(outline(counts, most, rect))

    def _paint_axis(self, p: QPainter) -> None:
        assert self.layer is not None
        p.setPen(current().colour("muted"))
        rect = QRectF(self.width() - self._axis_width, 0, self._axis_width, self.height())
        for value, side in (
            (self.layer.high, Qt.AlignmentFlag.AlignTop),
            (self.layer.low, Qt.AlignmentFlag.AlignBottom),
        ):
            p.drawText(rect, Qt.AlignmentFlag.AlignRight | side, _written(value))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at a step over the shades; say what a bin holds."""
        at, rect = event.position(), self.picture_rect()
        is_inside = rect.left() <= at.x() <= rect.right()
        self.pointed.emit((at.x() - rect.left()) / rect.width() * self._last_step if is_inside else None)
        if self.layer is not None and self.now is not None:
            words = (self.mark_at(at.x()), self.bin_words(1 - (at.y() - rect.top()) / rect.height()))
            self.setToolTip("\n".join(each for each in words if each))

    def bin_words(self, share: float) -> str:
        """Say what the bin at a height from 0 to 1 holds at the moment shown."""
        assert self.layer is not None
        assert self.now is not None
        place, low, high = self.layer.bin_at(share)
        return tr(
            "{n} of {all} numbers from {low} to below {high}",
            n=numbers.count(int(self.now[place])), all=numbers.count(int(self.now.sum())),
            low=numbers.number(low), high=numbers.number(high),
        )  # fmt: skip

    def leaveEvent(self, event: object) -> None:
        """Forget the pointer."""
        self.pointed.emit(None)


def _written(value: float) -> str:
    return numbers.number(value, 2)


def outline(counts: Counts, most: float, rect: QRectF) -> QPolygonF:
    """Return the outline of a histogram that lies on its side: shares to the right, values upwards."""
    shares = counts / max(counts.sum(), 1) / most
    x = rect.left() + np.repeat(shares, 2) * (rect.width() - 1)
    ends = np.linspace(rect.bottom(), rect.top(), len(counts) + 1)
    y = np.repeat(ends, 2)[1:-1]
    return QPolygonF([QPointF(*pair) for pair in zip(x.tolist(), y.tolist(), strict=True)])
