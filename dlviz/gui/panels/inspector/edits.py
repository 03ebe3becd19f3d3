"""What can be changed about the selected layer or input, each change one undoable edit."""

from collections.abc import Sequence

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.choice import Choice
from dlviz.gui.editing import Change, edit
from dlviz.gui.panel import Context
from dlviz.gui.panels.inspector.input import ShapeForm
from dlviz.gui.panels.inspector.layer import LayerForm, shown_of
from dlviz.gui.panels.inspector.output_form import OutputForm, own_loss
from dlviz.gui.panels.inspector.penalty import PenaltyView
from dlviz.gui.panels.inspector.start import StartView
from dlviz.gui.selection import NOTHING, Selected
from dlviz.gui.widgets.form import setting_words
from dlviz.gui.widgets.paint import spaced
from dlviz.i18n import tr
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.messages import Frame


class SelectionForm(QWidget):
    """The form of a selected layer, or the shape of a selected input; neither for anything else."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._document: Document | None = None  # what is shown, and of which place
        self._place = NOTHING
        self.layer, self.input, self.output = LayerForm(), ShapeForm(), OutputForm()
        self.penalty, self.start = PenaltyView(context), StartView(context)
        layout = QVBoxLayout(self)
        spaced(layout)
        for form in (self.layer, self.output, self.input, self.penalty, self.start):
            layout.addWidget(form)
        self.layer.setting_changed.connect(self._set)
        self.layer.frozen_changed.connect(self._freeze)
        self.layer.sharing_changed.connect(self._share)
        self.input.accepted.connect(self._shape)
        self.output.loss_changed.connect(self._set_loss)
        self.output.weight_changed.connect(self._weigh)

    def show_selection(self) -> None:
        """Show what can be changed about the selection, as it stands; frames of one document change nothing."""
        document, selected = self._context.session.document, self._selected
        if document is self._document and selected == self._place:
            return
        self._document, self._place = document, selected
        shown = shown_of(document, selected.layer) if selected.kind == "layer" else None
        node = next((each for each in document.network.inputs if each.id == selected.layer), None)
        self.layer.setVisible(shown is not None)
        self.input.setVisible(selected.kind == "input" and node is not None)
        self.start.setVisible(shown is not None)
        self.penalty.setVisible(shown is not None)
        loss = None if shown is None else own_loss(document, selected.layer)
        self.output.setVisible(loss is not None)
        if loss is not None:
            self.output.show_loss(loss)
        if shown is not None:
            self.layer.show_layer(shown)
            self.penalty.show_layer(document, selected.layer)
            self.start.show_layer(document, selected.layer)
        elif node is not None:
            self.input.show_input(node)

    def show_frame(self, frame: Frame) -> None:
        """Show what the selected layer's penalty comes to."""
        if not self._context.is_hidden:
            self.penalty.show_frame(frame)

    @property
    def _selected(self) -> Selected:
        return self._context.selection.current

    def _edit(self, label: str, change: Change) -> None:
        """Make an edit; where it was refused the fields go back to what is so."""
        if not edit(self._context, label, change):
            self.layer.forget()
            self.output.forget()
            self._document = None
            self.show_selection()

    @Slot(str, object)
    def _set(self, name: str, value: object) -> None:
        layer = self._selected.layer
        label = tr("Change {what} of {layer}", what=setting_words(name), layer=layer)
        self._edit(label, lambda document: edits.set_layer_setting(document, layer, name, value))

    @Slot(bool)
    def _freeze(self, is_frozen: bool) -> None:
        layer = self._selected.layer
        label = tr("Freeze {layer}", layer=layer) if is_frozen else tr("Let {layer} learn", layer=layer)
        self._edit(label, lambda document: edits.set_frozen(document, layer, is_frozen))

    @Slot(str)
    def _share(self, owner: str) -> None:
        layer = self._selected.layer
        label = tr("Share parameters with {layer}", layer=owner) if owner else tr("Give parameters of its own")
        self._edit(label, lambda document: edits.share_layer(document, layer, owner))

    @Slot(str, object)
    def _set_loss(self, _name: str, loss: Choice) -> None:
        output = self._selected.layer
        label = tr("Change the loss of {output}", output=output)
        self._edit(label, lambda document: edits.set_output_loss(document, output, loss))

    @Slot(str, object)
    def _weigh(self, _name: str, weight: float) -> None:
        output = self._selected.layer
        label = tr("Change the weight of the loss of {output}", output=output)
        self._edit(label, lambda document: edits.set_loss_weight(document, output, weight))

    @Slot(object)
    def _shape(self, shape: Sequence[int]) -> None:
        node = self._selected.layer
        self._edit(tr("Change the shape of the input"), lambda document: edits.set_input_shape(document, node, shape))
