"""Help: all that is drawn, as a list."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from dlviz.gui.actions import Action
from dlviz.gui.bridge import Bridge
from dlviz.gui.listing.dialog import ListDialog
from dlviz.gui.listing.entries import Entry, entries_of
from dlviz.gui.panel import Context, Panel, panels
from dlviz.i18n import tr


class ListCommands(QObject):
    """Opens the list, at most one, and lets it follow the frames."""

    def __init__(self, window: QWidget, context: Context, bridge: Bridge) -> None:
        super().__init__(window)
        self._window, self._context, self._bridge = window, context, bridge

    def actions(self) -> tuple[Action, ...]:
        """Return the entry of the Help menu."""
        tip = tr("Canvas and plots as a list of names and values, for the keyboard and screen readers")
        return (Action("list_drawn", tr("What is drawn, as a &list"), self.show, "help", ("Ctrl+L",), tip=tip),)

    def show(self) -> None:
        """Open the list, or bring it to the front."""
        opened = self._window.findChild(ListDialog)
        if opened is None:
            opened = ListDialog(self.entries, self._context.selection, self._window)
            self._bridge.frame_shown.connect(opened.follow)
        opened.show()
        opened.raise_()
        opened.activateWindow()

    def entries(self) -> tuple[Entry, ...]:
        """Return what the panels on show draw, a group for each."""
        shown = [panel for panel in self._window.findChildren(Panel) if panel.isVisible()]
        groups = (Entry(panels.get(panel.key).title, parts=entries_of(panel)) for panel in shown)
        return tuple(group for group in groups if group.parts)
