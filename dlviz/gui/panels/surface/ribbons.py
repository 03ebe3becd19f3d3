"""Paths as lines of pixels: thinned once, cut at any step in no time."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPolygonF

NEAR = 0.8  # pixels; points closer to the last one kept add nothing
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

    def upto(self, step: int) -> QPolygonF:
        """Return the line from the start to the place after so many steps."""
        if not len(self.places):
            return QPolygonF()
        count = int(np.searchsorted(self._kept, step, side="right"))
        return QPolygonF([*self._line[:count], self.at(step)])

    def at(self, step: int) -> QPointF:
        """Return the place after so many steps; the last sound one where the path broke."""
        if not len(self.places):
            return QPointF(-FAR, -FAR)
        x, y = self.places[min(step, len(self.places) - 1)]
        return QPointF(float(x), float(y))

    def is_broken(self, step: int) -> bool:
        """Say whether the path broke before so many steps."""
        return step >= len(self.places)


def _thinned(places: FloatArray) -> NDArray[np.intp]:
    """Return the indices of points that lie apart, in order."""
    kept: list[int] = []
    last_x = last_y = np.inf
    for index, (x, y) in enumerate(places.tolist()):
        if not kept or abs(x - last_x) + abs(y - last_y) >= NEAR:
            kept.append(index)
            last_x, last_y = x, y
    return np.array(kept, dtype=np.intp)
