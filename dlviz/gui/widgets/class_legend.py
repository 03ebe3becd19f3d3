"""Markers with the names of the classes they stand for, in one line or two."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import describe, painter
from dlviz.gui.widgets.points import FILLED, paint_points
from dlviz.i18n import tr

LINE = 2 * GRID + 2  # pixels
START = 5.0  # pixels, middle of the first marker
WIDEST, NARROWEST = 26, 18  # pixels that a marker and the air around it take beside a name


class ClassLegend(QWidget):
    """Markers and names side by side, closer where there is little room, then in two lines; at last some give way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_names(self, names: tuple[str, ...]) -> None:
        """Show these classes."""
        self._names = names
        self._fit()
        describe(self, tr("Classes"), tr("Classes: {names}", names=", ".join(names)))
        self.setVisible(bool(names))
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take a second line where another width asks for it."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self.setFixedHeight(self.lines() * LINE)

    def lines(self) -> int:
        """Return in how many lines the names stand."""
        return 2 if self._needed(NARROWEST) > self.width() else 1

    def _needed(self, air: float) -> float:
        """Return the pixels that all names take in one line, with so much air beside each."""
        metrics = QFontMetrics(font("small"))
        return sum(map(metrics.horizontalAdvance, self._names)) + air * len(self._names)

    def sizeHint(self) -> QSize:
        return QSize(160, self.lines() * LINE)

    def air(self) -> float:
        """Return the pixels beside each name with which all of them fit, if they do."""
        room = self.width() - self._needed(0)
        return min(max(room / max(len(self._names), 1), NARROWEST), WIDEST)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, x, y, air = current(), START, 0, self.air()
        end = self._needed(air) / 2 if self.lines() > 1 else self.width()  # of the first line: both are about as long
        with painter(self) as p:
            p.setFont(font("small"))
            for index, name in enumerate(self._names):
                width = p.fontMetrics().horizontalAdvance(name)
                if (x + width / 2 > end or x + 10 + width > self.width()) and y + LINE < self.height():
                    x, y = START, y + LINE
                elif x + 10 + width > self.width():
                    p.drawText(QRectF(x, y, 20, LINE), Qt.AlignmentFlag.AlignVCenter, "…")
                    return
                place, only = np.array([[x, y + LINE / 2]]), np.array([index])
                paint_points(p, place, only, np.array([FILLED]), theme, 4.0)
                p.setPen(QColor(theme.muted))
                p.drawText(QRectF(x + 10, y, width + 2, LINE), Qt.AlignmentFlag.AlignVCenter, name)
                x += width + air
