"""What every page of the data panel answers to."""

from PySide6.QtWidgets import QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.theme import Theme
from dlviz.gui.widgets.copying import Offer
from dlviz.session.document import Document
from dlviz.session.messages import Frame


class DataPage(QWidget):
    """One view of the data. It is made when somebody first opens it, and told only what happens while it is shown."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edits, self.context = edits, edits.context

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Show a document's data; prepared is None where they cannot be had."""

    def show_frame(self, frame: Frame) -> None:
        """Show what a frame says about rows."""

    def apply_theme(self, theme: Theme) -> None:
        """Take over the colours of a theme."""

    def offers(self) -> tuple[Offer, ...]:
        """Return what the menu under the pointer offers."""
        return ()
