"""The page of scaling: what is done to the inputs before the network sees them."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_scaling


class ScalePage(DataPage):
    """None, standard or min–max, and the rule in words."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        kinds = (("none", tr("none")), ("standard", tr("standard")), ("minmax", tr("min–max")))
        self.scaling = Segmented(tr("How inputs are scaled before the network sees them"), kinds)
        self.applied = Text("", "muted", "small")
        self.applied.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.scaling)
        layout.addWidget(self.applied)
        layout.addStretch(1)
        self.scaling.chosen.connect(self._scale)

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Show how inputs are scaled, and by which numbers."""
        self.scaling.set_key(document.data.scaling)
        self.applied.setText("\n".join(() if prepared is None else prepared.scaler.describe()))

    @Slot(str)
    def _scale(self, key: str) -> None:
        self.edits.edit(set_scaling, tr("Scaling"), "", key)
