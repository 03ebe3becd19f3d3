"""The micro-steps of one step as rows: what each wrote, for every coordinate; those to come say so."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.core.trace import Step, Trace
from dlviz.gui import numbers
from dlviz.gui.theme import GRID, FontSize, Theme, current, font, theme_signals
from dlviz.gui.widgets.accents import bare, paint_accented
from dlviz.gui.widgets.paint import describe, focus_ring, painter, rounded
from dlviz.i18n import tr

ROW = 3 * GRID + 4  # pixels
DIGITS = 4
SIZES: tuple[FontSize, FontSize] = ("small", "normal")  # of formulas and of numbers
MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True)
class MicroRow:
    """One micro-step: its formula in words of the surface, and its numbers, full for the tooltip."""

    formula: str
    values: str
    full: str
    phase: str


def micro_rows(trace: Trace, names: tuple[str, ...], is_given: bool = False) -> tuple[MicroRow, ...]:
    """Return a row for every micro-step of a trace; is_given: gradients come from no surface."""
    point = f"({', '.join(names)})" if len(names) > 1 else names[0]
    return tuple(_row(step, point, is_given) for step in trace.steps)


def _row(step: Step, point: str, is_given: bool) -> MicroRow:
    arrays = [np.atleast_1d(np.asarray(each, dtype=np.float64)) for each in step.writes.values()]
    short = ";  ".join(_vector(each, DIGITS) for each in arrays)
    full = "; ".join(f"({', '.join(map(numbers.full, each.tolist()))})" for each in arrays)
    return MicroRow(spelled(step, point, is_given), short, full, step.phase)


def spelled(step: Step, point: str, is_given: bool = False) -> str:
    """Write a formula of the core with the point for the weight and f for the loss."""
    if step.op == "value":
        return f"f{point if point.startswith('(') else f'({point})'}"
    if step.op == "gradient":
        return tr("no surface") if is_given else tr("gradient g")
    if step.op == "noise":
        return tr("given gradient g") if is_given else tr("g + noise")
    p = "p" if point.startswith("(") else point
    return step.formula.replace("∂L/∂w", "g").replace("∂f/∂p", "g").replace("Δw", "Δ").replace("w", p)


def _vector(values: np.ndarray, digits: int) -> str:
    words = [numbers.number(each, digits, signed=True) for each in values.tolist()]
    return f"({', '.join(words)})" if len(words) > 1 else words[0]


class MicroList(QWidget):
    """Rows that can be walked: a click or an arrow key asks to stand after a micro-step."""

    asked = Signal(int)  # how many micro-steps shall be done

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[MicroRow, ...] = ()
        self.done = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        describe(self, tr("Micro-steps of this step"), "")
        theme_signals.changed.connect(self._use_theme)

    def show_rows(self, rows: tuple[MicroRow, ...], done: int) -> None:
        """Show these rows, so many of them done."""
        if (rows, done) == (self.rows, self.done):
            return
        before = self._tops()
        self.rows, self.done = rows, done
        if self._tops() != before:
            self.updateGeometry()
        self.setAccessibleDescription("; ".join(self.words(index) for index in range(len(rows))))
        self.update()

    def words(self, index: int) -> str:
        """Say one row: formula, and its numbers if it is done."""
        row = self.rows[index]
        return f"{row.formula}: {row.values if index < self.done else tr('not yet')}"

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()

    def _tops(self) -> list[int]:
        """Return where every row begins and where the last one ends; what fits no line takes two."""
        small, normal = (QFontMetrics(font(size, is_bold=True)) for size in SIZES)
        height, tall, tops = max(ROW, normal.height() + GRID), small.height() + normal.height() + GRID, [0]
        for row in self.rows:
            length = small.horizontalAdvance(bare(row.formula)) + normal.horizontalAdvance(row.values)
            tops.append(tops[-1] + (tall if length + 4 * GRID > self.width() else height))
        return tops if self.rows else [0, height]

    def _at(self, y: float) -> int:
        """Return the number of the row at a height, −1 where there is none."""
        tops = self._tops()
        return bisect_right(tops, y) - 1 if self.rows and 0 <= y < tops[-1] else -1

    def sizeHint(self) -> QSize:
        """Return the room of all rows."""
        return QSize(36 * GRID, self._tops()[-1])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Ask for other room where other rows take two lines now."""
        super().resizeEvent(event)
        self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        """Return the room of all rows; they may be narrow."""
        return QSize(24 * GRID, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows."""
        with painter(self) as p:
            for index, (top, end) in enumerate(pairwise(self._tops()) if self.rows else ()):
                self._paint_row(p, index, QRectF(0, top, self.width(), end - top))
            focus_ring(p, self)

    def _paint_row(self, p: QPainter, index: int, rect: QRectF) -> None:
        theme, row = current(), self.rows[index]
        is_now, is_done = index == self.done - 1, index < self.done
        if is_now:
            rounded(p, rect.adjusted(0, 1, 0, -1), fill=theme.soft(row.phase))
        inner = rect.adjusted(GRID, 0, -GRID, 0)
        p.setFont(font("normal", is_bold=is_now))
        is_tall = rect.height() > max(ROW, p.fontMetrics().height() + GRID)
        over, under = (Qt.AlignmentFlag.AlignTop, Qt.AlignmentFlag.AlignBottom) if is_tall else 2 * [MIDDLE]
        inner.adjust(0, 3 * is_tall, 0, -3 * is_tall)
        values = row.values if is_done else tr("not yet")
        p.setPen(theme.colour(row.phase if is_now else "text" if is_done else "faint"))
        if p.fontMetrics().horizontalAdvance(values) > inner.width():
            p.setFont(font("small", is_bold=is_now))
        p.drawText(inner, Qt.AlignmentFlag.AlignRight | under, values)
        room = inner.width() - (0 if is_tall else p.fontMetrics().horizontalAdvance(values) + GRID)
        p.setFont(font("small", is_bold=is_now))
        p.setPen(theme.colour(row.phase if is_now else "muted" if is_done else "faint"))
        words = p.fontMetrics().elidedText(row.formula, Qt.TextElideMode.ElideRight, int(room))
        paint_accented(p, inner, Qt.AlignmentFlag.AlignLeft | over, words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Stand after the micro-step that was clicked."""
        index = self._at(event.position().y())
        if index >= 0:
            self.asked.emit(index + 1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show every digit of the row under the pointer."""
        index = self._at(event.position().y())
        is_known = 0 <= index < min(self.done, len(self.rows))
        self.setToolTip(self.rows[index].full if is_known else "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go up and down."""
        change = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if change and self.rows:
            self.asked.emit(min(max(self.done + change, 1), len(self.rows)))
        else:
            event.ignore()
