"""A picture that can be painted on: where it lies on its widget, which values it shows, and the cross above it."""

from abc import abstractmethod
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui.panels.output.curve import CurveView
from dlviz.gui.panels.output.map import Extent, MapView
from dlviz.gui.theme import current
from dlviz.gui.widgets.paint import painter

Place = tuple[float, float]
Places = NDArray[np.float64]


class Ground(Protocol):
    """mouse: the widget that the pointer presses; keys: the one that has the focus."""

    mouse: QWidget
    keys: QWidget

    @abstractmethod
    def area(self) -> QRectF:
        """Return where the picture is, in pixels of the widget that the pointer presses."""

    @abstractmethod
    def extent(self) -> Extent:
        """Return the values at its sides."""


class MapGround(Ground):
    """The map over two inputs."""

    def __init__(self, view: MapView) -> None:
        self.mouse = self.keys = self._map = view

    def area(self) -> QRectF:
        return self._map.square()

    def extent(self) -> Extent:
        return self._map.extent


class CurveGround(Ground):
    """The curve over one input: the second value is what is to be predicted."""

    def __init__(self, curve: CurveView) -> None:
        self.mouse, self.keys, self._curve = curve.viewport(), curve, curve

    def area(self) -> QRectF:
        box = self._curve.getViewBox().sceneBoundingRect()
        return QRectF(self._curve.mapFromScene(box).boundingRect())

    def extent(self) -> Extent:
        (x0, x1), (y0, y1) = self._curve.getViewBox().viewRange()
        return x0, x1, y0, y1


def to_place(ground: Ground, at: QPointF) -> Place:
    """Turn a pixel into values."""
    (x0, x1, y0, y1), area = ground.extent(), ground.area()
    across, up = (at.x() - area.left()) / area.width(), (area.bottom() - at.y()) / area.height()
    return x0 + across * (x1 - x0), y0 + up * (y1 - y0)


def to_pixel(ground: Ground, place: Place) -> QPointF:
    """Turn values into a pixel."""
    (x0, x1, y0, y1), area = ground.extent(), ground.area()
    across, up = (place[0] - x0) / (x1 - x0), (place[1] - y0) / (y1 - y0)
    return QPointF(area.left() + across * area.width(), area.bottom() - up * area.height())


def inside(ground: Ground, place: Place) -> Place:
    """Return the nearest place within the picture."""
    x0, x1, y0, y1 = ground.extent()
    return min(max(place[0], x0), x1), min(max(place[1], y0), y1)


def reach_of(ground: Ground, share: float) -> Place:
    """Return a share of both sides of the picture, as values."""
    x0, x1, y0, y1 = ground.extent()
    return share * (x1 - x0), share * (y1 - y0)


def rows_near(points: Places, place: Place, reach: Place) -> NDArray[np.intp]:
    """Return which points (n, 2) lie within reach of a place, the nearest first."""
    distance = np.hypot((points[:, 0] - place[0]) / reach[0], (points[:, 1] - place[1]) / reach[1])
    near = np.flatnonzero(distance <= 1.0)
    return near[np.argsort(distance[near], kind="stable")]


class Cross(QWidget):
    """Lies over a picture and shows where a tool would act and how far it reaches; the pointer goes through it."""

    def __init__(self, ground: Ground) -> None:
        super().__init__(ground.mouse)
        self._ground = ground
        self.place: Place | None = None
        self._share = 0.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, place: Place | None, share: float) -> None:
        """Show the cross at a place, with a ring that reaches over this share of the picture; None: nowhere."""
        self.place, self._share = place, share
        self.setGeometry(self._ground.mouse.rect())
        self.setVisible(place is not None)
        self.raise_()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a cross and the ring, dark on a pale rim, so that both are seen on every colour."""
        if self.place is None:
            return
        at, area, theme = to_pixel(self._ground, self.place), self._ground.area(), current()
        with painter(self) as p:
            p.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in (("panel", 3.4), ("text", 1.4)):
                p.setPen(QPen(theme.colour(colour), width * theme.mark_width))
                p.drawLine(at - QPointF(5, 0), at + QPointF(5, 0))
                p.drawLine(at - QPointF(0, 5), at + QPointF(0, 5))
                if self._share:
                    p.drawEllipse(at, self._share * area.width(), self._share * area.height())
