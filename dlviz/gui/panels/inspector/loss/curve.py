"""The loss as one output moves: a curve for every target, the example as a dot with its tangent, and a slider."""

import math

import numpy as np
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.losses.kind import BASES
from dlviz.gui import numbers
from dlviz.gui.letters import spell
from dlviz.gui.panels.inspector.curves import MarkedPlot
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.plot import finite
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.loss_explanation import LossCurve, LossExplanation, Standing

MOST_CURVES = 3
HIGHEST = 4.0  # times the losses at hand that the picture reaches, where a curve grows without bound
LEAST_TOP = 1.2


class LossCurvesPlot(MarkedPlot):
    """The curve of the example's own target solid, the others dashed; dashed too the tangent whose slope is dL/da."""

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = tr("Line: the loss as this output moves, for the target of the sample. Dashed: for the other target.\n"
                 "Dot: the sample, with its tangent: the slope is ∂L/∂a. Ring: the output put in below.\n"
                 "Upright: where the formula changes.")  # fmt: skip
        super().__init__(tr("Loss against the output"), tip, ("text", "accent"), parent)
        self.curves = [self.line("loss", width=1.8)]
        self.curves += [self.line("muted", Qt.PenStyle.DashLine, 1.4) for _ in range(MOST_CURVES - 1)]
        self.tangent = self.line("backward", Qt.PenStyle.DashLine, 1.4)
        self.kinks = self.line("faint", Qt.PenStyle.DotLine, 1.2)
        for item in (*self.curves, self.tangent):
            item.opts["antialias"] = True
        self.removeItem(self.mark)

    def show_loss(self, shown: LossExplanation) -> None:
        """Draw the curves of an explanation."""
        here, at = shown.here, shown.at
        if here is None or at is None:
            return
        curves = _own_first(shown.curves, here.y)[:MOST_CURVES]
        for position, item in enumerate(self.curves):
            losses = curves[position].losses if position < len(curves) else np.full(len(at), np.nan)
            item.setData(at, finite(losses))
        low, high = _heights(shown, curves)
        self._show_tangent(here, shown.base, at)
        places = [kink for curve in curves[:1] for kink in curve.kinks]
        self.kinks.setData(*_uprights(places, low, high))
        self.put("text", here.a, here.loss)
        tried = shown.trial.own if shown.trial is not None else None
        self.put("accent", *((tried.a, tried.loss) if tried is not None else (math.nan, math.nan)))
        self.set_range((float(at[0]), float(at[-1])), (low, high))

    def _show_tangent(self, here: Standing, base: str, at: np.ndarray) -> None:
        reach = 0.18 * (at[-1] - at[0])
        ends = np.array([max(here.a - reach, at[0]), min(here.a + reach, at[-1])])
        # The gradient is that of ln; the curve may be drawn with another logarithm.
        self.tangent.setData(ends, finite(here.loss + here.gradient / BASES[base] * (ends - here.a)))


def _own_first(curves: tuple[LossCurve, ...], target: float) -> list[LossCurve]:
    return sorted(curves, key=lambda curve: abs(curve.target - target))


def _heights(shown: LossExplanation, curves: list[LossCurve]) -> tuple[float, float]:
    """Return from where to where the losses are drawn: a logarithm grows without bound."""
    assert shown.here is not None
    tops = [float(np.nanmax(curve.losses)) for curve in curves if np.isfinite(curve.losses).any()]
    medians = [float(np.nanmedian(curve.losses)) for curve in curves]
    standing = [shown.here.loss, *([shown.trial.own.loss] if shown.trial is not None else [])]
    known = [each for each in standing if math.isfinite(each)]
    wanted = max([LEAST_TOP * max(known, default=0.0), HIGHEST * max(medians, default=1.0)])
    top = min(max(tops, default=1.0), wanted) or 1.0
    return -0.06 * top, 1.06 * top


def _uprights(places: list[float], low: float, high: float) -> tuple[np.ndarray, np.ndarray]:
    x = np.array([value for place in places for value in (place, place, math.nan)])
    return x, np.array([low, high, math.nan] * len(places))


