"""How high each optimizer stands after every step: on a logarithmic axis above the lowest point where one is known."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.paint import describe, focus_ring, painter
from dlviz.gui.widgets.plot import Plot, finite
from dlviz.i18n import tr
from dlviz.session.race import Race

TINY = 1e-16  # below this above the minimum there is only rounding
DECADES = 12.0  # at most, below the highest
FloatArray = NDArray[np.floating]


class LossPlot(Plot):
    """One line an optimizer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Height after every step"), parent=parent)
        self._curves: list[pg.PlotDataItem] = []
        self.race: Race | None = None
        self.is_log = False
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

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        for index, line in enumerate(self._curves):
            pen = QPen(QColor(theme.runner_colour(index)), 1.4 * theme.mark_width, Qt.PenStyle.SolidLine)
            pen.setCosmetic(True)
            line.setPen(pen)


class Losses(QWidget):
    """A picture of the plot, with the playhead over it: thousands of points are painted once for a race, not a step.

    A click or drag goes to that step.
    """

    sought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = LossPlot(self)
        self.plot.hide()
        self.step = 0
        self._picture: QPixmap | None = None
        self._drawing = QTimer(self)  # not within a paint event: the plot is painted to be measured
        self._drawing.setSingleShot(True)
        self._drawing.timeout.connect(self._draw)
        self.setMinimumHeight(90)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        describe(self, tr("Height after every step"), "")
        theme_signals.changed.connect(self._use_theme)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(56 * GRID, 24 * GRID)

    def show_race(self, race: Race) -> None:
        """Show the lines of another race."""
        self.plot.show_race(race)
        self.setToolTip(self.plot.toolTip())
        self.setAccessibleDescription(self.plot.toolTip())
        self._forget()

    def show_step(self, step: int) -> None:
        """Stand after so many steps."""
        if step != self.step:
            self.step = step
            self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self._forget()

    def resizeEvent(self, event: object) -> None:
        """Draw the plot anew in the new size."""
        self._forget()

    def _forget(self) -> None:
        self._drawing.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, once there is one, and the playhead."""
        if self._picture is None:
            return
        with painter(self) as p:
            p.drawPixmap(0, 0, self._picture)
            box = self._box()
            x = self.plot.mapFromScene(self.plot.getViewBox().mapViewToScene(QPointF(self.step, 0))).x()
            p.setPen(QPen(current().colour("accent"), 1.4))
            p.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            focus_ring(p, self)

    @Slot()
    def _draw(self) -> None:
        """Paint the plot; an axis knows how much room its numbers take only once they were painted."""
        self.plot.resize(self.size())
        for _ in range(2):
            self.plot.grab()
            QCoreApplication.sendPostedEvents(self.plot.getPlotItem())
            self.plot.getPlotItem().layout.activate()
        self._picture = self.plot.grab()
        self.update()

    def _box(self) -> QRectF:
        """Return where lines can be, in pixels."""
        return QRectF(self.plot.mapFromScene(self.plot.getViewBox().sceneBoundingRect()).boundingRect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step under the pointer."""
        place = self.plot.getViewBox().mapSceneToView(self.plot.mapToScene(event.position().toPoint()))
        self.sought.emit(round(place.x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow a drag."""
        self.mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go a step to the left or to the right."""
        change = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if change:
            self.sought.emit(self.step + change)
        else:
            event.ignore()


def rises_of(race: Race) -> tuple[list[FloatArray], bool]:
    """Return what each path lies above the minimum and True; or plain values and False where none is known."""
    if not race.minima:
        return [path.values for path in race.paths], False
    points = np.array(race.minima[0], dtype=np.float64)[:, None]
    lowest = float(np.asarray(race.surface.value(points)).ravel()[0])
    return [np.maximum(path.values - lowest, TINY) for path in race.paths], True
