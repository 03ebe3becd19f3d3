"""Rings within each other: what is a part of what."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import describe, painter

STEP = 4.0 * GRID  # pixels from one ring to the next
INNERMOST = 5.0 * GRID
FILL = 0.10  # how much of the accent colour each ring adds


class Rings(QWidget):
    """Rounded frames within each other, the outermost first, each with its name at the top."""

    def __init__(self, rings: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rings = tuple(rings)
        described = "; ".join(f"{name}: {meaning}" for name, meaning in rings)
        describe(self, ", ".join(name for name, _ in rings), described)
        self.setFixedHeight(self.sizeHint().height())

    def sizeHint(self) -> QSize:
        """Return the room for all names."""
        widths = [QFontMetricsF(font("normal")).horizontalAdvance(f"{name}: {meaning}") for name, meaning in self.rings]
        inset = [place * 2 * GRID for place in range(len(widths))]
        width = max((own + 2 * side for own, side in zip(widths, inset, strict=True)), default=0.0) + 4 * GRID
        return QSize(round(width), round(INNERMOST + STEP * len(self.rings)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rings from outside in."""
        theme = current()
        fill = QColor(theme.colour("accent"))
        fill.setAlphaF(FILL)
        with painter(self) as p:
            for place, (name, meaning) in enumerate(self.rings):
                side, top = place * 2.0 * GRID, place * STEP
                box = QRectF(self.rect()).adjusted(side + 1, top + 1, -side - 1, -place * GRID - 1)
                p.setPen(QPen(theme.colour("accent"), theme.mark_width))
                p.setBrush(fill)
                p.drawRoundedRect(box, GRID, GRID)
                self._write(p, box.adjusted(2 * GRID, GRID / 2, -GRID, 0), name, meaning)

    def _write(self, p: QPainter, box: QRectF, name: str, meaning: str) -> None:
        theme, flags = current(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
        p.setPen(theme.colour("text"))
        p.setFont(font("normal", True))
        p.drawText(box, flags, name)
        moved = QFontMetricsF(font("normal", True)).horizontalAdvance(f"{name}  ")
        p.setFont(font("normal"))
        p.setPen(theme.colour("muted"))
        p.drawText(box.adjusted(moved, 0, 0, 0), flags, meaning)
