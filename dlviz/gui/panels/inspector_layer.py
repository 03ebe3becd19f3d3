"""Form for the selected layer: its activation with settings, and what its kind declares."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QVBoxLayout, QWidget

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.hyper import complete
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr


class LayerForm(QWidget):
    """Fields are made anew only when another layer or another activation is shown."""

    setting_changed = Signal(str, object)  # name of a layer setting, value
    activation_changed = Signal(object)  # Choice

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.activation = QComboBox()
        for entry in activations:
            self.activation.addItem(entry.title, entry.key)
        describe(self.activation, tr("Activation"), tr("The function that turns z into a in every unit of this layer"))
        self._shown: tuple[Any, ...] = ()
        self._choice = Choice("linear")
        self.forms: list[HyperForm] = []
        self._label = Text(tr("activation"), "muted")
        self._layout = QVBoxLayout(self)
        spaced(self._layout, gap=GRID // 2)
        for widget in (self._label, self.activation):
            self._layout.addWidget(widget)
        self.activation.activated.connect(self._choose)

    def show_layer(self, layer: LayerSpec) -> None:
        """Show a layer's settings as they stand."""
        kind = layer_kinds.get(layer.kind)
        has_activation = "activation" in kind.choices
        self._label.setVisible(has_activation)
        self.activation.setVisible(has_activation)
        scalars = {name: value for name, value in layer.settings.items() if name not in kind.choices}
        values = complete(scalars, kind.settings)
        choice = kind.option(layer, "activation") if has_activation else Choice("linear")
        shown = (layer.id, layer.kind, choice.kind, tuple(choice.settings.items()), tuple(values.items()))
        if shown == self._shown:
            return
        self._shown, self._choice = shown, choice
        self.activation.setCurrentIndex(self.activation.findData(choice.kind))
        self._rebuild(choice, values, kind.settings)

    def _rebuild(self, choice: Choice, values: Mapping[str, Any], declared: Any) -> None:
        for form in self.forms:
            self._layout.removeWidget(form)
            form.deleteLater()
        entry = activations.get(choice.kind)
        own = HyperForm(declared, values, self)
        of_activation = HyperForm(entry.settings, complete(choice.settings, entry.settings), self)
        own.changed.connect(self.setting_changed)
        of_activation.changed.connect(self._set_of_activation)
        self.forms = [of_activation, own]
        for form in self.forms:
            self._layout.addWidget(form)
            form.setVisible(bool(form.fields))

    @Slot(int)
    def _choose(self, index: int) -> None:
        key = str(self.activation.itemData(index))
        if key != self._choice.kind:
            self.activation_changed.emit(Choice(key))

    @Slot(str, object)
    def _set_of_activation(self, name: str, value: object) -> None:
        self.activation_changed.emit(Choice(self._choice.kind, {**self._choice.settings, name: value}))
