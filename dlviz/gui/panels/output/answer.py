"""The answer for one row: a bar for every class, the largest first, and the class that is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.response import FloatArray
from dlviz.gui.selection import Selection
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.messages import Frame

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


def sorted_bars(outputs: FloatArray, names: Sequence[str], true: int) -> tuple[ClassBar, ...]:
    """Return a bar for each class of outputs (k,), the largest first; of very many those with the largest."""
    order = np.argsort(-outputs, kind="stable")[:MOST_CLASSES]
    return tuple(ClassBar(int(k), names[k], float(outputs[k]), k == true) for k in order)


def row_shown(frame: Frame, selection: Selection) -> int:
    """Return the row whose answer is shown: the selected one, else the one that is walked, else the first.

    Of several selected rows it is the one that is walked if it is among them, else the first.
    """
    walked = int(frame.trace.rows[frame.sample]) if frame.trace is not None else 0
    if selection.current.kind == "sample" and not selection.rows:
        return selection.current.unit
    return walked if walked in selection.rows or not selection.rows else min(selection.rows)


class Bars(QWidget):
    """Names at the left, bars from zero, numbers at the right; the first is marked as the answer."""

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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint every class."""
        largest = max((abs(bar.output) for bar in self.bars), default=0.0) or 1.0
        with painter(self) as p:
            for row, bar in enumerate(self.bars):
                self._paint_bar(p, row, bar, bar.output / max(largest, 1.0))

    def _paint_bar(self, p: QPainter, row: int, bar: ClassBar, share: float) -> None:
        theme, top, is_answer = current(), row * ROW, row == 0
        at_right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        left, right = self.widths()
        room = max(self.width() - left - right, 1)
        colour = theme.colour("text" if is_answer else "muted")
        p.setFont(font("normal", is_bold=is_answer))
        p.fillRect(QRectF(left, top + 6, max(room * share, 1.0), ROW - 12),
                   theme.colour("forward" if is_answer else "outline"))  # fmt: skip
        if bar.is_true:
            p.setPen(QPen(theme.colour("text"), 1.4))
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.drawRect(QRectF(left, top + 4, room, ROW - 8))
        p.setPen(colour)
        name = p.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, left - GRID)
        p.drawText(QRectF(0, top, left - GRID, ROW), at_right, name)
        p.drawText(QRectF(self.width() - right, top, right, ROW), at_right, bar.words)


class AnswerView(QWidget):
    """The bars of one row, with the answer in words above them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.said, self.bars, self.note = Text("", is_bold=True), Bars(), Text("", "muted", "small")
        self.note.setWordWrap(True)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID)
        for widget in (self.said, self.bars, self.note):
            column.addWidget(widget)
        column.addStretch(1)

    def show_row(self, row: int, outputs: FloatArray, names: Sequence[str], true: int) -> None:
        """Show the outputs (k,) of a row. true: its class."""
        bars = sorted_bars(outputs, names, true)
        self.bars.show_bars(bars)
        mark = "✓" if bars[0].is_true else tr("✗, it is {name}", name=names[true])
        self.said.setText(tr("row {row}: {name} {mark}", row=row + 1, name=bars[0].name, mark=mark))
        total = numbers.number(float(np.sum(outputs)))
        self.note.setText(tr("The answer is the class with the largest output (arg max). Sum of all outputs: {total}.",
                             total=total))  # fmt: skip
