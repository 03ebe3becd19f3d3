"""Learn and Edit: checking gradients, the network as a whole, and the rows of the data."""

from PySide6.QtCore import QObject

from dlviz.gui.actions import Action
from dlviz.gui.docks import Docks
from dlviz.gui.panel import Context
from dlviz.gui.selection import Selected
from dlviz.i18n import tr

WHOLE = Selected("network")


class CheckCommands(QObject):
    """Opens the place where something is looked into: the inspector, or the data."""

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
            Action("data_rows", tr("&Rows of the data…"), self.show_rows, "edit", ("Ctrl+T",), group=2,
                   tip=tr("The rows as a table; inputs and targets can be typed over"), is_enabled=self._has_rows),
        )  # fmt: skip

    def inspect(self) -> None:
        """Show the network in the inspector."""
        self._docks.open("inspector")
        self._context.selection.select(WHOLE)

    def check(self) -> None:
        """Begin a check; what it finds stands in the inspector."""
        self.inspect()
        self._context.session.check_gradients()

    def show_rows(self) -> None:
        """Show the table of the rows in the data panel."""
        self._docks.open("data")
        self._context.rows_wanted.emit()

    def _has_rows(self) -> bool:
        return bool(self._context.session.document.subject != "formula")

    def _is_network(self) -> bool:
        document = self._context.session.document
        return document.subject == "network" and bool(document.network.layers)
