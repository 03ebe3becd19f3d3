"""The page of the rows: every number to read, sort, type over and copy; labels as integers and one-hot rows."""

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.encoding import LOSSES, MOST_ROWS, TargetEncoding, read_encoding
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.rows import NOBODY, RowsTable
from dlviz.gui.selection import Rows, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.copying import Offer, copy_csv
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_input_cell, set_loss, set_target_cell
from dlviz.session.messages import Frame

ROWS, LABELS = "rows", "labels"


class TablePage(DataPage):
    """The table of the rows; those selected anywhere are marked."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        self.rows, self.labels = RowsTable(), TargetEncoding()
        self.which = Words(tr("What the table shows"), ((ROWS, tr("rows")), (LABELS, tr("labels as numbers"))))
        self._pages = QStackedWidget()
        self._pages.addWidget(self.rows)
        self._pages.addWidget(self.labels)
        self._prepared: Prepared | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, 0, 0, 0)
        layout.addWidget(self.which, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._pages, 1)
        self.which.chosen.connect(self._choose)
        self.labels.chosen.connect(self._encode)
        self.rows.rows.typed.connect(self._type)
        self.rows.rows.refused.connect(edits.refuse)
        self.rows.clicked.connect(self._select_row)
        self.context.selection.rows_changed.connect(self._mark_rows)
        self.rows.mark(self.context.selection.rows)
        self.setFocusProxy(self.rows)

    def show_data(self, document: Document, prepared: Prepared | None) -> None:
        """Show the rows, of a set that stays on disk a sample of them."""
        self.rows.show_rows(None if prepared is None else prepared.sample)
        dataset = None if prepared is None else prepared.dataset
        has_labels = dataset is not None and dataset.task != "regression"
        self.which.setVisible(has_labels)
        if not has_labels:
            self._choose(ROWS)
        elif dataset is not None:
            labels = dataset.targets[:MOST_ROWS].tolist()
            self.labels.show_labels(dataset.target_names[0], labels, dataset.class_names)
            self.labels.show_read(read_encoding(document))

    @Slot(str)
    def _choose(self, key: str) -> None:
        self.which.set_key(key)
        self._pages.setCurrentWidget(self.labels if key == LABELS else self.rows)

    @Slot(str)
    def _encode(self, encoding: str) -> None:
        """Let the loss read the labels in another way."""
        self.edits.edit(set_loss, tr("Labels"), "", LOSSES[encoding])

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
