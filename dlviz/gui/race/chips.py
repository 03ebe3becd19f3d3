"""The chips of the Optimizers workspace: which surface, and its formula to be typed."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from dlviz.core.choice import Choice
from dlviz.core.surfaces import surfaces
from dlviz.gui.editing import edit
from dlviz.gui.forms.race import SurfaceForm
from dlviz.gui.panel import Context
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chip import Chip, Popup
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_surface

OWN = "formula"
WIDEST, NARROWEST = 44 * GRID, 30 * GRID


class RaceChips(QWidget):
    """The surface's chip opens its form; Enter in the line takes a formula of one's own."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._popup: Popup | None = None
        self.surface = Chip(tr("Surface"), tr("What the optimizers walk on, and what can be turned on it"))
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("or your own f(x, y)"))
        self.line.setMinimumWidth(NARROWEST)
        self.line.setMaximumWidth(WIDEST)
        self.line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tip = tr("Type a formula in x and y, or in one name for a curve; then Enter")
        describe(self.line, tr("Your own surface"), tip)
        layout = QHBoxLayout(self)
        spaced(layout)
        layout.addWidget(self.surface)
        layout.addWidget(self.line, 1)
        self.surface.clicked.connect(self._open)
        self.line.returnPressed.connect(self._take)

    def show_document(self, document: Document) -> None:
        """Show the surface of a document."""
        surface = document.race.surface
        settings = " · ".join(f"{value:g}" for value in surface.settings.values() if isinstance(value, float))
        self.surface.set_value(tr(surfaces.get(surface.kind).title), settings)
        self.line.setText(str(surface.settings.get("text", "")) if surface.kind == OWN else "")

    @Slot()
    def _open(self) -> None:
        if self._popup is not None:
            self._popup.deleteLater()
        self._popup = Popup(SurfaceForm(self._context), self)
        self._popup.open_below(self.surface)

    @Slot()
    def _take(self) -> None:
        text = self.line.text().strip()
        if text:
            chosen = Choice(OWN, {"text": text})
            edit(self._context, tr("Race on a formula"), lambda document: set_surface(document, chosen))
