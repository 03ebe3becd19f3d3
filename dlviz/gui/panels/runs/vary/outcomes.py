"""The table of an experiment: a training a row, sorted by a click on a heading, opened by a double click or Enter."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QBrush, QContextMenuEvent, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import copy_csv, offer
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr

Index = QModelIndex | QPersistentModelIndex
Order = float | str
ORDER = Qt.ItemDataRole.UserRole + 1
NUMBER = Qt.ItemDataRole.UserRole + 2
ROW_HEIGHT = 3 * GRID
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
WIDEST_WORDS, WIDEST_NUMBER = 26, 20  # letters of a column at first
NARROWEST, MARGIN, ARROW = 6 * GRID, 6, 14  # pixels: of a column, beside its heading, and of the arrow where it sorts
MEASURED_ROWS = 32  # by which columns are widened, besides those in sight: of all it takes half a second for a thousand
NOT_SORTED = -1
_NOWHERE = QModelIndex()


@dataclass(frozen=True)
class Column:
    """A column: heading and what it means. is_number: it stands at the right. is_between: words among numbers."""

    title: str
    tip: str
    is_number: bool = True
    is_between: bool = False


@dataclass(frozen=True)
class Cell:
    """A cell: its words, by what it is sorted, all its digits, and whether it says that something went wrong."""

    words: str
    order: Order = math.inf
    full: object = ""
    is_bad: bool = False


@dataclass(frozen=True)
class Line:
    """A row: the number of its outcome, and its cells. is_best: the best of all."""

    number: int
    cells: tuple[Cell, ...]
    is_best: bool = False


class OutcomesModel(QAbstractTableModel):
    """Rows in the order of the experiment; where only cells change, the view stays as it is scrolled and sorted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: tuple[Column, ...] = ()
        self.lines: tuple[Line, ...] = ()

    def show_lines(self, columns: Sequence[Column], lines: Sequence[Line]) -> bool:
        """Show these rows; say whether columns or rows are others."""
        old = self.lines
        is_same = len(columns) == len(self.columns) and [each.number for each in lines] == [each.number for each in old]
        if not is_same:
            self.beginResetModel()
            self.columns, self.lines = tuple(columns), tuple(lines)
            self.endResetModel()
            return True
        if tuple(columns) != self.columns:
            self.columns = tuple(columns)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(columns) - 1)
        self.lines = tuple(lines)
        changed = [place for place, (one, other) in enumerate(zip(old, lines, strict=True)) if one != other]
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0), self.index(changed[-1], len(self.columns) - 1))
        return False

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.lines)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line = self.lines[index.row()]
        cell, column = line.cells[index.column()], self.columns[index.column()]
        answers: dict[int, Callable[[], Any]] = {
            Qt.ItemDataRole.DisplayRole: lambda: cell.words,
            Qt.ItemDataRole.ToolTipRole: lambda: str(cell.full) if cell.full != "" else cell.words,
            Qt.ItemDataRole.TextAlignmentRole: lambda: _side(column),
            Qt.ItemDataRole.ForegroundRole: lambda: QBrush(current().colour("error")) if cell.is_bad else None,
            Qt.ItemDataRole.FontRole: lambda: font("small", is_bold=line.is_best),
            ORDER: lambda: cell.order,
            NUMBER: lambda: line.number,
        }
        answer = answers.get(role)
        return None if answer is None else answer()

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Vertical or section >= len(self.columns):
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        words = {Qt.ItemDataRole.DisplayRole: column.title, Qt.ItemDataRole.ToolTipRole: column.tip}
        return words.get(Qt.ItemDataRole(role))


