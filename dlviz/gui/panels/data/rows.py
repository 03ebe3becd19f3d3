"""The rows of the data as a table: sorted by any column, typed over, the row looked at and those selected marked."""

from textwrap import shorten
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from dlviz.core.errors import DataError, DlvizError
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr
from dlviz.session.edits import made_features

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
MEASURED = 50  # rows by which columns are made as wide as their numbers need
MOST_MEASURED = 60  # columns; more of them all get one width, measuring would take longer than a look
LONGEST_NAME = 24  # letters of a sentence beside its counts
NOBODY = -1


class RowsModel(QAbstractTableModel):
    """Inputs, targets, the part that a row belongs to, and columns that are left out; rows as they are sorted.

    Everything told and asked for is the place of a row among the data, wherever it stands in the table.
    """

    typed = Signal(int, int, float)  # row, column, number; for a class its index
    refused = Signal(object)  # DlvizError: what was typed is no number of this column

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prepared: Prepared | None = None
        self._parts = np.zeros(0, dtype=np.int8)  # of each row, a place in PARTS
        self._spare: tuple[tuple[str, NDArray[np.float64]], ...] = ()  # columns that are left out
        self._made: frozenset[str] = frozenset()  # columns that were made of others
        self._order: NDArray[np.intp] | None = None  # of rows from top to bottom; None: as they came
        self._sorting: tuple[int, bool] = -1, False  # the column, and whether it falls
        self.looked_at = NOBODY
        self.selected: frozenset[int] = frozenset()  # numbers in the whole set

    @property
    def sorting(self) -> tuple[int, bool]:
        """The column that rows are sorted by, −1 for none, and whether it falls."""
        return self._sorting

    @property
    def dataset(self) -> Dataset | None:
        """The rows that are shown."""
        return None if self._prepared is None else self._prepared.dataset

    def show_rows(self, prepared: Prepared | None, spare: tuple[tuple[str, NDArray[np.float64]], ...] = ()) -> None:
        """Show these rows; those that differ from the ones before by numbers alone move nothing.

        spare: the columns (n,) that are left out, by name.
        """
        old, self._prepared = self.dataset, prepared
        left_out, self._spare = [name for name, _ in self._spare], spare
        new = self.dataset
        if new is not None and prepared is not None:
            self._parts = prepared.parts
            self._made = frozenset(feature.name for feature in made_features(new))
        names = None if old is None else (old.n, old.input_names, old.target_names, old.class_names)
        is_alike = new is not None and names == (new.n, new.input_names, new.target_names, new.class_names)
        if new is None or not is_alike or left_out != [name for name, _ in spare]:
            self.looked_at = NOBODY
            self._order, self._sorting = None, (-1, False)
            self.beginResetModel()
            self.endResetModel()
        elif new is not old:
            self.dataChanged.emit(self.index(0, 0), self.index(new.n - 1, self.columnCount() - 1))

    def row_at(self, place: int) -> int:
        """Return which row of the data stands at a place of the table."""
        return place if self._order is None else int(self._order[place])

    def place_of(self, row: int) -> int:
        """Return where a row of the data stands in the table."""
        return row if self._order is None else int(np.flatnonzero(self._order == row)[0])

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column, −1 for the order in which the rows came; equal ones keep that order."""
        dataset = self.dataset
        if dataset is None:
            return
        falls = order == Qt.SortOrder.DescendingOrder
        self._sorting = column, falls
        self.layoutAboutToBeChanged.emit()
        if column < 0:
            self._order = None
        else:
            keys = self._keys(dataset, column)
            self._order = np.argsort(-keys if falls else keys, kind="stable")
        self.layoutChanged.emit()

    def _keys(self, dataset: Dataset, column: int) -> NDArray[np.float64]:
        """Return the numbers (n,) that a column is sorted by; classes by their place among the classes."""
        targets = dataset.targets.reshape(dataset.n, -1)
        after = column - dataset.d - targets.shape[1]
        if after > 0:
            return self._spare[after - 1][1]
        columns = (dataset.inputs[:, column : column + 1], targets[:, column - dataset.d :], self._parts[:, None])
        place = 0 if column < dataset.d else 2 if after == 0 else 1
        return np.asarray(columns[place][:, 0], dtype=np.float64)

    def mark(self, rows: frozenset[int]) -> None:
        """Mark the rows of the whole set that are selected."""
        self.selected = rows
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def look_at(self, row: int) -> bool:
        """Mark a row, NOBODY for none; say whether it was another one before."""
        if row == self.looked_at:
            return False
        before, self.looked_at = self.looked_at, row
        for each in (before, row):
            if 0 <= each < self.rowCount():
                place = self.place_of(each)
                self.dataChanged.emit(self.index(place, 0), self.index(place, self.columnCount() - 1))
        return True

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self.dataset is None or parent.isValid() else self.dataset.n

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        dataset = self.dataset
        return (
            0 if dataset is None or parent.isValid() else dataset.d + len(dataset.target_names) + 1 + len(self._spare)
        )

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let numbers be typed over; those of rows that stay on disk are changed in their file."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        dataset = self.dataset
        is_number = dataset is not None and index.column() < dataset.d + len(dataset.target_names)
        is_open = dataset is not None and dataset.stride == 1 and not dataset.is_streamed
        return flags | Qt.ItemFlag.ItemIsEditable if is_number and is_open else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        dataset, column = self.dataset, index.column()
        if dataset is None:
            return None
        row = self.row_at(index.row())
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(dataset, row, column, role)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = self._title(dataset, column)
            return f"{title}: {self._words(dataset, row, column, Qt.ItemDataRole.DisplayRole)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        is_marked = row == self.looked_at or row * dataset.stride in self.selected
        if role == Qt.ItemDataRole.BackgroundRole and is_marked:
            return QBrush(QColor(current().accent_soft))
        if role == Qt.ItemDataRole.ForegroundRole and column >= dataset.d + len(dataset.target_names):
            return QBrush(QColor(current().muted))
        return None

    def _words(self, dataset: Dataset, row: int, column: int, role: int) -> str:
        write = numbers.number if role == Qt.ItemDataRole.DisplayRole else numbers.full
        if column < dataset.d:
            return write(float(dataset.inputs[row, column]))
        after = column - dataset.d - len(dataset.target_names)
        if after == 0:
            return part_words()[self._parts[row]]
        if after > 0:
            return write(float(self._spare[after - 1][1][row]))
        if dataset.task != "regression":
            return dataset.class_names[int(dataset.targets[row])]
        return write(float(dataset.targets[row, column - dataset.d]))

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Ask for a typed number; whoever made the model puts it into the document."""
        dataset = self.dataset
        if dataset is None or value == self.data(index, Qt.ItemDataRole.EditRole):
            return False
        try:
            number = _class_of(dataset, value) if self._is_class(dataset, index) else numbers.parse_number(value)
        except DlvizError as error:
            self.refused.emit(error)
            return False
        self.typed.emit(self.row_at(index.row()), index.column(), number)
        return True

    def _is_class(self, dataset: Dataset, index: Index) -> bool:
        return dataset.task != "regression" and index.column() == dataset.d

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        dataset = self.dataset
        if dataset is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return self._row_words(dataset, self.row_at(section), role)
        title = self._title(dataset, section)
        if role == Qt.ItemDataRole.ToolTipRole:
            tip = tr("{title}: click to sort", title=title)
            made = tr("Made of the columns before it: it follows the numbers that are typed there.")
            return f"{tip}\n{made}" if title in self._made else tip
        arrow = "" if self._sorting[0] != section else " ▾" if self._sorting[1] else " ▴"
        return f"{title}{arrow}\n{self._role(dataset, section)}"

    def _row_words(self, dataset: Dataset, row: int, role: int) -> str:
        """Return the number of a row, and what it is called where somebody asks."""
        number = str(row * dataset.stride + 1)
        if role == Qt.ItemDataRole.ToolTipRole:
            return dataset.row_names[row] if dataset.row_names else number
        if dataset.is_text and dataset.row_names:
            number = f"{number}  {shorten(dataset.row_names[row], LONGEST_NAME, placeholder='…')}"
        return f"▸ {number}" if row == self.looked_at else number

    def _title(self, dataset: Dataset, column: int) -> str:
        spare = [name for name, _ in self._spare]
        return (*dataset.input_names, *dataset.target_names, tr("part"), *spare)[column]

    def name_of(self, column: int) -> str:
        """Return the name of a column, "" for that of the parts."""
        dataset = self.dataset
        if dataset is None or column == dataset.d + len(dataset.target_names):
            return ""
        return self._title(dataset, column)

    def _role(self, dataset: Dataset, column: int) -> str:
        """Return what a column is to the network."""
        if column < dataset.d:
            return tr("made input") if dataset.input_names[column] in self._made else tr("input")
        after = column - dataset.d - len(dataset.target_names)
        return tr("target") if after < 0 else tr("left out") if after else ""

    def written(self) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """Return headings, and every row as it stands in the table, numbers with every digit."""
        dataset = self.dataset
        if dataset is None:
            return (), []
        spare = [(name, values.tolist()) for name, values in self._spare]
        headings = (tr("row"), *dataset.input_names, *dataset.target_names, tr("part"), *(name for name, _ in spare))
        order = range(dataset.n) if self._order is None else self._order.tolist()
        targets: list[Any] = dataset.targets.reshape(dataset.n, -1).tolist()
        if dataset.task != "regression":
            targets = [[dataset.class_names[int(index)]] for index in dataset.targets]
        parts = part_words()
        return headings, [
            (
                row * dataset.stride + 1,
                *dataset.inputs[row].tolist(),
                *targets[row],
                parts[self._parts[row]],
                *(values[row] for _, values in spare),
            )
            for row in order
        ]


