"""The page of the rows: every number to read, sort, type over and copy; labels as integers and one-hot rows."""

from PySide6.QtCore import QModelIndex, Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared, whole_dataset
from dlviz.data.roles import Role, column_values, roles_of
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.panels.data.encoding import LOSSES, MOST_ROWS, TargetEncoding, read_encoding
from dlviz.gui.panels.data.page import DataPage
from dlviz.gui.panels.data.role_choice import RoleChoice, role_words
from dlviz.gui.panels.data.rows import NOBODY, RowsTable
from dlviz.gui.selection import Rows, Selected
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.copying import Offer, copy_csv
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_input_cell, set_loss, set_role, set_target_cell
from dlviz.session.messages import Frame

ROWS, LABELS = "rows", "labels"


class TablePage(DataPage):
    """The table of the rows; those selected anywhere are marked."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(edits, parent)
        self.roles, self.rows, self.labels = RoleChoice(), RowsTable(), TargetEncoding(indent=GRID)
        self.which = Words(tr("What the table shows"), ((ROWS, tr("rows")), (LABELS, tr("labels as numbers"))))
        self._pages = QStackedWidget()
        self._pages.addWidget(_below(self.roles, self.rows))
        self._pages.addWidget(self.labels)
        self._prepared: Prepared | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID, 0, 0, 0)
        top = QHBoxLayout()
        top.setContentsMargins(GRID, 0, 0, 0)  # so that all choices begin below each other
        top.addWidget(self.which, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)
        self.roles.chosen.connect(self._choose_role)
        self.rows.horizontalHeader().sectionClicked.connect(self._take_column)
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
        self._show_rows(document, prepared)
        dataset = None if prepared is None else prepared.dataset
        has_labels = dataset is not None and dataset.task != "regression"
        self.which.setVisible(has_labels)
        if not has_labels:
            self._choose(ROWS)
        elif dataset is not None:
            labels = dataset.targets[:MOST_ROWS].tolist()
            self.labels.show_labels(dataset.target_names[0], labels, dataset.class_names)
            self.labels.show_read(read_encoding(document))

    def _show_rows(self, document: Document, prepared: Prepared | None) -> None:
        """Show the rows with what their columns are; those of a set on disk are chosen where its file is opened."""
        self.roles.setVisible(prepared is not None and prepared.sample is prepared)
        if prepared is None or prepared.sample is not prepared:
            self.rows.show_rows(None if prepared is None else prepared.sample)
            return
        whole = whole_dataset(document.data)
        roles = {**roles_of(whole), **document.data.roles}
        left_out = [name for name, role in roles.items() if role == "none"] if whole.n == prepared.dataset.n else []
        self.roles.show_roles(roles)
        self.rows.show_rows(prepared, tuple((name, column_values(whole, name)) for name in left_out))

    @Slot(int)
    def _take_column(self, column: int) -> None:
        self.roles.take(self.rows.rows.name_of(column))

    @Slot(str, str)
    def _choose_role(self, column: str, role: Role) -> None:
        """Give a column another role; the network and its loss follow."""
        self.edits.edit(set_role, tr("{column}: {role}", column=column, role=role_words()[role]), "", column, role)

    @Slot(str)
    def _choose(self, key: str) -> None:
        self.which.set_key(key)
        self._pages.setCurrentIndex(1 if key == LABELS else 0)

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


def _below(choice: QWidget, table: QWidget) -> QWidget:
    """Return a page with a choice above a table that fills it."""
    page = QWidget()
    layout, held = QVBoxLayout(page), QVBoxLayout()
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID // 2)
    held.setContentsMargins(GRID, 0, 2 * GRID, 0)
    held.addWidget(choice)
    layout.addLayout(held)
    layout.addWidget(table, 1)
    return page
