"""Predicted against measured values, one point a row, with the line where they agree."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dlviz.gui.panels.output.rows import RowScatters, padded
from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

_FAR = 3.0  # answers farther off than so many ranges of the targets do not stretch the axis


class PredictedView(Plot):
    """A scatter of all rows: the nearer to the diagonal, the better the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Predicted value over measured value"), parent=parent)
        self._diagonal = self.line("muted", Qt.PenStyle.DashLine)
        self.call(self._diagonal, tr("no error"))
        self.rows = RowScatters(self, size=6)
        self.apply_theme(current())

    def show_rows(
        self, targets: NDArray[np.float64], outputs: NDArray[np.floating], is_train: NDArray[np.bool_]
    ) -> None:
        """Show measured (n,) and predicted (n,) values; rows without a finite answer are left out."""
        good = np.isfinite(outputs)
        self.rows.show(targets[good], outputs[good], is_train[good])
        low, high = padded(targets)
        self._diagonal.setData([low, high], [low, high])
        near = outputs[good & (np.abs(outputs - (low + high) / 2) < _FAR * (high - low))].astype(float)
        self.set_range((low, high), padded(np.concatenate([targets, near])))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of the points."""
        self.rows.apply_theme(theme)
