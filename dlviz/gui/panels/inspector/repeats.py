"""One row again and again through dropout or batch norm, in training and in use; γ and β of a unit to pull."""

from dataclasses import replace
from typing import Any

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.errors import DlvizError
from dlviz.core.network import LayerSpec
from dlviz.gui import numbers
from dlviz.gui.panel import Context
from dlviz.gui.panels.inspector.notation import find_layer
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.histogram import Histogram
from dlviz.gui.widgets.named_bars import NamedBar, NamedBars
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Interest
from dlviz.session.repeats import RepeatQuestion, Repeats

KINDS = ("dropout", "batch_norm")
MOST_UNITS = 12  # of which bars are drawn
REACH = 6.0  # of the axis of the histogram, either way
STEEPEST = 4.0  # of γ, either way
DIGITS = 4
DROPPED = "\N{BALLOT X}"


class Bend(QWidget):
    """γ and β of one unit as sliders over the histogram of γ ẑ + β."""

    typed = Signal(str, float)  # "gamma" or "beta", let go at this value

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._normal = np.zeros(0)
        self._typed: dict[str, float] = {}
        self.header = SectionHeader(tr("γ stretches, β moves"))
        self.histogram = Histogram(tr("Histogram of γ ẑ + β over training rows"))
        tips = tr("How far the values spread"), tr("Where their mean lies")
        self.gamma = LabelledSlider("γ", Scale(-STEEPEST, STEEPEST), 1.0, tip=tips[0], widest="−0.0000")
        self.beta = LabelledSlider("β", Scale(-STEEPEST, STEEPEST), 0.0, tip=tips[1], widest="−0.0000")
        self.said = Text("", "muted", "small")
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.header, self.histogram, self.gamma, self.beta, self.said):
            column.addWidget(widget)
        for slider in (self.gamma, self.beta):
            slider.changed.connect(self._draw)
        self.gamma.settled.connect(self._take_gamma)
        self.beta.settled.connect(self._take_beta)

    def show_unit(self, normal: Any, gamma: float, beta: float) -> None:
        """Show ẑ of a unit (m,) stretched and moved as it is; a slider that is held stays where it is."""
        self._normal = np.asarray(normal, dtype=np.float64)
        for slider, name, value in ((self.gamma, "gamma", gamma), (self.beta, "beta", beta)):
            if self._typed.get(name) == value:
                del self._typed[name]
            # What was just set comes back a frame or two later; until then the old number would pull the knob back.
            if name not in self._typed and not slider.slider.isSliderDown():
                slider.set_value(value)
        self._draw()

    def forget(self) -> None:
        """Show what is so again: what was set was refused, or another unit is shown."""
        self._typed.clear()

    def values(self) -> Any:
        """Return γ ẑ + β as the sliders stand."""
        return self.gamma.value() * self._normal + self.beta.value()

    @Slot()
    def _draw(self) -> None:
        values = self.values()
        self.histogram.show_values(values, -REACH, REACH)
        mean, std = (float(values.mean()), float(values.std())) if len(values) else (0.0, 0.0)
        self.said.setText(
            tr("mean {mean}, standard deviation {std}", mean=numbers.number(mean, 3), std=numbers.number(std, 3))
        )

    @Slot(float)
    def _take_gamma(self, value: float) -> None:
        self._typed["gamma"] = value
        self.typed.emit("gamma", value)

    @Slot(float)
    def _take_beta(self, value: float) -> None:
        self._typed["beta"] = value
        self.typed.emit("beta", value)


