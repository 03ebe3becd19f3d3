"""Small pictures drawn once and stamped many times: the frame of a thumbnail, and the dots of biases."""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen

from dlviz.gui.theme import RADIUS, Theme

MARGIN = 2  # pixels around what is drawn, for soft edges


class Stamps:
    """Stamps for one theme and size, all in whole pixels of the screen.

    With 60 tiles, stroking rounded rectangles and ellipses anew took 5 ms a frame, scaling stamps 1.1 ms,
    and copying them pixel by pixel takes 0.1 ms.
    """

    def __init__(self, theme: Theme, tile: QSize, bias_radius: float, ratio: float) -> None:
        self._theme, self._radius, self._ratio = theme, bias_radius, ratio
        self.tile = tile
        self.key = (theme.key, tile.width(), tile.height(), bias_radius, ratio)
        self._frame = self._draw(tile, self._paint_frame)
        side = round(2 * bias_radius)
        self._dots = {sign: self._draw(QSize(side, side), self._dot_painter(sign)) for sign in (-1, 0, 1)}
        self._reach = QPoint(side // 2 + MARGIN, side // 2 + MARGIN)

    def put_frame(self, painter: QPainter, corner: QPoint) -> None:
        """Round the corners of a thumbnail whose upper left corner is here, and outline it."""
        painter.drawImage(corner - QPoint(MARGIN, MARGIN), self._frame)

    def put_dot(self, painter: QPainter, centre: QPoint, sign: int) -> None:
        """Draw a bias of this sign."""
        painter.drawImage(centre - self._reach, self._dots[sign])

    def _draw(self, size: QSize, paint: Callable[[QPainter, QRectF], None]) -> QImage:
        whole = QSize(size.width() + 2 * MARGIN, size.height() + 2 * MARGIN)
        image = QImage(whole * self._ratio, QImage.Format.Format_ARGB32_Premultiplied)
        image.setDevicePixelRatio(self._ratio)
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            paint(painter, QRectF(MARGIN, MARGIN, size.width(), size.height()))
        return image

    def _paint_frame(self, painter: QPainter, tile: QRectF) -> None:
        radius = min(RADIUS, tile.height() / 4)
        corners = QPainterPath()
        corners.addRect(tile.adjusted(-0.5, -0.5, 0.5, 0.5))
        corners.addRoundedRect(tile, radius, radius)
        painter.fillPath(corners, self._theme.colour("canvas"))
        painter.setPen(QPen(self._theme.colour("text", 0.45), 1.0))
        painter.drawRoundedRect(tile.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)

    def _dot_painter(self, sign: int) -> Callable[[QPainter, QRectF], None]:
        theme = self._theme

        def paint(painter: QPainter, dot: QRectF) -> None:
            painter.setPen(QPen(theme.colour("canvas"), 1.5))
            painter.setBrush(theme.colour({-1: "negative_mark", 0: "faint", 1: "positive_mark"}[sign]))
            painter.drawEllipse(dot)
            # The sign stands in the dot too: colour alone would leave some readers out.
            painter.setPen(QPen(theme.colour("canvas"), 1.4))
            centre, arm = dot.center(), self._radius * 0.5
            painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
            if sign >= 0:
                painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))

        return paint
