"""Bars for names and values, the largest first: what a network answers, class by class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui import numbers
from dlviz.gui.response import FloatArray
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, painter
from dlviz.i18n import tr

ROW = 3 * GRID + 4  # pixels of a class
LONGEST_NAME = 14 * GRID  # pixels; longer names end in …
DIGITS = 3
MOST_CLASSES = 20  # drawn, those with the largest outputs


@dataclass(frozen=True)
class ClassBar:
    """One class: its number, name and output, and whether it is the right one."""

    number: int
    name: str
    output: float
    is_true: bool

    @property
    def words(self) -> str:
        """The output as it is written."""
        return numbers.number(self.output, DIGITS)


def sorted_bars(outputs: FloatArray, names: Sequence[str], true: int | None = None) -> tuple[ClassBar, ...]:
    """Return a bar for each class of outputs (k,), the largest first; of very many those with the largest.

    true: the right class, None where nobody knows it.
    """
    order = np.argsort(-outputs, kind="stable")[:MOST_CLASSES]
    return tuple(ClassBar(int(k), names[k], float(outputs[k]), k == true) for k in order)


@dataclass(frozen=True)
class Span:
    """The values from one edge of the bars to the other."""

    low: float
    high: float

    def share(self, value: float) -> float:
        """Return where a value lies, from 0 to 1."""
        return min(max((value - self.low) / max(self.high - self.low, 1e-300), 0.0), 1.0)


class Bars(QWidget):
    """Names at the left, bars from zero, numbers at the right; the first is marked as the answer."""

    taken = Signal(int)  # number of the class whose bar was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[ClassBar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Outputs by class, the largest first"),
                 tr("The longest bar is the answer (arg max). A frame marks the right class."))  # fmt: skip
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def show_values(self, names: Sequence[str], values: FloatArray, true: int | None = None) -> None:
        """Show a bar for every name, sorted by its value; true: the place of the right one, if it is known."""
        self.show_bars(sorted_bars(values, names, true))

    def show_bars(self, bars: tuple[ClassBar, ...]) -> None:
        """Show these bars."""
        if bars == self.bars:
            return
        self.bars = bars
        self.setAccessibleDescription("; ".join(f"{bar.name}: {bar.words}" for bar in bars))
        self.setFixedHeight(max(len(bars), 1) * ROW)
        self.update()

    def widths(self) -> tuple[int, int]:
        """Return the room at the left for the names, and at the right for the numbers, which are never cut."""
        metrics = QFontMetrics(font("normal", is_bold=True))
        names = max((metrics.horizontalAdvance(bar.name) for bar in self.bars), default=0)
        written = max((metrics.horizontalAdvance(bar.words) for bar in self.bars), default=0)
        return min(names + GRID // 2, LONGEST_NAME) + GRID, written + GRID

    def sizeHint(self) -> QSize:
        """Return the height of all bars."""
        return QSize(34 * GRID, max(len(self.bars), 1) * ROW)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell whose bar was clicked."""
        row = int(event.position().y() // ROW)
        if 0 <= row < len(self.bars):
            self.taken.emit(self.bars[row].number)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint every class."""
        values = [bar.output for bar in self.bars]
        low, high = min(values, default=0.0), max(values, default=0.0)
        span = Span(min(low, 0.0), max(high, 0.0 if low < 0 else 1.0))
        with painter(self) as p:
            for row, bar in enumerate(self.bars):
                self._paint_bar(p, row, bar, span)

    def _paint_bar(self, p: QPainter, row: int, bar: ClassBar, span: Span) -> None:
        theme, top, is_answer = current(), row * ROW, row == 0
        at_right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left, right = self.widths()
        room = max(self.width() - left - right, 1)
        colour = theme.colour("text" if is_answer else "muted")
        p.setFont(font("normal", is_bold=is_answer))
        start, end = sorted((span.share(0.0), span.share(bar.output)))
        p.fillRect(QRectF(left + room * start, top + 6, max(room * (end - start), 1.0), ROW - 12),
                   theme.colour("forward" if is_answer else "outline"))  # fmt: skip
        if bar.is_true:
            p.setPen(QPen(theme.colour("text"), 1.4))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(QRectF(left, top + 4, room, ROW - 8))
        p.setPen(colour)
        name = p.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, left - GRID)
        p.drawText(QRectF(0, top, left - GRID, ROW), at_right, name)
        p.drawText(QRectF(self.width() - right, top, right, ROW), at_right, bar.words)
