"""A row of words of which one is taken, as low as a line of text."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPaintEvent

from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import painter, rounded
from dlviz.gui.widgets.segmented import Segmented


class Words(Segmented):
    """A segmented choice without a frame: the word taken is in the accent on a soft ground."""

    def tabSizeHint(self, index: int) -> QSize:
        metrics = QFontMetrics(font("small", is_bold=True))
        air = GRID - 2 if self._is_tight else 2 * GRID - 2
        return QSize(metrics.horizontalAdvance(self.tabText(index)) + air, metrics.height() + GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current()
        with painter(self) as p:
            for index in range(self.count()):
                rect, is_taken = QRectF(self.tabRect(index)), index == self.currentIndex()
                if is_taken:
                    border = theme.accent if self.hasFocus() else ""
                    rounded(p, rect.adjusted(1, 1, -1, -1), fill=theme.accent_soft, border=border)
                p.setPen(QColor(theme.accent if is_taken else theme.muted))
                p.setFont(font("small", is_bold=is_taken))
                p.drawText(rect, Qt.AlignmentFlag.AlignCenter, self.tabText(index))
