"""How many runs ended at which loss: bars from one value to the next, read by pointer and arrow keys."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.panels.runs.vary.read_picture import ReadPicture
from dlviz.gui.theme import GRID, current, font
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


class EndBars(ReadPicture):
    """Paints the bars, a mark for every run below them, and the values at both ends."""

    at: int

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Histogram of how runs ended"), NONE, parent)
        self.ends = Ends("")

    def show_ends(self, ends: Ends) -> None:
        """Show other bars."""
        self.ends = ends
        self.at = self.at if self.at < len(ends.counts) else NONE
        what = tr("How many runs ended at which {measure}", measure=ends.measure)
        describe(self, what, tr("{what}. Arrow keys read it.", what=what))
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

    def under(self, point: QPointF) -> int:
        """Return the bar above or below a point."""
        field = self.field()
        if not self.ends.counts or not field.left() <= point.x() < field.right():
            return NONE
        return int((point.x() - field.left()) / field.width() * len(self.ends.counts))

    def beside(self, key: Qt.Key) -> int | None:
        """Return the bar to which Left or Right leads."""
        change = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(key, 0)
        return min(max(self.at + change, 0), len(self.ends.counts) - 1) if change and self.ends.counts else None

    def words(self) -> str:
        """Say what the bar is that is read."""
        return self.ends.words(self.at) if self.at != NONE else ""

    def row(self) -> int | None:
        """Return the first run in the bar."""
        return self.ends.row(self.at) if self.at != NONE else None

    def entries(self) -> tuple[Entry, ...]:
        """Return the bars, as a list."""
        return tuple(Entry(self.ends.words(bar)) for bar in range(len(self.ends.counts)))

    def copy(self) -> None:
        """Put the bars on the clipboard with all digits."""
        bars = zip(self.ends.edges, self.ends.edges[1:], self.ends.counts, strict=False)
        copy_csv((tr("from"), tr("to"), tr("runs")), list(bars))
