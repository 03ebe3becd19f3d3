"""The rows of the data as a table: inputs and targets can be typed over, the row looked at is marked."""

from typing import Any

import numpy as np
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

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
MEASURED = 50  # rows by which columns are made as wide as their numbers need
NOBODY = -1


class RowsModel(QAbstractTableModel):
    """Inputs, then targets, then the part that a row belongs to."""

    typed = Signal(int, int, float)  # row, column, number; for a class its index
    refused = Signal(object)  # DlvizError: what was typed is no number of this column

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prepared: Prepared | None = None
        self._is_train = np.zeros(0, dtype=bool)
        self.looked_at = NOBODY
        self.selected: frozenset[int] = frozenset()  # numbers in the whole set

    @property
    def dataset(self) -> Dataset | None:
        """The rows that are shown."""
        return None if self._prepared is None else self._prepared.dataset

    def show_rows(self, prepared: Prepared | None) -> None:
        """Show these rows; those that differ from the ones before by numbers alone move nothing."""
        old, self._prepared = self.dataset, prepared
        new = self.dataset
        if new is not None and prepared is not None:
            self._is_train = np.zeros(new.n, dtype=bool)
            self._is_train[prepared.train] = True
        names = None if old is None else (old.n, old.input_names, old.target_names, old.class_names)
        if new is None or names != (new.n, new.input_names, new.target_names, new.class_names):
            self.looked_at = NOBODY
            self.beginResetModel()
            self.endResetModel()
        elif new is not old:
            self.dataChanged.emit(self.index(0, 0), self.index(new.n - 1, self.columnCount() - 1))

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
                self.dataChanged.emit(self.index(each, 0), self.index(each, self.columnCount() - 1))
        return True

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self.dataset is None or parent.isValid() else self.dataset.n

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        dataset = self.dataset
        return 0 if dataset is None or parent.isValid() else dataset.d + len(dataset.target_names) + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Let numbers be typed over; those of rows that stay on disk are changed in their file."""
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        dataset = self.dataset
        is_number = dataset is not None and index.column() < dataset.d + len(dataset.target_names)
        is_open = dataset is not None and dataset.stride == 1 and not dataset.is_streamed
        return flags | Qt.ItemFlag.ItemIsEditable if is_number and is_open else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        dataset, row, column = self.dataset, index.row(), index.column()
        if dataset is None:
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole, Qt.ItemDataRole.ToolTipRole):
            return self._words(dataset, row, column, role)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = self.headerData(column, Qt.Orientation.Horizontal)
            return f"{title}: {self._words(dataset, row, column, Qt.ItemDataRole.DisplayRole)}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        is_marked = row == self.looked_at or row * dataset.stride in self.selected
        if role == Qt.ItemDataRole.BackgroundRole and is_marked:
            return QBrush(QColor(current().accent_soft))
        if role == Qt.ItemDataRole.ForegroundRole and column == self.columnCount() - 1:
            return QBrush(QColor(current().muted))
        return None

    def _words(self, dataset: Dataset, row: int, column: int, role: int) -> str:
        write = numbers.number if role == Qt.ItemDataRole.DisplayRole else numbers.full
        if column < dataset.d:
            return write(float(dataset.inputs[row, column]))
        if column == self.columnCount() - 1:
            return tr("train") if self._is_train[row] else tr("test")
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
        self.typed.emit(index.row(), index.column(), number)
        return True

    def _is_class(self, dataset: Dataset, index: Index) -> bool:
        return dataset.task != "regression" and index.column() == dataset.d

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        dataset = self.dataset
        if dataset is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            number = str(section * dataset.stride + 1)
            return f"▸ {number}" if section == self.looked_at else number
        return (*dataset.input_names, *dataset.target_names, tr("part"))[section]


def _class_of(dataset: Dataset, typed: str) -> float:
    """Return the index of a class that was typed by name. Raises: DataError."""
    name = typed.strip()
    if name in dataset.class_names:
        return float(dataset.class_names.index(name))
    known = ", ".join(dataset.class_names)
    raise DataError(tr("Expected a class: {known}. Received: {value}", known=known, value=name))


class RowsTable(QTableView):
    """Enter, F2 or a double click types over a number."""

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
        describe(self, tr("Rows of the data"), tr("Type over a number; the row that is walked is marked"))
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        for widget in (self, self.horizontalHeader(), self.verticalHeader()):
            widget.setFont(font("small"))
        self._share_room()

    def show_rows(self, prepared: Prepared | None) -> None:
        """Show these rows, each column as wide as it needs to be and what is left shared."""
        self.rows.show_rows(prepared)
        self._share_room()

    def _share_room(self) -> None:
        self.resizeColumnsToContents()
        columns = range(self.rows.columnCount())
        widths = [self.columnWidth(column) for column in columns]
        left = self.viewport().width() - sum(widths)
        if left > 0:
            for column in columns:
                self.setColumnWidth(column, widths[column] + left // len(widths))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share another width."""
        super().resizeEvent(event)
        self._share_room()

    def look_at(self, row: int) -> None:
        """Mark the row that is walked and bring it into view."""
        if self.rows.look_at(row) and row != NOBODY:
            self.scrollTo(self.rows.index(row, 0))
        self.verticalHeader().viewport().update()
