"""The fitted curve over one input, with the rows it was fitted to."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from dlviz.gui.panels.output.map import PointSet
from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

_MARGIN = 0.08


class CurveView(Plot):
    """One line for the network's output and one scatter each for training and test rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Fitted curve: output over the input"), parent=parent)
        self._train, self._test = (pg.ScatterPlotItem(size=7, antialias=True) for _ in range(2))
        for item in (self._train, self._test):
            self.addItem(item)
        self.curve = self.line("text", width=2.0)
        self.curve.opts["antialias"] = True
        for item, words in (
            (self.curve, tr("output")),
            (self._train, tr("training rows")),
            (self._test, tr("test rows")),
        ):
            self.call(item, words)
        self.apply_theme(current())

    def show_points(self, x: NDArray[np.float64], y: NDArray[np.float64], points: PointSet) -> None:
        """Show rows (n,), (n,) and fit the axes to them."""
        self._train.setData(x[points.is_train], y[points.is_train])
        self._test.setData(x[~points.is_train], y[~points.is_train])
        self.set_range(_padded(x), _padded(y))
        self.curve.setData([], [])

    def show_outputs(self, outputs: NDArray[np.floating], ends: tuple[float, float]) -> None:
        """Draw the network's answers (k,) at the centres of k equal cells between two inputs."""
        low, high = ends
        x = low + (np.arange(len(outputs)) + 0.5) * (high - low) / max(len(outputs), 1)
        good = np.isfinite(outputs)
        self.curve.setData(x[good], outputs[good])

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of the points."""
        colour = QColor(theme.positive_mark)
        self._train.setBrush(colour)
        self._train.setPen(pg.mkPen(theme.panel, width=1))
        self._test.setBrush(QColor(theme.panel))
        self._test.setPen(pg.mkPen(colour, width=1.3))


def _padded(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin
