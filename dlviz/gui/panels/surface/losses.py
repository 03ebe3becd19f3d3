"""Lines of a race against its steps, or how many starts ended where, with a choice of what is drawn."""

from collections.abc import Iterator, Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui.listing.entries import Entry
from dlviz.gui.panels.surface.columns import is_rough, narrowed
from dlviz.gui.panels.surface.quantities import Drawn, Line
from dlviz.gui.race.runners import look_of
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, focus_ring, is_for_a_file, painter
from dlviz.gui.widgets.plot import MOST_SHOWN, Plot, curve_entry, finite
from dlviz.i18n import tr

DECADES = 12.0  # at most, below the highest
BAND = 0.16  # opacity of the quartiles
FloatArray = NDArray[np.floating]


class LossPlot(Plot):
    """One line an optimizer, with a band about it where many starts were walked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Height after every step"), parent=parent)
        self._curves: list[pg.PlotDataItem] = []
        self._bands: list[pg.FillBetweenItem] = []
        self._rough: tuple[bool, ...] = ()
        self._numbers: tuple[int, ...] = ()
        self.drawn: Drawn | None = None
        theme_signals.changed.connect(self._recolour)

    def show_lines(self, drawn: Drawn, numbers: Sequence[int]) -> None:
        """Show other lines. numbers: of the colour and marker of each."""
        self.drawn, self._numbers = drawn, tuple(numbers)
        lines = [_scaled(narrowed(each), drawn.is_log) for each in drawn.lines]
        for band in self._bands:
            self.removeItem(band)
        self._bands.clear()
        while len(self._curves) < len(lines):
            curve = pg.PlotDataItem(connect="finite")
            self.addItem(curve)
            self._curves.append(curve)
        for index, curve in enumerate(self._curves):
            curve.setVisible(index < len(lines))
            if index < len(lines):
                self._show_line(curve, lines[index])
        self.getAxis("left").setLogMode(drawn.is_log)
        self.getAxis("bottom").setLogMode(drawn.has_log_places)
        height = self._fit(lines, drawn)
        self._rough = tuple(is_rough(each.y, height) for each in lines)
        self._recolour(current())

    def _show_line(self, curve: pg.PlotDataItem, line: Line) -> None:
        curve.setData(line.x, line.y)
        edges = [pg.PlotDataItem(line.x, each, connect="finite") for each in line.band or ()]
        if edges:
            band = pg.FillBetweenItem(*edges)
            self.addItem(band)
            self._bands.append(band)

    def _fit(self, lines: Sequence[Line], drawn: Drawn) -> float:
        """Choose the range that is seen, and return how high it is."""
        shown = [each for line in lines for each in (line.y, *(line.band or ()))]
        whole = np.concatenate(shown) if shown else np.zeros(0)
        known = whole[np.abs(whole) < MOST_SHOWN / 2]
        if not len(known):
            self.set_range((0.0, 1.0), (0.0, 1.0))  # what was seen before may be beyond a logarithmic axis
            return 1.0
        starts = [float(each[0]) for each in shown if abs(each[0]) < MOST_SHOWN / 2] or [float(known.max())]
        top = float(known.max())
        if drawn.is_over_steps:
            top = min(top, max(starts) + (1.0 if drawn.is_log else abs(max(starts)) + 1.0))
        low = max(float(known.min()), top - DECADES) if drawn.is_log else float(known.min())
        room = 0.06 * ((top - low) or abs(top) or 1.0)
        left, right = min(float(each.x.min()) for each in lines), max(float(each.x.max()) for each in lines)
        self.set_range((left, right if right > left else left + 1), (low - room, top + room))
        return top - low + 2 * room

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        looks = [look_of(number, theme) for number in self._numbers]
        for curve, look, is_area in zip(self._curves, looks, self._rough, strict=False):
            pen = QPen(QColor(look.colour), 1.0 if is_area else 1.4 * theme.mark_width)
            pen.setStyle(Qt.PenStyle.DashLine if look.is_dashed and not is_area else Qt.PenStyle.SolidLine)
            pen.setCosmetic(True)
            curve.opts["antialias"] = not is_area
            curve.setPen(pen)
        for band, look in zip(self._bands, looks, strict=False):
            fill = QColor(look.colour)
            fill.setAlphaF(BAND)
            band.setBrush(fill)

    def settle(self, size: QSize) -> None:
        """Take a size; an axis knows how much room its numbers take only once they were painted, without lines here."""
        self.resize(size)
        items = [each for each in (*self._curves, *self._bands) if each.isVisible()]
        for each in items:
            each.setVisible(False)
        for _ in range(2):
            self.grab()
            QCoreApplication.sendPostedEvents(self.getPlotItem())
            self.getPlotItem().layout.activate()
        for each in items:
            each.setVisible(True)


def _points(line: Line, has_log_places: bool) -> Iterator[tuple[float, ...]]:
    x = np.power(10.0, line.x) if has_log_places else line.x
    return zip(*(each.tolist() for each in (x, line.y, *(line.band or ()))), strict=True)


def _entry(name: str, line: Line, has_log_places: bool) -> Entry:
    points = [point[:2] for point in _points(line, has_log_places)]
    return curve_entry(name, *np.array(points, dtype=np.float64).reshape(-1, 2).T)


def _scaled(line: Line, is_log: bool) -> Line:
    """Return a line as it is drawn: logarithms where the axis has them, and gaps where nothing is finite."""

    def scaled(values: FloatArray) -> FloatArray:
        with np.errstate(all="ignore"):
            return finite(np.log10(values) if is_log else values)

    return Line(line.x, scaled(line.y), line.band and (scaled(line.band[0]), scaled(line.band[1])))


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
        self._names: tuple[str, ...] = ()
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

    def show_drawn(self, drawn: Drawn, numbers: Sequence[int], names: Sequence[str]) -> None:
        """Show what is drawn of a race. numbers: of the colour and marker of each line; names: of its optimizer."""
        self._names = tuple(names)[: len(drawn.lines)]
        self.plot.show_lines(drawn, numbers)
        self.setToolTip(drawn.words)
        self.setAccessibleDescription(drawn.words)
        self._forget()

    def plotted(self) -> Rows:
        """Return every point of every line; of many starts the median with its quartiles."""
        drawn = self.plot.drawn
        if drawn is None:
            return Rows((), ())
        has_band = any(line.band is not None for line in drawn.lines)
        place = "lr" if drawn.has_log_places else "step" if drawn.is_over_steps else "x"
        headings = ("optimizer", place, drawn.words, *(("lower_quartile", "upper_quartile") if has_band else ()))
        rows = (
            (name, *point)
            for name, line in zip(self._names, drawn.lines, strict=True)
            for point in _points(line, drawn.has_log_places)
        )
        return Rows(headings, rows)

    def entries(self) -> tuple[Entry, ...]:
        """Return every line with its points as they are numbered on the axes, as a list."""
        drawn = self.plot.drawn
        lines = () if drawn is None else zip(self._names, drawn.lines, strict=True)
        return tuple(_entry(name, line, drawn is not None and drawn.has_log_places) for name, line in lines)

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

    def showEvent(self, event: object) -> None:
        """Draw what could not be drawn while nobody saw it."""
        self._forget()

    def _forget(self) -> None:
        self._drawing.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, once there is one, and the playhead."""
        if self._picture is None:
            return
        with painter(self) as p:
            if is_for_a_file(p, self):
                self.plot.render(p, QRectF(self.rect()), self.plot.rect())
            else:
                p.drawPixmap(0, 0, self._picture)
            box = self._box()
            if self.plot.drawn is not None and not self.plot.drawn.is_over_steps:
                return
            x = self.plot.mapFromScene(self.plot.getViewBox().mapViewToScene(QPointF(self.step, 0))).x()
            p.setPen(QPen(current().colour("accent"), 1.4))
            p.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            focus_ring(p, self)

    @Slot()
    def _draw(self) -> None:
        """Paint the plot."""
        if not self.isVisible():
            return  # to grab part of a hidden panel, Qt lays the window out as if the panel were shown
        self.plot.settle(self.size())
        self._picture = self.plot.grab()
        self.update()

    def _box(self) -> QRectF:
        """Return where lines can be, in pixels."""
        return QRectF(self.plot.mapFromScene(self.plot.getViewBox().sceneBoundingRect()).boundingRect())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the step under the pointer."""
        if self.plot.drawn is None or not self.plot.drawn.is_over_steps:
            return
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
