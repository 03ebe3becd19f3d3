"""A plot that the wheel zooms and a drag moves; a double click shows all of it again."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QWidget

from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

Ends = tuple[float, float]
MARGIN = 0.06  # of the range of the numbers, left free around them


class ZoomPlot(Plot):
    """A plot with a home: the range that its owner gave it last."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(name, is_fixed=False, parent=parent)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel's own comes up
        self._home: tuple[Ends, Ends] | None = None
        self.setToolTip(tr("{name}\nWheel zooms, a drag moves, a double click shows all again.", name=name))

    def show_all(self, x: Ends, y: Ends) -> None:
        """Show this range, now and whenever somebody double-clicks; the same range again leaves a zoom alone."""
        if (x, y) != self._home:
            self._home = x, y
            self.set_range(x, y)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Show all again."""
        if self._home is not None:
            self.set_range(*self._home)
        event.accept()


def ends_of(values: NDArray[np.floating]) -> Ends:
    """Return the range of finite values with a margin; one that is not empty."""
    finite = values[np.isfinite(values)]
    if not len(finite):
        return 0.0, 1.0
    low, high = float(finite.min()), float(finite.max())
    margin = MARGIN * (high - low) or MARGIN * abs(high) or 1.0
    return low - margin, high + margin
