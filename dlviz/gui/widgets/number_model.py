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
RAW = Qt.ItemDataRole.UserRole + 1
NUMBER = Qt.ItemDataRole.UserRole + 2
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
    """A row: the number it is known by, and its cells; None is not computed, a text stands as it is."""

    number: int
    cells: tuple[Cell, ...]


class NumberModel(QAbstractTableModel):
    """Cells written with few digits; the row looked at has a ground of its own."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()
        self.lines: tuple[Line, ...] = ()
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
            if lines and columns:
                self.dataChanged.emit(self.index(0, 0), self.index(len(lines) - 1, len(columns) - 1))
            return
        self.beginResetModel()
        self.columns, self.lines, self.marked = tuple(columns), tuple(lines), marked
        self.endResetModel()

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
        line, column = self.lines[index.row()], self.columns[index.column()]
        cell = line.cells[index.column()]
        if role == RAW:
            return _order(cell)
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


def _order(cell: Cell) -> float | str:
    """Return by what a cell is sorted: what is not known comes last."""
    if isinstance(cell, str):
        return cell
    return math.inf if cell is None or math.isnan(cell) else cell


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
