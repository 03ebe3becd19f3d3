"""How the Step workspace shows a pass: one unit or whole matrices, a list of steps or pseudo-code."""

from PySide6.QtCore import QObject, Signal


class StepView(QObject):
    """Two switches that panels and menus share."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_matrix = self._is_code = False

    @property
    def is_matrix(self) -> bool:
        """Whether a step is shown with whole matrices instead of one unit."""
        return self._is_matrix

    @property
    def is_code(self) -> bool:
        """Whether the steps of a pass are shown as pseudo-code instead of a list."""
        return self._is_code

    def use_matrix(self, is_matrix: bool) -> None:
        """Show whole matrices, or one unit."""
        if is_matrix != self._is_matrix:
            self._is_matrix = is_matrix
            self.changed.emit()

    def use_code(self, is_code: bool) -> None:
        """Show pseudo-code, or the list of steps."""
        if is_code != self._is_code:
            self._is_code = is_code
            self.changed.emit()
