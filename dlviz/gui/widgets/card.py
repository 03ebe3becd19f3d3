"""A card: a large quiet button with an icon, a title and one sentence."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QWidget

from dlviz.gui.icons import paint_icon
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.bare_button import BareButton
from dlviz.gui.widgets.paint import focus_ring, painter, rounded

ICON = 24  # pixels
TEXT_LEFT = ICON + 2.25 * GRID


class Card(BareButton):
    """Does one thing when clicked."""

    def __init__(self, icon: str, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(title, sentence, parent)
        self._icon, self._sentence = icon, sentence

    def sizeHint(self) -> QSize:
        """Return the room for both lines."""
        title = QFontMetrics(font("normal", is_bold=True)).horizontalAdvance(self.text())
        sentence = QFontMetrics(font("small")).horizontalAdvance(self._sentence)
        return QSize(round(max(title, sentence) + TEXT_LEFT) + GRID, 7 * GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the room for the title; the sentence may end in …."""
        title = QFontMetrics(font("normal", is_bold=True)).horizontalAdvance(self.text())
        return QSize(round(title + TEXT_LEFT) + GRID, 7 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint box, icon, title and sentence."""
        theme, rect, middle = current(), QRectF(self.rect()), self.height() / 2
        is_hot = self.underMouse() or self.isDown()
        width = self.width() - TEXT_LEFT - GRID
        with painter(self) as p:
            rounded(p, rect, fill=theme.accent_soft if is_hot else theme.field, border=theme.outline, radius=8)
            paint_icon(p, self._icon, QRectF(GRID, middle - ICON / 2, ICON, ICON), theme.accent)
            p.setPen(theme.colour("text"))
            p.setFont(font("normal", is_bold=True))
            p.drawText(QRectF(TEXT_LEFT, GRID, width, middle - GRID), Qt.AlignmentFlag.AlignVCenter, self.text())
            p.setPen(theme.colour("muted"))
            p.setFont(font("small"))
            shown = p.fontMetrics().elidedText(self._sentence, Qt.TextElideMode.ElideRight, int(width))
            p.drawText(QRectF(TEXT_LEFT, middle, width, middle - GRID), Qt.AlignmentFlag.AlignVCenter, shown)
            focus_ring(p, self, 8)
