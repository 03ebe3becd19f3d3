"""Learn: checking the gradients of the network."""

from PySide6.QtCore import QObject

from dlviz.gui.actions import Action
from dlviz.gui.docks import Docks
from dlviz.gui.panel import Context
from dlviz.gui.selection import Selected
from dlviz.i18n import tr

WHOLE = Selected("network")


class CheckCommands(QObject):
    """Shows the whole network in the inspector and begins the gradient check there."""

    def __init__(self, context: Context, docks: Docks, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._docks = context, docks

    def actions(self) -> tuple[Action, ...]:
        """Return the entries of the Learn and Edit menus."""
        return (
            Action("check_gradients", tr("Check the &gradients"), self.check, "learn", ("Ctrl+G",), group=1,
                   tip=tr("Compare every gradient with central differences, in the inspector"),
                   is_enabled=self._is_network),
            Action("inspect_network", tr("Select the whole &network"), self.inspect, "edit", ("Ctrl+I",), group=2,
                   tip=tr("Layers with shapes and parameter counts, the loss before and after the update"),
                   is_enabled=self._is_network),
        )  # fmt: skip

    def inspect(self) -> None:
        """Show the network in the inspector."""
        self._docks.open("inspector")
        self._context.selection.select(WHOLE)

    def check(self) -> None:
        """Begin a check; what it finds stands in the inspector."""
        self.inspect()
        self._context.session.check_gradients()

    def _is_network(self) -> bool:
        document = self._context.session.document
        return document.subject == "network" and bool(document.network.layers)
