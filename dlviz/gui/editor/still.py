"""A picture of the canvas around what is on show, moved while it is dragged instead of being drawn anew."""

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QGraphicsView

from dlviz.gui.theme import Theme

BEYOND = 0.5  # of the view on every side, so that a drag meets its edge seldom


class Still:
    """Drawn once: a network of 550 links takes hundreds of calls, a picture of it one."""

    def __init__(self, view: QGraphicsView, theme: Theme) -> None:
        shown, ratio = view.viewport().rect(), view.devicePixelRatioF()
        across, up = round(BEYOND * shown.width()), round(BEYOND * shown.height())
        self._area = shown.adjusted(-across, -up, across, up)
        self._corner = view.mapToScene(self._area.topLeft())
        self._picture = QPixmap(self._area.size() * ratio)
        self._picture.setDevicePixelRatio(ratio)
        self._picture.fill(theme.colour("canvas"))
        target = QRectF(QPointF(), QSize(self._area.size()).toSizeF())
        source = view.mapToScene(self._area).boundingRect()
        with QPainter(self._picture) as painter:
            painter.setRenderHints(view.renderHints())
            view.scene().render(painter, target, source, Qt.AspectRatioMode.IgnoreAspectRatio)

    def place(self, view: QGraphicsView) -> QRect:
        """Return where the picture lies in the view now."""
        return QRect(view.mapFromScene(self._corner), self._area.size())

    def covers(self, view: QGraphicsView) -> bool:
        """Say whether the picture reaches to every edge of the view."""
        return self.place(view).contains(view.viewport().rect())

    def paint(self, painter: QPainter, view: QGraphicsView) -> None:
        """Paint it where it lies in the view."""
        painter.drawPixmap(self.place(view).topLeft(), self._picture)
