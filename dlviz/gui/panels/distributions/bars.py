"""How large the gradient is in every layer, as bars on a logarithmic axis, the first layer at the top."""

import math
from collections.abc import Mapping
from typing import ClassVar

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.core.health.gradients import FADED, GROWN
from dlviz.gui import numbers
from dlviz.gui.panels.distributions.page import Page, Table
from dlviz.gui.panels.distributions.reading import column_at
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.named_bars import NamedBar, NamedBars
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Elided
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.distributions import Column
from dlviz.session.messages import Frame, Need

FEWEST_DECADES = 2


def bars_of(norms: Mapping[str, float]) -> tuple[list[NamedBar], tuple[int, int]]:
    """Return a bar for each layer, and the powers of ten at the ends of their axis.

    Marked are layers whose gradient has faded, or grown, beyond what five sigmoids leave at best on its way back from
    the last one.
    """
    exponents = [math.log10(value) for value in norms.values() if value > 0 and math.isfinite(value)]
    high = math.ceil(max(exponents, default=0.0))
    low = min(math.floor(min(exponents, default=0.0)), high - FEWEST_DECADES)
    last = (*norms.values(),)[-1] if norms else 0.0
    return [_bar(layer, value, last, low, high) for layer, value in norms.items()], (low, high)


def _bar(layer: str, value: float, last: float, low: int, high: int) -> NamedBar:
    if not math.isfinite(value):
        return NamedBar(layer, 1.0, value, tr("not finite"), is_marked=True)
    share = (math.log10(value) - low) / (high - low) if value > 0 else 0.0
    ratio = value / last if last else math.nan
    is_off = ratio < FADED or ratio > GROWN or (value == 0 and last > 0)
    tip = tr("{ratio} times that of the last layer", ratio=numbers.number(ratio, 3)) if last else ""
    return NamedBar(layer, share, value, numbers.number(value, 3), tip, is_off)


class GradientBars(Page):
    """The bars of the moment at the playhead."""

    needs: ClassVar[frozenset[Need]] = frozenset({"distributions"})

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column: Column | None = None
        choices = (("weights", tr("∂L/∂w")), ("errors", tr("δ")))
        self.which = Words(tr("Which gradient: of the weights, or of the sums of the units"), choices)
        self.title, self.ends = Elided("", "muted", "small"), Elided("", "muted", "small")
        tip = tr(
            "How large the gradient is in every layer. A marked one has faded, or grown, on its way back by "
            "more than 0.25⁵: what five sigmoids leave of it at best."
        )
        self.bars = NamedBars(tr("Gradient norm of every layer"), tip)
        inside = QWidget()
        column, layout = QVBoxLayout(inside), QVBoxLayout(self)
        spaced(column, gap=0)
        spaced(layout, gap=GRID // 2)
        column.addWidget(self.bars)
        column.addStretch(1)
        scrolled = Scrolled()
        scrolled.hold(inside)
        top = QHBoxLayout()
        spaced(top)
        top.addWidget(self.which)
        top.addWidget(self.title, 1)
        layout.addLayout(top)
        layout.addWidget(scrolled, 1)
        self.which.chosen.connect(self._choose)
        layout.addWidget(self.ends)

    def show_frame(self, frame: Frame) -> None:
        """Show the norms at the playhead."""
        self._column = column_at(frame.distributions or (), frame.step)
        self._fill()

    @Slot(str)
    def _choose(self, _key: str) -> None:
        self._fill()

    def _fill(self) -> None:
        column, is_weights = self._column, self.which.key() == "weights"
        sizes = {} if column is None else column.gradient_norm if is_weights else column.errors
        bars, (low, high) = bars_of(sizes)
        self.bars.show_bars(bars)
        step = "" if column is None else tr(", step {step}", step=numbers.count(column.step))
        of = tr("norm of ∂L/∂w") if is_weights else tr("root mean square of δ = ∂L/∂z")
        self.title.setText(f"{of}{step}")
        ends = {"low": numbers.number(10.0**low), "high": numbers.number(10.0**high)}
        self.ends.setText(tr("logarithmic axis from {low} to {high}; the loss is below", **ends))
        self.ends.set_short(tr("logarithmic axis from {low} to {high}", **ends))

    def table(self) -> Table:
        """Return the sizes."""
        return ("layer", self.which.key()), [(bar.name, bar.value) for bar in self.bars.bars]
