"""Run ▸ Vary: many runs of this network with other settings, compared in the runs panel."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal, Slot

from dlviz.gui.actions import Action
from dlviz.gui.docks import Docks
from dlviz.gui.panel import Context
from dlviz.i18n import tr

PLACE = "network"  # the workspace in which runs are looked at


class VaryCommands(QObject):
    """Opens the runs panel where there is room for a table beside a chart."""

    began = Signal()

    def __init__(self, context: Context, docks: Docks, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._docks = context, docks
        self.on_workspace: Callable[[str], None] = context.use_workspace
        context.seeds_wanted.connect(self._show_seeds)

    def actions(self) -> tuple[Action, ...]:
        """Return the entry of the Run menu."""
        return (
            Action("vary", tr("&Vary a setting…"), self.vary, "run", ("Ctrl+Shift+V",), group=4,
                   tip=tr("Train this network many times with other rates, optimizers or seeds, and compare"),
                   is_enabled=self._is_network),
        )  # fmt: skip

    def vary(self) -> None:
        """Set up an experiment."""
        if self._context.workspace != PLACE:
            self.on_workspace(PLACE)
        self.began.emit()
        self._docks.open_below("runs")
        self._context.vary_wanted.emit()

    @Slot()
    def _show_seeds(self) -> None:
        self._docks.open("output")

    def _is_network(self) -> bool:
        document = self._context.session.document
        return document.subject == "network" and bool(document.network.layers)
