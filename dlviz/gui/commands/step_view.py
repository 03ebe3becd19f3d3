"""View: whole matrices or one unit, pseudo-code or the list of steps, remembered from start to start."""

from PySide6.QtCore import QObject, Slot

from dlviz.gui.actions import Action
from dlviz.gui.panel import Context
from dlviz.gui.remembered import Remembered
from dlviz.i18n import tr


class StepViewCommands(QObject):
    """Switches the views of the Step workspace."""

    def __init__(self, context: Context, remembered: Remembered, parent: QObject) -> None:
        super().__init__(parent)
        self._context, self._remembered = context, remembered
        context.step_view.use_matrix(remembered.is_matrix)
        context.step_view.use_code(remembered.is_code)
        context.step_view.changed.connect(self._remember)

    def actions(self) -> tuple[Action, ...]:
        """Return the entries of the View menu."""
        return (
            Action("matrix_view", tr("Steps as &matrices"), self._turn_matrix, "view", ("M",), group=2,
                   tip=tr("Show a step with whole matrices, or for one unit"),
                   is_enabled=self._is_stepping, is_checked=self._is_matrix),
            Action("pseudo_code", tr("Steps as &pseudo-code"), self._turn_code, "view", ("C",), group=2,
                   tip=tr("Show the steps as pseudo-code with the running line, or as a list"),
                   is_enabled=self._is_stepping, is_checked=self._is_code),
        )  # fmt: skip

    @Slot()
    def _remember(self) -> None:
        view = self._context.step_view
        self._remembered.use_step_view(view.is_matrix, view.is_code)

    def _turn_matrix(self) -> None:
        self._context.step_view.use_matrix(not self._context.step_view.is_matrix)

    def _turn_code(self) -> None:
        self._context.step_view.use_code(not self._context.step_view.is_code)

    def _is_stepping(self) -> bool:
        return self._context.workspace == "step"

    def _is_matrix(self) -> bool:
        return self._context.step_view.is_matrix

    def _is_code(self) -> bool:
        return self._context.step_view.is_code