class OutcomesTable(QTableView):
    """Up to two rows can be selected to be compared."""

    opened = Signal(int)  # number of the outcome
    compared = Signal()  # another selection

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.outcomes, self._sorted = OutcomesModel(self), QSortFilterProxyModel(self)
        self._given: dict[int, int] = {}  # the width of each column, unless somebody pulled it
        self._sorted.setSourceModel(self.outcomes)
        self._sorted.setSortRole(ORDER)
        self.setModel(self._sorted)
        self.setSortingEnabled(True)
        self.sortByColumn(NOT_SORTED, Qt.SortOrder.AscendingOrder)
        self._make_quiet()
        tip = tr("Click a heading: sort. Double click or Enter: open the run. Ctrl+click: compare two.")
        describe(self, tr("Runs of the experiment"), tip)
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)
        self.doubleClicked.connect(self._open)
        self.horizontalHeader().sortIndicatorChanged.connect(self._fit)
        self.selectionModel().selectionChanged.connect(self._compare)

    def _make_quiet(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setHighlightSections(False)
        self.horizontalHeader().setResizeContentsPrecision(MEASURED_ROWS)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.setFont(font("small"))
        self.horizontalHeader().setFont(font("small"))
        self._fit()
        self.viewport().update()

    def show_lines(self, columns: Sequence[Column], lines: Sequence[Line]) -> None:
        """Show these rows; selected ones stay selected while rows are the same."""
        if self.outcomes.show_lines(columns, lines):
            self._given.clear()
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Widen columns to what they have come to say, but for those that somebody pulled."""
        for section in range(len(self.outcomes.columns)):
            given = self._given.get(section)
            if given is None or given == self.columnWidth(section):
                self._given[section] = max(self._wanted(section), given or NARROWEST)
                self.setColumnWidth(section, self._given[section])

    def _wanted(self, section: int) -> int:
        """Return the width of a column's heading, or of its cells up to a number of letters."""
        column, metrics = self.outcomes.columns[section], self.fontMetrics()
        arrow = ARROW if self.horizontalHeader().sortIndicatorSection() == section else 0
        widest = metrics.averageCharWidth() * (WIDEST_NUMBER if column.is_number else WIDEST_WORDS)
        heading = metrics.horizontalAdvance(column.title) + 2 * MARGIN + arrow
        return max(heading, min(self.sizeHintForColumn(section), widest))

    def selected(self) -> list[int]:
        """Return the numbers of the selected outcomes, in the order of the experiment."""
        return sorted(int(index.data(NUMBER)) for index in self.selectionModel().selectedRows())

    def select(self, number: int) -> None:
        """Select the row of an outcome, and make sure that it can be seen."""
        place = next((k for k, line in enumerate(self.outcomes.lines) if line.number == number), None)
        if place is not None:
            index = self._sorted.mapFromSource(self.outcomes.index(place, 0))
            self.selectRow(index.row())
            self.scrollTo(index)

    def shown(self) -> list[tuple[object, ...]]:
        """Return the cells in the order on show, with every digit."""
        order = [self._sorted.mapToSource(self._sorted.index(row, 0)).row() for row in range(self._sorted.rowCount())]
        return [tuple(_exact(cell) for cell in self.outcomes.lines[place].cells) for place in order]

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex | QPersistentModelIndex) -> None:
        self.opened.emit(int(index.data(NUMBER)))

    @Slot()
    def _compare(self) -> None:
        self.compared.emit()

    def event(self, event: QEvent) -> bool:
        """Keep Enter, which opens a run, from the shortcuts of the window."""
        is_key = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and event.key() in ENTER:  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens a run."""
        if event.key() in ENTER and self.currentIndex().isValid():
            self._open(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the table to copy."""
        offer(self, event.globalPos(), tr("Copy as CSV"), self.copy)

    @Slot()
    def copy(self) -> None:
        """Put the table on the clipboard, as it is sorted, with every digit."""
        copy_csv([column.title for column in self.outcomes.columns], self.shown())


def _exact(cell: Cell) -> object:
    return cell.words if cell.full == "" else cell.full


def _side(column: Column) -> int:
    side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
    side = Qt.AlignmentFlag.AlignHCenter if column.is_between else side
    return int(side | Qt.AlignmentFlag.AlignVCenter)
