"""Edits of the network that the canvas offers: each asks the session for one undoable change."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Slot

from dlviz.core.errors import DlvizError
from dlviz.core.network import sources
from dlviz.gui.editor.state import CanvasState, has_setting, option
from dlviz.gui.panel import Context
from dlviz.gui.prepared import prepared_or_none
from dlviz.gui.selection import NOTHING, Selected
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.messages import FloatArray

NEW_UNITS = 4


class NetworkCommands(QObject):
    """Turns wishes into edits. Errors become messages, and nothing has changed."""

    def __init__(self, context: Context, state: CanvasState, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._state = context, state

    @property
    def _document(self) -> Document:
        return self._context.session.document  # type: ignore[no-any-return]

    def _edit(self, change: Callable[[Document], Document], label: str, merge: str = "") -> bool:
        """Apply a change and say whether it was possible."""
        try:
            self._context.session.edit(change(self._document), label, merge)
        except DlvizError as error:
            self._context.notify(error)
            return False
        return True

    @Slot()
    def add_output(self) -> None:
        """Give an empty network its output layer, with as many units as there are targets."""
        prepared = prepared_or_none(self._context.session)
        units = prepared.dataset.n_outputs if prepared else 1
        self._edit(lambda d: edits.add_layer(d, 0, "o", units=units), tr("Add a layer"))

    def insert_after(self, node: str) -> None:
        """Insert a dense layer behind a node."""
        self._insert(self._position(node) + 1, node)

    def insert_before(self, node: str) -> None:
        """Insert a dense layer in front of a layer."""
        network = self._document.network
        at = self._position(node)
        self._insert(at, network.layers[at - 1].id if at else network.inputs[0].id)

    def _position(self, node: str) -> int:
        """Return a layer's place in the list, −1 for an input."""
        ids = [layer.id for layer in self._document.network.layers]
        return ids.index(node) if node in ids else -1

    def _insert(self, at: int, behind: str) -> None:
        units = self._fitting_units(behind)
        self._edit(lambda d: edits.add_layer(d, at, units=units), tr("Insert a layer"))

    def _fitting_units(self, behind: str) -> int:
        """Return how many units a new layer gets: as many as the node it stands behind if those are added up."""
        network, layout = self._document.network, self._state.layout
        is_added = any(behind in sources(network, each) for each in network.layers if each.kind == "add")
        return layout.blocks[behind].count if is_added and layout is not None else NEW_UNITS

    def change_units(self, node: str, by: int) -> None:
        """Give a layer more or fewer units; quick repeats are one undo."""
        layer = self._state.layer(node)
        if layer is None or not has_setting(layer, "units"):
            return
        if layer == self._document.network.layers[-1]:
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

    def rename(self, node: str, text: str) -> None:
        """Give a layer another name."""
        new = text.strip().lower().replace(" ", "_")
        if new != node and self._edit(lambda d: edits.rename_layer(d, node, new), tr("Rename a layer")):
            self._context.selection.select(Selected("layer", new))

    def duplicate(self, node: str) -> None:
        """Insert a copy of a layer behind it."""
        if self._state.layer(node) is not None:
            self._edit(lambda d: edits.duplicate_layer(d, node), tr("Duplicate a layer"))

    def delete(self, place: Selected) -> None:
        """Delete the selected layer or unit."""
        if place.kind == "layer":
            done = self._edit(lambda d: edits.remove_layer(d, place.layer), tr("Delete a layer"))
        elif place.kind == "unit":
            current = self._standing()
            done = self._edit(lambda d: edits.remove_unit(d, place.layer, place.unit, current), tr("Delete a unit"))
        else:
            return
        if done:
            self._context.selection.select(NOTHING)

    def _standing(self) -> Mapping[str, FloatArray]:
        frame = self._state.frame
        return (frame.parameters if frame is not None else None) or {}

    def set_value(self, place: Selected, value: float) -> None:
        """Type a weight or bias. Raises: DlvizError if the session refuses it."""
        session = self._context.session
        if place.kind == "bias":
            session.set_parameter(f"{place.layer}.b", (place.unit,), value, tr("Type a bias"))
        else:
            index = (place.unit, place.source)
            session.set_parameter(f"{place.layer}.W", index, value, tr("Type a weight"))
