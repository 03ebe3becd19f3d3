"""The page of the rows: every number to read, sort, type over and copy."""

from PySide6.QtCore import QModelIndex, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.rows import NOBODY, RowsTable
from dlviz.gui.selection import Rows, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.copying import Offer, copy_csv
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_input_cell, set_target_cell
from dlviz.session.messages import Frame


class TablePage(DataPage):
    """The table of the rows; those selected anywhere are marked."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        self.rows = RowsTable()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, 0, 0, 0)
        layout.addWidget(self.rows)
        self.rows.rows.typed.connect(self._type)
        self.rows.rows.refused.connect(edits.refuse)
        self.rows.clicked.connect(self._select_row)
        self.context.selection.rows_changed.connect(self._mark_rows)
        self.rows.mark(self.context.selection.rows)
        self.setFocusProxy(self.rows)

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Show the rows, of a set that stays on disk a sample of them."""
        self.rows.show_rows(None if prepared is None else prepared.sample)

    def show_frame(self, frame: Frame) -> None:
        """Mark the row that is walked."""
        trace = frame.trace
        is_inside = trace is not None and frame.sample < len(trace.rows)
        self.rows.look_at(int(trace.rows[frame.sample]) if trace is not None and is_inside else NOBODY)

    @Slot(int, int, float)
    def _type(self, row: int, column: int, value: float) -> None:
        dataset = self.rows.rows.dataset
        assert dataset is not None  # one of its numbers was typed
        name = (*dataset.input_names, *dataset.target_names)[column]
        label = tr("Type {symbol}", symbol=name)
        if column < dataset.d:
            self.edits.edit(set_input_cell, label, "", row, column, value)
        else:
            self.edits.edit(set_target_cell, label, "", row, column - dataset.d, value)

    @Slot(QModelIndex)
    def _select_row(self, index: QModelIndex) -> None:
        dataset = self.rows.rows.dataset
        assert dataset is not None  # one of its rows was clicked
        place = self.rows.rows.row_at(index.row())
        row = place * dataset.stride
        self.context.selection.select(Selected("sample", unit=place))
        self.context.selection.select_rows([row], tr("row {row}", row=row + 1))

    @Slot(object)
    def _mark_rows(self, rows: Rows) -> None:
        self.rows.mark(rows.numbers)

    def offers(self) -> tuple[Offer, ...]:
        """Offer the rows in the order in which they stand."""
        return ((tr("Copy as CSV"), self.copy),)

    @Slot()
    def copy(self) -> None:
        """Put every row on the clipboard with every digit."""
        copy_csv(*self.rows.rows.written())
