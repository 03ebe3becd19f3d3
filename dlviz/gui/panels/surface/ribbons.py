"""Paths as lines of pixels: thinned once, cut at any step in no time, painted a little in every frame."""

from collections.abc import Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPolygonF
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from dlviz.gui.race.runners import look_of
from dlviz.gui.theme import current

NEAR = 0.8  # pixels, side of a square; more points within it one after the other add nothing
HOLLOW = 0.4  # of its width, the light middle of a line whose colour comes again
RIM = 2.0  # pixels, both sides together, in the colour of the panel
OVERLAP = 6  # points
FAR = 1e5  # pixels; beyond, a painter loses its precision
MANY = 3_000  # points; a line of more is a thicket, and Qt paints hairlines twenty-five times as fast as wide ones
PIECE = 100  # steps that are painted before looking at the clock
BUDGET = 0.008  # seconds that one picture may grow in a frame
APART = 8_000  # points between two pictures that are kept to go back to
MOST_KEPT = 12  # pictures
FloatArray = NDArray[np.floating]


class Ribbon:
    """One path in pixels: (steps + 1, 2) places; those that are not finite end it.

    number: of its colour and marker.
    """

    def __init__(self, places: FloatArray, number: int = 0) -> None:
        self.number = number
        bad = ~(np.isfinite(places[:, 0]) & np.isfinite(places[:, 1]))
        sound = int(np.argmax(bad)) if bad.any() else len(places)
        self.places = np.clip(places[:sound], -FAR, FAR)
        self._kept = _thinned(self.places)
        self._line = self.places[self._kept]

    @property
    def is_thicket(self) -> bool:
        """Whether it runs to and fro so much that a wide line would be one blot."""
        return len(self._line) > MANY

    def between(self, first: int, last: int, back: int = 0) -> QPolygonF:
        """Return the line from the place after `first` steps to that after `last`, begun `back` points earlier."""
        if not len(self.places) or first >= len(self.places):
            return QPolygonF()
        begin, end = (int(np.searchsorted(self._kept, step, side="right")) for step in (first, last))
        tip = self.places[min(last, len(self.places) - 1)]
        line = np.vstack([self._line[max(begin - 1 - back, 0) : end], tip])
        return arrayToQPolygonF(line[:, 0], line[:, 1])

    def at(self, step: int) -> QPointF:
        """Return the place after so many steps; the last sound one where the path broke."""
        if not len(self.places):
            return QPointF(-FAR, -FAR)
        x, y = self.places[min(step, len(self.places) - 1)]
        return QPointF(float(x), float(y))

    def is_broken(self, step: int) -> bool:
        """Say whether the path broke before so many steps."""
        return step >= len(self.places)


class Trail:
    """All paths up to a step, the one looked at on top and wider.

    widths: of the path looked at and of the others, in pixels.
    """

    def __init__(self, ribbons: Sequence[Ribbon], widths: tuple[float, float]) -> None:
        self.ribbons = tuple(ribbons)
        self._widths, self._entrant = widths, -1
        self._all, self._top = Layer(self.ribbons, widths[1]), Layer((), widths[0])

    def paint(self, p: QPainter, size: QSize, step: int, entrant: int) -> bool:
        """Paint what fits into one frame of them; say whether that is all."""
        if entrant != self._entrant:
            self._entrant = entrant
            self._top = Layer(self.ribbons[entrant : entrant + 1], self._widths[0])
        until, is_all = perf_counter() + BUDGET, True
        for layer in (self._all, self._top):
            p.drawPixmap(0, 0, layer.picture(size, p.device().devicePixelRatioF(), step, until))
            is_all &= layer.step == step
        return is_all

    def paint_anew(self, p: QPainter, step: int, entrant: int) -> None:
        """Paint all of them as lines, without a picture of what was painted before."""
        for index in sorted(range(len(self.ribbons)), key=lambda each: each == entrant):
            Layer((), self._widths[index != entrant]).lengthen(p, self.ribbons[index], step)


class Layer:
    """Some paths on a clear picture that grows with the steps.

    Whoever goes back begins at one of the pictures that were kept on the way.
    """

    def __init__(self, ribbons: Sequence[Ribbon], width: float) -> None:
        self._ribbons, self._width = tuple(ribbons), width
        self._picture, self._look = QPixmap(), (QSize(), 0.0, "")
        self._kept: list[tuple[int, QPixmap]] = []
        self._points = 0  # painted since a picture was kept
        self.step = 0

    def picture(self, size: QSize, ratio: float, step: int, until: float) -> QPixmap:
        """Return the paths up to a step, or as far as they were painted at this time of perf_counter."""
        look = (size, ratio, current().key)
        if look != self._look:
            self._look, self._kept = look, [(0, _clear(size, ratio))]
            self._go_back(0)
        elif step < self.step:
            self._go_back(step)
        while self.step < step and perf_counter() < until:
            self._grow(min(step, (self.step // PIECE + 1) * PIECE))
        return self._picture

    def _go_back(self, step: int) -> None:
        self.step, kept = max((each for each in self._kept if each[0] <= step), key=lambda each: each[0])
        self._picture, self._points = kept.copy(), 0

    def _grow(self, step: int) -> None:
        with QPainter(self._picture) as p:
            p.setRenderHint(QPainter.RenderHint.Antialiasing)
            for ribbon in self._ribbons:
                self.lengthen(p, ribbon, step)
        self.step = step
        if self._points > APART and step > self._kept[-1][0]:
            # Of too many every second one goes, but never the first, which is clear.
            thinner = self._kept[::2] if len(self._kept) >= MOST_KEPT else self._kept
            self._kept, self._points = [*thinner, (step, self._picture.copy())], 0

    def lengthen(self, p: QPainter, ribbon: Ribbon, step: int) -> None:
        """Paint the new piece: its rim, then itself from a little before, over the rim of its own beginning."""
        for colour, wide, back in self._strokes(ribbon):
            pen = QPen(QColor(colour), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            p.setPen(pen)
            line = ribbon.between(self.step, step, back)
            self._points += line.size()
            p.drawPolyline(line)

    def _strokes(self, ribbon: Ribbon) -> tuple[tuple[str, float, int], ...]:
        """Return colours and widths of a line from below, and how many points it begins earlier.

        Where others have dashes it is hollow: dashes would begin anew with every piece.
        """
        theme = current()
        look = look_of(ribbon.number, theme)
        if ribbon.is_thicket:
            return ((look.colour, 1.0, OVERLAP),)
        width = self._width * theme.mark_width
        hollow = ((theme.panel, width * HOLLOW, OVERLAP),) if look.is_dashed else ()
        return (theme.panel, width + RIM, 0), (look.colour, width + look.is_dashed, OVERLAP), *hollow


def _clear(size: QSize, ratio: float) -> QPixmap:
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    return picture


def _thinned(places: FloatArray) -> NDArray[np.intp]:
    """Return the indices, in order, of the first point and of all that lie in another square than the one before."""
    across, down = np.floor(places[:, 0] / NEAR), np.floor(places[:, 1] / NEAR)
    has_moved = np.ones(len(places), bool)
    has_moved[1:] = (across[1:] != across[:-1]) | (down[1:] != down[:-1])
    return np.flatnonzero(has_moved)
