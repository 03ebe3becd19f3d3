"""The timeline: what is recorded, where the run stands, what happened; or the phases of one pass."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from dlviz.gui.colour import mix
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import describe, painter, rounded
from dlviz.i18n import tr
from dlviz.session.curves import Mark

MARGIN = 10.0  # pixels at both ends
THICK = 7.0  # pixels, height of a segment
GAP = 3.0  # pixels between segments
UNREACHED = 0.22  # opacity of steps not yet done


class Timeline(QAbstractSlider):
    """Steps 0 to the end of the record; click or drag to go there. With phases: one segment a step."""

    sought = Signal(int)  # a step of the run
    walked = Signal(int)  # a cursor within the pass

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._marks: tuple[Mark, ...] = ()
        self._phases: tuple[str, ...] = ()
        self._cursor = 0
        self._is_held = False
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(0, 0)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Timeline"), tr("Recorded training: click or drag to go back or forward in time"))
        self.actionTriggered.connect(self._keyed)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(30 * GRID, 6 * GRID)

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size."""
        return QSize(12 * GRID, 6 * GRID)

    def show_run(self, step: int, last_step: int, marks: Sequence[Mark]) -> None:
        """Show the whole record with the playhead at step."""
        self._phases, self._marks = (), tuple(marks)
        self.setRange(0, last_step)
        if not self._is_held:
            self.setValue(step)
        self.update()

    def show_pass(self, phases: Sequence[str], cursor: int) -> None:
        """Show the steps of one pass in the colours of their phases, the first `cursor` done."""
        self._phases, self._cursor = tuple(phases), cursor
        self.update()

    def _x(self, step: float) -> float:
        return MARGIN + (self.width() - 2 * MARGIN) * step / max(self.maximum(), 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the record or the pass."""
        with painter(self) as p:
            if self._phases:
                self._paint_pass(p)
            else:
                self._paint_run(p)

    def _paint_run(self, p: QPainter) -> None:
        theme, middle, x = current(), self.height() / 2, self._x(self.value())
        for colour, end in ((theme.outline, self.width() - MARGIN), (theme.accent, x)):
            p.setPen(QPen(QColor(colour), 3.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            p.drawLine(QPointF(MARGIN, middle), QPointF(max(end, MARGIN), middle))
        self._paint_marks(p)
        p.setPen(QPen(QColor(theme.accent), 2.6 if self.hasFocus() else 1.8))
        p.setBrush(QColor(theme.field))
        p.drawEllipse(QPointF(x, middle), 7.5, 7.5)

    def _paint_marks(self, p: QPainter) -> None:
        theme, middle = current(), self.height() / 2
        p.setFont(font("small"))
        metrics, free_from = QFontMetrics(p.font()), 0.0
        for mark in self._marks:
            x = self._x(min(mark.step, self.maximum()))
            p.setPen(QColor(theme.muted))
            p.drawLine(QPointF(x, middle - 9), QPointF(x, middle + 9))
            width = metrics.horizontalAdvance(mark.label)
            left = min(x + 4, self.width() - width - 2)
            if left >= free_from:
                p.drawText(QPointF(left, middle - 10), mark.label)
                free_from = left + width + GRID

    def _paint_pass(self, p: QPainter) -> None:
        theme, top = current(), (self.height() - THICK) / 2
        for index, phase in enumerate(self._phases):
            colour = getattr(theme, phase)
            fill = colour if index < self._cursor else mix(theme.panel, colour, UNREACHED)
            box = self._segment(index)
            rounded(p, QRectF(box.x(), top, box.width(), THICK), fill=fill, radius=2.5)
        if self._cursor:
            box = self._segment(self._cursor - 1)
            p.setPen(QPen(QColor(theme.text), 2, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            p.drawLine(QPointF(box.left() + 2, top + THICK + 5), QPointF(box.right() - 2, top + THICK + 5))
        if self.hasFocus():
            rounded(p, QRectF(self.rect()).adjusted(2, 8, -2, -8), border=theme.accent)

    def _segment(self, index: int) -> QRectF:
        pitch = (self.width() - 2 * MARGIN + GAP) / len(self._phases)
        return QRectF(MARGIN + index * pitch, 0, max(pitch - GAP, 1.0), self.height())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the playhead."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._is_held = True
            self._go_to(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the playhead."""
        if self._is_held:
            self._go_to(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the playhead go."""
        self._is_held = False

    def _go_to(self, x: float) -> None:
        fraction = min(max((x - MARGIN) / max(self.width() - 2 * MARGIN, 1), 0.0), 1.0)
        if self._phases:
            cursor = min(int(fraction * len(self._phases)), len(self._phases) - 1) + 1
            if cursor != self._cursor:
                self.walked.emit(cursor)
            return
        step = round(fraction * self.maximum())
        if step != self.value():
            self.setValue(step)
            self.sought.emit(step)

    @Slot(int)
    def _keyed(self, _action: int) -> None:
        if not self._phases:
            self.sought.emit(self.sliderPosition())
