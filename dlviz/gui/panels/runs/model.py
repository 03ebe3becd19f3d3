"""The runs of a session as rows of a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush, QColor

from dlviz.gui import numbers
from dlviz.gui.run_words import change_words, parent_words, run_name, seconds_words
from dlviz.gui.theme import current
from dlviz.i18n import tr
from dlviz.session.run_row import RunRow

Index = QModelIndex | QPersistentModelIndex
Rows = Sequence[RunRow]
ROW = Qt.ItemDataRole.UserRole  # the RunRow itself
NAME, NOTE = 0, 8  # columns that can be typed into
_NOWHERE = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
DIGITS = 3  # so that a small loss fits with its power of ten; all of them are in the tooltip


@dataclass(frozen=True)
class Column:
    """A column: heading, what it means, the words of a run in it, and its number with every digit to copy."""

    key: str
    title: str
    tip: str
    words: Callable[[RunRow, Rows], str]
    value: Callable[[RunRow], object] | None = None

    @property
    def is_number(self) -> bool:
        """Whether it stands at the right."""
        return self.value is not None


def _loss(value: float | None) -> str:
    return "" if value is None else numbers.number(value, DIGITS)


def _score(value: float | None) -> str:
    return "" if value is None else numbers.percent(value) if 0 <= value <= 1 else numbers.number(value, 3)


COLUMNS = (
    Column("run", tr("Run"), tr("Name and colour; double-click or F2 to name it"), lambda row, rows: run_name(row)),
    Column("change", tr("Change"), tr("What was changed when it left its parent"), change_words),
    Column("loss", tr("Loss"), tr("On the training rows, where the run stands"),
           lambda row, rows: _loss(row.train_loss), lambda row: row.train_loss),
    Column("held_out_loss", tr("Dev loss"), tr("On the dev rows, which do not train, where the run stands"),
           lambda row, rows: _loss(row.validation_loss), lambda row: row.validation_loss),
    Column("held_out_score", tr("Dev score"), tr("Accuracy or R² of the dev rows; of the training rows if none"),
           lambda row, rows: _score(row.train_score if row.validation_score is None else row.validation_score),
           lambda row: row.train_score if row.validation_score is None else row.validation_score),
    Column("epoch", tr("Epoch"), tr("Where the run stands"),
           lambda row, rows: numbers.count(row.epoch), lambda row: row.epoch),
    Column("parent", tr("From"), tr("The run that it left, and where"), parent_words),
    Column("seconds", tr("Time"), tr("Computing time since it left its parent"),
           lambda row, rows: seconds_words(row.seconds), lambda row: row.seconds),
    Column("note", tr("Note"), tr("Double-click to write one"), lambda row, rows: row.label.note.replace("\n", " ")),
)  # fmt: skip


class RunsModel(QAbstractTableModel):
    """Runs in the order in which they began."""

    described = Signal(int, str, str)  # uid, "name" or "note", text

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[RunRow, ...] = ()

    def show_rows(self, rows: tuple[RunRow, ...]) -> None:
        """Show these runs; where the list is the same, only cells that changed are drawn again."""
        before, uids = self.rows, [row.uid for row in rows]
        if uids[: len(before)] != [row.uid for row in before]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
            return
        if len(uids) > len(before):
            self.beginInsertRows(_NOWHERE, len(before), len(uids) - 1)
            self.rows = rows
            self.endInsertRows()
        self.rows = rows
        changed = [place for place, (old, new) in enumerate(zip(before, rows, strict=False)) if old is not new]
        for place in changed:
            self.dataChanged.emit(self.index(place, 0), self.index(place, len(COLUMNS) - 1))

    def place_of(self, uid: int) -> int | None:
        """Return the row of a run."""
        return next((place for place, row in enumerate(self.rows) if row.uid == uid), None)

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() in (NAME, NOTE) else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        row, column = self.rows[index.row()], COLUMNS[index.column()]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.words(row, self.rows)
        if role == Qt.ItemDataRole.EditRole:
            return row.label.name if index.column() == NAME else row.label.note
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._tip(row, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if column.is_number else _LEFT
        if role == ROW:
            return row
        return self._look(row, role)

    def _tip(self, row: RunRow, column: Column) -> str:
        value = column.value(row) if column.value else None
        if isinstance(value, float):
            return numbers.full(value)
        return row.label.note if column.key == "note" else column.words(row, self.rows)

    def _look(self, row: RunRow, role: int) -> Any:
        if role == Qt.ItemDataRole.BackgroundRole and row.is_current:
            return QBrush(QColor(current().accent_soft))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return None
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or not index.isValid():
            return False
        key = "name" if index.column() == NAME else "note"
        self.described.emit(self.rows[index.row()].uid, key, str(value).strip())
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _RIGHT if COLUMNS[section].is_number else _LEFT
        words = {Qt.ItemDataRole.DisplayRole: COLUMNS[section].title, Qt.ItemDataRole.ToolTipRole: COLUMNS[section].tip}
        return words.get(Qt.ItemDataRole(role))

    def table(self) -> list[tuple[object, ...]]:
        """Return all runs with every digit, to copy."""
        return [
            tuple(column.value(row) if column.value else column.words(row, self.rows) for column in COLUMNS)
            for row in self.rows
        ]
