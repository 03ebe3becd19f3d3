"""Sizes over time in the distributions panel: gradient norms and update against weight, on logarithmic axes."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor, QFontMetrics, QPen
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.plot_marks import PlotMarks
from dlviz.gui.widgets.text import Elided, Text
from dlviz.i18n import tr
from dlviz.session.curves import Mark
from dlviz.session.distributions import Column

MAX_LAYERS = 8
USUAL = 1e-3  # update against weight of a good step (Bottou 2012, section 5.3)
STYLES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
SIGNS = ("—", "- -", "···")  # the same for the legend, so that colour does not stand alone
PAD = 0.08  # of the range, above and below


def chosen_layers(columns: Sequence[Column]) -> tuple[str, ...]:
    """Return the layers that are drawn: all, or of many evenly spaced ones with the first and the last."""
    names = tuple(columns[-1].gradient_norm) if columns else ()
    if len(names) <= MAX_LAYERS:
        return names
    return tuple(names[round(place)] for place in np.linspace(0, len(names) - 1, MAX_LAYERS))


class SizePlot(Plot):
    """One number a layer over the steps, on a logarithmic axis."""

    def __init__(self, name: str, read: Callable[[Column], Mapping[str, float]], parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self._read = read
        self.setLogMode(x=False, y=True)
        self.curves = [pg.PlotDataItem(connect="finite") for _ in range(MAX_LAYERS)]
        for curve in self.curves:
            curve.setLogMode(False, True)
            self.addItem(curve)
        self.marks = PlotMarks(self)
        self.usual = pg.InfiniteLine(angle=0, movable=False)
        self.usual.hide()
        self.addItem(self.usual)
        self.apply_theme(current())

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""
        for place, curve in enumerate(self.curves):
            curve.setPen(_pen(theme, theme.class_colour(place), STYLES[place % len(STYLES)]))
        self.usual.setPen(_pen(theme, theme.faint, Qt.PenStyle.DashLine))
        self.marks.apply_theme(theme)
        # The same width for both plots, so that a step stands at the same place in both.
        self.getAxis("left").setWidth(QFontMetrics(font("small")).horizontalAdvance("1×10⁻⁰⁰") + GRID)

    def show_columns(self, columns: Sequence[Column], layers: Sequence[str], last_step: int) -> None:
        """Draw the layers; sizes that are 0 or no number leave a gap."""
        steps = np.array([column.step for column in columns], dtype=float)
        low, high = np.inf, -np.inf
        for place, curve in enumerate(self.curves):
            name = layers[place] if place < len(layers) else ""
            values = np.array([self._read(column).get(name, np.nan) for column in columns], dtype=float)
            values[~(np.isfinite(values) & (values > 0))] = np.nan
            curve.setVisible(bool(name))
            self.call(curve, name)
            curve.setData(steps, values)
            low, high = np.nanmin([low, *values]), np.nanmax([high, *values])
        if low <= high:
            span = max(np.log10(high) - np.log10(low), 0.5)
            ends = (float(np.log10(low) - PAD * span), float(np.log10(high) + PAD * span))
            self.set_range((0.0, float(max(last_step, 1))), ends)


def _pen(theme: Theme, colour: str, style: Qt.PenStyle) -> QPen:
    pen = QPen(QColor(colour), theme.mark_width, style)
    pen.setCosmetic(True)
    return pen


class Sizes(QWidget):
    """Both plots, their titles, and one legend."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.gradient = SizePlot(tr("Norm of the gradient of every layer over the steps"), _gradient)
        self.ratio = SizePlot(tr("Norm of the update over that of the weights of every layer"), _ratio)
        self.ratio.usual.setValue(np.log10(USUAL))
        self.ratio.usual.show()
        self.signs = [Text("", size="small", is_bold=True) for _ in range(MAX_LAYERS)]
        self.names = [Text("", size="small") for _ in range(MAX_LAYERS)]
        usual = tr("update ‖Δw‖/‖w‖ · {usual} is usual", usual=numbers.number(USUAL))
        layout, row = QVBoxLayout(self), QHBoxLayout()
        spaced(layout, gap=2)
        spaced(row, gap=GRID)
        for sign, name in zip(self.signs, self.names, strict=True):
            row.addWidget(sign)
            row.addWidget(name)
        row.addStretch(1)
        self.gradient.showAxis("bottom", False)  # the steps stand below the other plot, of the same width
        layout.addWidget(Elided(tr("gradient norm ‖dL/dw‖"), "muted", "small"))
        layout.addWidget(self.gradient, 1)
        layout.addWidget(Elided(usual, "muted", "small"))
        layout.addWidget(self.ratio, 1)
        layout.addLayout(row)
        self._layers: tuple[str, ...] = ()
        theme_signals.changed.connect(self._use_theme)

    def show_columns(self, columns: Sequence[Column], last_step: int) -> None:
        """Draw the newest columns."""
        layers = chosen_layers(columns)
        for plot in (self.gradient, self.ratio):
            plot.show_columns(columns, layers, last_step)
        if layers != self._layers:
            self._layers = layers
            self._name(current())

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Mark edits and stop rules in both plots."""
        for plot in (self.gradient, self.ratio):
            plot.marks.show(marks)

    def _name(self, theme: Theme) -> None:
        for place, (sign, text) in enumerate(zip(self.signs, self.names, strict=True)):
            name = self._layers[place] if place < len(self._layers) else ""
            text.setText(name)
            sign.setText(SIGNS[place % len(SIGNS)] if name else "")
            palette = sign.palette()
            palette.setColor(palette.ColorRole.WindowText, QColor(theme.class_colour(place)))
            sign.setPalette(palette)
            sign.setVisible(bool(name))
            text.setVisible(bool(name))

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        for plot in (self.gradient, self.ratio):
            plot.apply_theme(theme)
        self._name(theme)


def _gradient(column: Column) -> Mapping[str, float]:
    return column.gradient_norm


def _ratio(column: Column) -> Mapping[str, float]:
    return column.update_ratio
