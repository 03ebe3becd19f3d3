"""Curves panel: loss and score of training and test rows over the steps of the run."""

import math
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.panel import Context, Panel, PanelEntry, panels
from dlviz.gui.panels.curves.plot import CurvePlot
from dlviz.gui.panels.curves.series import EMPTY, Series, batches, pair, span
from dlviz.gui.theme import GRID, Theme
from dlviz.gui.widgets.copying import copy_csv, offer
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.messages import Curves, Frame, Need

DIGITS = 3  # so that both numbers fit beside the choice; all of them are in the tooltip
NOTHING_DRAWN = (0.0, 1.0)  # the range of values of an empty plot
RANGE_MS = 250  # between adjustments of the axes; on every frame they would tremble


class CurvesPanel(Panel):
    """Two thin lines, their newest values in their colours, and marks where something was changed."""

    key = "curves"
    needs: ClassVar[frozenset[Need]] = frozenset({"curves"})

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(context, parent)
        self._curves: Curves | None = None
        self._drawn: tuple[Series, Series] = (EMPTY, EMPTY)
        self._last_step = 1
        self._pointed: float | None = None
        self._playhead = math.inf
        self._make_widgets()
        self._lay_out()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(RANGE_MS)
        self._timer.timeout.connect(self._fit)
        self.scale.chosen.connect(self._choose)
        self.plot.pointed.connect(self._point)

    def _make_widgets(self) -> None:
        self.plot = CurvePlot()
        self.plot.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel's own comes up
        titles = (("loss", tr("loss")), ("log", tr("log")), ("score", tr("score")))
        self.scale = Words(tr("What the curves show: loss, loss on a logarithmic axis, or score"), titles)
        self.train, self.test = Text("", "train", "small"), Text("", "test", "small")
        describe(self.train, tr("Training value"), tr("On the training rows; under the pointer, or the newest"))
        describe(self.test, tr("Test value"), tr("On the rows held out; under the pointer, or the newest"))

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        spaced(top, gap=GRID)
        top.addWidget(self.scale)
        top.addStretch(1)
        top.addWidget(self.train)
        top.addWidget(self.test)
        layout = QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        layout.addLayout(top)
        layout.addWidget(self.plot, 1)

    @property
    def is_log(self) -> bool:
        """Whether the axis of values is logarithmic."""
        return self.scale.key() == "log"

    def show_frame(self, frame: Frame) -> None:
        """Draw the recorded curves, the marks and where the playhead stands."""
        self._last_step = max(frame.last_step, frame.step, 1)
        if frame.curves is not None and frame.curves is not self._curves:
            self._curves = frame.curves
            self._draw()
        self.plot.show_marks(frame.marks)
        is_back = frame.step < frame.last_step
        self._playhead = float(frame.step) if is_back else math.inf
        self.plot.show_playhead(frame.step if is_back else None)
        self._write()

    def _draw(self) -> None:
        if self._curves is None:
            return
        metric = "score" if self.scale.key() == "score" else "loss"
        self._drawn = pair(self._curves, metric, self.is_log)
        met = batches(self._curves, metric, self.is_log)
        self.plot.batches.setData(met.steps, met.values)
        for item, drawn in zip((self.plot.train, self.plot.test), self._drawn, strict=True):
            item.setData(drawn.steps, drawn.values)
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _fit(self) -> None:
        """Fit the axes to what is drawn."""
        values = span(self._drawn, self.is_log)
        self.plot.set_range((0.0, float(self._last_step)), values or NOTHING_DRAWN)

    @Slot(str)
    def _choose(self, _key: str) -> None:
        self.plot.setLogMode(x=False, y=self.is_log)
        self._draw()
        self._fit()
        self._write()

    @Slot(object)
    def _point(self, step: float | None) -> None:
        self._pointed = step
        self._write()

    def _write(self) -> None:
        """Write the values under the pointer, else those where the run stands."""
        step = self._playhead if self._pointed is None else self._pointed
        train, test = (drawn.at(step) for drawn in self._drawn)
        self.train.setText("" if train is None else tr("train {value}", value=self._number(train[1])))
        self.test.setText("" if test is None else tr("test {value}", value=self._number(test[1])))
        for text, value in ((self.train, train), (self.test, test)):
            text.setToolTip("" if value is None else self.context.full(value[1]))
        known = train or test
        is_placed = known is not None and self._pointed is not None
        self.set_info(tr("at step {step}", step=numbers.count(known[0])) if is_placed and known else "")

    def _number(self, value: float) -> str:
        return (
            numbers.percent(value) if self.scale.key() == "score" and 0 <= value <= 1 else numbers.number(value, DIGITS)
        )

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the points of the curves."""
        offer(self, event.globalPos(), tr("Copy as CSV"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put the points of both curves on the clipboard with every digit."""
        rows = [
            (name, int(step), value)
            for name, drawn in zip(("train", "test"), self._drawn, strict=True)
            for step, value in zip(drawn.steps.tolist(), drawn.values.tolist(), strict=True)
        ]
        copy_csv(("rows", "step", "score" if self.scale.key() == "score" else "loss"), rows)

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of marks and playhead; lines and axes follow by themselves."""
        self.plot.apply_theme(theme)


def make_curves_panel(context: Context) -> Panel:
    """Make the panel for the window."""
    return CurvesPanel(context)


panels.add(
    PanelEntry(
        "curves", tr("Loss"), "right", ("network",), make_curves_panel, order=1, stretch=4, subjects=("network", "rule")
    )
)
