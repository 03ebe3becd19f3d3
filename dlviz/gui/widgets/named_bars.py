"""Bars to the right, one below the other, each with its name before it and its number behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QFontMetrics, QHelpEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dlviz.gui.listing.entries import Entry
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, painter, rounded

ROW = int(2.25 * GRID)  # pixels from one bar to the next
THIN = 0.6  # of a row: the bar itself
LONGEST_NAME = 9 * GRID


@dataclass(frozen=True)
class NamedBar:
    """One bar. share: how long it is, 0 to 1. value: its number, to copy; words: as it is written; tip: more about it.

    is_marked: it is drawn in the colour of warnings, with a sign before its name.
    """

    name: str
    share: float
    value: float
    words: str
    tip: str = ""
    is_marked: bool = False


class NamedBars(QWidget):
    """As high as its bars; it paints and computes nothing."""

    def __init__(self, name: str, tip: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[NamedBar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, name, tip)
        theme_signals.changed.connect(self._use_theme)

    def show_bars(self, bars: Sequence[NamedBar]) -> None:
        """Show these bars from top to bottom."""
        if tuple(bars) == self.bars:
            return
        is_taller = len(bars) != len(self.bars)
        self.bars = tuple(bars)
        self.setAccessibleDescription("; ".join(f"{bar.name} {bar.words}" for bar in bars))
        if is_taller:
            self.updateGeometry()
        self.update()

    def entries(self) -> tuple[Entry, ...]:
        """Return the bars, as a list."""
        return tuple(Entry(bar.name, bar.words) for bar in self.bars)

    def plotted(self) -> Rows:
        """Return names and numbers."""
        return Rows(("name", "value"), [(bar.name, bar.value) for bar in self.bars])

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Return the height of the bars."""
        return QSize(30 * GRID, max(ROW * len(self.bars), ROW))

    def minimumSizeHint(self) -> QSize:
        """Return the least useful size; no bar is cut."""
        return QSize(20 * GRID, self.sizeHint().height())

    def _columns(self) -> tuple[float, float]:
        """Return how wide names and numbers are."""
        metrics = QFontMetrics(font("small"))
        names = max((metrics.horizontalAdvance(_signed(bar)) for bar in self.bars), default=0)
        words = max((metrics.horizontalAdvance(bar.words) for bar in self.bars), default=0)
        return min(names + 2, LONGEST_NAME) + GRID, words + GRID

    def bar_rect(self, place: int) -> QRectF:
        """Return where a bar is painted."""
        names, words = self._columns()
        room = max(self.width() - names - words, 1.0)
        top = place * ROW + ROW * (1 - THIN) / 2
        return QRectF(names, top, max(room * min(max(self.bars[place].share, 0.0), 1.0), 1.0), ROW * THIN)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint names, bars and numbers."""
        theme = current()
        names, _ = self._columns()
        with painter(self) as p:
            p.setFont(font("small"))
            for place, bar in enumerate(self.bars):
                line = QRectF(0, place * ROW, self.width(), ROW)
                p.setPen(theme.colour("text"))
                name = p.fontMetrics().elidedText(_signed(bar), Qt.TextElideMode.ElideRight, int(names) - GRID)
                p.drawText(line, Qt.AlignmentFlag.AlignVCenter, name)
                rounded(p, self.bar_rect(place), fill=theme.warn if bar.is_marked else theme.accent, radius=2)
                p.setPen(theme.colour("muted"))
                p.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, bar.words)

    def tip_at(self, at: QPointF) -> str:
        """Return what is said of the bar at a place."""
        place = int(at.y() // ROW)
        return self.bars[place].tip if 0 <= place < len(self.bars) else ""

    def event(self, event: QEvent) -> bool:
        """Say more of the bar under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            words = self.tip_at(QPointF(event.pos()))
            if words:
                QToolTip.showText(event.globalPos(), words, self)
                return True
        return super().event(event)


def _signed(bar: NamedBar) -> str:
    return f"! {bar.name}" if bar.is_marked else bar.name
