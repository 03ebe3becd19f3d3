"""Small plots of the inspector with dots and an upright line: the loss along one output."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.plot import Plot, finite
from dlviz.i18n import tr
from dlviz.session.explanation import LossPicture

HEIGHT = 15 * GRID  # pixels
MARGIN = 0.08  # of the span of what is drawn, above and below
DOT = 8.0  # pixels
HIGHEST = 6.0  # times the present loss that the picture of the loss reaches, where it grows without bound


class MarkedPlot(Plot):
    """A plot with dots in named colours and an upright line."""

    def __init__(self, name: str, tip: str, dots: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(name, parent=parent)
        self.setToolTip(tip)
        self.setFixedHeight(HEIGHT)
        self.dots = {colour: pg.ScatterPlotItem() for colour in dots}
        self.mark = pg.InfiniteLine(angle=90, movable=False)
        for item in (self.mark, *self.dots.values()):
            self.addItem(item)
        self._recolour(current())
        theme_signals.changed.connect(self._recolour)

    def put(self, colour: str, x: float, y: float) -> None:
        """Set the dot of this colour."""
        is_known = np.isfinite(x) and np.isfinite(y)
        self.dots[colour].setData([x] if is_known else [], [y] if is_known else [])

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        for colour, item in self.dots.items():
            item.setSize(DOT)
            item.setPen(pg.mkPen(QColor(theme.panel)))
            item.setBrush(pg.mkBrush(QColor(getattr(theme, colour))))
        self.mark.setPen(pg.mkPen(QColor(theme.faint), style=Qt.PenStyle.DashLine))

    def fit(self, x: np.ndarray, *values: np.ndarray) -> None:
        """Show all of x, and the values with a margin."""
        known = np.concatenate([each[np.isfinite(each)] for each in values])
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        margin = MARGIN * (high - low) or 0.5
        self.set_range((float(x[0]), float(x[-1])), (low - margin, high + margin))


class LossPlot(MarkedPlot):
    """The loss as one output moves, the target as an upright line, and a dot where the example stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = tr("Line: the loss of this sample as this output moves. Upright: the target. Dot: the sample as it is.")
        super().__init__(tr("Loss along this output"), tip, ("text",), parent)
        self.curve = self.line("loss", width=1.6)
        self.curve.opts["antialias"] = True

    def show_picture(self, shown: LossPicture) -> None:
        """Draw one loss."""
        self.curve.setData(shown.outputs, finite(shown.losses))
        self.put("text", shown.a, shown.loss)
        self.mark.setValue(shown.y)
        ceiling = HIGHEST * max(abs(shown.loss), float(np.nanmedian(np.abs(shown.losses))))
        self.fit(shown.outputs, np.minimum(shown.losses, ceiling), np.array([shown.loss]))
