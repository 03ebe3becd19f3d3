"""The fitted curve over one input, with the rows it was fitted to."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtWidgets import QWidget

from dlviz.gui.panels.output.map import PointSet
from dlviz.gui.panels.output.rows import RowScatters, padded
from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

BAND = 0.18  # how much of its colour the band of one deviation has
Ends = tuple[float, float]


class CurveView(Plot):
    """One line for the network's output and a scatter for each part of the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Fitted curve: output over the input"), parent=parent)
        self._band = self._add_band()
        self.single = self.line("muted")  # the curves of all networks, with gaps between them
        self.call(self.single, tr("each network"))
        self.rows = RowScatters(self, size=7)
        self.curve = self.line("text", width=2.0)
        self.curve.opts["antialias"] = True
        self.call(self.curve, tr("output"))
        self.apply_theme(current())

    def _add_band(self) -> pg.FillBetweenItem:
        self.low, self.high = pg.PlotDataItem(), pg.PlotDataItem()
        band = pg.FillBetweenItem(self.low, self.high)
        band.setZValue(-1)
        self.addItem(band)
        return band

    def show_points(
        self, x: NDArray[np.float64], y: NDArray[np.float64], points: PointSet, keeps_range: bool = False
    ) -> None:
        """Show rows (n,), (n,) and fit the axes to them, unless the range is kept."""
        self.rows.show(x, y, points.fills)
        if not keeps_range:
            self.set_range(padded(x), padded(y))
        self.forget()

    def forget(self) -> None:
        """Draw no curve."""
        nothing = np.empty(0)
        self.curve.setData(nothing, nothing)
        self._show_spread(nothing, nothing, nothing, np.empty((0, 0)))

    def show_outputs(self, outputs: NDArray[np.floating], ends: Ends) -> None:
        """Draw the network's answers (k,) at the centres of k equal cells between two inputs."""
        x, good = _places(len(outputs), ends), np.isfinite(outputs)
        self.curve.setData(x[good], outputs[good])

    def show_spread(
        self, mean: NDArray[np.floating], std: NDArray[np.floating], single: NDArray[np.floating], ends: Ends
    ) -> None:
        """Draw the mean (k,) of several networks in a band of one deviation (k,), each of them (s, k) thin."""
        x, good = _places(len(mean), ends), np.isfinite(mean) & np.isfinite(std)
        self.curve.setData(x[good], mean[good])
        self._show_spread(x[good], (mean - std)[good], (mean + std)[good], single[:, good])

    def _show_spread(
        self, x: NDArray[np.floating], low: NDArray[np.floating], high: NDArray[np.floating],
        single: NDArray[np.floating],
    ) -> None:  # fmt: skip
        self.low.setData(x, low)
        self.high.setData(x, high)
        gaps = np.column_stack([single, np.full(len(single), np.nan)]).ravel()
        self.single.setData(np.tile(np.append(x, np.nan), len(single)), gaps)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of points and band."""
        self.rows.apply_theme(theme)
        self._band.setBrush(theme.colour("accent", BAND))


def _places(count: int, ends: Ends) -> NDArray[np.float64]:
    """Return the centres of equal cells between two inputs."""
    low, high = ends
    return low + (np.arange(count) + 0.5) * (high - low) / max(count, 1)
