"""Edits of the network that the canvas offers: each asks the session for one undoable change."""

from collections.abc import Callable, Mapping
from functools import partial

from PySide6.QtCore import QObject, Slot

from dlviz.core.errors import DlvizError
from dlviz.core.freezing import entry_name
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.network import output_ids, sources
from dlviz.gui.actions import Action
from dlviz.gui.editing import Change, Done, edit, nothing_more
from dlviz.gui.editor import content
from dlviz.gui.editor.state import CanvasState, has_setting, option
from dlviz.gui.leaves import Leaf, data_leaf, type_number
from dlviz.gui.panel import Context
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import NOTHING, Selected
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.messages import FloatArray


class NetworkCommands(QObject):
    """Turns wishes into edits. Errors become messages, and nothing has changed."""

    def __init__(self, context: Context, state: CanvasState, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._state = context, state

    @property
    def _document(self) -> Document:
        return self._context.session.document  # type: ignore[no-any-return]

    def take(self, wish: str, node: str, value: str) -> bool:
        """Carry out a wish of a layer's menu; say whether it is one of these."""
        wishes: dict[str, Callable[[], None]] = {
            "activation": partial(self.set_activation, node, value),
            "bias": partial(self.set_bias, node, bool(value)),
            "norm": partial(self.set_batch_norm, node, bool(value)),
            "more": partial(self.change_units, node, 1),
            "less": partial(self.change_units, node, -1),
            "duplicate": partial(self.duplicate, node),
            "delete": partial(self.delete, Selected("layer", node)),
            "feature": partial(self.choose_feature, value, True),
            "drop_feature": partial(self.choose_feature, value, False),
            "kind": partial(self.change_kind, node, value),
            "shape": partial(self.set_input_shape, node, value),
        }
        if wish in wishes:
            wishes[wish]()
        return wish in wishes

    def _edit(self, change: Change, label: str, done: Done = nothing_more) -> bool:
        """Apply a change and say whether it was possible."""
        return edit(self._context, label, change, done=done)

    @Slot()
    def add_output(self) -> None:
        """Give an empty network its output layer, with as many units as there are targets."""
        prepared = prepared_or_none(self._context.session)
        units = prepared.dataset.n_outputs if prepared else 1
        self._edit(lambda d: edits.add_layer(d, 0, "o", units=units), tr("Add a layer"))

    def insert(self, kind: str, behind: str, reader: str = "") -> None:
        """Insert a layer of a kind behind a node, before reader if that is given, and select it."""
        label = tr("Insert {kind}", kind=tr(layer_kinds.get(kind).title))
        if self._edit(lambda d: edits.insert_layer(d, behind, kind, reader), label, partial(self._select_new, kind)):
            self.offer_bias_removal()

    def change_kind(self, node: str, kind: str) -> None:
        """Turn a layer into one of another kind."""
        label = tr("Change into {kind}", kind=tr(layer_kinds.get(kind).title))
        self._edit(lambda d: edits.replace_layer(d, node, kind), label, partial(self._select_new, kind))

    def _select_new(self, kind: str, before: Document) -> None:
        known = {layer.id for layer in before.network.layers}
        for layer in self._document.network.layers:
            if layer.id not in known and layer.kind == kind:
                self._context.selection.select(Selected("layer", layer.id))

    def set_input_shape(self, node: str, words: str) -> None:
        """Read the data in another shape, written 1 × 8 × 8."""
        shape = [int(side) for side in words.split(" × ")]
        self._edit(lambda d: edits.set_input_shape(d, node, shape), tr("Change the shape of the input"))

    def change_units(self, node: str, by: int) -> None:
        """Give a layer more or fewer units; quick repeats are one undo."""
        layer = self._state.layer(node)
        if layer is None or not has_setting(layer, "units"):
            return
        if node in output_ids(self._document.network):
            self._context.notify(tr("The output has one unit for each target of the data."))
            return
        units = int(option(layer, "units")) + by  # type: ignore[call-overload]
        label = tr("Add a unit") if by > 0 else tr("Remove a unit")
        self._edit(lambda d: edits.set_units(d, node, units), label)

    def set_activation(self, node: str, key: str) -> None:
        """Choose a layer's activation."""
        self._edit(lambda d: edits.set_activation(d, node, key), tr("Change the activation"))

    def set_bias(self, node: str, has_bias: bool) -> None:
        """Give a layer biases or take them away."""
        label = tr("Add biases") if has_bias else tr("Remove biases")
        self._edit(lambda d: edits.set_layer_setting(d, node, "bias", has_bias), label)

    def choose_feature(self, name: str, is_read: bool) -> None:
        """Read one feature more, or one less."""
        if is_read:
            self._edit(lambda d: edits.add_feature(d, name), tr("Add {name}", name=name))
        else:
            self._edit(lambda d: edits.remove_feature(d, name), tr("Remove {name}", name=name))

    def add_further_output(self, node: str) -> None:
        """Add an output that reads what an output reads."""
        layer = self._state.layer(node)
        if layer is not None:
            behind = sources(self._document.network, layer)[0]
            self._edit(lambda d: edits.add_output(d, behind), tr("Add an output"))

    def set_batch_norm(self, node: str, is_on: bool) -> None:
        """Put batch norm between a layer's sums and its activation, or take it away; offer what it makes needless."""
        label = tr("Add batch norm") if is_on else tr("Remove batch norm")
        if self._edit(lambda d: edits.set_batch_norm(d, node, is_on), label) and is_on:
            self.offer_bias_removal()

    def offer_bias_removal(self) -> None:
        """Offer to take away biases that change nothing before batch norm."""
        found = edits.redundant_biases(self._document.network)
        if found:
            words = tr("The biases of {layers} change nothing: batch norm subtracts the mean.", layers=", ".join(found))
            self._context.notify(words, Action("remove_biases", tr("Remove the biases"), self.remove_biases))

    def remove_biases(self) -> None:
        """Take away all biases that change nothing before batch norm."""
        self._edit(edits.remove_redundant_biases, tr("Remove needless biases"))

    def rename(self, node: str, text: str) -> None:
        """Give a layer another name."""
        new = text.strip().lower().replace(" ", "_")
        if new != node and self._edit(lambda d: edits.rename_layer(d, node, new), tr("Rename a layer")):
            self._context.selection.select(Selected("layer", new))

    def duplicate(self, node: str) -> None:
        """Insert a copy of a layer behind it."""
        if self._state.layer(node) is not None:
            self._edit(lambda d: edits.duplicate_layer(d, node), tr("Duplicate a layer"))

    def prune(self, place: Selected) -> None:
        """Set the weight or bias of a link to 0 and hold it there; one that is held learns again."""
        leaf = self.leaf(place)
        if leaf is None:
            return
        name, symbol, current = entry_name(leaf.name, leaf.index), leaf.symbol, self._standing()
        if name in self._document.training.frozen:
            self._edit(lambda d: edits.release(d, leaf.name, leaf.index), tr("Let {name} learn", name=symbol))
        else:
            self._edit(lambda d: edits.prune(d, leaf.name, leaf.index, current), tr("Prune {name}", name=symbol))

    def delete(self, place: Selected) -> None:
        """Delete the selected layer or unit; a weight or bias is pruned."""
        if place.kind == "layer":
            done = self._edit(lambda d: edits.remove_layer(d, place.layer), tr("Delete a layer"))
        elif place.kind == "unit":
            current = self._standing()
            done = self._edit(lambda d: edits.remove_unit(d, place.layer, place.unit, current), tr("Delete a unit"))
        else:
            if place.kind in ("link", "bias"):
                self.prune(place)
            return
        if done:
            self._context.selection.select(NOTHING)

    def _standing(self) -> Mapping[str, FloatArray]:
        frame = self._state.frame
        return (frame.parameters if frame is not None else None) or {}

    def leaf(self, place: Selected) -> Leaf | None:
        """Return what can be typed at a place: a weight, a bias, an input or a target; None elsewhere."""
        network, frame = self._state.network, self._state.frame
        if network is None or frame is None:
            return None
        if place.kind in ("link", "bias"):
            layer = self._state.layer(place.layer)
            role, index = content.parameter_place(place)
            name = place.layer if layer is None else layer.owner
            symbol = content.place_symbol(place, self._document.symbols)
            return Leaf("parameter", f"{name}.{role}", index, symbol, content.value_at(place, frame))
        prepared = prepared_or_none(self._context.session)
        dataset = None if prepared is None else prepared.sample.dataset
        return data_leaf(place, self._document, dataset, frame)

    def set_value(self, place: Selected, value: float) -> None:
        """Type the number of a place. Raises: DlvizError if it is refused."""
        leaf = self.leaf(place)
        if leaf is None:
            raise DlvizError(tr("This number cannot be changed here."))
        type_number(self._context.session, leaf, value)
