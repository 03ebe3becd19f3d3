"""The cells of a table of numbers: written with as many digits as have room, one row marked, all digits on hover."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QBrush

from dlviz.gui import numbers
from dlviz.gui.letters import spell
from dlviz.gui.theme import current

Index = QModelIndex | QPersistentModelIndex
Cell = float | str | None
NUMBER = Qt.ItemDataRole.UserRole + 1
NONE = -1
LARGEST_PLAIN = 1e6  # from here a power of ten is written
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class Column:
    """A column: its heading, what it says on hover, and how its numbers are written.

    gives_way: where not all columns have room, those with 1 go first, then those with 2; 0 stays, and the table
    scrolls.
    """

    title: str
    tip: str = ""
    is_signed: bool = False
    digits: int | None = None
    gives_way: int = 0


@dataclass(frozen=True)
class Line:
    """A row: the number that it alone is known by, and its cells; None is not computed, a text stands as it is."""

    number: int
    cells: tuple[Cell, ...]


class NumberModel(QAbstractTableModel):
    """Cells written with few digits; the row looked at has a ground of its own.

    It sorts its rows itself: a proxy of Qt asks for two cells at every comparison, and waits for the interpreter each
    time, 0.7 s for the 784 inputs of an image while a network trains.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()
        self.lines: tuple[Line, ...] = ()  # as they are given
        self.rows: tuple[Line, ...] = ()  # as they are sorted
        self._sorting: tuple[int, bool] = NONE, False  # the column, and whether it falls
        self.marked = NONE
        self.chosen: frozenset[int] = frozenset()  # numbers of rows that are selected, marked as well
        self.digits: tuple[int, ...] = ()  # at most so many of each column, as there is room
        self.aside: frozenset[int] = frozenset()  # columns that have no room; they are told on hover

    def write(self, line: Line, section: int, digits: int) -> str:
        """Return a cell with at most so many digits."""
        return _words(line.cells[section], replace(self.columns[section], digits=digits), is_full=False)

    def most_digits(self, section: int) -> int:
        """Return how many digits a column has where there is room."""
        return self.columns[section].digits or numbers.digits_in_use()

    def use_digits(self, digits: tuple[int, ...]) -> None:
        """Write the numbers of each column with at most so many digits."""
        if digits != self.digits:
            self.digits = digits
            if self.lines and self.columns:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(self.columns) - 1))

    def show_lines(self, columns: Sequence[Column], lines: Sequence[Line], marked: int) -> None:
        """Show other numbers; columns and rows that stay leave the view as it is scrolled and sorted."""
        is_same = tuple(columns) == self.columns and [one.number for one in lines] == [one.number for one in self.lines]
        if is_same:
            self.lines, self.marked = tuple(lines), marked
            self._arrange()
            if lines and columns:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(columns) - 1))
            return
        self.beginResetModel()
        self.columns, self.lines, self.marked = tuple(columns), tuple(lines), marked
        self.rows = self._in_order()
        self.endResetModel()

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort the rows by a column, NONE for as they are given; what is not known comes last."""
        self._sorting = column, order == Qt.SortOrder.DescendingOrder
        self._arrange()

    def _arrange(self) -> None:
        """Bring the rows into their order; the row that the keyboard is at stays the same line."""
        rows, before = self._in_order(), self.rows
        order = [line.number for line in rows]
        if order == [line.number for line in before]:
            self.rows = rows
            return
        self.layoutAboutToBeChanged.emit()
        places, kept = {number: place for place, number in enumerate(order)}, self.persistentIndexList()
        self.rows = rows
        moved = [self.index(places[before[each.row()].number], each.column()) for each in kept]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()

    def _in_order(self) -> tuple[Line, ...]:
        column, falls = self._sorting
        if not 0 <= column < len(self.columns):
            return self.lines
        known = [line for line in self.lines if _is_known(line.cells[column])]
        unknown = [line for line in self.lines if not _is_known(line.cells[column])]
        return (*sorted(known, key=lambda line: _order(line.cells[column]), reverse=falls), *unknown)

    def choose(self, chosen: frozenset[int]) -> None:
        """Mark the rows of these numbers besides the one that is looked at."""
        if chosen != self.chosen:
            self.chosen = chosen
            if self.lines and self.columns:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.lines) - 1, len(self.columns) - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell as words, as a number, or how it looks."""
        line, column = self.rows[index.row()], self.columns[index.column()]
        cell = line.cells[index.column()]
        if role == NUMBER:
            return line.number
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.DisplayRole:
            section = index.column()
            return self.write(
                line, section, self.digits[section] if section < len(self.digits) else self.most_digits(section)
            )
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join((_words(cell, column, is_full=True), *self._told_aside(line)))
        return self._brush(line, cell, column, role)

    def _told_aside(self, line: Line) -> list[str]:
        return [f"{self.columns[k].title}: {_words(line.cells[k], self.columns[k], True)}" for k in sorted(self.aside)]

    def _brush(self, line: Line, cell: Cell, column: Column, role: int) -> QBrush | None:
        theme = current()
        is_marked = line.number == self.marked or line.number in self.chosen
        if role == Qt.ItemDataRole.BackgroundRole and is_marked:
            return QBrush(theme.colour("accent_soft"))
        if role == Qt.ItemDataRole.ForegroundRole and column.is_signed and isinstance(cell, float) and cell:
            return QBrush(theme.colour("negative_text" if cell < 0 else "positive_text"))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a heading, and what it says."""
        if orientation == Qt.Orientation.Vertical or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return spell(column.title)
        return column.tip or spell(column.title) if role == Qt.ItemDataRole.ToolTipRole else None


def _is_known(cell: Cell) -> bool:
    return isinstance(cell, str) or not (cell is None or math.isnan(cell))


def _order(cell: Cell) -> tuple[bool, Cell]:
    """Return by what a known cell is sorted: numbers before words."""
    return isinstance(cell, str), cell


def _words(cell: Cell, column: Column, is_full: bool) -> str:
    if isinstance(cell, str):
        return cell
    if cell is None:
        return "–"
    if math.isnan(cell):
        return ""
    if is_full:
        return numbers.full(cell)
    # Digits before the point are never rounded away: row 136 is not row 100.
    before = len(str(int(abs(cell)))) if abs(cell) < LARGEST_PLAIN else 0
    return numbers.number(cell, max(column.digits or numbers.digits_in_use(), before), column.is_signed)
