"""Paths as lines of pixels: thinned once, cut at any step in no time."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from dlviz.gui.theme import current

NEAR = 0.8  # pixels, side of a square; more points within it one after the other add nothing
RIM = 2.0  # pixels, both sides together, in the colour of the panel
OVERLAP = 6  # points
FAR = 1e5  # pixels; beyond, a painter loses its precision
FloatArray = NDArray[np.floating]


class Ribbon:
    """One path in pixels: (steps + 1, 2) places; those that are not finite end it."""

    def __init__(self, places: FloatArray) -> None:
        bad = ~np.isfinite(places).all(axis=1)
        sound = int(np.argmax(bad)) if bad.any() else len(places)
        self.places = np.clip(places[:sound], -FAR, FAR)
        self._kept = _thinned(self.places)
        self._line = [QPointF(x, y) for x, y in self.places[self._kept].tolist()]

    def between(self, first: int, last: int, back: int = 0) -> QPolygonF:
        """Return the line from the place after `first` steps to that after `last`, begun `back` points earlier."""
        if not len(self.places) or first >= len(self.places):
            return QPolygonF()
        begin, end = (int(np.searchsorted(self._kept, step, side="right")) for step in (first, last))
        return QPolygonF([*self._line[max(begin - 1 - back, 0) : end], self.at(last)])

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
    """All paths on a clear picture that grows with the steps; only going back draws it anew.

    widths: of the path looked at and of the others, in pixels.
    """

    def __init__(self, ribbons: Sequence[Ribbon], widths: tuple[float, float]) -> None:
        self.ribbons = tuple(ribbons)
        self._widths = widths
        self._picture: QPixmap | None = None
        self._drawn: tuple[object, ...] = ()
        self._step = 0

    def picture(self, size: QSize, ratio: float, step: int, entrant: int) -> QPixmap:
        """Return the paths up to a step, the one looked at on top."""
        key = (size, ratio, entrant, current().key)
        if self._picture is None or key != self._drawn or step < self._step:
            self._picture, self._drawn, self._step = QPixmap(size * ratio), key, 0
            self._picture.setDevicePixelRatio(ratio)
            self._picture.fill(Qt.GlobalColor.transparent)
        if step > self._step:
            with QPainter(self._picture) as p:
                p.setRenderHint(QPainter.RenderHint.Antialiasing)
                others = [index for index in range(len(self.ribbons)) if index != entrant]
                for index in (*others, entrant):
                    self._lengthen(p, index, step, self._widths[index != entrant] * current().mark_width)
            self._step = step
        return self._picture

    def _lengthen(self, p: QPainter, index: int, step: int, width: float) -> None:
        """Paint the new piece: its rim, then itself from a little before, over the rim of its own beginning."""
        theme, ribbon = current(), self.ribbons[index]
        for colour, wide, back in ((theme.panel, width + RIM, 0), (theme.runner_colour(index), width, OVERLAP)):
            pen = QPen(QColor(colour), wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            p.setPen(pen)
            p.drawPolyline(ribbon.between(self._step, step, back))


def _thinned(places: FloatArray) -> NDArray[np.intp]:
    """Return the indices, in order, of the first point and of all that lie in another square than the one before."""
    squares = np.floor(places / NEAR)
    return np.flatnonzero(np.any(np.diff(squares, axis=0, prepend=np.nan) != 0, axis=1))
