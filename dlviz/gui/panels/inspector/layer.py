"""Form for the selected layer, made from what its kind declares: settings, choices with theirs, frozen, shared."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QFormLayout, QVBoxLayout, QWidget

from dlviz.core.hyper import complete
from dlviz.core.inference import shapes
from dlviz.core.layers import LayerKind
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, sources
from dlviz.gui.panels.inspector.whole import shape_words
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.choice_field import ChoiceField
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.form import FIELD_WIDTH, HyperForm
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.renewed import Renewed
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import owners_for
from dlviz.session.format.choice import registry_of

FIRST = "activation"  # the choice that stands above the settings; the others follow them


@dataclass(frozen=True)
class Shown:
    """What a form shows: a layer with every setting written out, whether it is frozen, and whom it could share.

    joined: what a layer that joins others does with them, in words; nothing for the rest.
    """

    layer: LayerSpec
    is_frozen: bool
    owners: tuple[str, ...]
    joined: str = ""

    @property
    def kind(self) -> LayerKind:
        """The kind of the layer."""
        return layer_kinds.get(self.layer.kind)

    @property
    def scalars(self) -> dict[str, Any]:
        """Its settings that are no choices, complete."""
        given = {name: value for name, value in self.layer.settings.items() if name not in self.kind.choices}
        return complete(given, self.kind.settings)


def shown_of(document: Document, layer_id: str) -> Shown | None:
    """Return what a form shows of a layer, None if the network has none of this id."""
    network = document.explicit.network
    layer = next((each for each in network.layers if each.id == layer_id), None)
    if layer is None:
        return None
    frozen, owners = layer_id in document.training.frozen, owners_for(network, layer_id)
    return Shown(layer, frozen, owners, _joined(network, layer))


def _joined(network: NetworkSpec, layer: LayerSpec) -> str:
    """Say what an Add or a Concatenate reads and hands on."""
    read, sizes = sources(network, layer), shapes(network)
    names = tr(" and ").join(f"{name} ({shape_words(sizes[name])})" for name in read)
    words = {
        "add": tr("Adds {names}, number by number.", names=names),
        "concatenate": tr("Puts {names} side by side: {size}.", names=names, size=shape_words(sizes[layer.id])),
    }
    return words.get(layer.kind, "")


class LayerForm(Renewed):
    """Fields are made anew only when something that they show has changed."""

    setting_changed = Signal(str, object)  # name of a setting or choice, value or Choice
    activation_looked_at = Signal(object)  # Choice under the pointer in the list of activations, or None
    frozen_changed = Signal(bool)
    sharing_changed = Signal(str)  # the layer whose parameters are used, or ""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: Shown | None = None
        self.choices: dict[str, ChoiceField] = {}
        self.fields: dict[str, QWidget] = {}
        self.frozen: QCheckBox | None = None
        self.sharing: Chooser | None = None
        self.joined: Text | None = None

    def show_layer(self, shown: Shown) -> None:
        """Show a layer's settings as they stand."""
        if shown == self._shown:
            return
        self._shown = shown
        self.renew(self._fill)

    def forget(self) -> None:
        """Make the fields anew at the next showing, for what was typed into them was refused."""
        self._shown = None

    def _fill(self, column: QVBoxLayout) -> None:
        shown = self._shown
        assert shown is not None  # it has just been noted
        names = sorted(shown.kind.choices, key=lambda name: name != FIRST)
        self.choices = {name: self._choice(name, shown) for name in names}
        settings = HyperForm(shown.kind.settings, shown.scalars)
        settings.changed.connect(self.setting_changed)
        self.fields = settings.fields
        first = [self.choices[name] for name in names if name == FIRST]
        for widget in (*first, settings, *(self.choices[name] for name in names if name != FIRST)):
            column.addWidget(widget)
        settings.setVisible(bool(settings.fields))
        if shown.joined:
            self.joined = Text(shown.joined, "muted")
            self.joined.setWordWrap(True)
            column.addWidget(self.joined)
        column.addWidget(self._parameters(shown))

    def _choice(self, name: str, shown: Shown) -> ChoiceField:
        registry = registry_of(name)
        field = ChoiceField(name, registry, shown.kind.option(shown.layer, name))
        field.changed.connect(self.setting_changed)
        if name == FIRST:
            field.looked_at.connect(self._look)
        return field

    @Slot(str, object)
    def _look(self, _name: str, choice: object) -> None:
        self.activation_looked_at.emit(choice)

    def _parameters(self, shown: Shown) -> QWidget:
        """Return the fields about a layer's parameters: kept as they are, or shared; empty without parameters."""
        box = QWidget()
        rows = QFormLayout(box)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(GRID)
        self.frozen = self.sharing = None
        if shown.kind.has_parameters and not shown.layer.shares:
            self.frozen = _check_box(shown.is_frozen)
            self.frozen.toggled.connect(self.frozen_changed)
            rows.addRow(Text(tr("frozen"), "muted"), self.frozen)
        if shown.owners:
            self.sharing = _sharing(shown.owners, shown.layer.shares)
            self.sharing.activated.connect(self._share)
            rows.addRow(Text(tr("parameters"), "muted"), self.sharing)
        return box

    @Slot(int)
    def _share(self, index: int) -> None:
        assert self.sharing is not None  # it has just been used
        self.sharing_changed.emit(str(self.sharing.itemData(index)))


def _check_box(is_checked: bool) -> QCheckBox:
    box = QCheckBox()
    box.setChecked(is_checked)
    describe(box, tr("Frozen"), tr("Keep all parameters of this layer as they are"))
    return box


def _sharing(owners: Sequence[str], now: str) -> Chooser:
    combo = Chooser()
    combo.setMinimumWidth(FIELD_WIDTH)
    combo.addItem(tr("its own"), "")
    for owner in owners:
        combo.addItem(tr("those of {layer}", layer=owner), owner)
    combo.setCurrentIndex(combo.findData(now))
    describe(combo, tr("Parameters"), tr("Use the weights of an earlier layer of this kind, which learns for both"))
    return combo
