"""Predicted against measured values, one point a row, with the line where they agree."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

_FAR = 3.0  # answers farther off than so many ranges of the targets do not stretch the axis
_MARGIN = 0.08


class PredictedView(Plot):
    """A scatter of all rows: the nearer to the diagonal, the better the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Predicted value over measured value"), parent=parent)
        self._diagonal = self.line("muted", Qt.PenStyle.DashLine)
        self.train, self.test = (pg.ScatterPlotItem(size=6, antialias=True) for _ in range(2))
        for item in (self.train, self.test):
            self.addItem(item)
        self.call(self._diagonal, tr("no error"))
        self.call(self.train, tr("training rows"))
        self.call(self.test, tr("test rows"))
        self.apply_theme(current())

    def show_rows(
        self, targets: NDArray[np.float64], outputs: NDArray[np.floating], is_train: NDArray[np.bool_]
    ) -> None:
        """Show measured (n,) and predicted (n,) values; rows without a finite answer are left out."""
        good = np.isfinite(outputs)
        self.train.setData(targets[good & is_train], outputs[good & is_train])
        self.test.setData(targets[good & ~is_train], outputs[good & ~is_train])
        low, high = _padded(targets)
        self._diagonal.setData([low, high], [low, high])
        near = outputs[good & (np.abs(outputs - (low + high) / 2) < _FAR * (high - low))].astype(float)
        self.set_range((low, high), _padded(np.concatenate([targets, near])))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of the points."""
        colour = QColor(theme.positive_mark)
        self.train.setBrush(colour)
        self.train.setPen(pg.mkPen(theme.panel, width=1))
        self.test.setBrush(QColor(theme.panel))
        self.test.setPen(pg.mkPen(colour, width=1.3))


def _padded(values: NDArray[np.float64]) -> tuple[float, float]:
    low, high = float(values.min()), float(values.max())
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin
