"""How many rows each class has: one bar a class, in the colours of the parts."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.panels.data.part_bar import PART_COLOURS, paint_part
from dlviz.gui.panels.data.rows import part_words
from dlviz.gui.theme import GRID, Theme, current, font
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, painter
from dlviz.gui.widgets.points import FILLED, paint_points
from dlviz.i18n import tr


class BalanceBars(QWidget):
    """Counts (classes, parts) as bars; a click on one, or Enter, takes its class."""

    clicked = Signal(int)  # the class

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.names: tuple[str, ...] = ()
        self.counts: NDArray[np.int64] = np.zeros((0, 3), np.int64)
        self._chosen = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Rows of each class"), tr("Full: training rows; then dev rows; hatched: test rows"))

    def show_counts(self, names: tuple[str, ...], counts: NDArray[np.int64]) -> None:
        """Show so many rows of each class and part."""
        self.names, self.counts, self._chosen = names, counts, 0
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for all classes."""
        return QSize(20 * GRID, self._line() * max(len(self.names), 1))

    def minimumSizeHint(self) -> QSize:
        """Return the same: a list of bars is never cut, it scrolls."""
        return self.sizeHint()

    @staticmethod
    def _line() -> int:
        return QFontMetrics(font("small")).height() + 2 * GRID

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint name, count and bar of each class."""
        most, whole = max(int(self.counts.sum(axis=1).max(initial=0)), 1), max(int(self.counts.sum()), 1)
        with painter(self) as p:
            p.setFont(font("small"))
            for place, name in enumerate(self.names):
                self._paint_class(p, place, name, most, whole)

    def _paint_class(self, p: QPainter, place: int, name: str, most: int, whole: int) -> None:
        theme, top, n = current(), place * self._line(), int(self.counts[place].sum())
        height = p.fontMetrics().height()
        paint_points(p, np.array([[6.0, top + height / 2]]), np.array([place]), np.array([FILLED]), theme, 4.0)
        said = f"{numbers.count(n)} · {numbers.percent(n / whole)}"
        room = p.fontMetrics().horizontalAdvance(said)
        p.setPen(theme.colour("accent" if self.hasFocus() and place == self._chosen else "text"))
        shown = p.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, self.width() - room - 3 * GRID)
        p.drawText(QRectF(2 * GRID, top, self.width(), height), Qt.AlignmentFlag.AlignVCenter, shown)
        p.setPen(theme.colour("muted"))
        p.drawText(QRectF(0, top, self.width(), height), Qt.AlignmentFlag.AlignRight, said)
        left = 0.0
        for part in range(len(PART_COLOURS)):
            width = self.width() * int(self.counts[place, part]) / most
            paint_part(p, QRectF(left, top + height + 1, max(width - 1, 0.0), GRID), part)
            left += width

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the class under the pointer."""
        self._take(int(event.position().y()) // self._line())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from class to class, and take one."""
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self.names:
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self._chosen = (self._chosen + step) % len(self.names)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self._chosen)
        else:
            super().keyPressEvent(event)

    def _take(self, place: int) -> None:
        if 0 <= place < len(self.names):
            self._chosen = place
            self.update()
            self.clicked.emit(place)

    def apply_theme(self, theme: Theme) -> None:
        """Take over letters and colours."""
        self.updateGeometry()
        self.update()

    def plotted(self) -> Rows:
        """Return the counts as a table."""
        rows = [(name, *counts) for name, counts in zip(self.names, self.counts.tolist(), strict=True)]
        return Rows((tr("class"), *part_words()), rows)

    def entries(self) -> tuple[Entry, ...]:
        """Return the counts, as a list."""
        named = zip(self.names, self.counts.sum(axis=1).tolist(), strict=True)
        return tuple(Entry(name, tr("{count} rows", count=numbers.count(n))) for name, n in named)
