"""OtherModels: the same data and weights under other activations and losses of the output; a click takes one."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.fold import Fold
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.model_row import ModelRow

COLUMNS = ("a", tr("class"), tr("loss"), tr("right"))
DIGITS = 4


class OtherModels(Fold):
    """One row a head: its output, class and loss for the sample looked at, and the share of rows answered rightly."""

    taken = Signal(str)  # key of a head

    def __init__(self, parent: QWidget | None = None) -> None:
        tip = tr("The same data and weights with another activation and loss")
        super().__init__(tr("As another model"), tip, parent)
        self.rows: tuple[ModelRow, ...] = ()
        self.names: list[TextButton] = []
        self.cells: list[tuple[Text, ...]] = []
        words = tr("Of this sample; right: the share of the training rows. Click one to use it.")
        self.note = Text(words, "muted", "small")
        self.note.setWordWrap(True)
        self.grid = QGridLayout()
        spaced(self.grid, gap=GRID // 2)
        self.grid.setColumnStretch(0, 1)
        for place, heading in enumerate(COLUMNS, 1):
            title = Text(heading, "muted", "small")
            title.setAlignment(Qt.AlignmentFlag.AlignRight)
            self.grid.addWidget(title, 0, place)
        self.column.addLayout(self.grid)
        self.column.addWidget(self.note)

    def show_models(self, rows: Sequence[ModelRow]) -> None:
        """Show these rows; the one in force is marked and cannot be taken."""
        self.rows = tuple(rows)
        while len(self.names) < len(rows):
            self._add_row()
        for row, name, cells in zip(rows, self.names, self.cells, strict=False):
            name.setObjectName(row.key)
            name.setText(("• " if row.is_in_force else "") + tr(row.title))
            name.setEnabled(not row.is_in_force)
            describe(name, tr(row.title), tr("Use this model; the sum of the output stays what it is"))
            for cell, (words, full) in zip(cells, _written(row), strict=True):
                cell.setText(words)
                cell.setToolTip(full)

    def _add_row(self) -> None:
        name = TextButton("", is_link=True)
        name.clicked.connect(self._take)
        cells = tuple(Text("") for _ in COLUMNS)
        self.names.append(name)
        self.cells.append(cells)
        row = len(self.names)
        self.grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignLeft)
        for place, cell in enumerate(cells, 1):
            cell.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.grid.addWidget(cell, row, place)

    @Slot()
    def _take(self) -> None:
        self.taken.emit(self.sender().objectName())


def _written(row: ModelRow) -> tuple[tuple[str, str], ...]:
    """Return each number as it is shown, and with every digit."""
    right = numbers.percent(row.right)
    return (
        (numbers.number(row.output, DIGITS), numbers.full(row.output)),
        (str(row.answer), tr("the class that this output stands for")),
        (numbers.number(row.loss, DIGITS), numbers.full(row.loss)),
        (right, tr("mean loss of the training rows: {loss}", loss=numbers.full(row.mean_loss))),
    )
