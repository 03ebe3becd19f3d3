"""Small pictures drawn once and stamped many times: the frame of a thumbnail, and the dots of biases."""

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPen

from dlviz.gui.theme import RADIUS, Theme

MARGIN = 2.0  # pixels around what is drawn, for soft edges


class Stamps:
    """Stamps for one theme, tile size and scale.

    With 60 tiles, stroking rounded rectangles and ellipses anew took 5 ms a frame, stamping them 0.4 ms.
    """

    def __init__(self, theme: Theme, tile: QSizeF, bias_radius: float, scale: float) -> None:
        self._theme, self._tile, self._radius, self._scale = theme, tile, bias_radius, scale
        self.key = (theme.key, tile.width(), tile.height(), bias_radius, scale)
        self.frame = self._draw(tile, self._paint_frame)
        side = QSizeF(2 * bias_radius, 2 * bias_radius)
        self.dots = {sign: self._draw(side, lambda p, r, sign=sign: self._paint_dot(p, r, sign)) for sign in (-1, 0, 1)}

    def put_frame(self, painter: QPainter, tile: QRectF) -> None:
        """Round the corners of a thumbnail and outline it."""
        painter.drawImage(tile.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN), self.frame)

    def put_dot(self, painter: QPainter, centre: QPointF, sign: int) -> None:
        """Draw a bias of this sign."""
        reach = self._radius + MARGIN
        painter.drawImage(QRectF(centre.x() - reach, centre.y() - reach, 2 * reach, 2 * reach), self.dots[sign])

    def _draw(self, size: QSizeF, paint) -> QImage:  # type: ignore[no-untyped-def]
        width, height = size.width() + 2 * MARGIN, size.height() + 2 * MARGIN
        image = QImage(
            max(round(width * self._scale), 1), max(round(height * self._scale), 1),
            QImage.Format.Format_ARGB32_Premultiplied,
        )  # fmt: skip
        image.fill(Qt.GlobalColor.transparent)
        with QPainter(image) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.scale(image.width() / width, image.height() / height)
            paint(painter, QRectF(MARGIN, MARGIN, size.width(), size.height()))
        return image

    def _paint_frame(self, painter: QPainter, tile: QRectF) -> None:
        radius = min(RADIUS, tile.height() / 4)
        corners = QPainterPath()
        corners.addRect(tile.adjusted(-0.5, -0.5, 0.5, 0.5))
        corners.addRoundedRect(tile, radius, radius)
        painter.fillPath(corners, self._theme.colour("canvas"))
        painter.setPen(QPen(self._theme.colour("text", 0.45), 1.0))
        painter.drawRoundedRect(tile, radius, radius)

    def _paint_dot(self, painter: QPainter, dot: QRectF, sign: int) -> None:
        theme, centre, radius = self._theme, dot.center(), self._radius
        painter.setPen(QPen(theme.colour("canvas"), 1.5))
        painter.setBrush(theme.colour({-1: "negative_mark", 0: "faint", 1: "positive_mark"}[sign]))
        painter.drawEllipse(dot)
        # The sign stands in the dot too: colour alone would leave some readers out.
        painter.setPen(QPen(theme.colour("canvas"), 1.4))
        arm = radius * 0.5
        painter.drawLine(centre - QPointF(arm, 0), centre + QPointF(arm, 0))
        if sign >= 0:
            painter.drawLine(centre - QPointF(0, arm), centre + QPointF(0, arm))
