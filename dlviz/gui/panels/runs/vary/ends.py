"""How many runs ended at which loss: bars from one value to the next, read by pointer and arrow keys."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import copy_csv
from dlviz.gui.widgets.paint import describe, focus_ring, painter
from dlviz.i18n import tr

NONE = -1
RUG = 5  # pixels, the marks of single runs below the bars
DIGITS = 3


@dataclass(frozen=True)
class Ends:
    """Bars of how many runs ended between two edges: edges (k + 1,), counts (k,); values and rows of single runs."""

    measure: str
    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()
    values: tuple[float, ...] = ()
    rows: tuple[int, ...] = ()
    diverged: int = 0

    def words(self, bar: int) -> str:
        """Say what a bar is."""
        low, high = (numbers.number(each, DIGITS) for each in self.edges[bar : bar + 2])
        count = numbers.count(self.counts[bar])
        return tr("{measure} from {low} to {high}: {count} runs", measure=self.measure, low=low, high=high, count=count)

    def row(self, bar: int) -> int | None:
        """Return the first run in a bar; the last edge belongs to the last bar."""
        low, high = self.edges[bar : bar + 2]
        is_last = bar == len(self.counts) - 1
        inside = (row for row, value in zip(self.rows, self.values, strict=True)
                  if low <= value < high or (is_last and value == high))  # fmt: skip
        return next(inside, None)


class EndBars(QWidget):
    """Paints the bars, a mark for every run below them, and the values at both ends."""

    read = Signal(str)
    taken = Signal(int)
    opened = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ends, self.at = Ends(""), NONE
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumHeight(8 * GRID)
        describe(self, tr("Histogram of how runs ended"), "")
        theme_signals.changed.connect(self._use_theme)

    def show_ends(self, ends: Ends) -> None:
        """Show other bars."""
        self.ends = ends
        self.at = self.at if self.at < len(ends.counts) else NONE
        what = tr("How many runs ended at which {measure}", measure=ends.measure)
        describe(self, what, tr("{what}. Arrow keys read it.", what=what))
        self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(36 * GRID, 20 * GRID)

    def field(self) -> QRectF:
        """Return where the bars are."""
        line = self.fontMetrics().height()
        left = self.fontMetrics().horizontalAdvance(numbers.count(max(self.ends.counts, default=0))) + GRID
        return QRectF(left, line, max(self.width() - left - GRID, 1), max(self.height() - 2 * line - RUG - 6, 1))

    def box(self, bar: int) -> QRectF:
        """Return where a bar is painted."""
        field, tallest = self.field(), max(self.ends.counts)
        wide = field.width() / len(self.ends.counts)
        high = field.height() * self.ends.counts[bar] / tallest
        return QRectF(field.left() + bar * wide + 0.5, field.bottom() - high, wide - 1, high)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint bars, marks and numbers."""
        if not self.ends.counts:
            return
        theme = current()
        with painter(self) as p:
            p.setFont(font("small"))
            for bar in range(len(self.ends.counts)):
                p.fillRect(self.box(bar), theme.colour("accent" if bar == self.at else "muted"))
            self._paint_axes(p)
            focus_ring(p, self)

    def _paint_axes(self, p: QPainter) -> None:
        theme, field, line = current(), self.field(), p.fontMetrics().height()
        p.fillRect(QRectF(field.left(), field.bottom(), field.width(), 1), theme.colour("outline"))
        low, high = self.ends.edges[0], self.ends.edges[-1]
        for value in self.ends.values:
            x = field.left() + (value - low) / ((high - low) or 1.0) * field.width()
            p.fillRect(QRectF(x - 0.5, field.bottom() + 2, 1.5, RUG), theme.colour("text"))
        p.setPen(theme.colour("muted"))
        most = numbers.count(max(self.ends.counts))
        p.drawText(QRectF(0, field.top() - line / 2, field.left() - 4, line), Qt.AlignmentFlag.AlignRight, most)
        below = QRectF(field.left(), field.bottom() + RUG + 4, field.width(), line)
        p.drawText(below, int(Qt.AlignmentFlag.AlignLeft), numbers.number(low, DIGITS))
        p.drawText(below, int(Qt.AlignmentFlag.AlignRight), numbers.number(high, DIGITS))
        p.drawText(below, int(Qt.AlignmentFlag.AlignHCenter), self.ends.measure)

    def _under(self, point: QPointF) -> int:
        field = self.field()
        if not self.ends.counts or not field.left() <= point.x() < field.right():
            return NONE
        return int((point.x() - field.left()) / field.width() * len(self.ends.counts))

    def _stand(self, bar: int) -> None:
        if bar != self.at:
            self.at = bar
            words = self.ends.words(bar) if bar != NONE else ""
            self.setAccessibleDescription(words)
            self.read.emit(words)
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read the bar under the pointer."""
        self._stand(self._under(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer; what the keyboard reads stays."""
        if not self.hasFocus():
            self._stand(NONE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a run of the bar under the pointer."""
        self._stand(self._under(event.position()))
        self._tell(self.taken)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open a run of the bar under the pointer."""
        self._tell(self.opened)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the bars; Enter opens a run of one."""
        change = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if change and self.ends.counts:
            self._stand(min(max(self.at + change, 0), len(self.ends.counts) - 1))
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell(self.opened)
        else:
            event.ignore()

    def _tell(self, signal: SignalInstance) -> None:
        row = self.ends.row(self.at) if self.at != NONE else None
        if row is not None:
            signal.emit(row)

    def event(self, event: QEvent) -> bool:
        """Say what is under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent) and self.at != NONE:
            QToolTip.showText(event.globalPos(), self.ends.words(self.at), self)
            return True
        return super().event(event)

    def entries(self) -> tuple[Entry, ...]:
        """Return the bars, as a list."""
        return tuple(Entry(self.ends.words(bar)) for bar in range(len(self.ends.counts)))

    def copy(self) -> None:
        """Put the bars on the clipboard with all digits."""
        bars = zip(self.ends.edges, self.ends.edges[1:], self.ends.counts, strict=False)
        copy_csv((tr("from"), tr("to"), tr("runs")), list(bars))
