"""Training and dev rows as two scatters of one colour: filled and hollow."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor

from dlviz.gui.theme import Theme
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

_MARGIN = 0.08


class RowScatters:
    """The two scatters of a plot, drawn over what it holds already and named in its legend."""

    def __init__(self, plot: Plot, size: int) -> None:
        self.train, self.dev = (pg.ScatterPlotItem(size=size, antialias=True) for _ in range(2))
        for item, words in ((self.train, tr("training rows")), (self.dev, tr("dev rows"))):
            plot.addItem(item)
            plot.call(item, words)

    def show(self, x: NDArray[np.floating], y: NDArray[np.floating], is_train: NDArray[np.bool_]) -> None:
        """Show the rows at (n,), (n,)."""
        self.train.setData(x[is_train], y[is_train])
        self.dev.setData(x[~is_train], y[~is_train])

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        colour = QColor(theme.positive_mark)
        self.train.setBrush(colour)
        self.train.setPen(pg.mkPen(theme.panel, width=1))
        self.dev.setBrush(QColor(theme.panel))
        self.dev.setPen(pg.mkPen(colour, width=1.3))


def padded(values: NDArray[np.floating]) -> tuple[float, float]:
    """Return the range of values (n,) with a margin, for an axis."""
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin
