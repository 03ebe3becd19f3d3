"""The fitted curve over one input, one for each class, with the rows it was fitted to."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dlviz.gui.panels.output.map import PointSet
from dlviz.gui.panels.output.plane import FittedCurves
from dlviz.gui.panels.output.rows import RowScatters, padded
from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

BAND = 0.18  # how much of its colour the band of one deviation has
Ends = tuple[float, float]
FloatArray = NDArray[np.floating]
_NOTHING = np.empty(0)
_NO_CURVES = np.empty((0, 0))


class OutputCurve:
    """One output over the input: its curve, or several networks' mean in a band of one deviation, each of them thin."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self.low, self.high = pg.PlotDataItem(), pg.PlotDataItem()
        self.band = pg.FillBetweenItem(self.low, self.high)
        self.band.setZValue(-1)
        plot.addItem(self.band)
        self.single = plot.line("muted")  # the curves of all networks, with gaps between them
        self.single.setZValue(-0.5)  # below the rows
        self.curve = plot.line("text", width=2.0)
        self.curve.setZValue(1)  # above the rows
        self.curve.opts["antialias"] = True

    def name(self, words: str, singles: str) -> None:
        """Say what the curve and the thin ones are, for the list of what is drawn."""
        self._plot.call(self.curve, words)
        self._plot.call(self.single, singles)

    def colour(self, theme: Theme, own: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> None:
        """Draw in a class's own colour #RRGGBB, or in those of the only output if that is empty."""
        self._plot.restyle(self.curve, own or "text", style, 2.0)
        self._plot.restyle(self.single, own or "muted", style)
        self.band.setBrush(theme.colour(own or "accent", BAND))

    def show(self, x: FloatArray, y: FloatArray) -> None:
        """Draw the curve through points (k,), (k,); where y is no number there is none."""
        good = np.isfinite(y)
        self.curve.setData(x[good], y[good])

    def show_spread(self, x: FloatArray, mean: FloatArray, std: FloatArray, single: FloatArray) -> None:
        """Draw mean and band (k,) over x (k,), and each network's curve (s, k) thin."""
        good = np.isfinite(mean) & np.isfinite(std)
        x, mean, std, single = x[good], mean[good], std[good], single[:, good]
        self.curve.setData(x, mean)
        self.low.setData(x, mean - std)
        self.high.setData(x, mean + std)
        gaps = np.column_stack([single, np.full(len(single), np.nan)]).ravel()
        self.single.setData(np.tile(np.append(x, np.nan), len(single)), gaps)

    def forget(self) -> None:
        """Draw nothing."""
        self.show_spread(_NOTHING, _NOTHING, _NOTHING, _NO_CURVES)


class CurveView(Plot):
    """A line for the network's output, or one for each class in its colour, and a scatter for each part of the rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Fitted curve: output over the input"), parent=parent)
        self.rows = RowScatters(self, size=7)
        self.drawn: list[OutputCurve] = []
        self.classes: tuple[str, ...] = ()  # that have a curve each
        self._name_classes(())
        self.rows.apply_theme(current())

    def show_points(self, x: FloatArray, fitted: FittedCurves, points: PointSet, keeps_range: bool = False) -> None:
        """Show rows at x (n,) where they should lie, and fit the axes to them, unless the range is kept.

        From now on there is a curve for each of the classes, in its colour, or one for the only output.
        """
        self.forget()
        if fitted.classes != self.classes:
            self._name_classes(fitted.classes)
        self.rows.show(x, fitted.targets, points.fills, classes=points.classes if self.classes else None)
        if not keeps_range:
            self.set_range(padded(x), padded(np.append(fitted.targets, fitted.low) if self.classes else
                                             fitted.targets))  # fmt: skip

    def _name_classes(self, names: tuple[str, ...]) -> None:
        self.classes = names
        while len(self.drawn) < self.count:
            self.drawn.append(OutputCurve(self))
        for name, each in zip(names or ("",), self.drawn, strict=False):
            each.name(tr("output for {name}", name=name) if name else tr("output"),
                      tr("each network, for {name}", name=name) if name else tr("each network"))  # fmt: skip
        self._colour_curves(current())

    @property
    def count(self) -> int:
        """How many outputs are drawn."""
        return max(len(self.classes), 1)

    def forget(self) -> None:
        """Draw no curve."""
        for each in self.drawn[: self.count]:
            each.forget()

    def show_outputs(self, outputs: FloatArray, ends: Ends) -> None:
        """Draw a network's answers (c, k), one curve each, at the centres of k equal cells between two inputs."""
        x = _places(outputs.shape[1], ends)
        for each, own in zip(self.drawn, outputs[: self.count], strict=False):
            each.show(x, own)

    def show_spread(self, mean: FloatArray, std: FloatArray, single: FloatArray, ends: Ends) -> None:
        """Draw means (c, k) of several networks in bands of one deviation (c, k), each of them (s, c, k) thin."""
        x = _places(mean.shape[1], ends)
        for number, each in enumerate(self.drawn[: min(self.count, len(mean))]):
            each.show_spread(x, mean[number], std[number], single[:, number])

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of points, curves and bands."""
        self.rows.apply_theme(theme)
        self._colour_curves(theme)

    def _colour_curves(self, theme: Theme) -> None:
        """Draw each class in its colour; where those begin again, with dashes."""
        for number, each in enumerate(self.drawn):
            style = Qt.PenStyle.SolidLine if number < len(theme.class_colours) else Qt.PenStyle.DashLine
            each.colour(theme, theme.class_colour(number) if self.classes else "", style)


def _places(count: int, ends: Ends) -> NDArray[np.float64]:
    """Return the centres of equal cells between two inputs."""
    low, high = ends
    return low + (np.arange(count) + 0.5) * (high - low) / max(count, 1)
