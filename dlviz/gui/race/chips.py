"""The chips of the Optimizers workspace: which surface, and its formula to be typed."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from dlviz.core.choice import Choice
from dlviz.core.surfaces import surfaces
from dlviz.gui.editing import edit
from dlviz.gui.forms.race import SurfaceForm
from dlviz.gui.panel import Context
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.chip import MOST_DETAIL, Chip, Popup
from dlviz.gui.widgets.paint import describe, padded, spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import race_on, set_race, set_surface
from dlviz.session.race import On

OWN = "formula"
WIDEST, NARROWEST = 44 * GRID, 18 * GRID
TIGHT = 64 * GRID  # pixels below which planes have less air around them


class RaceChips(QWidget):
    """The surface's chip opens its form; Enter in the line takes a formula of one's own."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._context = context
        self._popup: Popup | None = None
        self.surface = Chip(tr("Surface"), tr("What the optimizers walk on, and what can be turned on it"))
        self.line = padded(QLineEdit())
        self.network = TextButton(
            tr("this network's loss"), tr("Race on the loss of the document's network, in one plane")
        )
        self.network.setCheckable(True)
        self.plane = Segmented(tr("Which plane through its parameters"), plane_words())
        self.line.setPlaceholderText(tr("or your own f(x, y)"))
        self.line.setMinimumWidth(NARROWEST)
        self.line.setMaximumWidth(WIDEST)
        self.line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tip = tr("Type a formula in x and y, or in one name for a curve; then Enter")
        describe(self.line, tr("Your own surface"), tip)
        layout = QHBoxLayout(self)
        spaced(layout)
        layout.addStretch(1)
        layout.addWidget(self.surface)
        layout.addWidget(self.line, 100)  # as wide as it may be before there is air on the left
        layout.addWidget(self.network)
        layout.addWidget(self.plane)
        self.plane.hide()
        self.network.toggled.connect(self._race_on)
        self.plane.chosen.connect(self._use_plane)
        self.surface.clicked.connect(self._open)
        self.line.returnPressed.connect(self._take)

    def show_document(self, document: Document) -> None:
        """Show the surface of a document."""
        surface = document.race.surface
        settings = " · ".join(f"{value:g}" for value in surface.settings.values() if isinstance(value, float))
        self.surface.set_value(tr(surfaces.get(surface.kind).title), settings)
        self.line.setText(str(surface.settings.get("text", "")) if surface.kind == OWN else "")
        self.line.setCursorPosition(0)  # of a long formula, its beginning is seen
        is_network = document.race.on == "network"
        was_blocked = self.network.blockSignals(True)
        self.network.setChecked(is_network)
        self.network.blockSignals(was_blocked)
        self.network.setEnabled(is_network or (document.subject == "network" and bool(document.network.layers)))
        self.network.update()
        self.plane.setVisible(is_network)
        self.line.setVisible(not is_network)
        self.plane.set_key(document.race.plane)

    def fit(self, room: int) -> None:
        """Show of the surface all, no settings, its title alone, or nothing of it where a network races."""
        is_network = self.network.isChecked()
        self.plane.set_tight(room < TIGHT)
        others = (self.network, self.plane) if is_network else (self.network,)
        taken = sum(each.sizeHint().width() for each in others) + self.layout().spacing() * (len(others) + 1)
        left = room - taken - (0 if is_network else NARROWEST)
        fits = [each for each in (MOST_DETAIL, MOST_DETAIL - 1, 0) if self.surface.width_at(each) <= left]
        self.surface.setVisible(bool(fits) or not is_network)
        self.surface.set_detail(fits[0] if fits else 0)

    @Slot(bool)
    def _race_on(self, is_network: bool) -> None:
        on: On = "network" if is_network else "surface"
        edit(self._context, tr("Race elsewhere"), lambda document: race_on(document, on))

    @Slot(str)
    def _use_plane(self, key: str) -> None:
        edit(self._context, tr("Show another plane"), lambda document: set_race(document, plane=key))

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


def plane_words() -> tuple[tuple[str, str], ...]:
    """Return the planes with their words."""
    return ("pca", tr("main directions")), ("random", tr("random")), ("weights", tr("two weights"))
