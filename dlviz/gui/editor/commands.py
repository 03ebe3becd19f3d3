"""Edits of the network that the canvas offers: each asks the session for one undoable change."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QObject

from dlviz.core.errors import DlvizError
from dlviz.core.layers import layers as layer_kinds
from dlviz.gui.editor import names
from dlviz.gui.panel import Context
from dlviz.gui.selection import NOTHING, Selected
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.messages import Frame

NEW_UNITS = 4


class NetworkCommands(QObject):
    """Turns wishes into edits. Errors become messages, and nothing has changed."""

    def __init__(self, context: Context, parent: QObject) -> None:
        super().__init__(parent)
        self._context = context
        self.frame: Frame | None = None

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

    def add_output(self) -> None:
        """Give an empty network its output layer, with as many units as there are targets."""
        units = self._n_targets()
        self._edit(lambda d: edits.add_layer(d, 0, "o", units=units), tr("Add a layer"))

    def _n_targets(self) -> int:
        dataset = self._context.session.dataset
        width = len(dataset.classes) if len(dataset.classes) > 2 else np.asarray(dataset.targets).reshape(
            len(dataset.targets), -1
        ).shape[1]  # fmt: skip
        return max(int(width), 1)

    def insert_after(self, node: str) -> None:
        """Insert a dense layer behind a node."""
        at = names.layer_number(self._document.network, node)
        self._edit(lambda d: edits.add_layer(d, at, units=NEW_UNITS), tr("Insert a layer"))

    def insert_before(self, node: str) -> None:
        """Insert a dense layer in front of a layer."""
        at = names.layer_number(self._document.network, node) - 1
        self._edit(lambda d: edits.add_layer(d, at, units=NEW_UNITS), tr("Insert a layer"))

    def change_units(self, node: str, by: int) -> None:
        """Give a layer more or fewer units; quick repeats are one undo."""
        layer = self._layer(node)
        if layer is None or "units" not in {each.name for each in layer_kinds.get(layer.kind).settings}:
            return
        if node == self._document.network.layers[-1].id:
            self._context.notify(tr("The output has one unit for each target of the data."))
            return
        units = int(layer_kinds.get(layer.kind).option(layer, "units")) + by
        label = tr("Add a unit") if by > 0 else tr("Remove a unit")
        self._edit(lambda d: edits.set_units(d, node, units), label)

    def _layer(self, node: str):  # type: ignore[no-untyped-def]
        return next((each for each in self._document.network.layers if each.id == node), None)

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
        if self._layer(node) is not None:
            self._edit(lambda d: edits.duplicate_layer(d, node), tr("Duplicate a layer"))

    def delete(self, place: Selected) -> None:
        """Delete the selected layer or unit."""
        if place.kind == "layer":
            done = self._edit(lambda d: edits.remove_layer(d, place.layer), tr("Delete a layer"))
        elif place.kind == "unit":
            current = dict((self.frame.parameters if self.frame is not None else None) or {})
            done = self._edit(
                lambda d: edits.remove_unit(d, place.layer, place.unit, current), tr("Delete a unit")
            )  # fmt: skip
        else:
            return
        if done:
            self._context.selection.select(NOTHING)

    def set_value(self, place: Selected, value: float) -> None:
        """Type a weight or bias. Raises: DlvizError if the session refuses it."""
        session = self._context.session
        if place.kind == "bias":
            session.set_parameter(f"{place.layer}.b", (place.unit,), value, tr("Type a bias"))
        else:
            index = (place.unit, place.source)
            session.set_parameter(f"{place.layer}.W", index, value, tr("Type a weight"))
