"""ActivationPlot: φ and φ′ over z, where sums lie on them, what is flat, kinks, and a cursor that reads them."""

from bisect import bisect_left

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.letters import spell
from dlviz.gui.panels.inspector.curves import MARGIN, MarkedPlot
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.plot import finite
from dlviz.i18n import tr
from dlviz.session.activation_study import ActivationStudy, Shape, Spread

HEIGHT = 21 * GRID  # pixels
FLOOR = 0.26  # of the height that the histogram of the sums takes, below the curves
HEADROOM = 0.28  # above the curves, for the words at the peak
MOST_ZONES = 3
PEAKS = {"sigmoid": "α/4", "tanh": "α"}  # what the steepest slope is in letters


class ActivationPlot(MarkedPlot):
    """Line: φ. Dashed: φ′. Thin: another activation. Bars and ticks: the sums. Shaded: where φ is flat."""

    pointed = Signal(object)  # the cursor's words, "" when the pointer leaves
    threshold_moved = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = tr("Line: the activation φ(z). Dashed: its slope φ′(z). Dots: where the unit stands for this sample.\n"
                 "Bars and ticks: the sums z of the training rows. Shaded: where φ is flat. Rings: no derivative."
                 )  # fmt: skip
        super().__init__(tr("Activation and its slope"), tip, ("forward", "backward"), parent)
        self.setFixedHeight(HEIGHT)
        self._study: ActivationStudy | None = None
        self._make_ground()
        self.value = self.line("forward", width=1.8)
        self.slope = self.line("backward", Qt.PenStyle.DashLine, 1.6)
        self.other = self.line("update", Qt.PenStyle.DotLine, 1.8)
        self.other_slope = self.line("update", Qt.PenStyle.DashDotLine, 1.0)
        for item in (self.value, self.slope, self.other, self.other_slope):
            item.opts["antialias"] = True
        self._make_marks()
        for scatter in self.dots.values():
            scatter.setZValue(5)
        self._recolour_marks(current())
        self.scene().sigMouseMoved.connect(self._point)
        theme_signals.changed.connect(self._recolour_marks)

    def _make_ground(self) -> None:
        self.zones = [pg.LinearRegionItem(movable=False) for _ in range(MOST_ZONES)]
        for zone in self.zones:
            zone.setZValue(-8)
            zone.hide()
            self.addItem(zone)
        self.bars = pg.BarGraphItem(x0=[], x1=[], y0=[], y1=[])
        self.bars.setZValue(-6)
        self.addItem(self.bars)
        self.ticks = self.line("muted", width=1.0)
        self.ticks.setCurveClickable(False)

    def _make_marks(self) -> None:
        self.rings, self.ring_slopes = pg.ScatterPlotItem(), pg.ScatterPlotItem()
        self.peak = pg.TextItem(anchor=(0.5, 1.1))
        self.cursor = pg.InfiniteLine(angle=90, movable=False)
        self.threshold = pg.InfiniteLine(angle=90, movable=True)
        for item in (self.rings, self.ring_slopes, self.peak, self.cursor, self.threshold):
            self.addItem(item)
        self.cursor.hide()
        self.threshold.hide()
        self.threshold.sigDragged.connect(self._drag)

    # Connected apart from that of the base class: PySide6 6.10 forgets to disconnect a slot that is overridden.
    @Slot(object)
    def _recolour_marks(self, theme: Theme) -> None:
        for zone in self.zones:
            zone.setBrush(theme.colour("loss", 0.16))
            for line in zone.lines:
                line.setPen(pg.mkPen(None))
        self.bars.setOpts(pen=None, brush=theme.colour("muted", 0.35))
        for rings, colour in ((self.rings, theme.forward), (self.ring_slopes, theme.backward)):
            rings.setSize(9)
            rings.setPen(pg.mkPen(QColor(colour), width=1.6))
            rings.setBrush(pg.mkBrush(QColor(theme.panel)))
        self.peak.setColor(QColor(theme.backward))
        self.peak.setFont(font("small"))
        self.cursor.setPen(pg.mkPen(QColor(theme.muted)))
        self.threshold.setPen(pg.mkPen(QColor(theme.accent), width=2))
        self.threshold.setHoverPen(pg.mkPen(QColor(theme.accent), width=4))

    def show_study(self, shown: ActivationStudy, is_known: bool) -> None:
        """Draw one study; is_known: the walk has come to the sum of the unit."""
        if shown.shape is None or shown.sums is None:
            return
        self._study = shown
        self._show_curves(shown, shown.shape)
        self._fit(shown, shown.shape)
        self._show_spread(shown.spread)
        self._show_zones(shown.zones)
        self._show_kinks(shown.shape)
        nowhere = (np.nan, np.nan, np.nan)
        z, a, slope = shown.stands if shown.stands is not None and is_known else nowhere
        self.put("forward", z, a)
        self.put("backward", z, slope)
        self.mark.setVisible(bool(np.isfinite(z)))
        self.mark.setValue(z if np.isfinite(z) else 0.0)

    def _show_curves(self, shown: ActivationStudy, shape: Shape) -> None:
        self.value.setData(shown.sums, finite(shape.values))
        self.slope.setData(shown.sums, finite(shape.slopes))
        for item, values in ((self.other, "values"), (self.other_slope, "slopes")):
            item.setVisible(shown.other is not None)
            if shown.other is not None:
                item.setData(shown.sums, finite(getattr(shown.other, values)))

    def _fit(self, shown: ActivationStudy, shape: Shape) -> None:
        """Show all of the curves above the histogram, as far as their middle asks for."""
        assert shown.sums is not None
        curves = [shape.values, shape.slopes] + ([shown.other.values] if shown.other is not None else [])
        known = np.concatenate([each[np.isfinite(each)] for each in curves])
        low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
        span = max(high - low, 1e-9)
        self._low = low - (MARGIN + FLOOR) * span
        self._floor = FLOOR * span
        self.set_range((float(shown.sums[0]), float(shown.sums[-1])), (self._low, high + HEADROOM * span))

    def _show_spread(self, spread: Spread | None) -> None:
        if spread is None or not spread.counts.any():
            self.bars.setOpts(x0=[], x1=[], y0=[], y1=[])
            self.ticks.setData([], [])
            return
        heights = spread.counts / spread.counts.max() * self._floor * 0.8
        self.bars.setOpts(x0=spread.edges[:-1], x1=spread.edges[1:], y0=np.full(len(heights), self._low),
                          y1=self._low + heights)  # fmt: skip
        foot, top = self._low, self._low + 0.3 * self._floor
        self.ticks.setData(
            np.repeat(spread.ticks, 3), np.tile([foot, top, np.nan], len(spread.ticks)), connect="finite"
        )  # fmt: skip

    def _show_zones(self, zones: tuple[tuple[float, float], ...]) -> None:
        for place, zone in enumerate(self.zones):
            zone.setVisible(place < len(zones))
            if place < len(zones):
                zone.setRegion(zones[place])

    def _show_kinks(self, shape: Shape) -> None:
        study = self._study
        assert study is not None and study.sums is not None
        places = [bisect_left(study.sums, kink) for kink in shape.kinks]
        at = study.sums[places] if places else np.zeros(0)
        self.rings.setData(at, shape.values[places])
        self.ring_slopes.setData(at, shape.slopes[places])
        z, steepest = shape.peak
        letters = PEAKS.get(shape.kind, "")
        self.peak.setText(f"{letters} = {numbers.number(steepest)}" if letters else "")
        self.peak.setPos(z if letters else 0.0, steepest)
        is_threshold = "threshold" in shape.settings and study.question.tried is None
        self.threshold.setVisible(is_threshold)
        if is_threshold and not self.threshold.moving:
            self.threshold.setValue(float(shape.settings["threshold"]))

    @Slot(object)
    def _drag(self, line: pg.InfiniteLine) -> None:
        self.threshold_moved.emit(round(float(line.value()), 2))

    @Slot(object)
    def _point(self, pixel: QPointF) -> None:
        if self._study is not None and self.sceneBoundingRect().contains(pixel):
            self.read_at(float(self.getViewBox().mapSceneToView(pixel).x()))

    def read_at(self, z: float) -> None:
        """Put the cursor on the point of the curve nearest to z, and tell what is there."""
        study = self._study
        if study is None or study.sums is None or study.shape is None:
            return
        place = int(np.abs(study.sums - z).argmin())
        found = study.sums[place], study.shape.values[place], study.shape.slopes[place]
        self.cursor.setValue(found[0])
        self.cursor.show()
        at, value, slope = map(numbers.number, found)
        self.pointed.emit(spell(tr("z = {z}   φ = {value}   φ′ = {slope}", z=at, value=value, slope=slope)))

    def leaveEvent(self, event: QEvent) -> None:
        """Put the cursor away."""
        super().leaveEvent(event)
        self.cursor.hide()
        self.pointed.emit("")
