"""Predicted against measured values, and what is left between them: one point a row."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dlviz.gui.panels.output.rows import RowScatters, padded
from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

_FAR = 3.0  # answers farther off than so many ranges of the targets do not stretch the axis
FloatArray = NDArray[np.float64]


class ValueView(Plot):
    """A scatter of rows over a dashed line on which they would lie without any error."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel's own comes up
        self._right = self.line("muted", Qt.PenStyle.DashLine)
        self._right.opts["antialias"] = True
        self.call(self._right, tr("no error"))
        self.rows = RowScatters(self, size=6)
        self.apply_theme(current())

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of the points."""
        self.rows.apply_theme(theme)


class PredictedView(ValueView):
    """Predicted over measured values: the nearer to the diagonal, the better the answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Predicted value over measured value"), parent)
        self.name_axes(tr("measured"), tr("predicted"))

    def show_rows(
        self, targets: FloatArray, outputs: FloatArray, fills: NDArray[np.int8], rows: NDArray[np.int64]
    ) -> None:
        """Show measured (n,) and predicted (n,) values; rows without a finite answer are left out."""
        good = np.isfinite(outputs)
        self.rows.show(targets[good], outputs[good], fills[good], rows[good])
        low, high = padded(targets)
        self._right.setData([low, high], [low, high])
        near = outputs[good & (np.abs(outputs - (low + high) / 2) < _FAR * (high - low))]
        self.set_range((low, high), padded(np.concatenate([targets, near])))


class ResidualView(ValueView):
    """Measured minus predicted over predicted values: a pattern in it is something the network has not learnt."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Measured minus predicted value over predicted value"), parent)
        self.name_axes(tr("predicted"), tr("measured − predicted"))

    def show_rows(
        self, targets: FloatArray, outputs: FloatArray, fills: NDArray[np.int8], rows: NDArray[np.int64]
    ) -> None:
        """Show measured (n,) and predicted (n,) values; rows without a finite answer are left out."""
        good = np.isfinite(outputs)
        if not good.any():
            return
        left = targets[good] - outputs[good]
        self.rows.show(outputs[good], left, fills[good], rows[good])
        ends = padded(outputs[good])
        self._right.setData(list(ends), [0, 0])
        self.set_range(ends, padded(np.append(left, 0.0)))
