"""How high each optimizer stands after every step: on a logarithmic axis above the lowest point where one is known."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui.theme import Theme, current, theme_signals
from dlviz.gui.widgets.plot import Plot, finite
from dlviz.i18n import tr
from dlviz.session.race import Race

TINY = 1e-16  # below this above the minimum there is only rounding
DECADES = 12.0  # at most, below the highest
FloatArray = NDArray[np.floating]


class Losses(Plot):
    """One line an optimizer; a click goes to that step."""

    sought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Height after every step"), parent=parent)
        self._curves: list[pg.PlotDataItem] = []
        self.race: Race | None = None
        self._playhead = pg.InfiniteLine(angle=90, movable=False)
        self.addItem(self._playhead)
        self.is_log = False
        self.setMinimumHeight(90)
        self._recolour(current())
        theme_signals.changed.connect(self._recolour)

    def show_race(self, race: Race) -> None:
        """Show the lines of another race."""
        self.race = race
        rises, self.is_log = rises_of(race)
        while len(self._curves) < len(rises):
            line = pg.PlotDataItem(connect="finite")
            line.opts["antialias"] = True
            self.addItem(line)
            self._curves.append(line)
        shown = [np.log10(each) if self.is_log else each for each in rises]
        for index, line in enumerate(self._curves):
            line.setVisible(index < len(shown))
            if index < len(shown):
                line.setData(np.arange(len(shown[index])), finite(shown[index]))
        self.getAxis("left").setLogMode(self.is_log)
        self._recolour(current())
        self._fit(shown)
        words = tr("f above its minimum, against steps") if self.is_log else tr("f against steps")
        self.setToolTip(words)
        self.setAccessibleDescription(words)

    def _fit(self, shown: list[FloatArray]) -> None:
        whole = np.concatenate(shown)
        known = whole[np.isfinite(whole)]
        if len(known):
            starts = [float(each[0]) for each in shown if np.isfinite(each[0])]
            top = min(float(known.max()), max(starts) + (1.0 if self.is_log else abs(max(starts)) + 1.0))
            low = max(float(known.min()), top - DECADES) if self.is_log else float(known.min())
            room = 0.06 * ((top - low) or 1.0)
            self.set_range((0, len(shown[0]) - 1), (low - room, top + room))

    def show_step(self, step: int) -> None:
        """Stand after so many steps."""
        self._playhead.setValue(step)

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        pen = QPen(QColor(theme.accent), 1.0)
        pen.setCosmetic(True)
        self._playhead.setPen(pen)
        for index, line in enumerate(self._curves):
            pen = QPen(QColor(theme.runner_colour(index)), 1.4 * theme.mark_width, Qt.PenStyle.SolidLine)
            pen.setCosmetic(True)
            line.setPen(pen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step under the pointer."""
        place = self.getViewBox().mapSceneToView(self.mapToScene(event.position().toPoint()))
        self.sought.emit(round(place.x()))


def rises_of(race: Race) -> tuple[list[FloatArray], bool]:
    """Return what each path lies above the minimum and True; or plain values and False where none is known."""
    if not race.minima:
        return [path.values for path in race.paths], False
    points = np.array(race.minima[0], dtype=np.float64)[:, None]
    lowest = float(np.asarray(race.surface.value(points)).ravel()[0])
    return [np.maximum(path.values - lowest, TINY) for path in race.paths], True
