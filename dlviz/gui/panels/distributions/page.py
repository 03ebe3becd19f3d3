"""What every page of the distributions panel offers, and a plot of a few named lines over the steps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui.theme import Theme, current, theme_signals
from dlviz.gui.widgets.plot import Plot, finite
from dlviz.gui.widgets.plot_marks import PlotMarks
from dlviz.session.messages import Frame, Interest, Need

MAX_LINES = 8
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
SIGNS = ("—", "- -", "···")  # the same for legends, so that colour does not stand alone
PAD = 0.08  # of the range, above and below

Table = tuple[tuple[str, ...], list[tuple[object, ...]]]


class Page(QWidget):
    """One of the things that the panel can show; it draws frames while it is on show."""

    needs: ClassVar[frozenset[Need]] = frozenset()

    def interest(self, base: Interest) -> Interest:
        """Return base with what this page wants besides its needs."""
        return base

    def show_frame(self, frame: Frame) -> None:
        """Draw one frame."""

    def table(self) -> Table:
        """Return headings and rows of what is shown, to copy."""
        return (), []


@dataclass(frozen=True, eq=False)
class Line:
    """A line of a plot over the steps: its name, steps (k,) and values (k,)."""

    name: str
    steps: NDArray[np.float64]
    values: NDArray[np.float64]

    def rows(self) -> list[tuple[object, ...]]:
        """Return its points with its name."""
        points = zip(self.steps.tolist(), self.values.tolist(), strict=True)
        return [(self.name, int(step), value) for step, value in points]


def line_pen(theme: Theme, place: int) -> QPen:
    """Return the pen of a line by its place."""
    pen = QPen(QColor(theme.class_colour(place)), theme.mark_width, STYLES[place % len(STYLES)])
    pen.setCosmetic(True)
    return pen


class LinesPlot(Plot):
    """A few named lines on common axes, with the marks of the run."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.lines: tuple[Line, ...] = ()
        self.curves = [pg.PlotDataItem(connect="finite") for _ in range(MAX_LINES)]
        for curve in self.curves:
            self.addItem(curve)
        self.marks = PlotMarks(self)
        self._colour(current())
        theme_signals.changed.connect(self._take_theme)

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        self._colour(theme)

    def _colour(self, theme: Theme) -> None:
        for place, curve in enumerate(self.curves):
            curve.setPen(line_pen(theme, place))
        self.marks.apply_theme(theme)

    def show_lines(self, lines: Sequence[Line], last_step: int) -> None:
        """Draw these lines, on axes that hold all of them."""
        self.lines = tuple(lines[:MAX_LINES])
        for place, curve in enumerate(self.curves):
            line = self.lines[place] if place < len(self.lines) else None
            curve.setVisible(line is not None)
            curve.setData([] if line is None else line.steps, [] if line is None else finite(line.values))
            self.call(curve, "" if line is None else line.name)
        known = [line.values[np.isfinite(line.values)] for line in self.lines]
        values = np.concatenate([each for each in known if len(each)] or [np.zeros(0)])
        if len(values):
            low, high = float(values.min()), float(values.max())
            pad = PAD * (high - low) or 0.05 * max(abs(low), 1.0)
            self.set_range((0.0, float(max(last_step, 1))), (low - pad, high + pad))
