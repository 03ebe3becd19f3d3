"""The ROC curve of a class against the rest, with a threshold that is dragged along it."""

from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal, Slot
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.metrics.ranking import area, roc
from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.plot import Plot
from dlviz.gui.widgets.text import Elided
from dlviz.i18n import tr

ENDS = (-0.05, 1.05)  # with room for the point where it stands in a corner
QUARTERS = ("tp", "fp", "fn", "tn")


@dataclass(frozen=True, eq=False)
class Counted:
    """What a threshold makes of rows: which are taken for the class, and which belong to it; both (n,)."""

    is_taken: NDArray[np.bool_]
    is_positive: NDArray[np.bool_]

    def rows(self, quarter: str) -> NDArray[np.intp]:
        """Return the places of true or false positives or negatives: "tp", "fp", "fn", "tn"."""
        is_taken, is_right = quarter[1] == "p", quarter[0] == "t"
        return np.flatnonzero((self.is_taken == is_taken) & ((self.is_positive == self.is_taken) == is_right))


class RocPlot(Plot):
    """The curve with a point on it; pressing or dragging takes the threshold nearest to the pointer."""

    moved = Signal(int)  # place on the curve

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("ROC curve: true positive rate over false positive rate"), parent=parent)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)  # the panel's own comes up
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._chance = self.line("muted", Qt.PenStyle.DashLine)
        self.call(self._chance, tr("guessing"))
        self._chance.setData([0, 1], [0, 1])
        self._curve = self.line("text", width=1.6)
        for item in (self._chance, self._curve):
            item.opts["antialias"] = True
        self.call(self._curve, tr("ROC curve"))
        self._point = pg.ScatterPlotItem(size=11, antialias=True)
        self.addItem(self._point)
        self.call(self._point, tr("threshold"))
        self.curve = np.zeros((0, 3))
        self.place = 0
        self.set_range(ENDS, ENDS)
        self.name_axes(tr("false positive rate"), tr("true positive rate"))
        self.viewport().installEventFilter(self)
        self.apply_theme(current())

    def show_curve(self, curve: NDArray[np.float64], place: int) -> None:
        """Show false and true positive rate and threshold (m, 3), and the point at a place of them."""
        self.curve, self.place = curve, place
        self._curve.setData(curve[:, 0], curve[:, 1])
        self._point.setData(curve[place : place + 1, 0], curve[place : place + 1, 1])

    def nearest(self, at: QPointF) -> int:
        """Return the place on the curve nearest to a pixel of the viewport."""
        box = self.getViewBox()
        scene = [box.mapViewToScene(QPointF(*point)) for point in self.curve[:, :2].tolist()]
        return int(np.argmin([(p.x() - at.x()) ** 2 + (p.y() - at.y()) ** 2 for p in scene]))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the threshold under a pressed pointer."""
        is_held = isinstance(event, QMouseEvent) and bool(event.buttons() & Qt.MouseButton.LeftButton)
        kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove)
        if isinstance(event, QMouseEvent) and is_held and event.type() in kinds and len(self.curve):
            self.moved.emit(self.nearest(event.position()))
            return True
        return bool(super().eventFilter(watched, event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the threshold by the arrows."""
        by = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if by is None or not len(self.curve):
            event.ignore()
        else:
            self.moved.emit(min(max(self.place + by, 0), len(self.curve) - 1))

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours."""
        self._point.setBrush(QColor(theme.accent))
        self._point.setPen(pg.mkPen(theme.panel, width=1.5))


class RocView(QWidget):
    """The curve of a class, the area under it, and the four counts at the threshold, each a button for its rows."""

    rows_asked = Signal(object, str)  # places of the rows (m,), and what they are

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot, self.positive, self.said = RocPlot(), Chooser(), Elided("", "muted", "small")
        self.positive.setMinimumContentsLength(5)
        self.positive.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        describe(self.positive, tr("Class against the rest"), tr("The class that counts as positive"))
        titles = {"tp": tr("true positives"), "fp": tr("false positives"), "fn": tr("false negatives"),
                  "tn": tr("true negatives")}  # fmt: skip
        self._titles = titles
        self.counts = {quarter: TextButton("", titles[quarter], is_link=True) for quarter in QUARTERS}
        self.threshold: float | None = None  # None: where the network itself decides
        self.auc = float("nan")
        self._names: tuple[str, ...] = ()
        self._decides = 0.5
        self._true = np.zeros(0, np.intp)
        self._scores = np.zeros((0, 0))
        self._lay_out()
        self.plot.moved.connect(self._move)
        self.positive.activated.connect(self._change_class)
        for button in self.counts.values():
            button.clicked.connect(self._ask)

    def _lay_out(self) -> None:
        head, foot, layout = QHBoxLayout(), QHBoxLayout(), QVBoxLayout(self)
        spaced(layout, gap=GRID // 2)
        for row in (head, foot):
            spaced(row)
        head.addWidget(self.positive)
        head.addWidget(self.said, 1)
        for button in self.counts.values():
            foot.addWidget(button)
        foot.addStretch(1)
        layout.addLayout(head)
        layout.addWidget(self.plot, 1)
        layout.addLayout(foot)

    def show_rows(
        self, true: NDArray[np.intp], scores: NDArray[np.float64], names: tuple[str, ...], decides: float
    ) -> None:
        """Show rows by their class (n,) and scores (n, k); decides: the threshold of a network of two classes."""
        if names != self._names:
            self._names, self.threshold = names, None
            self.positive.clear()
            self.positive.addItems(list(names))
            self.positive.setCurrentIndex(min(1, len(names) - 1) if len(names) == 2 else 0)
        self.positive.setVisible(len(names) > 2)
        self._true, self._scores, self._decides = true, scores, decides
        self._draw()

    @property
    def counted(self) -> Counted:
        """What the threshold makes of the rows."""
        chosen = self.positive.currentIndex()
        # The threshold of the point is itself the score of rows that are taken; the network takes what lies above.
        own = self._scores[:, chosen]
        is_taken = own > self._decides if self.threshold is None else own >= self.threshold
        return Counted(is_taken, self._true == chosen)

    def _draw(self) -> None:
        chosen = self.positive.currentIndex()
        is_positive = self._true == chosen
        if not is_positive.any() or is_positive.all():
            self.auc = float("nan")
            self.plot.show_curve(np.zeros((0, 3)), 0)
            self.said.setText(tr("Needs rows of this class and of another"))
        else:
            with np.errstate(all="ignore"):
                curve = roc(self._scores[:, chosen], is_positive)
            self.auc = area(curve)
            self.plot.show_curve(curve, self._place(curve))
            self.said.setText(self._words())
        counted = self.counted
        for quarter, button in self.counts.items():
            count = numbers.count(len(counted.rows(quarter)))
            button.setText(f"{quarter.upper()} {count}")
            button.setAccessibleName(f"{self._titles[quarter]}: {count}")
            button.updateGeometry()

    def _place(self, curve: NDArray[np.float64]) -> int:
        """Return the last place on the curve whose rows are all taken at the threshold."""
        if self.threshold is None:
            return int(np.count_nonzero(curve[:, 2] > self._decides)) - 1
        return int(np.count_nonzero(curve[:, 2] >= self.threshold)) - 1

    def _words(self) -> str:
        at = self._decides if self.threshold is None else self.threshold
        shown = "∞" if np.isinf(at) else numbers.number(at, 3)
        return tr("AUC {auc} · threshold {at}", auc=numbers.number(self.auc, 4), at=shown)

    @Slot(int)
    def _move(self, place: int) -> None:
        self.threshold = float(self.plot.curve[place, 2])
        self._draw()

    @Slot()
    def _change_class(self, _index: int = 0) -> None:
        self.threshold = None
        self._draw()

    @Slot()
    def _ask(self) -> None:
        quarter = next(key for key, button in self.counts.items() if button is self.sender())
        words = tr("{name}, {what}", name=self._names[self.positive.currentIndex()], what=self._titles[quarter])
        self.rows_asked.emit(self.counted.rows(quarter), words)

    def plotted(self) -> Rows:
        """Return the curve."""
        heads = ("false positive rate", "true positive rate", "threshold")
        return Rows(heads, [[float(cell) for cell in row] for row in self.plot.curve])
