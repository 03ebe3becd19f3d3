"""Two lists from which the columns of a picture are chosen."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.chooser import Chooser
from dlviz.gui.widgets.flow import Flow
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

LOOKED_AT = 2000  # rows whose spread decides which pixels are drawn first


class Axis(QWidget):
    """A list of columns behind the arrow of its axis."""

    def __init__(self, arrow: str, chooser: Chooser, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._arrow, self._chooser = Text(arrow, "muted"), chooser
        row = QHBoxLayout(self)
        spaced(row, gap=GRID // 2)
        row.addWidget(self._arrow)
        row.addWidget(chooser, 1)

    def natural_width(self) -> int:
        """Return the width at which all words are whole."""
        return self._arrow.sizeHint().width() + GRID // 2 + self._chooser.natural_width()


class AxisChoice(Flow):
    """Two columns, across and up; they stay as they were chosen while the data have them."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        self.across, self.up = Chooser(), Chooser()
        super().__init__([Axis("→", self.across), Axis("↑", self.up)], parent=parent)
        self._names: tuple[str, ...] = ()
        for chooser, words in ((self.across, tr("Column across")), (self.up, tr("Column up"))):
            describe(chooser, words)
            chooser.setMinimumContentsLength(4)
            chooser.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            chooser.activated.connect(self._tell)

    def show_names(self, names: Sequence[str], first: int = 0, second: int = 1) -> None:
        """Offer these columns. first, second: those across and up at first."""
        if tuple(names) == self._names:
            return
        self._names = tuple(names)
        for chooser, place in ((self.across, first), (self.up, second)):
            chooser.clear()
            chooser.addItems(list(names))
            chooser.setCurrentIndex(min(place, len(names) - 1))
        self.fit()

    @property
    def columns(self) -> tuple[int, int]:
        """The columns chosen, by their places."""
        return self.across.currentIndex(), self.up.currentIndex()

    @Slot(int)
    def _tell(self, _index: int) -> None:
        self.changed.emit()


def telling_columns(dataset: Dataset) -> tuple[int, int]:
    """Return two columns to begin with: the first ones, of images the two pixels that vary most."""
    if dataset.modality != "image" or dataset.d < 2:
        return 0, 1
    spread = np.asarray(dataset.inputs[:LOOKED_AT]).std(axis=0)
    second, first = np.argsort(spread, kind="stable")[-2:].tolist()
    return first, second