class LossCurves(QWidget):
    """The plot, what the lines are, and a slider for an output that is put in."""

    tried = Signal(object)  # the output put in, None for that of the sample

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.plot = SectionHeader(tr("Loss against the output")), LossCurvesPlot()
        self.legend = Text("", "muted", "small")
        self.legend.setWordWrap(True)
        self.said = Text("")
        self.said.setWordWrap(True)
        self.back = TextButton(tr("Back to the sample"), tr("Take the output of the sample again"), is_link=True)
        self.slider: LabelledSlider | None = None
        self._scale: Scale | None = None
        self._column = QVBoxLayout(self)
        spaced(self._column, gap=GRID // 2)
        for widget in (self.header, self.plot, self.legend, self.said, self.back):
            self._column.addWidget(widget)
        self.back.clicked.connect(self._let_go)

    def show_loss(self, shown: LossExplanation) -> None:
        """Show the curves, and what the output put in costs."""
        here, at = shown.here, shown.at
        self.setVisible(here is not None)
        if here is None or at is None:
            return
        self.plot.show_loss(shown)
        self.header.set_info(tr(shown.title))
        self.legend.setText(_legend(shown, here))
        self._show_slider(shown, at)
        self.back.setVisible(shown.trial is not None)
        self.said.setText(_said(shown, here))

    def _show_slider(self, shown: LossExplanation, at: np.ndarray) -> None:
        scale = _scale(shown, at)
        assert shown.here is not None
        if scale != self._scale:
            self._renew(scale, shown.here.a)
        elif shown.trial is None and self.slider is not None and not self.slider.slider.isSliderDown():
            self.slider.set_value(shown.here.a)

    def _renew(self, scale: Scale, value: float) -> None:
        if self.slider is not None:
            self._column.removeWidget(self.slider)
            self.slider.hide()
            self.slider.deleteLater()
        self._scale = scale
        tip = tr("Put in another output and see what it would cost; nothing in the run changes")
        self.slider = LabelledSlider(spell(tr("if a were")), scale, value, tip=tip, widest=numbers.MINUS + "0.00000")
        self._column.insertWidget(3, self.slider)
        self.slider.changed.connect(self._try)

    @Slot(float)
    def _try(self, a: float) -> None:
        self.tried.emit(a)

    @Slot()
    def _let_go(self) -> None:
        self.tried.emit(None)


def _scale(shown: LossExplanation, at: np.ndarray) -> Scale:
    """Return what the slider spans: all probabilities, ends included, else what is drawn, in round numbers."""
    if shown.activation in ("sigmoid", "softmax"):
        return Scale(0.0, 1.0)
    return Scale(math.floor(float(at[0])), math.ceil(float(at[-1])))


def _legend(shown: LossExplanation, here: Standing) -> str:
    others = [curve.target for curve in _own_first(shown.curves, here.y)[1:MOST_CURVES]]
    words = [tr("— y = {y}", y=numbers.number(here.y))]
    words += [tr("╌ y = {y}", y=numbers.number(other)) for other in others]
    words += [tr("slope ∂L/∂a = {slope}", slope=numbers.number(here.gradient, signed=True))]
    kinks = [kink for curve in _own_first(shown.curves, here.y)[:1] for kink in curve.kinks]
    if kinks and shown.labels == "plus_minus_one":
        words.append(tr("kink at y·a = {margin}", margin=numbers.number(kinks[0] * here.y)))
    return spell("   ".join(words))


def _said(shown: LossExplanation, here: Standing) -> str:
    if shown.trial is None:
        words = tr("a = {a}, y = {y}: loss {loss}", a=numbers.number(here.a), y=numbers.number(here.y),
                   loss=numbers.number(here.loss))  # fmt: skip
        return spell(words)
    costs = [tr("{loss} for y = {y}", loss=numbers.number(loss), y=numbers.number(curve.target))
             for loss, curve in zip(shown.trial.losses, shown.curves, strict=True)]  # fmt: skip
    return spell(tr("a = {a}: loss {costs}", a=numbers.number(shown.trial.own.a), costs=", ".join(costs)))
