"""A small curve without axes: its largest value, where it ends, and a dot where things stand."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import describe, painter, rounded

MARGIN = 1.0 * GRID
DOT = 3.5  # pixels, radius


class Sparkline(QWidget):
    """Draws values at equal distances; the vertical axis begins at 0."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: tuple[float, ...] = ()
        self._top, self._end, self._now = "", "", -1.0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._name = name
        describe(self, name)

    def show_values(self, values: Sequence[float], top: str, end: str, now: float = -1.0) -> None:
        """Show values, the words for the largest and for the right end, and now as a share of the width."""
        self.values, self._top, self._end, self._now = tuple(values), top, end, now
        describe(self, f"{self._name}: {top} – {end}")
        self.update()

    def move_dot(self, now: float) -> None:
        """Put the dot at another share of the width; outside of 0 to 1 there is none."""
        if now != self._now:
            self._now = now
            self.update()

    @property
    def dot(self) -> float:
        """Where the dot is, as a share of the width."""
        return self._now

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(30 * GRID, 11 * GRID)

    def _points(self) -> list[QPointF]:
        highest = max((*self.values, 1e-300))
        area = QRectF(self.rect()).adjusted(MARGIN, 2.5 * GRID, -MARGIN, -2.5 * GRID)
        last = max(len(self.values) - 1, 1)
        return [
            QPointF(area.left() + area.width() * i / last, area.bottom() - area.height() * value / highest)
            for i, value in enumerate(self.values)
        ]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, the words, the curve and the dot."""
        theme, points = current(), self._points()
        with painter(self) as p:
            rounded(p, QRectF(self.rect()), fill=theme.field, border=theme.line)
            p.setFont(font("small"))
            p.setPen(QColor(theme.muted))
            inside = QRectF(self.rect()).adjusted(MARGIN, 3, -MARGIN, -3)
            p.drawText(inside, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, self._top)
            p.drawText(inside, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, self._end)
            p.drawText(inside, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, "0")
            p.setPen(QPen(QColor(theme.accent), 1.6))
            p.drawPolyline(QPolygonF(points))
            if points and 0 <= self._now <= 1:
                p.setBrush(QColor(theme.accent))
                p.drawEllipse(points[round(self._now * (len(points) - 1))], DOT, DOT)
