"""The loss over two weights: the one that is pinned and the one that is selected, all others fixed."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.contour import level_lines
from dlviz.core.explain import Weight
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID, Theme, current, sequential, theme_signals
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.slices import Slice, SliceQuestion

REACHES = {"2": 2.0, "6": 6.0, "20": 20.0}  # of either weight, on both sides
FIRST_REACH = "6"
LEVELS = 12  # lines; closer together near the lowest loss
MOST_LISTED = 4  # basins


class SlicePlot(Plot):
    """Dark where the loss is low, lines of equal loss, a dot where the network is, a cross in every basin."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("The loss over two weights, all others fixed"), parent=parent)
        self.setToolTip(tr("Dark: a low loss over all training rows. Lines: equal loss. Dot: where the network is now. "
                           "Crosses: the bottom of each basin."))  # fmt: skip
        self.image, self.lines = self.picture(), self.line("outline", width=0.8)
        self.here, self.bottoms = pg.ScatterPlotItem(), pg.ScatterPlotItem()
        for item in (self.bottoms, self.here):
            self.addItem(item)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self._shown: Slice | None = None
        theme_signals.changed.connect(self._recolour)

    def sizeHint(self) -> QSize:
        """Return a square about as wide as the inspector."""
        return QSize(34 * GRID, 32 * GRID)

    def show_slice(self, shown: Slice | None) -> None:
        """Draw a slice; None leaves the plot empty."""
        if shown is self._shown:
            return
        self._shown = shown
        self._paint(current())

    def plotted(self) -> Rows:
        """Return the two weights and the loss at every point of the picture."""
        if self._shown is None:
            return Rows((), ())
        x, y = np.meshgrid(self._shown.across, self._shown.up)
        columns = (each.ravel().tolist() for each in (x, y, self._shown.losses))
        return Rows(("across", "up", "loss"), zip(*columns, strict=True))

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        self._paint(theme)

    def _paint(self, theme: Theme) -> None:
        shown = self._shown
        self.image.setVisible(shown is not None)
        if shown is None or not shown.losses.size:
            for item in (self.lines, self.here, self.bottoms):
                item.setData([], [])
            return
        x, y = shown.across, shown.up
        depth = _relative(shown.losses)
        self.image.setImage(sequential(theme)[(255 * (1 - depth)).astype(np.uint8)])
        half_x, half_y = (x[1] - x[0]) / 2, (y[1] - y[0]) / 2
        self.image.setRect(x[0] - half_x, y[0] - half_y, x[-1] - x[0] + 2 * half_x, y[-1] - y[0] + 2 * half_y)
        self.lines.setData(*level_lines(depth, np.linspace(0, 1, LEVELS + 2)[1:-1], x, y))
        ring = pg.mkPen(QColor(theme.panel), width=1.5)
        self.here.setData([shown.here[0]], [shown.here[1]], size=11, pen=ring, brush=QColor(theme.backward))
        places = [(float(x[column]), float(y[row])) for column, row in shown.basins]
        self.bottoms.setData([each[0] for each in places], [each[1] for each in places], size=11, symbol="+",
                             pen=ring, brush=QColor(theme.warn))  # fmt: skip
        self.set_range((float(x[0]), float(x[-1])), (float(y[0]), float(y[-1])))


