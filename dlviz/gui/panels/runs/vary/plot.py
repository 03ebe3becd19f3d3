"""The plot of an experiment: curves with bands, read by pointer and arrow keys."""

from collections.abc import Sequence

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, SignalInstance, Slot
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QMouseEvent, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui.listing.entries import Entry, thinned
from dlviz.gui.panels.runs.vary.chart import NOWHERE, PALE, Chart, Curve, nearest, span
from dlviz.gui.run_words import colour_of
from dlviz.gui.theme import Theme, current, font, theme_signals
from dlviz.gui.verbatim import in_line_label
from dlviz.gui.widgets.copying import copy_csv
from dlviz.gui.widgets.end_labels import EndLabels, Label
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr

BAND = 0.18  # opacity of the quartiles
MOST_LABELS = 10  # curves that are named at their ends; of more, the one pointed at is told
THIN = 0.6  # of the width of a mark, for one of many curves
POINT, GAP, TICK_GAP = 6, 6, 8  # pixels: a point, between the words of two places, and above them
CROSS_HEIGHT = 0.97  # of the axis, where runs that diverged are marked
REACH = 40.0  # pixels from which a point is read
UP_AND_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
LEFT_AND_RIGHT = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ChartPlot(Plot):
    """Draws one chart; items are pooled. Left and right walk along a curve, up and down to another one."""

    read = Signal(str)  # what is under the pointer or the keyboard's place; nothing when it has left
    taken = Signal(int)  # number of the outcome that was clicked
    opened = Signal(int)  # double-clicked, or Enter

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Chart of the experiment"), parent=parent)
        self.chart = Chart("", "", "")
        self.at = NOWHERE  # curve and point that are read
        self._curves: list[pg.PlotDataItem] = []
        self._bands: list[pg.GraphicsObject] = []
        self._labels = EndLabels()
        self._crosses, self._reading = pg.ScatterPlotItem(size=10, symbol="x"), pg.ScatterPlotItem(size=11)
        self._upright = pg.InfiniteLine(
            angle=90, label="", labelOpts={"position": 0.9, "anchors": [(0, 0.5), (1, 0.5)]}
        )
        for item in (self._crosses, self._reading, self._upright):
            self.addItem(item)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scene().sigMouseMoved.connect(self._move)
        self.getViewBox().sigResized.connect(self._relabel)
        theme_signals.changed.connect(self._take_theme)

    def show_chart(self, chart: Chart) -> None:
        """Show another chart, or the same as it has come on; what is read stays where it can."""
        is_other = chart.caption != self.chart.caption
        self.chart = chart
        describe(self, tr("Chart: {what}", what=chart.caption), tr("{what}. Arrow keys read it.", what=chart.caption))
        for side, is_log in (("bottom", chart.is_log_x), ("left", chart.is_log_y)):
            self.getAxis(side).setLogMode(is_log)
        self._name_places()
        self._show_curves()
        self._recolour(current())
        self._fit()
        index, point = self.at
        is_there = 0 <= index < len(chart.curves) and point < len(chart.curves[index].x)
        self._stand(self.at if is_there and not is_other else NOWHERE)

    def _name_places(self) -> None:
        """Write the words of places that are no numbers, as much of each as there is room for."""
        ticks, metrics = self.chart.ticks, QFontMetrics(font("small"))
        room = int(self.getViewBox().width() / max(len(ticks), 1)) - GAP
        named = in_room([words for _, words in ticks], metrics, room)
        places = [at for at, _ in ticks]
        axis = self.getAxis("bottom")
        axis.setTicks([list(zip(places, named, strict=True))] if ticks else None)
        # pyqtgraph leaves a fifth less than words take: of two lines it would cut the lower one
        is_high = any("\n" in each for each in named)
        axis.setHeight(2 * metrics.height() + TICK_GAP if is_high else None)

    def _show_curves(self) -> None:
        for band in self._bands:
            self.removeItem(band)
        self._bands.clear()
        while len(self._curves) < len(self.chart.curves):
            item = pg.PlotDataItem(connect="finite")
            self.addItem(item)
            self._curves.append(item)
        for place, item in enumerate(self._curves):
            item.setVisible(place < len(self.chart.curves))
            if place < len(self.chart.curves):
                self._show_curve(item, self.chart.curves[place])

    def _show_curve(self, item: pg.PlotDataItem, curve: Curve) -> None:
        x = self.chart.place(curve.x)
        item.opts["antialias"] = len(self.chart.curves) <= MOST_LABELS  # of many lines it takes too long
        y = self.chart.height(curve.y)
        if not np.isfinite(y).any():  # pyqtgraph looks for the ends of points: of none but NaN it warns
            item.setData([], [])
            return
        item.setData(x, y)
        if curve.band is None:
            return
        low, high = (self.chart.height(edge) for edge in curve.band)
        if curve.has_line:
            band = pg.FillBetweenItem(*(pg.PlotDataItem(x, edge, connect="finite") for edge in (low, high)))
        else:
            ends = np.column_stack([low, high]).ravel()
            band = pg.PlotDataItem(np.repeat(x, 2), ends, connect="pairs")
        band.setZValue(-1)
        self.addItem(band)
        self._bands.append(band)

    def _fit(self) -> None:
        """Fit the axes to what is drawn, and write names at the ends of curves."""
        chart = self.chart
        across = [chart.place(curve.x) for curve in chart.curves]
        across.append(chart.place(np.array([each.x for each in chart.crosses])))
        up = [chart.height(part) for curve in chart.curves for part in (curve.y, *(curve.band or ()))]
        x, y = span(across, 0.06 if any(curve.has_points for curve in chart.curves) else 0.0), span(up)
        low, high = x or (0.0, 1.0)
        if chart.ticks:
            low, high = chart.ticks[0][0] - 0.5, chart.ticks[-1][0] + 0.5
        self.set_range((low, high), y or (0.0, 1.0))
        self._label()
        self._place_crosses()

    def _label(self) -> None:
        curves = self.chart.curves
        labels = [each for each in map(self._label_of, curves) if each is not None] if len(curves) > 1 else []
        self._labels.show(self, labels if len(labels) <= MOST_LABELS else (), has_bold=False)

    def _label_of(self, curve: Curve) -> Label | None:
        x, y = self.chart.place(curve.x), self.chart.height(curve.y)
        known = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
        if not len(known) or not curve.words or curve.is_thin or curve.colour == PALE:
            return None
        last = int(known[-1])
        return Label(curve.words, colour_of(current(), curve.colour), float(x[last]), float(y[last]))

    def labels(self) -> list[str]:
        """Return the names at the ends of curves that are on show."""
        return self._labels.words()

    def _place_crosses(self) -> None:
        low, high = self.getViewBox().viewRange()[1]
        height = low + CROSS_HEIGHT * (high - low)
        places = self.chart.place(np.array([each.x for each in self.chart.crosses]))
        self._crosses.setData(places, np.full(len(places), height))

    @Slot(object)
    def _take_theme(self, theme: Theme) -> None:
        self._recolour(theme)
        self._label()
        self._name_places()

    def _recolour(self, theme: Theme) -> None:
        bands = iter(self._bands)
        for item, curve in zip(self._curves, self.chart.curves, strict=False):
            self._colour(item, curve, theme)
            if curve.band is not None:
                self._colour_band(next(bands), colour_of(theme, max(curve.colour, 0)), theme)
        self._crosses.setPen(_pen(theme.error, 2.0 * theme.mark_width))
        self._reading.setPen(_pen(theme.accent, 2.0))
        self._reading.setBrush(QColor(0, 0, 0, 0))
        self._upright.setPen(_pen(theme.accent, 1.4, Qt.PenStyle.DashLine))
        self._upright.label.setColor(QColor(theme.accent))
        self._upright.label.setFont(font("small"))
        self._upright.setVisible(self.chart.upright is not None)
        if self.chart.upright is not None:
            self._upright.setValue(float(self.chart.place(np.array([self.chart.upright.x]))[0]))
            self._upright.label.setFormat(in_line_label(self.chart.upright.words))

    @staticmethod
    def _colour_band(band: pg.GraphicsObject, colour: str, theme: Theme) -> None:
        if isinstance(band, pg.FillBetweenItem):
            fill = QColor(colour)
            fill.setAlphaF(BAND)
            band.setBrush(fill)
        else:
            band.setPen(_pen(colour, 1.4 * theme.mark_width))

    @staticmethod
    def _colour(item: pg.PlotDataItem, curve: Curve, theme: Theme) -> None:
        is_behind = curve.is_thin or curve.colour == PALE
        colour = theme.faint if curve.colour == PALE else colour_of(theme, curve.colour)
        width = THIN if curve.is_thin else 1.0 if is_behind else 1.4
        item.setPen(_pen(colour, width * theme.mark_width) if curve.has_line else None)
        item.setZValue(-0.5 if is_behind else 0.0)
        item.setSymbol("o" if curve.has_points else None)
        item.setSymbolSize(POINT)
        item.setSymbolPen(None)
        item.setSymbolBrush(QColor(colour))

    @Slot(object)
    def _move(self, at: QPointF) -> None:
        box = self.getViewBox()
        if box.sceneBoundingRect().contains(at):
            self._stand(self._near(at))

    def _near(self, at: QPointF) -> tuple[int, int]:
        """Return what lies near a place of the scene."""
        box = self.getViewBox()
        place, unit = box.mapSceneToView(at), box.viewPixelSize()
        index, point = nearest(self.chart, place.x(), place.y(), unit)
        if index < 0:
            return NOWHERE
        curve = self.chart.curves[index]
        x, y = self.chart.place(curve.x)[point], self.chart.height(curve.y)[point]
        far = np.hypot((x - place.x()) / unit[0], (y - place.y()) / unit[1])
        return (index, point) if far <= REACH else NOWHERE

    def _stand(self, at: tuple[int, int]) -> None:
        """Read a point of a curve, or nothing."""
        self.at = at
        if at == NOWHERE:
            self._reading.setData([], [])
            self.read.emit("")
            return
        curve = self.chart.curves[at[0]]
        x, y = self.chart.place(curve.x)[at[1]], self.chart.height(curve.y)[at[1]]
        self._reading.setData([x], [y])
        words = self.chart.words_at(curve, at[1])
        self.setAccessibleDescription(words)
        self.read.emit(words)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer; what the keyboard reads stays."""
        if not self.hasFocus():
            self._stand(NOWHERE)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along a curve or to another one; Enter opens the run."""
        key = Qt.Key(event.key())
        if key in LEFT_AND_RIGHT and self.chart.curves:
            self._stand(self._beside(LEFT_AND_RIGHT[key]))
        elif key in UP_AND_DOWN and self.chart.curves:
            index = (max(self.at[0], 0) + UP_AND_DOWN[key]) % len(self.chart.curves)
            self._stand(self._known(index, max(self.at[1], 0), 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._tell(self.opened)
        else:
            event.ignore()

    def _beside(self, change: int) -> tuple[int, int]:
        index, point = self.at
        return self._known(0, 0, 1) if index < 0 else self._known(index, point + change, change)

    def _known(self, index: int, point: int, change: int) -> tuple[int, int]:
        """Return the point, or the next one in a direction that is known; else where it stands."""
        curve = self.chart.curves[index]
        good = np.isfinite(self.chart.place(curve.x)) & np.isfinite(self.chart.height(curve.y))
        while 0 <= point < len(good):
            if good[point]:
                return index, point
            point += change
        known = np.flatnonzero(good)
        return (index, int(known[-1 if change > 0 else 0])) if len(known) else self.at

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the outcome under the pointer."""
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self._stand(self._near(self.mapToScene(event.position().toPoint())))
        self._tell(self.taken)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the run under the pointer."""
        self._tell(self.opened)

    def _tell(self, signal: SignalInstance) -> None:
        row = self.chart.curves[self.at[0]].row(self.at[1]) if self.at != NOWHERE else None
        if row is not None:
            signal.emit(row)

    @Slot(object)
    def _relabel(self, _box: pg.ViewBox) -> None:
        """Stack the names anew: how much room they take on the axes has changed."""
        self._label()
        self._name_places()

    def entries(self) -> tuple[Entry, ...]:
        """Return every curve with its points, and where runs diverged."""
        curves = [Entry(curve.words or self.chart.up, parts=self._points(curve)) for curve in self.chart.curves]
        return (*curves, *(Entry(each.words) for each in self.chart.crosses))

    def _points(self, curve: Curve) -> tuple[Entry, ...]:
        known = [k for k in range(len(curve.x)) if np.isfinite(curve.y[k])]
        return tuple(Entry(self.chart.words_at(curve, known[k])) for k in thinned(len(known)))

    def copy(self) -> None:
        """Put every point on the clipboard with all digits."""
        copy_csv(*self.chart.table())


def in_room(names: Sequence[str], metrics: QFontMetrics, room: int) -> list[str]:
    """Return names for so many pixels each.

    Where they are too long, words that all begin with are left out, then each stands in two lines, of which at last
    one may end in ….
    """
    if all(metrics.horizontalAdvance(each) <= room for each in names):
        return list(names)
    parts = [each.split(" ") for each in names]
    while len(parts) > 1 and min(map(len, parts)) > 1 and len({each[0] for each in parts}) == 1:
        parts = [each[1:] for each in parts]
    lines = [[" ".join(each)] for each in parts]
    if any(metrics.horizontalAdvance(line) > room for (line,) in lines):
        lines = [[each[0], " ".join(each[1:])] if len(each) > 1 else each for each in parts]
    elided = Qt.TextElideMode.ElideRight
    return ["\n".join(metrics.elidedText(line, elided, room) for line in each) for each in lines]


def _pen(colour: str, width: float, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(QColor(colour), width, style)
    pen.setCosmetic(True)
    return pen
