"""The plot of the curves panel: two lines, dashed marks with words, and the playhead."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui.colour import mix
from dlviz.gui.theme import Theme, current, font
from dlviz.gui.widgets.plot import Plot
from dlviz.i18n import tr
from dlviz.session.messages import Mark

_FAINTNESS = 0.3  # of single batches, whose noise must not drown the curves
MAX_MARKS = 24  # the newest; older ones would only blacken the plot


class CurvePlot(Plot):
    """Items are made once and reused; marks are pooled."""

    pointed = Signal(object)  # the step under the pointer, None when it has left

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Loss and score over the steps of training"), parent=parent)
        self.setToolTip(tr("Full line: training rows. Dashed: test rows. Faint: single batches as they were met."))
        self.batches = pg.PlotDataItem(connect="finite")
        self.addItem(self.batches)
        self.train, self.test = self.line("train"), self.line("test", Qt.PenStyle.DashLine)
        self.batches.setZValue(-1)
        for item in (self.batches, self.train, self.test):
            item.opts["antialias"] = True
        self._marks: list[pg.InfiniteLine] = []
        self._shown: tuple[Mark, ...] = ()
        self._playhead = pg.InfiniteLine(angle=90, movable=False)
        self._pointer = pg.InfiniteLine(angle=90, movable=False)
        for item in (self._playhead, self._pointer):
            item.hide()
            self.addItem(item)
        self.apply_theme(current())
        self.scene().sigMouseMoved.connect(self._move)

    def show_marks(self, marks: Sequence[Mark]) -> None:
        """Show the newest marks as dashed lines with their words."""
        newest = tuple(marks[-MAX_MARKS:])
        if newest == self._shown:
            return
        self._shown = newest
        while len(self._marks) < len(newest):
            self._marks.append(self._new_mark())
        for line, mark in zip(self._marks, newest, strict=False):
            line.setValue(mark.step)
            line.label.setFormat(mark.label)
            line.setToolTip(mark.label)
        for position, line in enumerate(self._marks):
            line.setVisible(position < len(newest))

    def _new_mark(self) -> pg.InfiniteLine:
        options = {"position": 0.94, "anchors": [(0, 0.5), (1, 0.5)]}
        line = pg.InfiniteLine(angle=90, movable=False, label="", labelOpts=options)
        self._colour_mark(line, current())
        self.addItem(line)
        return line

    @staticmethod
    def _colour_mark(line: pg.InfiniteLine, theme: Theme) -> None:
        line.setPen(_pen(theme.muted, Qt.PenStyle.DashLine))
        line.label.setColor(QColor(theme.muted))
        line.label.setFont(font("small"))

    def show_playhead(self, step: int | None) -> None:
        """Show where the run stands; None where that is the end of the curves."""
        self._playhead.setVisible(step is not None)
        if step is not None:
            self._playhead.setValue(step)

    def marks_shown(self) -> tuple[Mark, ...]:
        """Return the marks on show."""
        return self._shown

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of what is not a curve."""
        self.batches.setPen(_pen(mix(theme.panel, theme.muted, _FAINTNESS)))
        self._playhead.setPen(_pen(theme.accent))
        self._pointer.setPen(_pen(theme.faint))
        for line in self._marks:
            self._colour_mark(line, theme)

    @Slot(object)
    def _move(self, at: QPointF) -> None:
        box = self.getViewBox()
        if not box.sceneBoundingRect().contains(at):
            self._leave()
            return
        step = float(box.mapSceneToView(at).x())
        self._pointer.setValue(step)
        self._pointer.show()
        self.pointed.emit(step)

    def leaveEvent(self, event: QEvent) -> None:
        """Forget the pointer."""
        self._leave()
        super().leaveEvent(event)

    def _leave(self) -> None:
        self._pointer.hide()
        self.pointed.emit(None)


def _pen(colour: str, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> QPen:
    pen = QPen(QColor(colour), 1.0, style)
    pen.setCosmetic(True)
    return pen
