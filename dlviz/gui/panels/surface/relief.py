"""The landscape in relief: a mesh painted from far to near, turned by dragging, with the paths upon it."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from dlviz.core.descent import Path
from dlviz.gui.opengl.renderer import MeshRenderer, OpenGLError
from dlviz.gui.panels.surface.landscape import Landscape
from dlviz.gui.panels.surface.mesh import HIGH, Mesh, mesh_of
from dlviz.gui.panels.surface.ribbons import Ribbon
from dlviz.gui.panels.surface.shades import Shades
from dlviz.gui.race.runners import paint_runner
from dlviz.gui.theme import current
from dlviz.gui.widgets.paint import describe, is_for_a_file, rounded
from dlviz.i18n import tr
from dlviz.session.race import Race

SIDE = 40  # quads along each side: 1 600 of them take about 10 ms, and only when it is turned
FIRST_TURN, FIRST_TILT = -0.65, 0.5  # radians
TILTS = (0.15, 1.35)
TURNS = {
    Qt.Key.Key_Left: (-0.1, 0.0), Qt.Key.Key_Right: (0.1, 0.0), Qt.Key.Key_Up: (0.0, -0.1), Qt.Key.Key_Down: (0.0, 0.1)
}  # fmt: skip
PER_PIXEL = 0.008  # radians that a drag turns
LARGE_SIDE = 191  # quads along each side where OpenGL draws them: as many as there are heights
DEEP = 4.0  # how far from front to back there is room for the relief
WIDTHS = (2.2, 1.8)  # pixels, of the path looked at and of the others
BALL = 5.5  # pixels
ABOVE = 0.012  # how far paths float above the mesh
FloatArray = NDArray[np.floating]


class Relief(Landscape):
    """Drag or use the arrow keys to turn it. The mesh is a picture, painted or by OpenGL; paths are painted over it."""

    opengl_failed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(WIDTHS, parent)
        self.turn, self.tilt = FIRST_TURN, FIRST_TILT
        self._held: QPointF | None = None
        self._is_by_opengl = False
        self._renderer: MeshRenderer | None = None
        self._drawn: str | None = None  # the theme of the mesh that the renderer has of this race
        describe(self, tr("Surface in relief"), tr("Drag to turn it, or use the arrow keys"))

    def _paint_still(self, p: QPainter, race: Race) -> list[Ribbon]:
        rounded(p, QRectF(self.rect()), fill=current().canvas)
        if race.surface.d != 2:
            return []
        shades = Shades(race.heights)
        heights, is_by_opengl = shades.at(race.heights), self._is_by_opengl and not is_for_a_file(p, self)
        if not (is_by_opengl and self._paint_by_opengl(p, heights)):
            self._paint_mesh(p, mesh_of(heights, SIDE, current()))
        places = (self._pixels(_on_relief(race, path, shades)) for path in race.paths)
        return [Ribbon(each, race.spec.marker(index)) for index, each in enumerate(places)]

    def _paint_moving(self, p: QPainter, race: Race) -> None:
        for ribbon in self._trail.ribbons:
            paint_runner(p, ribbon.number, ribbon.at(self.step), BALL)

    def use_opengl(self, is_used: bool) -> None:
        """Have a larger mesh drawn by OpenGL from now on, or paint a smaller one."""
        if is_used != self._is_by_opengl:
            self._is_by_opengl = is_used
            self._forget()

    @Slot()
    def close_opengl(self) -> None:
        """Give back what OpenGL keeps."""
        if self._renderer is not None:
            self._renderer.close()
            self._renderer = None

    def show_race(self, race: Race) -> None:
        """Show another race."""
        self._drawn = None
        super().show_race(race)

    def _paint_by_opengl(self, p: QPainter, shades: FloatArray) -> bool:
        """Put the picture of the large mesh where the painted one would be; say whether that went well."""
        try:
            if self._renderer is None:
                self._renderer = MeshRenderer()
                QGuiApplication.instance().aboutToQuit.connect(self.close_opengl)
            if self._drawn != current().key:
                mesh = mesh_of(shades, LARGE_SIDE, current())
                self._renderer.take(mesh.quads, mesh.colours)
                self._drawn = current().key
            ratio = self.devicePixelRatioF()
            image = self._renderer.picture(self._view(), self.size() * ratio)
        except OpenGLError as error:
            self._is_by_opengl = False
            self.opengl_failed.emit(str(error))
            return False
        image.setDevicePixelRatio(ratio)
        p.drawImage(0, 0, image)
        return True

    def _paint_mesh(self, p: QPainter, mesh: Mesh) -> None:
        if not len(mesh.quads):
            return
        places = self._pixels(mesh.quads.reshape(-1, 3)).reshape(-1, 4, 2)
        depth, colours = self._turned(mesh.quads.mean(axis=1))[:, 1], mesh.colours.tolist()
        for index in np.argsort(-depth).tolist():
            colour = QColor(*colours[index])
            p.setPen(QPen(colour, 0.6))
            p.setBrush(colour)
            p.drawPolygon(QPolygonF([QPointF(a, b) for a, b in places[index].tolist()]))

    def _turned(self, points: FloatArray) -> FloatArray:
        """Return points (n, 3) as seen: to the right, away, up."""
        c, s = math.cos(self.turn), math.sin(self.turn)
        right, away = points[:, 0] * c - points[:, 1] * s, points[:, 0] * s + points[:, 1] * c
        return np.stack([right, away, points[:, 2]], axis=1)

    def _scale(self) -> tuple[float, float]:
        """Return the pixels of a unit of length, and which height lies in the middle."""
        tall = 2 * math.sqrt(2) * math.sin(self.tilt) + HIGH * math.cos(self.tilt)
        scale = 0.96 * min(self.width() / (2 * math.sqrt(2)), self.height() / tall)
        return scale, HIGH * math.cos(self.tilt) / 2

    def _pixels(self, points: FloatArray) -> FloatArray:
        seen, (scale, middle) = self._turned(points), self._scale()
        up = seen[:, 1] * math.sin(self.tilt) + seen[:, 2] * math.cos(self.tilt)
        return np.stack([self.width() / 2 + seen[:, 0] * scale, self.height() / 2 - (up - middle) * scale], axis=1)

    def _view(self) -> FloatArray:
        """Return what brings points to where `_pixels` has them, from −1 to 1, with the near ones in front, (4, 4)."""
        (c, s), (ct, st) = ((math.cos(each), math.sin(each)) for each in (self.turn, self.tilt))
        scale, middle = self._scale()
        across, up = 2 * scale / self.width(), 2 * scale / self.height()
        return np.array([
            [across * c, -across * s, 0, 0],
            [up * st * s, up * st * c, up * ct, -up * middle],
            [s * ct / DEEP, c * ct / DEEP, -st / DEEP, 0],
            [0, 0, 0, 1],
        ])  # fmt: skip

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
