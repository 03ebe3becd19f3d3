"""Start values of a layer: drawn from the seed as a histogram, their spread in theory and as drawn, and sliders."""

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.core.hyper import integer
from dlviz.core.inference import parameters
from dlviz.core.initializers import initial_values, initializers, spread_of
from dlviz.core.layers import ParameterSpec
from dlviz.gui import numbers
from dlviz.gui.editing import Change, edit
from dlviz.gui.panel import Context
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.histogram import Histogram
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document

MOST_DRAWN = 250_000  # numbers that are drawn at once beside the window
WIDEST = Scale(0.001, 10.0, is_log=True)
SIGMAS = 4.0  # of the standard deviation that the axis reaches at least
LARGEST_SEED = 2**31 - 1
SEED = integer("seed", 1, minimum=0, maximum=LARGEST_SEED, help="the same seed gives the same numbers, bit for bit")


def scale_of(chosen: Choice) -> float | None:
    """Return what the slider of an initializer stands for: σ, or half the width of a range; None for others."""
    settings = {hyper.name: hyper.default for hyper in initializers.get(chosen.kind).settings} | dict(chosen.settings)
    if chosen.kind == "normal":
        return float(settings["std"])
    return abs(float(settings["high"]) - float(settings["low"])) / 2 if chosen.kind == "uniform" else None


def with_scale(chosen: Choice, scale: float) -> Choice:
    """Return an initializer with another σ, or with the range from −scale to scale."""
    change = {"std": scale} if chosen.kind == "normal" else {"low": -scale, "high": scale}
    return Choice(chosen.kind, {**chosen.settings, **change})


