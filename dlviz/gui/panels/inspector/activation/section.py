"""ActivationSection: asks the worker about the activation of the selection, and edits what its card changes."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.core.inference import activation_of
from dlviz.gui.editing import edit
from dlviz.gui.panel import Context
from dlviz.gui.panels.inspector.activation.card import ActivationCard
from dlviz.gui.panels.inspector.activation.models import OtherModels
from dlviz.gui.panels.inspector.notation import find_layer
from dlviz.gui.panels.inspector.reading import Reading
from dlviz.gui.selection import Selected
from dlviz.gui.widgets.form import setting_words
from dlviz.gui.widgets.paint import spaced
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_activation
from dlviz.session.edits.heads import can_change_head, heads, set_head
from dlviz.session.messages import Frame, Interest


class ActivationSection(QWidget):
    """The activation card of a selected unit or layer, and below it what else the output could be."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._frame: Frame | None = None
        self.card, self.models = ActivationCard(), OtherModels()
        column = QVBoxLayout(self)
        spaced(column, gap=0)
        column.addWidget(self.card)
        column.addWidget(self.models)
        self.card.asked.connect(context.interest_changed)
        self.card.setting_changed.connect(self._set)
        self.models.opened.connect(context.interest_changed)
        self.models.taken.connect(self._use_model)

    @property
    def _document(self) -> Document:
        document: Document = self._context.session.document
        return document

    def _has_activation(self, selected: Selected) -> bool:
        network = self._document.network
        is_there = selected.kind in ("unit", "layer") and find_layer(network, selected.layer) is not None
        return is_there and activation_of(network, selected.layer) is not None

    def _has_models(self, selected: Selected) -> bool:
        return self._has_activation(selected) and can_change_head(self._document, selected.layer)

    def interest(self, base: Interest) -> Interest:
        """Ask for the study of the selection's activation, and for other models where they are looked at."""
        selected = self._context.selection.current
        if not self._has_activation(selected):
            return base
        asked = self.card.question(selected.layer, selected.unit if selected.kind == "unit" else -1)
        more = {"activation", *(("models",) if self.models.is_open and self._has_models(selected) else ())}
        return replace(base, needs=base.needs | more, activation=asked)

    def show_frame(self, frame: Frame | None) -> None:
        """Show what a frame knows; while results are hidden nothing that could tell them."""
        self._frame = frame
        selected = self._context.selection.current
        is_shown = frame is not None and not self._context.is_hidden and self._has_activation(selected)
        self.setVisible(is_shown)
        if frame is None or not is_shown:
            return
        self.card.show_study(frame.activation, Reading(frame).array(f"{selected.layer}.z") is not None)
        self.models.setVisible(self._has_models(selected))
        if frame.models:
            self.models.show_models(frame.models)

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        """Change one setting of the activation; the drag of a slider is one edit."""
        layer = self._context.selection.current.layer
        now = activation_of(self._document.network, layer)
        if now is None:
            return
        wanted = Choice(now.kind, {**now.settings, name: value})
        label = tr("Change {what} of {layer}", what=setting_words(name), layer=layer)
        edit(self._context, label, partial(_with_activation, layer, wanted), merge=f"activation.{layer}.{name}")

    @Slot(str)
    def _use_model(self, key: str) -> None:
        """Give the output another head, with the weights as they stand."""
        layer, values = self._context.selection.current.layer, (self._frame.parameters if self._frame else None) or {}
        label = tr("Use as {model}", model=tr(heads.get(key).title).lower())
        edit(self._context, label, partial(_with_head, layer, key, values))


def _with_head(layer: str, key: str, values: Mapping[str, Any], document: Document) -> Document:
    return set_head(document, layer, key, values)


def _with_activation(layer: str, wanted: Choice, document: Document) -> Document:
    return set_activation(document, layer, wanted)
