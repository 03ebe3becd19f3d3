"""The row under the menus: file and undo buttons, the workspaces, and the chips of the training plan."""

from collections.abc import Mapping

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from dlviz.gui.chips import ChipRow
from dlviz.gui.panel import Context
from dlviz.gui.race.chips import RaceChips
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import ActionButton
from dlviz.gui.widgets.paint import Hairline
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.workspaces import OPTIMIZERS, workspaces
from dlviz.i18n import tr
from dlviz.session.document import Document

NARROW = 1100  # pixels


class ToolRow(QWidget):
    """One row of tools; nothing in it is ever cut."""

    workspace_chosen = Signal(str)

    def __init__(self, context: Context, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.workspaces = Segmented(tr("Workspace"), [(each.key, each.title) for each in workspaces], is_tray=True)
        self.workspaces.setToolTip(tr("Arrangements of panels over the same document (Ctrl+1, Ctrl+2, Ctrl+3)"))
        self.chips, self.race = ChipRow(context), RaceChips(context)
        self.race.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(GRID, 6, 2 * GRID, 6)
        layout.setSpacing(4)
        for name in ("new", "open", "save"):
            layout.addWidget(ActionButton(name, actions[name]))
        layout.addWidget(Hairline(is_upright=True, margin=GRID))
        for name in ("undo", "redo"):
            layout.addWidget(ActionButton(name, actions[name]))
        layout.addWidget(Hairline(is_upright=True, margin=GRID))
        layout.addWidget(self.workspaces)
        layout.addStretch(1)
        layout.addWidget(self.chips)
        layout.addWidget(self.race, 100)  # its formula takes the room that chips leave
        context.workspace_changed.connect(self._use_workspace)
        self.workspaces.chosen.connect(self.workspace_chosen)

    @Slot(str)
    def _use_workspace(self, key: str) -> None:
        """Show the chips that belong to a workspace."""
        self.chips.setVisible(key != OPTIMIZERS)
        self.race.setVisible(key == OPTIMIZERS)

    def show_document(self, document: Document) -> None:
        """Show the plan of a document and its race."""
        self.chips.show_document(document)
        self.race.show_document(document)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the notes of the chips out where there is no room, then their captions."""
        self.workspaces.set_tight(event.size().width() < NARROW)
        self._fit()
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        """Fit the chips again when their words, their letters or what they are about change."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit()
        return super().event(event)

    def _fit(self) -> None:
        left = self.workspaces.geometry().right() if self.workspaces.width() else 0
        for chips in (self.chips, self.race):
            chips.fit(self.width() - left - 4 * GRID)
