"""Factors on one line that ends where the room ends; it asks for no new layout when its numbers change."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import painter
from dlviz.gui.widgets.product import TIMES, Product

ENDLESS = 1e6  # pixels; nothing wraps


class OneLine(Product):
    """A product after a few words that lead to it, in the size of the text around it; smaller where it must be."""

    lead = ""  # the words

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_line(self, lead: str, texts: Sequence[str], tips: Sequence[str]) -> None:
        """Show these factors after these words."""
        if lead != self.lead:
            self.lead, self.texts = lead, ()  # everything moves
        self.show_factors(texts, tips)
        self.setAccessibleName(lead + TIMES.join(texts))

    def _flow(self, width: float) -> list[QRectF]:
        start = QFontMetricsF(font(self.face)).horizontalAdvance(self.lead)
        return [box.translated(start, 0) for box in super()._flow(ENDLESS)]

    def _place(self) -> None:
        self.face = "normal"
        self._rectangles = self._flow(self.width())
        if self._rectangles and self._rectangles[-1].right() > self.width():
            self.face = "small"
            self._rectangles = self._flow(self.width())
        self.update()

    def sizeHint(self) -> QSize:
        """Return a width that gives way, and the height of a line."""
        return QSize(8 * GRID, self.heightForWidth(0))

    def minimumSizeHint(self) -> QSize:
        """Allow it to be narrow."""
        return QSize(4 * GRID, self.heightForWidth(0))

    def heightForWidth(self, width: int) -> int:
        """Return the height of a line, whatever stands in it."""
        return round(QFontMetricsF(font("normal")).height()) + 3

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the words, then the factors."""
        if self.lead:
            with painter(self) as p:
                p.setFont(font(self.face))
                p.setPen(current().colour("muted"))
                p.drawText(self.rect(), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter), self.lead)
        super().paintEvent(event)
