"""Two lists from which the columns of a picture are chosen."""

from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr


class AxisChoice(QWidget):
    """Two columns, across and up; they stay as they were chosen while the data have them."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: tuple[str, ...] = ()
        self.across, self.up = Chooser(), Chooser()
        for chooser, words in ((self.across, tr("Column across")), (self.up, tr("Column up"))):
            describe(chooser, words)
            chooser.setMinimumContentsLength(4)
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.activated.connect(self._tell)
        row = QHBoxLayout(self)
        spaced(row, gap=GRID // 2)
        for widget, stretch in ((self.across, 1), (Text("×", "muted"), 0), (self.up, 1)):
            row.addWidget(widget, stretch)

    def show_names(self, names: Sequence[str], first: int = 0, second: int = 1) -> None:
        """Offer these columns. first, second: those across and up at first."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        for chooser, column in ((self.across, first), (self.up, second)):
            chooser.clear()
            chooser.addItems(list(names))
            chooser.setCurrentIndex(min(column, len(names) - 1))

    @property
    def columns(self) -> tuple[int, int]:
        """The columns chosen, by their places."""
        return self.across.currentIndex(), self.up.currentIndex()

    @Slot(int)
    def _tell(self, _index: int) -> None:
        self.changed.emit()