class StartView(QWidget):
    """Numbers that training would begin with, not those it has now; a button begins with them."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: Document | None = None
        self._weight: ParameterSpec | None = None
        self._bias: ParameterSpec | None = None
        self.header = SectionHeader(tr("Weights at the start"))
        self.histogram = Histogram(tr("Start values of the weights of this layer"))
        self.scale = LabelledSlider("σ", WIDEST, 1.0, tip=tr("How widely start values are spread"), widest="00.000")
        self.said, self.biases = Text("", "muted", "small"), Text("", "muted", "small")
        for text in (self.said, self.biases):
            text.setWordWrap(True)
        self.seed = HyperForm((SEED,), {})
        self._seed = int(SEED.default)
        self.begin = TextButton(tr("Begin with these weights"), tr("A run of its own from the start"), is_link=True)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.header, self.histogram, self.scale, self.said, self.biases, self.seed):
            column.addWidget(widget)
        column.addWidget(self.begin, 0, Qt.AlignmentFlag.AlignLeft)
        self.seed.hide()
        self.scale.changed.connect(self._preview)
        self.scale.settled.connect(self._settle)
        self.begin.clicked.connect(self._begin)

    def show_layer(self, document: Document, layer: str) -> None:
        """Show the start values of a layer; nothing for one without weights of its own."""
        own = [each for each in parameters(document.explicit.network) if each.layer == layer and each.is_trainable]
        self._document = document
        self._weight = next((each for each in own if len(each.shape) > 1), None)
        self._bias = next((each for each in own if len(each.shape) == 1 and each.name.endswith(".b")), None)
        self.setVisible(self._weight is not None)
        if self._weight is None:
            return
        scale = scale_of(self._weight.initializer)
        self.scale.setVisible(scale is not None)
        self.scale.label.setText("σ" if self._weight.initializer.kind == "normal" else "±")
        if scale is not None:
            self.scale.set_value(min(max(scale, WIDEST.minimum), WIDEST.maximum))
        self._show_seed(document.seed)
        self._show(self._weight.initializer)

    def _show_seed(self, seed: int) -> None:
        """Show the seed of the document: fields are made anew, as they show what was typed into them."""
        if seed == self._seed and not self.seed.isHidden():
            return
        old, self._seed = self.seed, seed
        self.seed = HyperForm((SEED,), {"seed": seed})
        self.seed.changed.connect(self._sow)
        self.layout().replaceWidget(old, self.seed)
        old.hide()
        old.deleteLater()

    def drawn(self, chosen: Choice) -> np.ndarray:
        """Return the numbers that the weights would begin with."""
        document, weight = self._document, self._weight
        assert document is not None
        assert weight is not None
        if weight.name in document.parameters:
            return np.asarray(document.parameters[weight.name].array, dtype=np.float64)
        if math.prod(weight.shape) > MOST_DRAWN:
            return np.zeros(0)
        return initial_values(chosen, document.seed, weight.name, weight.shape, weight.fan)

    def _show(self, chosen: Choice) -> None:
        document, weight = self._document, self._weight
        assert document is not None
        assert weight is not None
        values, theory = self.drawn(chosen), spread_of(chosen, weight.fan, weight.name)
        self.header.set_info(tr("{n} numbers", n=numbers.count(math.prod(weight.shape))))
        ends = (SIGMAS * theory.std, float(np.abs(values).max(initial=0.0)), *map(abs, theory.limits or ()))
        # Powers of two hold still while a slider is pulled, so that one sees the numbers spread.
        end = 2.0 ** math.ceil(math.log2(max(*ends, 1e-6)))
        self.histogram.show_values(values, -end, end)
        self.said.setText(self._words(document, weight, chosen, values, theory.mean, theory.std))
        self.biases.setText("" if self._bias is None else self._bias_words(document, self._bias))
        self.biases.setVisible(self._bias is not None)

    def _words(
        self, document: Document, weight: ParameterSpec, chosen: Choice, values: np.ndarray, mean: float, std: float
    ) -> str:
        if weight.name in document.parameters:
            return tr("written in the document: standard deviation {std}", std=numbers.number(float(values.std())))
        if not len(values):
            return tr("standard deviation in theory {std}; too many to draw beside", std=numbers.number(std))
        return tr(
            "{rule}: mean {mean} and standard deviation {std} in theory, {found_mean} and {found_std} as drawn",
            rule=tr(initializers.get(chosen.kind).title), mean=numbers.number(mean), std=numbers.number(std),
            found_mean=numbers.number(float(values.mean()), 3), found_std=numbers.number(float(values.std())),
        )  # fmt: skip

    def _bias_words(self, document: Document, bias: ParameterSpec) -> str:
        if bias.name in document.parameters:
            return tr("biases: written in the document")
        std = spread_of(bias.initializer, bias.fan, bias.name)
        rule = tr(initializers.get(bias.initializer.kind).title).lower()
        return tr(
            "biases by themselves: {rule}, mean {mean}, standard deviation {std}",
            rule=rule, mean=numbers.number(std.mean), std=numbers.number(std.std),
        )  # fmt: skip

    @Slot(float)
    def _preview(self, value: float) -> None:
        if self._weight is not None and scale_of(self._weight.initializer) is not None:
            self._show(with_scale(self._weight.initializer, value))

    @Slot(float)
    def _settle(self, value: float) -> None:
        weight = self._weight
        if weight is None:
            return
        label = tr("Change the start of {layer}", layer=weight.layer)
        chosen, layer = with_scale(weight.initializer, value), weight.layer
        edit(self._context, label, lambda document: edits.set_layer_setting(document, layer, "initializer", chosen))

    @Slot(str, object)
    def _sow(self, _name: str, seed: int) -> None:
        self._over(lambda document: replace(edits.set_seed(document, seed), parameters={}), tr("Seed {n}", n=seed))

    @Slot()
    def _begin(self) -> None:
        self._over(lambda document: replace(document, parameters={}), tr("New initial weights"))

    def _over(self, change: Change, label: str) -> None:
        """Begin a run of its own under an edited document."""
        session = self._context.session
        try:
            session.start_over(change(session.document), label)
        except DlvizError as error:
            self._context.notify(error)