def part_words() -> tuple[str, str, str]:
    """Return what the parts of the data are called."""
    return tr("train"), tr("dev"), tr("test")


def _class_of(dataset: Dataset, typed: str) -> float:
    """Return the index of a class that was typed by name. Raises: DataError."""
    name = typed.strip()
    if name in dataset.class_names:
        return float(dataset.class_names.index(name))
    known = ", ".join(dataset.class_names)
    raise DataError(tr("Expected a class: {known}. Received: {value}", known=known, value=name))


class RowsTable(QTableView):
    """Enter, F2 or a double click types over a number; a click on a heading sorts, there and back and as it was."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = RowsModel(self)
        self.setModel(self.rows)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked | QAbstractItemView.EditTrigger.EditKeyPressed
            | QAbstractItemView.EditTrigger.AnyKeyPressed
        )  # fmt: skip
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setResizeContentsPrecision(MEASURED)
        self.horizontalHeader().setMinimumSectionSize(2 * GRID)
        self.verticalHeader().setDefaultSectionSize(3 * GRID)
        self.horizontalHeader().setSectionsClickable(True)
        self.horizontalHeader().sectionClicked.connect(self._sort)
        describe(self, tr("Rows of the data"), tr("Type over a number; the row that is walked is marked"))
        self._needed: list[int] = []  # pixels, of each column
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        for widget in (self, self.horizontalHeader(), self.verticalHeader()):
            widget.setFont(font("small"))
        self._measure()

    def show_rows(self, prepared: Prepared | None, spare: tuple[tuple[str, NDArray[np.float64]], ...] = ()) -> None:
        """Show these rows, each column as wide as it needs to be and what is left shared."""
        self.rows.show_rows(prepared, spare)
        self._measure()

    @Slot(int)
    def _sort(self, column: int) -> None:
        """Sort by a column: rising, falling, and then as the rows came."""
        before, falls = self.rows.sorting
        ways = Qt.SortOrder.DescendingOrder if before == column else Qt.SortOrder.AscendingOrder
        self.rows.sort(-1 if before == column and falls else column, ways)

    def mark(self, rows: frozenset[int]) -> None:
        """Mark the rows of the whole set that are selected, and bring the first of them into view."""
        self.rows.mark(rows)
        dataset = self.rows.dataset
        shown = [] if dataset is None else [row for row in rows if row % dataset.stride == 0]
        places = [self.rows.place_of(row // dataset.stride) for row in sorted(shown)[:1] if dataset is not None]
        if places and places[0] < self.rows.rowCount():
            self.scrollTo(self.rows.index(places[0], 0))

    def _measure(self) -> None:
        """Ask what each column needs, and share what is left: in another width no cell needs more than before."""
        columns = range(self.rows.columnCount() if self.rows.columnCount() <= MOST_MEASURED else 0)
        if columns:
            self.resizeColumnsToContents()
        self._needed = [self.columnWidth(column) for column in columns]
        self._share_room()

    def _share_room(self) -> None:
        left = max(self.viewport().width() - sum(self._needed), 0)
        for column, needed in enumerate(self._needed):
            self.setColumnWidth(column, needed + left // len(self._needed))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share another width."""
        super().resizeEvent(event)
        self._share_room()

    def look_at(self, row: int) -> None:
        """Mark the row that is walked and bring it into view."""
        if self.rows.look_at(row) and row != NOBODY:
            self.scrollTo(self.rows.index(self.rows.place_of(row), 0))
        self.verticalHeader().viewport().update()
