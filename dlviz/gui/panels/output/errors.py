"""Counts of true against predicted classes, painted as a small table with shares as depth of colour."""

from collections.abc import Sequence
from math import ceil

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dlviz.gui.colour import mix
from dlviz.gui.theme import GRID, current, font, on_colour
from dlviz.gui.widgets.paint import describe, painter, rounded
from dlviz.i18n import tr

LEAST = 0.75  # of the small type, in low cells
MOST_ROWS = 10  # classes whose rows all have room for a number; with more they may be lower
_ARROWS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
MOST_HEADED = 6  # classes; with more the line that says what stands across gives way where rows are low
_LABEL_LIMIT = 88  # pixels that a class name may take at the left


def confusion(true: NDArray[np.integer], predicted: NDArray[np.integer], n_classes: int) -> NDArray[np.int64]:
    """Count rows by class: (n_classes, n_classes), true classes down, predicted ones across."""
    flat = np.bincount(true * n_classes + predicted, minlength=n_classes * n_classes)
    return flat.reshape(n_classes, n_classes)


class ErrorTable(QWidget):
    """The confusion table; a click on a cell asks for the rows in it."""

    cell_clicked = Signal(object)  # (true class, predicted class)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: NDArray[np.int64] = np.zeros((0, 0), np.int64)
        self.is_share = False
        self.place = (0, 0)  # the cell that the arrows stand on
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._names: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        describe(
            self,
            tr("Predictions by class"),
            tr("Rows counted by true class (down) and predicted class (across); a click selects them"),
        )

    def show_counts(self, counts: NDArray[np.int64], names: Sequence[str]) -> None:
        """Show (k, k) counts of these classes."""
        is_same = self._names == tuple(names) and np.array_equal(counts, self.counts)
        if not is_same:
            self.counts, self._names = counts, tuple(names)
            self.updateGeometry()
            self.update()

    def use_shares(self, is_share: bool) -> None:
        """Write shares of the rows of a true class instead of counts."""
        self.is_share = is_share
        self.update()

    def written(self, true: int, predicted: int) -> str:
        """Return what a cell says: a count, or the share of its true class in percent."""
        count, whole = int(self.counts[true, predicted]), int(self.counts[true].sum())
        return f"{100 * count / whole:.0f}" if self.is_share and whole else str(count)

    def sizeHint(self) -> QSize:
        return QSize(280, 280)

    def minimumSizeHint(self) -> QSize:
        rows = min(len(self.counts), MOST_ROWS) * LEAST * QFontMetricsF(font("small")).height()
        return QSize(20 * GRID, max(12 * GRID, ceil(self._grid().top() + rows)))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not len(self.counts):
            return
        with painter(self) as p:
            p.setFont(self._font())
            grid, is_tight = self._grid(), self._is_tight()
            self._paint_names(p, grid)
            for true in range(len(self.counts)):
                for predicted in range(len(self.counts)):
                    self._paint_cell(p, self._box(grid, true, predicted), (true, predicted), is_tight)
            if self.hasFocus() and max(self.place) < len(self.counts):
                rounded(p, self.cell(*self.place), border=current().accent, radius=3, width=2.0)

    def _paint_names(self, p: QPainter, grid: QRectF) -> None:
        p.setPen(QColor(current().muted))
        metrics = p.fontMetrics()
        for index, name in enumerate(self._names):
            left = self._box(grid, index, 0)
            across = self._box(grid, 0, index)
            row = QRectF(0, left.top(), grid.left() - 6, left.height())
            p.drawText(row, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, _cut(p, name, row.width()))
            top = QRectF(across.left(), grid.top() - metrics.height() - 4, across.width(), metrics.height())
            p.drawText(top, Qt.AlignmentFlag.AlignCenter, _cut(p, name, top.width()))
        if self._is_headed():
            words = tr("predicted →")
            head = QRectF(grid.left(), 0, grid.width(), metrics.height())
            p.drawText(head, Qt.AlignmentFlag.AlignCenter, words)
            room = head.center().x() - metrics.horizontalAdvance(words) / 2 - GRID
            p.drawText(QRectF(0, 0, room, head.height()), Qt.AlignmentFlag.AlignLeft, _cut(p, tr("true ↓"), room))

    def _paint_cell(self, p: QPainter, box: QRectF, place: tuple[int, int], is_tight: bool) -> None:
        theme, count, (true, predicted) = current(), int(self.counts[place]), place
        box = box.adjusted(1, 1, -1, -1)
        share = count / max(int(self.counts[true].sum()), 1)
        full = theme.positive if true == predicted else theme.negative
        fill = mix(theme.hover, full, share) if count else theme.hover
        rounded(p, box, fill=fill, radius=3)
        p.setPen(QColor(on_colour(fill) if count else theme.faint))
        if count or not is_tight:
            p.drawText(box, Qt.AlignmentFlag.AlignCenter, self.written(true, predicted))

    def _is_tight(self) -> bool:
        """Say whether cells are lower than a line of small text."""
        return self.cell(0, 0).height() < QFontMetricsF(font("small")).height()

    def _is_headed(self) -> bool:
        """Say whether there is a line that says what stands across and what down."""
        line = QFontMetricsF(font("small")).height()
        return len(self._names) <= MOST_HEADED or self.height() >= (len(self._names) + 2) * line + GRID // 2

    def _font(self) -> QFont:
        """Return the type of counts and names: smaller where cells are low."""
        share = (self.cell(0, 0).height() + 1) / QFontMetricsF(font("small")).height()
        return font("small", scale=min(max(share, LEAST), 1.0))

    def _grid(self) -> QRectF:
        metrics = self.fontMetrics()
        wanted = max((metrics.horizontalAdvance(name) for name in self._names), default=0)
        lines = 2 if self._is_headed() else 1
        left, top = min(wanted, _LABEL_LIMIT) + GRID, lines * metrics.height() + GRID // 2
        width = max(self.width() - left, 8)
        return QRectF(left, top, width, max(min(self.height() - top, width), 8))

    def cell(self, true: int, predicted: int) -> QRectF:
        """Return where a cell is painted."""
        return self._box(self._grid(), true, predicted)

    def _box(self, grid: QRectF, true: int, predicted: int) -> QRectF:
        count = max(len(self.counts), 1)
        width, height = grid.width() / count, grid.height() / count
        return QRectF(grid.left() + predicted * width, grid.top() + true * height, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from cell to cell by the arrows, and take one by Return."""
        by = _ARROWS.get(Qt.Key(event.key()))
        if not len(self.counts) or (by is None and event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter)):
            event.ignore()
        elif by is None:
            self.cell_clicked.emit(self.place)
        else:
            last = len(self.counts) - 1
            self.place = min(max(self.place[0] + by[0], 0), last), min(max(self.place[1] + by[1], 0), last)
            self.setAccessibleDescription(self._words(*self.place))
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self._cell_at(event.position().x(), event.position().y())
        if place is not None:
            self.place = place
            self.cell_clicked.emit(place)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._cell_at(event.pos().x(), event.pos().y())
            text = self.toolTip() if place is None else self._words(*place)
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return super().event(event)

    def _words(self, true: int, predicted: int) -> str:
        return tr(
            "{count} rows of {true} predicted as {predicted}",
            count=int(self.counts[true, predicted]), true=self._names[true], predicted=self._names[predicted],
        )  # fmt: skip

    def _cell_at(self, x: float, y: float) -> tuple[int, int] | None:
        grid = self._grid()
        if not len(self.counts) or not grid.contains(x, y):
            return None
        count = len(self.counts)
        row, column = (y - grid.top()) / grid.height() * count, (x - grid.left()) / grid.width() * count
        return min(int(row), count - 1), min(int(column), count - 1)


def _cut(p: QPainter, text: str, width: float) -> str:
    return p.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(width))
