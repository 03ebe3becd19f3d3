"""The plot of the curves panel: two lines, marks with words, and the playhead."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui.colour import mix
from dlviz.gui.panels.curves.series import Series
from dlviz.gui.theme import Theme, current
from dlviz.gui.widgets.end_labels import EndLabels, Label
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.plot_marks import PlotMarks
from dlviz.i18n import tr
from dlviz.session.curves import Mark

_FAINTNESS = 0.2  # of single batches, whose noise must not drown the curves
CURRENT_WIDTH = 2.2  # pixels, of the run on show among others


class CurvePlot(Plot):
    """Items are made once and reused; marks are pooled."""

    pointed = Signal(object)  # the place under the pointer (step, height on the axis), None when it has left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Loss and score over the steps of training"), parent=parent)
        self.setToolTip(
            tr("Full line: training rows. Dashed: dev rows. Faint: single batches as they were met. Where weights are "
               "penalised, dotted: the penalty; dark: loss and penalty together. Dots and dashes: the noise floor, "
               "the loss that even the function that made the data would have.")
        )  # fmt: skip
        self.runs: list[pg.PlotDataItem] = []  # one for each other run, pooled
        self._labels = EndLabels()
        self._colour = ""  # of the run on show; "" while there is no other
        self.batches = pg.PlotDataItem(connect="finite")
        self.addItem(self.batches)
        self.train, self.dev = self.line("train"), self.line("test", Qt.PenStyle.DashLine)
        self.floor = self.line("faint", Qt.PenStyle.DashDotLine, 1.4)
        self.penalty, self.total = self.line("muted", Qt.PenStyle.DotLine), self.line("text")
        self.raw_train, self.raw_dev = (pg.PlotDataItem(connect="finite") for _ in range(2))
        for item, words in (
            (self.raw_train, tr("training rows, as measured")),
            (self.raw_dev, tr("dev rows, as measured")),
        ):
            item.setZValue(-0.75)
            self.addItem(item)
            self.call(item, words)
        self.batches.setZValue(-1)
        self.call(self.batches, tr("batches"))
        self.call(self.train, tr("training rows"))
        self.call(self.dev, tr("dev rows"))
        self.call(self.floor, tr("noise floor"))
        self.call(self.penalty, tr("penalty"))
        self.call(self.total, tr("loss and penalty"))
        for item in (self.batches, self.train, self.dev, self.penalty, self.total):
            item.opts["antialias"] = True
        self.marks = PlotMarks(self)
        self._playhead = pg.InfiniteLine(angle=90, movable=False)
        self._pointer = pg.InfiniteLine(angle=90, movable=False)
        for item in (self._playhead, self._pointer):
            item.hide()
            self.addItem(item)
        self.apply_theme(current())
        self.scene().sigMouseMoved.connect(self._move)

    def use_colour(self, colour: str) -> None:
        """Draw the run on show thick and in its colour among others, or as usual where it is alone ("")."""
        if colour != self._colour:
            self._colour = colour
            self._colour_current()

    def _colour_current(self) -> None:
        for item, name in ((self.train, "train"), (self.dev, "test")):
            look = Qt.PenStyle.SolidLine if item is self.train else Qt.PenStyle.DashLine
            # Only opaque full lines are thick: others are slow to paint.
            width = CURRENT_WIDTH if self._colour and item is self.train else 1.0
            self.restyle(item, self._colour or name, look, width)

    def show_runs(self, curves: Sequence[tuple[Series, str]]) -> None:
        """Draw the training curves of other runs in their colours."""
        while len(self.runs) < len(curves):
            item = pg.PlotDataItem(connect="finite", antialias=True)
            item.setZValue(-0.5)
            self.addItem(item)
            self.runs.append(item)
        for item, (drawn, colour) in zip(self.runs, curves, strict=False):
            item.setData(drawn.steps, drawn.values)
            item.setPen(_pen(colour))
        for place, item in enumerate(self.runs):
            item.setVisible(place < len(curves))

    def show_labels(self, labels: Sequence[Label]) -> None:
        """Write words at the ends of curves, the current one's first."""
        self._labels.show(self, labels)

    def labels(self) -> list[str]:
        """Return the words at the ends of curves that are on show."""
        return self._labels.words()

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show the newest marks as dashed lines with their words."""
        self.marks.show(marks)

    def show_raw(self, train: Series, dev: Series) -> None:
        """Draw curves as they were measured, faintly, below smoothed ones; empty ones where nothing is smoothed."""
        for item, drawn in ((self.raw_train, train), (self.raw_dev, dev)):
            item.setData(drawn.steps, drawn.values)

    def show_playhead(self, step: int | None) -> None:
        """Show where the run stands; None where that is the end of the curves."""
        self._playhead.setVisible(step is not None)
        if step is not None:
            self._playhead.setValue(step)

    def marks_shown(self) -> tuple[Mark, ...]:
        """Return the marks on show."""
        return self.marks.shown

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of what is not a curve."""
        self.batches.setPen(_pen(mix(theme.panel, theme.muted, _FAINTNESS)))
        self._playhead.setPen(_pen(theme.accent))
        self._pointer.setPen(_pen(theme.faint))
        self.marks.apply_theme(theme)
        for item, name in ((self.raw_train, "train"), (self.raw_dev, "test")):
            item.setPen(_pen(mix(theme.panel, getattr(theme, name), _FAINTNESS)))
        self._colour_current()

    @Slot(object)
    def _move(self, at: QPointF) -> None:
        box = self.getViewBox()
        if not box.sceneBoundingRect().contains(at):
            self._leave()
            return
        place = box.mapSceneToView(at)
        self._pointer.setValue(place.x())
        self._pointer.show()
        self.pointed.emit((float(place.x()), float(place.y())))

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self._leave()
        super().leaveEvent(event)

    def _leave(self) -> None:
        self._pointer.hide()
        self.pointed.emit(None)


def _pen(colour: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine, width: float = 1.0) -> QPen:
    pen = QPen(QColor(colour), width, style)
    pen.setCosmetic(True)
    return pen
