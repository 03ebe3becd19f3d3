"""The landscape in relief: a mesh painted from far to near, turned by dragging, with the paths upon it."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from dlviz.core.descent import Path
from dlviz.gui.panels.surface.landscape import Landscape
from dlviz.gui.panels.surface.ribbons import Ribbon
from dlviz.gui.panels.surface.shades import BANDS, Shades, enlarged, shade_index
from dlviz.gui.race.runners import paint_runner
from dlviz.gui.theme import current, sequential
from dlviz.gui.widgets.paint import describe, rounded
from dlviz.i18n import tr
from dlviz.session.race import Race

SIDE = 40  # quads along each side: 1 600 of them take about 10 ms, and only when it is turned
FIRST_TURN, FIRST_TILT = -0.65, 0.5  # radians
TILTS = (0.15, 1.35)
TURNS = {
    Qt.Key.Key_Left: (-0.1, 0.0), Qt.Key.Key_Right: (0.1, 0.0), Qt.Key.Key_Up: (0.0, -0.1), Qt.Key.Key_Down: (0.0, 0.1)
}  # fmt: skip
PER_PIXEL = 0.008  # radians that a drag turns
HIGH = 0.62  # height of the relief, where its base is 2 wide
LIGHT = np.array([-0.4, -0.5, 0.8]) / np.linalg.norm([-0.4, -0.5, 0.8])
WIDTHS = (2.2, 1.8)  # pixels, of the path looked at and of the others
BALL = 5.5  # pixels
ABOVE = 0.012  # how far paths float above the mesh
FloatArray = NDArray[np.floating]


class Relief(Landscape):
    """Drag or use the arrow keys to turn it. The mesh is a picture; paths are painted over it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDTHS, parent)
        self.turn, self.tilt = FIRST_TURN, FIRST_TILT
        self._held: QPointF | None = None
        describe(self, tr("Surface in relief"), tr("Drag to turn it, or use the arrow keys"))

    def _paint_still(self, p: QPainter, race: Race) -> list[Ribbon]:
        rounded(p, QRectF(self.rect()), fill=current().canvas)
        if race.surface.d != 2:
            return []
        shades = Shades(race.heights)
        self._paint_mesh(p, enlarged(shades.at(race.heights), SIDE + 1, SIDE + 1))
        places = (self._pixels(_on_relief(race, path, shades)) for path in race.paths)
        return [Ribbon(each, race.spec.marker(index)) for index, each in enumerate(places)]

    def _paint_moving(self, p: QPainter, race: Race) -> None:
        for ribbon in self._trail.ribbons:
            paint_runner(p, ribbon.number, ribbon.at(self.step), BALL)

    def _paint_mesh(self, p: QPainter, heights: FloatArray) -> None:
        x, y = np.meshgrid(np.linspace(-1, 1, SIDE + 1), np.linspace(-1, 1, SIDE + 1))
        corners = np.stack([x, y, heights * HIGH], axis=2)
        quads = np.stack([corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=2)
        quads = quads.reshape(-1, 4, 3)
        quads = quads[np.isfinite(quads).all(axis=(1, 2))]
        if not len(quads):
            return
        colours = self._colours(quads)
        places = self._pixels(quads.reshape(-1, 3)).reshape(-1, 4, 2)
        depth = self._turned(quads.mean(axis=1))[:, 1]
        for index in np.argsort(-depth).tolist():
            colour = QColor(*colours[index])
            p.setPen(QPen(colour, 0.6))
            p.setBrush(colour)
            p.drawPolygon(QPolygonF([QPointF(a, b) for a, b in places[index].tolist()]))

    def _colours(self, quads: FloatArray) -> list[list[int]]:
        """Return a colour a quad: that of its band, lit from the left."""
        normals = np.cross(quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0])
        normals /= np.linalg.norm(normals, axis=1, keepdims=True)
        light = 0.72 + 0.34 * np.clip(normals @ LIGHT, 0, 1)
        middle = quads[:, :, 2].mean(axis=1) / HIGH
        bands = np.floor(middle * BANDS).clip(0, BANDS - 1)
        table = sequential(current())[np.round(shade_index(bands)).astype(int), :3]
        lit: list[list[int]] = np.clip(table * light[:, None], 0, 255).astype(int).tolist()
        return lit

    def _turned(self, points: FloatArray) -> FloatArray:
        """Return points (n, 3) as seen: to the right, away, up."""
        c, s = math.cos(self.turn), math.sin(self.turn)
        right, away = points[:, 0] * c - points[:, 1] * s, points[:, 0] * s + points[:, 1] * c
        return np.stack([right, away, points[:, 2]], axis=1)

    def _pixels(self, points: FloatArray) -> FloatArray:
        seen = self._turned(points)
        up = seen[:, 1] * math.sin(self.tilt) + seen[:, 2] * math.cos(self.tilt)
        tall = 2 * math.sqrt(2) * math.sin(self.tilt) + HIGH * math.cos(self.tilt)
        scale = 0.96 * min(self.width() / (2 * math.sqrt(2)), self.height() / tall)
        middle = HIGH * math.cos(self.tilt) / 2
        return np.stack([self.width() / 2 + seen[:, 0] * scale, self.height() / 2 - (up - middle) * scale], axis=1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of it."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._held = event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Turn it."""
        if self._held is not None:
            moved = event.position() - self._held
            self._held = event.position()
            self._turn_by(moved.x() * PER_PIXEL, moved.y() * PER_PIXEL)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let it go."""
        self._held = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Turn it by arrow keys."""
        turn = TURNS.get(Qt.Key(event.key()))
        if turn is None:
            event.ignore()
        else:
            self._turn_by(*turn)

    def _turn_by(self, turn: float, tilt: float) -> None:
        self.turn += turn
        self.tilt = min(max(self.tilt + tilt, TILTS[0]), TILTS[1])
        self._forget()


def _on_relief(race: Race, path: Path, shades: Shades) -> FloatArray:
    """Return the places of a path in the box of the relief, (steps + 1, 3); NaN beyond the picture."""
    ends = np.array(race.extent).reshape(-1, 2)
    with np.errstate(all="ignore"):
        base = 2 * (path.points - ends[:, 0]) / (ends[:, 1] - ends[:, 0]) - 1
    places = np.column_stack([base, shades.at(path.values) * HIGH + ABOVE])
    places[(np.abs(base[:, 0]) > 1.02) | (np.abs(base[:, 1]) > 1.02)] = np.nan
    return places
