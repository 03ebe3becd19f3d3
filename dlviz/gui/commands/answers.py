"""Learn and View: checking the numbers of a hand calculation, and rounding as at the board."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from dlviz.core.errors import DlvizError
from dlviz.gui.actions import Action
from dlviz.gui.dialogs import Dialogs
from dlviz.gui.panel import Context
from dlviz.gui.remembered import Remembered
from dlviz.i18n import tr
from dlviz.session.files.class_file import read_class
from dlviz.session.worksheets import Worksheet

DECIMALS = (0, 2, 3, 4, 5, 6)  # 0: nothing is rounded


class AnswerCommands(QObject):
    """Opens the page for numbers, and reads the file of a class for it."""

    def __init__(self, window: QWidget, context: Context, dialogs: Dialogs, remembered: Remembered) -> None:
        super().__init__(window)
        self._window, self._context, self._dialogs, self._remembered = window, context, dialogs, remembered
        self.on_workspace: Callable[[str], None] = context.use_workspace
        context.class_wanted.connect(self.load_class)

    def actions(self) -> tuple[Action, ...]:
        """Return the entries of the Learn and View menus."""
        rounding = tuple(Decimals(self._context, each, self).action() for each in DECIMALS)
        return (
            Action("check_numbers", tr("&Check my numbers…"), self.check, "learn", group=1,
                   tip=tr("Type the numbers of a hand calculation: the first slip is marked and named")),
            Action("load_class", tr("Check the numbers of a c&lass…"), self.load_class, "learn", group=1,
                   tip=tr("A CSV file with a row for each student and a column for each place of the pass")),
            *rounding,
        )  # fmt: skip

    def check(self) -> None:
        """Show the page where numbers are typed."""
        self._show(())

    @Slot()
    def load_class(self) -> None:
        """Ask for the file of a class and show what was found of each student."""
        path = self._dialogs.open_data(self._window, self._remembered.folder())
        if path is None:
            return
        try:
            self._show(read_class(path))
        except DlvizError as error:
            self._context.notify(error)

    def _show(self, worksheets: tuple[Worksheet, ...]) -> None:
        self.on_workspace("step")
        self._context.answers_asked.emit(worksheets)


class Decimals(QObject):
    """One number of decimals as an action."""

    def __init__(self, context: Context, decimals: int, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._decimals = context, decimals

    def action(self) -> Action:
        """Return the entry of the submenu."""
        count = self._decimals
        title = tr("{count} decimals", count=count) if count else tr("Nothing is rounded")
        tip = tr("Show beside each result what comes out with {count} decimals by hand", count=count)
        return Action(
            f"board_{count}", title, self._take, "view", tip=tip if count else tr("Show exact results alone"),
            is_checked=self._is_taken, submenu=tr("&Board rounding"), group=2,
        )  # fmt: skip

    def _take(self) -> None:
        self._context.use_board(self._decimals)

    def _is_taken(self) -> bool:
        return self._context.board_decimals == self._decimals
