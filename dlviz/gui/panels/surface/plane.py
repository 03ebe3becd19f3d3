"""How places of a surface lie in a widget, and what can be said about them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF

from dlviz.gui import numbers
from dlviz.session.race import Race

FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class Frame2D:
    """How places of the surface lie in the widget."""

    box: QRectF
    x: tuple[float, float]
    y: tuple[float, float]

    def pixels(self, points: FloatArray) -> FloatArray:
        """Return the pixels of points (n, 2)."""
        with np.errstate(all="ignore"):
            across = (points[:, 0] - self.x[0]) / (self.x[1] - self.x[0])
            up = (points[:, 1] - self.y[0]) / (self.y[1] - self.y[0])
            x, y = self.box.left() + across * self.box.width(), self.box.bottom() - up * self.box.height()
        return np.stack([x, y], axis=1)

    def place(self, at: QPointF) -> tuple[float, float]:
        """Return the place under a pixel."""
        across = (at.x() - self.box.left()) / max(self.box.width(), 1.0)
        up = (self.box.bottom() - at.y()) / max(self.box.height(), 1.0)
        return self.x[0] + across * (self.x[1] - self.x[0]), self.y[0] + up * (self.y[1] - self.y[0])


def basins_of(ends: FloatArray, values: FloatArray, extent: tuple[float, ...]) -> NDArray[np.int64]:
    """Return the number of the place where each of many paths ends, lowest first, (n,); −1 where it broke.

    ends: (d, n). Ends within a hundredth of the picture's width of each other are one place.
    """
    near = 0.01 * max(extent[1] - extent[0], 1e-12)
    numbered = np.full(ends.shape[1], -1, dtype=np.int64)
    centres, count = np.empty_like(ends), 0
    is_sound = np.isfinite(ends).all(axis=0) & np.isfinite(values)
    for index in np.argsort(values):
        if is_sound[index]:
            gaps = np.linalg.norm(centres[:, :count] - ends[:, index : index + 1], axis=0)
            closest = int(np.argmin(gaps)) if count else -1
            if count and gaps[closest] <= near:
                numbered[index] = closest
            else:
                centres[:, count], numbered[index] = ends[:, index], count
                count += 1
    return numbered


def place_words(race: Race, place: tuple[float, float]) -> str:
    """Say where the pointer is and how high the surface is there."""
    point = np.array(place[: race.surface.d], dtype=np.float64)[:, None]
    with np.errstate(all="ignore"):
        value = float(np.asarray(race.surface.value(point)).ravel()[0])
    where = ", ".join(numbers.number(each, 3) for each in point[:, 0].tolist())
    return f"f({where}) = {numbers.number(value)}"


def heights_of(race: Race) -> tuple[tuple[str, ...], Iterator[tuple[float, ...]]]:
    """Return the names of the columns, and the place and height of every point of the grid, or of the curve."""
    x0, x1, *up = race.extent
    if not up:
        places = np.linspace(x0, x1, len(race.heights))
        return ("x", "f"), zip(places.tolist(), race.heights.tolist(), strict=True)
    rows, columns = race.heights.shape
    x, y = np.meshgrid(np.linspace(x0, x1, columns), np.linspace(up[0], up[1], rows))
    return ("x", "y", "f"), zip(*(each.ravel().tolist() for each in (x, y, race.heights)), strict=True)


def sound_pieces(places: FloatArray) -> list[FloatArray]:
    """Part a line where it is not finite."""
    is_sound = np.isfinite(places).all(axis=1)
    cuts = np.flatnonzero(np.diff(is_sound.astype(int))) + 1
    return [piece for piece in np.split(places, cuts) if len(piece) > 1 and np.isfinite(piece).all()]