class RepeatSection(QWidget):
    """Bars of mean and spread of every unit over many passes of the row looked at, and what they come from."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._row = 0
        self._place: tuple[str, int] = ("", 0)  # layer and unit whose sliders are shown
        choices = (("train", tr("in training")), ("use", tr("in use")))
        self.header = SectionHeader(tr("One row, again and again"))
        self.mode = Words(tr("Whether the layer works as in training or as in use"), choices)
        self.mode.setToolTip(tr("In use nothing is dropped, and batch norm reads its running averages"))
        self.said = Text("", "muted", "small")
        self.said.setWordWrap(True)
        self.bars = NamedBars(
            tr("Values of the row at this layer"), tr("Mean of all passes, and their standard deviation as a bar")
        )
        self.bend = Bend()
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.header, self.mode, self.said, self.bars, self.bend):
            column.addWidget(widget)
        self.mode.chosen.connect(self._choose)
        self.bend.typed.connect(self._type)

    @property
    def _layer(self) -> LayerSpec | None:
        """The layer that is looked at, if it is one whose passes differ."""
        selected = self._context.selection.current
        layer = find_layer(self._context.session.document.network, selected.layer)
        is_asked = selected.kind in ("layer", "unit") and layer is not None and layer.kind in KINDS
        return layer if is_asked else None

    @property
    def _unit(self) -> int:
        selected = self._context.selection.current
        return selected.unit if selected.kind == "unit" else 0

    def interest(self, base: Interest) -> Interest:
        """Ask for the passes of the row looked at."""
        layer = self._layer
        if layer is None or self._context.is_hidden:
            return base
        asked = RepeatQuestion(layer.id, self._row, self.mode.key() == "train")
        return replace(base, needs=base.needs | {"repeats"}, repeat=asked)

    @Slot(str)
    def _choose(self, _key: str) -> None:
        self._context.interest_changed.emit()

    def show_frame(self, frame: Frame | None) -> None:
        """Show what came of the row, once it is there."""
        layer = self._layer
        self.setVisible(layer is not None and frame is not None and not self._context.is_hidden)
        if layer is None or frame is None or self.isHidden():
            return
        self._follow(frame)
        told = frame.repeats
        if told is None or told.question.layer != layer.id:
            self.said.setText(tr("Pause to see it.") if frame.state == "running" else "…")
            self.bars.show_bars(())
            self.bend.hide()
            return
        self.header.set_info(tr("row {n}", n=numbers.count(told.question.row + 1)))
        self.said.setText(_words(layer, told))
        self.bars.show_bars(_bars(told))
        self._show_bend(layer, told, frame)

    def _follow(self, frame: Frame) -> None:
        """Look at the row of the sample that is looked at."""
        trace = frame.trace or frame.peek
        rows = () if trace is None else trace.rows
        row = int(rows[min(frame.sample, len(rows) - 1)]) if len(rows) else self._row
        if row != self._row:
            self._row = row
            self._context.interest_changed.emit()

    def _show_bend(self, layer: LayerSpec, told: Repeats, frame: Frame) -> None:
        reading, unit = Reading(frame), self._unit
        gamma, beta = (reading.flat(f"{layer.owner}.{name}", unit) for name in ("gamma", "beta"))
        normal = None if told.normalised is None else told.normalised[min(unit, len(told.normalised) - 1)]
        self.bend.setVisible(normal is not None and gamma is not None and beta is not None)
        if self._place != (layer.id, unit):
            self._place = (layer.id, unit)
            self.bend.forget()
        if normal is not None and gamma is not None and beta is not None:
            self.bend.header.set_info(tr("unit {n}", n=unit + 1))
            self.bend.show_unit(normal, gamma, beta)

    @Slot(str, float)
    def _type(self, name: str, value: float) -> None:
        layer = self._layer
        if layer is None:
            return
        try:
            label = tr("Type {what} of {layer}", what={"gamma": "γ", "beta": "β"}[name], layer=layer.id)
            self._context.session.set_parameter(f"{layer.owner}.{name}", (self._unit,), value, label)
        except DlvizError as error:
            self.bend.forget()
            self._context.notify(error)


def _bars(told: Repeats) -> list[NamedBar]:
    most = float(told.std.max(initial=0.0))
    return [
        NamedBar(
            _name(told, unit), std / most if most else 0.0, std,
            f"{numbers.number(mean, DIGITS)} ± {numbers.number(std, 3)}",
        )
        for unit, (mean, std) in enumerate(zip(told.mean[:MOST_UNITS].tolist(), told.std.tolist(), strict=False))
    ]  # fmt: skip


def _name(told: Repeats, unit: int) -> str:
    is_out = told.kept is not None and not told.kept[unit]
    return tr("unit {n} {sign}", n=unit + 1, sign=DROPPED) if is_out else tr("unit {n}", n=unit + 1)


def _words(layer: LayerSpec, told: Repeats) -> str:
    times, spread = numbers.count(told.times), numbers.number(float(told.std.max(initial=0.0)), 3)
    if not told.question.is_training:
        return {
            "dropout": tr("In use no unit is left out: all {times} passes give the same.", times=times),
            "batch_norm": tr("In use μ and σ² are the running averages, whatever batch the row is in: all {times} "
                             "passes give the same.", times=times),
        }[layer.kind]  # fmt: skip
    if layer.kind == "batch_norm":
        return tr(
            "{times} batches of {rows} rows that hold this one: μ and σ² are those of each batch, so the row comes "
            "out otherwise in each, by ±{spread}.", times=times, rows=numbers.count(told.rows), spread=spread,
        )  # fmt: skip
    keep = 1 - float(layer.settings.get("rate", 0.5))
    is_scaled = layer.settings.get("form", "inverted") == "inverted"
    scale = tr(" and times 1/{keep} = {scale}, so that the mean stays", keep=numbers.number(keep),
               scale=numbers.number(1 / keep)) if is_scaled else ""  # fmt: skip
    return tr(
        "{times} passes with new masks: a unit stays with probability {keep}{scale}. {sign} is left out in the first.",
        times=times, keep=numbers.number(keep), scale=scale, sign=DROPPED,
    )  # fmt: skip
