"""Learn: learning rules and computation graphs, one entry for each example."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from dlviz.gui.actions import Action
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.subject_presets import EXAMPLES, Example


class ExampleCommand(QObject):
    """One example as an entry of the menu; `show` opens its document in the Step workspace."""

    def __init__(self, example: Example, show: Callable[[Document], None], parent: QObject) -> None:
        super().__init__(parent)
        self._example, self._show = example, show

    def action(self) -> Action:
        """Return the entry of the submenu."""
        submenu = {"rules": tr("Learning &rules"), "graphs": tr("Computation &graphs")}[self._example.part]
        return Action(
            f"learn_{self._example.key}", self._example.title, self._open, "learn", tip=self._example.tip,
            submenu=submenu,
        )  # fmt: skip

    def _open(self) -> None:
        self._show(self._example.make())


def example_actions(show: Callable[[Document], None], parent: QObject) -> tuple[Action, ...]:
    """Return the entries of both submenus."""
    return tuple(ExampleCommand(each, show, parent).action() for each in EXAMPLES)
