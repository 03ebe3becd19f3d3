"""The slope picture: the loss along one weight, its tangent, and where the next step leads."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.explain import SlopePicture
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.plot import Plot, finite
from dlviz.gui.widgets.text import SectionHeader
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr

HEIGHT = 17 * GRID  # pixels
MARGIN = 0.08  # of the losses' span, above and below
REACHES = {"wide": 1.0, "near": 0.0}  # of the weight on either side; 0: three times the next step


class SlopePlot(Plot):
    """The curve, the tangent, the arrow of the update along it, and where the loss really arrives."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("The loss along this weight, all others fixed"), parent=parent)
        self.setToolTip(
            tr("Line: the loss of this batch. Dashed: its tangent, whose slope is the gradient.\n"
               "Arrow: the update, as the tangent predicts it. Ring: what the loss really comes to.")
        )  # fmt: skip
        self.curve, self.tangent = self.line("loss", width=1.6), self.line("backward", Qt.PenStyle.DashLine, 1.4)
        self.update_line = self.line("update", width=2.4)
        self.likelihood = self.line("forward", width=1.6)
        self.extremum = self.line("faint", Qt.PenStyle.DotLine, 1.2)
        self.here, self.head, self.arrival = (pg.ScatterPlotItem() for _ in range(3))
        for item in (self.here, self.head, self.arrival):
            self.addItem(item)
        self._name_items()
        for item in (self.curve, self.tangent, self.update_line, self.likelihood):
            item.opts["antialias"] = True
        self.setFixedHeight(HEIGHT)
        self._shown: SlopePicture | None = None
        theme_signals.changed.connect(self._recolour)

    def _name_items(self) -> None:
        self.call(self.curve, tr("loss"))
        self.call(self.tangent, tr("tangent"))
        self.call(self.update_line, tr("predicted update"))
        self.call(self.likelihood, tr("log-likelihood"))
        self.call(self.here, tr("weight now"))
        self.call(self.head, tr("predicted loss after the update"))
        self.call(self.arrival, tr("loss after the update"))

    def show_picture(self, shown: SlopePicture, with_likelihood: bool = False) -> None:
        """Draw one picture; with the likelihood, ℓ/m below as the mirror image of J above."""
        self._shown = shown
        ends = np.array([shown.values[0], shown.values[-1]])
        self.curve.setData(shown.values, finite(shown.losses))
        self.tangent.setData(ends, finite(shown.tangent(ends)))
        after = shown.value + shown.change
        self.update_line.setData(
            finite([shown.value, after]), finite([shown.loss, shown.loss + shown.predicted])
        )  # fmt: skip
        self._place_marks(current())
        mirrored = mean_log_likelihoods(shown) if with_likelihood else np.zeros(0)
        self.likelihood.setData(shown.values[: len(mirrored)], finite(mirrored))
        low, high = _span(np.concatenate([shown.losses, mirrored]))
        best = [shown.values[np.nanargmin(shown.losses)]] * 2 if len(mirrored) else []
        self.extremum.setData(best, [low, high][: len(best)])
        self.set_range((float(ends[0]), float(ends[1])), (low, high))

    def _place_marks(self, theme: Theme) -> None:
        shown = self._shown
        if shown is None:
            return
        after, update = shown.value + shown.change, QColor(theme.update)
        panel, text = QColor(theme.panel), QColor(theme.text)
        self.here.setData([shown.value], [shown.loss], size=8, pen=pg.mkPen(panel), brush=text)
        is_moving = bool(shown.change) and np.isfinite(shown.real)
        ends = ([after], [shown.loss + shown.predicted]) if is_moving else ([], [])
        self.head.setData(*ends, size=9, symbol="t2" if shown.change > 0 else "t3", pen=None, brush=update)
        ends = ([after], [shown.loss + shown.real]) if is_moving else ([], [])
        self.arrival.setData(*ends, size=11, symbol="o", pen=pg.mkPen(update, width=2), brush=None)

    @Slot(object)
    def _recolour(self, theme: Theme) -> None:
        self._place_marks(theme)


def mean_log_likelihoods(shown: SlopePicture) -> np.ndarray:
    """Return ℓ/m at every value of the weight; () where outputs are no probabilities."""
    logs = shown.log_likelihoods
    return np.zeros(0) if logs is None else logs / shown.examples


class Slope(QWidget):
    """The picture with its heading, and the predicted beside the real change of the loss."""

    reach_chosen = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = SectionHeader(tr("Slope"))
        self.reach = Words(tr("How far the picture reaches"), [("wide", tr("wide")), ("near", tr("near the step"))])
        self.likelihood = Words(tr("What is drawn"), [("loss", "J"), ("both", tr("J and ℓ/m"))])
        self.plot, self.changes = SlopePlot(), FactTable()
        self._shown: SlopePicture | None = None
        heading = QHBoxLayout()
        spaced(heading)
        heading.addWidget(self.header, 1)
        heading.addWidget(self.reach)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.addLayout(heading)
        column.addWidget(self.likelihood, 0, Qt.AlignmentFlag.AlignRight)
        column.addWidget(self.plot)
        column.addWidget(self.changes)
        self.reach.chosen.connect(self._choose)
        self.likelihood.chosen.connect(self._draw)

    def show_slope(self, shown: SlopePicture | None) -> None:
        """Show a picture; nothing where there is none."""
        self.setVisible(shown is not None)
        if shown is None:
            return
        self._shown = shown
        self.likelihood.setVisible(shown.log_likelihoods is not None)
        self._draw()

    @Slot()
    def _draw(self, _key: str = "") -> None:
        shown = self._shown
        if shown is None:
            return
        with_likelihood = self.likelihood.key() == "both" and shown.log_likelihoods is not None
        self.plot.show_picture(shown, with_likelihood)
        facts = (
            Fact(tr("loss now"), (shown.loss,)),
            Fact(tr("predicted change"), (shown.predicted,), is_signed=True),
            Fact(tr("real change"), (shown.real,), is_signed=True),
        )
        self.changes.show_facts((*facts, *_extrema(shown)) if with_likelihood else facts)

    @Slot(str)
    def _choose(self, key: str) -> None:
        self.reach_chosen.emit(REACHES[key])


def _extrema(shown: SlopePicture) -> tuple[Fact, ...]:
    """Give where the loss is smallest and the likelihood largest in the picture, and how far J is from −ℓ/m."""
    mirrored = mean_log_likelihoods(shown)
    return (
        Fact(tr("smallest J at w"), (float(shown.values[np.nanargmin(shown.losses)]),)),
        Fact(tr("largest ℓ at w"), (float(shown.values[np.nanargmax(mirrored)]),)),
        Fact(tr("largest |J + ℓ/m|"), (float(np.nanmax(np.abs(shown.losses + mirrored))),)),
    )


def _span(losses: np.ndarray) -> tuple[float, float]:
    known = losses[np.isfinite(losses)]
    low, high = (float(known.min()), float(known.max())) if len(known) else (0.0, 1.0)
    margin = MARGIN * (high - low) or max(abs(low), 1.0) * MARGIN
    return low - margin, high + margin
