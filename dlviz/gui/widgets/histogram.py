"""A small histogram of numbers on a fixed axis, with the words below it that its owner writes."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from dlviz.gui.colour import mix
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.plot import Plot

HEIGHT = 12 * GRID
BINS = 40
FILLED = 0.35  # of the accent in the ground


class Histogram(Plot):
    """Counts of numbers between low and high in equal bins; `counts` and `ends` are what is drawn."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setFixedHeight(HEIGHT)
        self.counts: NDArray[np.int64] = np.zeros(BINS, np.int64)
        self.ends: NDArray[np.float64] = np.linspace(0.0, 1.0, BINS + 1)
        self.bars = pg.BarGraphItem(x0=[0.0], x1=[1.0], height=[0.0])
        self.addItem(self.bars)
        self._draw(current())
        theme_signals.changed.connect(self._take_theme)

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        self._draw(theme)

    def show_values(self, values: NDArray[np.floating], low: float, high: float) -> None:
        """Draw how many values lie in each of the bins; those beyond the ends are left out."""
        low, high = (low, high) if low < high else (low - 0.5, low + 0.5)
        known = np.asarray(values, dtype=np.float64).ravel()
        self.counts, self.ends = np.histogram(known[np.isfinite(known)], BINS, (low, high))
        self._draw(current())
        self.set_range((low, high), (0.0, 1.05 * max(float(self.counts.max()), 1.0)))

    def _draw(self, theme: Theme) -> None:
        fill = QColor(mix(theme.panel, theme.accent, FILLED))
        self.bars.setOpts(
            x0=self.ends[:-1], x1=self.ends[1:], height=self.counts, brush=fill, pen=pg.mkPen(theme.accent, width=1)
        )
