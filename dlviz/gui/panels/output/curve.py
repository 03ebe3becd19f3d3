"""The fitted curve over one input, with the rows it was fitted to."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from dlviz.gui.panels.output.map import PointSet
from dlviz.gui.panels.output.rows import RowScatters, padded
from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr


class CurveView(Plot):
    """One line for the network's output and one scatter each for training and test rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Fitted curve: output over the input"), parent=parent)
        self.rows = RowScatters(self, size=7)
        self.curve = self.line("text", width=2.0)
        self.curve.opts["antialias"] = True
        self.call(self.curve, tr("output"))
        self.apply_theme(current())

    def show_points(
        self, x: NDArray[np.float64], y: NDArray[np.float64], points: PointSet, keeps_range: bool = False
    ) -> None:
        """Show rows (n,), (n,) and fit the axes to them, unless the range is kept."""
        self.rows.show(x, y, points.is_train)
        if not keeps_range:
            self.set_range(padded(x), padded(y))
        self.curve.setData([], [])

    def show_outputs(self, outputs: NDArray[np.floating], ends: tuple[float, float]) -> None:
        """Draw the network's answers (k,) at the centres of k equal cells between two inputs."""
        low, high = ends
        x = low + (np.arange(len(outputs)) + 0.5) * (high - low) / max(len(outputs), 1)
        good = np.isfinite(outputs)
        self.curve.setData(x[good], outputs[good])

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of the points."""
        self.rows.apply_theme(theme)
