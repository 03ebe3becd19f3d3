"""The penalty of a layer: sliders for its strengths, its parts beside the loss of the data, and what it does a step."""

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.inference import parameters
from dlviz.core.layers import ParameterSpec
from dlviz.core.optimizers import lr_of, optimizers
from dlviz.core.regularizers import Shares, resolve
from dlviz.gui import numbers
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.named_bars import NamedBar, NamedBars
from dlviz.gui.widgets.paint import spaced
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.fitting import known_data
from dlviz.session.messages import Frame

RANGE = Scale(1e-6, 10.0, is_log=True)
LETTERS = {"strength": "λ", "l2": "λ₂", "l1": "λ₁"}
PLAIN = "sgd"
DECAY_DIGITS = 5


class PenaltyView(QWidget):
    """Hidden for layers whose weights cost nothing."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._weight: ParameterSpec | None = None
        self._shares, self._rate, self._optimizer = Shares(), 0.0, PLAIN
        self.header = SectionHeader(tr("Penalty"))
        self.sliders = {name: self._slider(name) for name in LETTERS}
        self.bars = NamedBars(
            tr("Loss and penalty of this layer"), tr("The loss of the training rows, and what the weights add to it")
        )
        self.said = Text("", "muted", "small")
        self.said.setWordWrap(True)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.header, *self.sliders.values(), self.bars, self.said):
            column.addWidget(widget)

    def _slider(self, name: str) -> LabelledSlider:
        tips = {"strength": tr("How much the penalty counts"), "l2": tr("How much Σ w² counts"),
                "l1": tr("How much Σ |w| counts")}  # fmt: skip
        slider = LabelledSlider(LETTERS[name], RANGE, 0.01, tip=tips[name], widest="0.000000")
        slider.setObjectName(name)
        slider.settled.connect(self._settle)
        return slider

    def show_layer(self, document: Document, layer: str) -> None:
        """Show the strengths of a layer's penalty."""
        document = document.explicit
        own = [each for each in parameters(document.network) if each.layer == layer and len(each.shape) > 1]
        self._weight = next((each for each in own if resolve(each.regularizer, layer)[0].has_penalty), None)
        self.setVisible(self._weight is not None)
        if self._weight is None:
            return
        entry, settings = resolve(self._weight.regularizer, layer)
        prepared = known_data(document)
        rows = document.training.batch_size if prepared is None else len(prepared.train)
        self._shares = entry.shares(settings, min(document.training.batch_size, rows))
        self._optimizer, self._rate = document.training.optimizer.kind, lr_of(document.training.optimizer)
        for name, slider in self.sliders.items():
            slider.setVisible(name in settings)
            if name in settings and not slider.slider.isSliderDown():
                slider.set_value(float(settings[name]))
        self.said.setText(self._words())

    def show_frame(self, frame: Frame) -> None:
        """Show what the weights add to the loss as they are."""
        weight, known = self._weight, frame.parameters or {}
        if self.isHidden() or weight is None or weight.name not in known:
            return
        values = known[weight.name]
        parts = [
            (LETTERS["l2"] + " Σ w²", Shares(square=self._shares.square).penalty(values), self._shares.square),
            (LETTERS["l1"] + " Σ |w|", Shares(absolute=self._shares.absolute).penalty(values), self._shares.absolute),
        ]
        found = [(name, value) for name, value, strength in parts if strength]
        if frame.train_loss is not None:
            found.insert(0, (tr("data"), frame.train_loss))
        most = max((value for _, value in found if np.isfinite(value)), default=0.0)
        self.bars.show_bars(
            [NamedBar(name, value / most if most else 0.0, value, numbers.number(value)) for name, value in found]
        )
        self.header.set_info(numbers.number(self._shares.penalty(values)))

    def decay(self) -> float:
        """Return what plain descent leaves of a weight at each step: 1 − η · 2 · share of w²."""
        return 1 - self._rate * 2 * self._shares.square

    def _words(self) -> str:
        if not self._shares.square:
            return tr("L1 pulls every weight by the same amount, whatever its size, until it is 0.")
        if self._optimizer != PLAIN:
            title = tr(optimizers.get(self._optimizer).title)
            return tr(
                "{optimizer} rescales this pull like every gradient: it is no fixed share of a weight. Decay that is, "
                "as in AdamW, stands apart from the gradient.", optimizer=title,
            )  # fmt: skip
        return tr(
            "Each step keeps {factor} of every weight, 1 − {rate} · 2 · {share}: weight decay.",
            factor=numbers.number(self.decay(), DECAY_DIGITS), rate=numbers.number(self._rate),
            share=numbers.number(self._shares.square),
        )  # fmt: skip

    @Slot(float)
    def _settle(self, value: float) -> None:
        weight, name = self._weight, self.sender().objectName()
        if weight is None:
            return
        chosen, layer = Choice(weight.regularizer.kind, {**weight.regularizer.settings, name: value}), weight.layer
        label = tr("Change the penalty of {layer}", layer=layer)
        edit(self._context, label, lambda document: edits.set_layer_setting(document, layer, "regularizer", chosen))
