"""Form for the loss of one of several outputs: which it is, and how much it counts in the sum."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.core.losses import losses
from dlviz.core.network import output_ids
from dlviz.core.objective import LOSS_WEIGHT, OutputLoss
from dlviz.gui.widgets.choice_field import ChoiceField
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.renewed import Renewed
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import losses_of


def own_loss(document: Document, layer: str) -> OutputLoss | None:
    """Return the loss of a layer that is one of several outputs, None for any other."""
    outputs = output_ids(document.network) if document.network.layers else ()
    return losses_of(document)[layer] if len(outputs) > 1 and layer in outputs else None


class OutputForm(Renewed):
    """Fields are made anew only when the loss is another one."""

    loss_changed = Signal(str, object)  # "loss", Choice
    weight_changed = Signal(str, object)  # "weight", number

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: OutputLoss | None = None
        self.loss: ChoiceField | None = None
        self.weight: HyperForm | None = None

    def show_loss(self, shown: OutputLoss) -> None:
        """Show a loss as it stands."""
        if shown != self._shown:
            self._shown = shown
            self.renew(self._fill)

    def forget(self) -> None:
        """Make the fields anew at the next showing, for what was typed into them was refused."""
        self._shown = None

    def _fill(self, column: QVBoxLayout) -> None:
        shown = self._shown
        assert shown is not None  # it has just been noted
        self.loss = ChoiceField("loss", losses, shown.choice)
        self.loss.changed.connect(self.loss_changed)
        self.weight = HyperForm((LOSS_WEIGHT,), {"weight": shown.weight})
        self.weight.changed.connect(self.weight_changed)
        for widget in (SectionHeader(tr("Loss of this output")), self.loss, self.weight):
            column.addWidget(widget)
