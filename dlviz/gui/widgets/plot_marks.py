"""Lines with words on a plot over steps: what was changed, which rule held, the epoch that was best."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPen

from dlviz.gui.theme import GRID, Theme, current, font
from dlviz.gui.verbatim import in_line_label
from dlviz.gui.widgets.plot import Plot
from dlviz.session.curves import Mark, MarkKind

MAX_MARKS = 24  # the newest; older ones would only blacken the plot
MAX_LANES = 4  # lines of words below each other
HIGHEST_SHARE = 0.5  # of the height of a plot that words may take
STYLES: dict[MarkKind, Qt.PenStyle] = {
    "edit": Qt.PenStyle.DashLine, "stop": Qt.PenStyle.DashDotLine, "best": Qt.PenStyle.SolidLine,
}  # fmt: skip
COLOURS: dict[MarkKind, str] = {"edit": "muted", "stop": "warn", "best": "ok"}


class PlotMarks(QObject):
    """The marks of one plot; lines are made once and reused.

    Words that would lie on others go a line down, and where there is no room left only their line is drawn: all of
    them are in the log of the run.
    """

    def __init__(self, plot: Plot) -> None:
        super().__init__(plot)
        self.lines: list[pg.InfiniteLine] = []
        self.shown: tuple[Mark, ...] = ()
        plot.getViewBox().sigRangeChanged.connect(self._arrange)
        plot.getViewBox().sigResized.connect(self._arrange)

    def _plot(self) -> Plot:
        # Its parent, not an attribute: a reference to the plot would be garbage that only a collector finds.
        plot = self.parent()
        assert isinstance(plot, Plot)
        return plot

    def show(self, marks: Sequence[Mark]) -> None:
        """Show the newest marks at their steps."""
        newest = tuple(marks[-MAX_MARKS:])
        if newest == self.shown:
            return
        self.shown = newest
        while len(self.lines) < len(newest):
            self.lines.append(self._new())
        for line, mark in zip(self.lines, newest, strict=False):
            line.setValue(mark.step)
            line.label.setFormat(in_line_label(mark.label))
            line.setToolTip(mark.label)
        for place, line in enumerate(self.lines):
            line.setVisible(place < len(newest))
        self.apply_theme(current())
        self._arrange()

    def _new(self) -> pg.InfiniteLine:
        options = {"position": 0.94, "anchors": [(0, 0), (1, 0)]}
        line = pg.InfiniteLine(angle=90, movable=False, label="", labelOpts=options)
        self._plot().addItem(line)
        return line

    @Slot()
    def _arrange(self) -> None:
        """Write words beside their lines, on the side where there is room, and on none of the others."""
        box = self._plot().getViewBox()
        (first, last), room, height = box.viewRange()[0], box.width(), max(box.height(), 1.0)
        metrics = QFontMetrics(font("small"))
        lanes: list[list[tuple[float, float]]] = [[] for _ in range(_count(height / metrics.height()))]
        for line, mark in zip(self.lines, self.shown, strict=False):
            x = (mark.step - first) / max(last - first, 1e-9) * room
            words = metrics.elidedText(mark.label, Qt.TextElideMode.ElideRight, int(max(x, room - x)) - GRID)
            width = metrics.horizontalAdvance(words) + GRID
            is_left = x + width > room
            begin, end = (x - width, x) if is_left else (x, x + width)
            lane = next((place for place, taken in enumerate(lanes) if _is_free(taken, begin, end)), None)
            line.label.setVisible(lane is not None)
            if lane is not None:
                lanes[lane].append((begin, end))
                line.label.setFormat(in_line_label(words))
                line.label.anchors = [(float(is_left), 0.0)] * 2
                line.label.setPosition(1 - lane * metrics.height() / height)

    def words(self) -> list[str]:
        """Return the words that are written."""
        lines = zip(self.lines, self.shown, strict=False)
        return [mark.label for line, mark in lines if line.label.isVisible()]

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for line, mark in zip(self.lines, self.shown, strict=False):
            pen = QPen(QColor(getattr(theme, COLOURS[mark.kind])), 1.0, STYLES[mark.kind])
            pen.setCosmetic(True)
            line.setPen(pen)
            line.label.setColor(QColor(theme.muted))
            line.label.setFont(font("small"))


def _count(lines: float) -> int:
    """Return how many lines of words a plot that is so many lines high has."""
    return max(min(MAX_LANES, int(HIGHEST_SHARE * lines)), 1)


def _is_free(taken: Sequence[tuple[float, float]], begin: float, end: float) -> bool:
    return all(end <= start or begin >= stop for start, stop in taken)