def _relative(losses: np.ndarray) -> np.ndarray:
    """Return how high each loss is between the lowest (0) and the highest (1), spread out near the lowest."""
    known = losses[np.isfinite(losses)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    share = (np.nan_to_num(losses, nan=high, posinf=high, neginf=low) - low) / ((high - low) or 1.0)
    return np.sqrt(np.clip(share, 0.0, 1.0))


class TwoWeights(QWidget):
    """Pins a weight, and once another one is selected asks for the slice through both."""

    asked = Signal()  # another slice is wanted, or none any more

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pinned: Weight | None = None
        self._selected: Weight | None = None
        self._symbols = {"pinned": "", "selected": ""}
        self._is_stopped = False
        self.header = SectionHeader(tr("Two weights"))
        choices = [(key, f"±{key}") for key in REACHES]
        self.reach = Words(tr("How far the picture reaches"), choices)
        self.reach.set_key(FIRST_REACH)
        self.note = Text("", "muted", "small")
        self.note.setWordWrap(True)
        self.pin = TextButton("", tr("The picture shows the pinned weight and the one that is selected"), is_link=True)
        self.stop = TextButton(tr("Stop"), tr("Leave the picture as coarse as it is"), is_link=True)
        self.plot, self.axes, self.facts = SlicePlot(), Text("", "muted", "small"), FactTable()
        self._lay_out()
        self.reach.chosen.connect(self._reach)
        self.pin.clicked.connect(self._pin)
        self.stop.clicked.connect(self._stop)

    def _lay_out(self) -> None:
        heading, buttons = QHBoxLayout(), QHBoxLayout()
        for row in (heading, buttons):
            spaced(row)
        heading.addWidget(self.header, 1)
        heading.addWidget(self.stop)
        buttons.addWidget(self.pin)
        buttons.addStretch(1)
        buttons.addWidget(self.reach)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.setContentsMargins(0, GRID + GRID // 2, 0, 0)
        column.addLayout(heading)
        column.addWidget(self.note)
        column.addWidget(self.plot)
        column.addWidget(self.axes, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self.facts)
        column.addLayout(buttons)

    def question(self, selected: Weight | None) -> SliceQuestion | None:
        """Return what is to be computed for the selected weight; None without a pinned one."""
        if selected != self._selected:
            self._selected, self._is_stopped = selected, False
        if self.pinned is None or selected is None or selected == self.pinned or self._is_stopped:
            return None
        return SliceQuestion(self.pinned, selected, REACHES[self.reach.key()])

    def show_slice(self, selected: Weight | None, symbol: str, shown: Slice | None, is_running: bool) -> None:
        """Show what is known. symbol: of the selected weight."""
        self.setVisible(selected is not None)
        if selected is None:
            return
        self._symbols["selected"] = symbol
        is_pair = self.pinned is not None and selected != self.pinned
        if shown is not None and self._is_about(shown.question, selected):
            self.plot.show_slice(shown)
            self._tell(shown)
        elif not self._is_stopped:
            self.plot.show_slice(None)
            self.facts.show_facts(())
        for widget in (self.plot, self.axes, self.facts, self.reach):
            widget.setVisible(is_pair)
        self._say(is_pair, shown, is_running)

    def _is_about(self, question: SliceQuestion, selected: Weight) -> bool:
        return (question.across, question.up) == (self.pinned, selected)

    def _say(self, is_pair: bool, shown: Slice | None, is_running: bool) -> None:
        pinned = self._symbols["pinned"]
        if self.pinned is None:
            words = tr("Pin this weight, then select another one: a picture of the loss over both.")
        elif not is_pair:
            words = tr("Pinned. Now select another weight.")
        elif shown is None and is_running:
            words = tr("Pause to see the picture.")
        else:
            words = "" if shown is None else shown.problem
        self.note.setText(words)
        self.note.setVisible(bool(words))
        self.pin.setText(tr("Pin it") if self.pinned is None else tr("Let go of {weight}", weight=pinned))
        self.axes.setText(tr("across: {across}   up: {up}", across=pinned, up=self._symbols["selected"]))
        is_busy = is_pair and not self._is_stopped and not is_running and (shown is None or not shown.is_finished)
        self.stop.setVisible(is_busy)
        if not is_pair:
            self.header.set_info("")

    def _tell(self, shown: Slice) -> None:
        if not shown.losses.size:
            self.facts.show_facts(())
            return
        count = len(shown.basins)
        told = tr("1 basin") if count == 1 else tr("{count} basins", count=count)
        side = shown.losses.shape[0]
        self.header.set_info(told if shown.is_finished else tr("{side} × {side} points", side=side))
        n = numbers.count(shown.n)
        facts = [Fact(tr("loss here, {n} rows", n=n), (shown.loss,))]
        for column, row in shown.basins[:MOST_LISTED]:
            place = tr("basin at {x}, {y}", x=numbers.number(float(shown.across[column]), 3),
                       y=numbers.number(float(shown.up[row]), 3))  # fmt: skip
            facts.append(Fact(place, (float(shown.losses[row, column]),)))
        self.facts.show_facts(facts)

    @Slot()
    def _pin(self) -> None:
        """Pin the selected weight, or let go of the pinned one."""
        self.pinned = self._selected if self.pinned is None else None
        self._symbols["pinned"] = self._symbols["selected"]
        self._is_stopped = False
        self._say(False, None, False)
        self.asked.emit()

    @Slot()
    def _stop(self) -> None:
        self._is_stopped = True
        self.asked.emit()

    @Slot(str)
    def _reach(self, _key: str) -> None:
        self._is_stopped = False
        self.asked.emit()
