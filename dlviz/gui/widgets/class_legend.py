"""One line of markers with the names of the classes they stand for."""

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import describe, painter
from dlviz.gui.widgets.points import FILLED, paint_points
from dlviz.i18n import tr

WIDEST, NARROWEST = 26, 18  # pixels that a marker and the air around it take beside a name


class ClassLegend(QWidget):
    """Markers and names side by side, closer where there is little room; where there is none the last ones give way."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_names(self, names: tuple[str, ...]) -> None:
        """Show these classes."""
        self._names = names
        describe(self, tr("Classes"), tr("Classes: {names}", names=", ".join(names)))
        self.setVisible(bool(names))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, 2 * GRID + 2)

    def air(self) -> float:
        """Return the pixels beside each name with which all of them fit, if they do."""
        metrics = QFontMetrics(font("small"))
        taken = sum(map(metrics.horizontalAdvance, self._names))
        return min(max((self.width() - taken) / max(len(self._names), 1), NARROWEST), WIDEST)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, x, middle, air = current(), 5.0, self.height() / 2, self.air()
        with painter(self) as p:
            p.setFont(font("small"))
            for index, name in enumerate(self._names):
                width = p.fontMetrics().horizontalAdvance(name)
                if x + 10 + width > self.width():
                    p.drawText(QRectF(x, 0, 20, self.height()), Qt.AlignmentFlag.AlignVCenter, "…")
                    return
                place, only = np.array([[x, middle]]), np.array([index])
                paint_points(p, place, only, np.array([FILLED]), theme, 4.0)
                p.setPen(QColor(theme.muted))
                p.drawText(QRectF(x + 10, 0, width + 2, self.height()), Qt.AlignmentFlag.AlignVCenter, name)
                x += width + air
