"""ActivationCard: everything about the activation of the selected unit or layer, in one place."""

import math
from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.gui import numbers
from dlviz.gui.letters import spell
from dlviz.gui.panels.inspector.activation.extras import Comparison, Derivation, PointTable
from dlviz.gui.panels.inspector.activation.plot import ActivationPlot
from dlviz.gui.panels.inspector.activation.shares import SoftmaxBars
from dlviz.gui.panels.inspector.activation.sliders import ActivationSettings
from dlviz.gui.theme import GRID
from dlviz.gui.typeset.lines import EquationLines
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.text import Elided, SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.activation_study import ActivationQuestion, ActivationStudy, Shape, Spread


class ActivationCard(QWidget):
    """Shows a study; setting_changed tells what a slider, a field or the threshold in the plot is moved to."""

    setting_changed = Signal(str, object)
    asked = Signal()  # the question is another one now

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._asks = ActivationQuestion("")
        self.header, self.plot, self.softmax = SectionHeader(tr("Activation")), ActivationPlot(), SoftmaxBars()
        self.formula = EquationLines(tr("The activation and its slope"))
        self.read_out, self.facts = Elided("", "muted", "small"), Text("", "muted", "small")
        self.warning = Text("", "warn", "small")
        self.settings = ActivationSettings()
        self.comparison, self.table, self.derivation = Comparison(), PointTable(), Derivation()
        self._lay_out()
        self.settings.changed.connect(self.setting_changed)
        self.plot.threshold_moved.connect(self._move_threshold)
        self.plot.pointed.connect(self._read)
        self.comparison.asked.connect(self._compare)
        self.table.asked.connect(self._tabulate)
        self.softmax.shifted.connect(self._shift)
        self._at_rest = ""

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.setContentsMargins(0, GRID, 0, 0)
        for text in (self.facts, self.warning):
            text.setWordWrap(True)
        for widget in (
            self.header, self.formula, self.plot, self.read_out, self.softmax, self.settings, self.facts, self.warning,
            self.comparison, self.table, self.derivation,
        ):  # fmt: skip
            column.addWidget(widget)

    def question(self, layer: str, unit: int) -> ActivationQuestion:
        """Return what is asked about the activation of a layer, or of one unit of it (≥ 0)."""
        if (layer, unit) != (self._asks.layer, self._asks.unit):
            self._asks = replace(self._asks, layer=layer, unit=unit, tried=None, shift=0.0)
            self.softmax.shift.set_value(0.0)
        return self._asks

    @Slot(object)
    def try_out(self, choice: Choice | None) -> None:
        """Show another activation on the same sums; None: the layer's own again."""
        self._ask(replace(self._asks, tried=choice))

    def _ask(self, question: ActivationQuestion) -> None:
        if question != self._asks:
            self._asks = question
            self.asked.emit()

    @Slot(object)
    def _compare(self, other: Choice | None) -> None:
        self._ask(replace(self._asks, other=other))

    @Slot(object)
    def _tabulate(self, points: tuple[float, ...]) -> None:
        self._ask(replace(self._asks, points=points))

    @Slot(float)
    def _shift(self, shift: float) -> None:
        self._ask(replace(self._asks, shift=shift))

    @Slot(float)
    def _move_threshold(self, value: float) -> None:
        self.setting_changed.emit("threshold", value)

    @Slot(object)
    def _read(self, words: str) -> None:
        self.read_out.setText(words or self._at_rest)

    def show_study(self, shown: ActivationStudy | None, is_known: bool) -> None:
        """Show a study of what is asked; is_known: the walk has come to the sums of this layer."""
        is_about = shown is not None and (shown.question.layer, shown.question.unit) == (
            self._asks.layer, self._asks.unit,
        )  # fmt: skip
        self.setVisible(is_about)
        if shown is None or shown.shape is None or not is_about:
            return
        self._show_words(shown, shown.shape)
        has_curve = shown.sums is not None
        for widget in (self.plot, self.read_out, self.facts, self.comparison, self.table):
            widget.setVisible(has_curve)
        if has_curve and shown.table is not None:
            self.plot.show_study(shown, is_known)
            self.comparison.show_difference(shown)
            self.table.show_table(shown.table)
        self.softmax.setVisible(shown.softmax is not None and is_known)
        if shown.softmax is not None and is_known:
            self.softmax.show_softmax(shown.softmax, shown.question.shift, float(shown.shape.settings["temperature"]))
        self.derivation.show_derivation(shown.shape, shown.stands if is_known else None)

    def _show_words(self, shown: ActivationStudy, shape: Shape) -> None:
        is_tried = shown.question.tried is not None
        self.header.set_info(tr("{title}, tried out", title=tr(shape.title)) if is_tried else tr(shape.title))
        lines = rf"\varphi(z) = {shape.formula}", rf"\varphi'(z) = {shape.slope_formula}"
        self.formula.show_lines(*map(spell, lines))
        self.settings.setVisible(not is_tried)
        if not is_tried:
            self.settings.show_settings(activations.get(shape.kind), shape.settings, shown.question.unit >= 0)
        self._at_rest = _steepest(shape)
        self.read_out.setText(self._at_rest)
        self.facts.setText(_facts(shown, shown.spread))
        words = _warning(shape)
        self.warning.setText(words)
        self.warning.setVisible(bool(words))


def _steepest(shape: Shape) -> str:
    z, slope = shape.peak
    if math.isnan(z):
        return tr("largest slope: φ′ = {slope}", slope=numbers.number(slope))
    return spell(tr("steepest at z = {z}: φ′ = {slope}", z=numbers.number(z), slope=numbers.number(slope)))


def _facts(shown: ActivationStudy, spread: Spread | None) -> str:
    """Say how many sums lie where the activation is flat, how many units are dead, and on what that is looked at."""
    if spread is None:
        return ""
    share = numbers.percent(spread.flat)
    parts = [tr("saturated: {share}", share=share) if shown.is_limited else tr("without slope: {share}", share=share)]
    if spread.dead is not None:
        parts.append(tr("dead units: {dead} of {units}", dead=spread.dead, units=spread.units))
    return " · ".join([*parts, tr("training rows: {n}", n=numbers.count(spread.n))])


def _warning(shape: Shape) -> str:
    """Say what back-propagation makes of an activation that has no slope, or of its kinks."""
    if shape.kind == "stochastic":
        return tr("Values are drawn, and the line is their mean tanh(z/2T): back-propagation is not defined through "
                  "sampling.")  # fmt: skip
    if shape.kind == "step":
        return tr("The slope is 0 wherever it exists: no gradient passes, so the layers before it learn nothing.")
    if not shape.kinks:
        return ""
    places = ", ".join(numbers.number(kink) for kink in shape.kinks)
    return spell(tr("no derivative at z = {places}; the curve shows what is used there", places=places))
