"""A pass as a list, of steps or of lines of code: one model, and one view that walks to what is clicked."""

from enum import IntEnum
from typing import Any, Protocol

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyledItemDelegate, QWidget

from dlviz.gui.theme import GRID


class Role(IntEnum):
    """What the delegates ask for besides text."""

    ROW = Qt.ItemDataRole.UserRole + 1


class PassRow(Protocol):
    """What a list shows in one row."""

    @property
    def shape(self) -> object:
        """What no step changes; rows that have theirs kept leave the view as it is scrolled."""

    @property
    def words(self) -> str:
        """The plain text."""

    @property
    def spoken(self) -> str:
        """What a screen reader says."""

    @property
    def tip(self) -> str:
        """What is said under the pointer."""

    @property
    def flags(self) -> Qt.ItemFlag:
        """Whether it can be chosen."""

    def cursor_after(self, cursor: int) -> int | None:
        """Return how many steps shall be done once it is clicked, where so many are; None: it goes nowhere."""


class RowsModel(QAbstractListModel):
    """Rows from top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Any, ...] = ()

    def show_rows(self, rows: tuple[PassRow, ...]) -> None:
        """Show other rows; a pass of the same shape keeps the view as it is scrolled."""
        if [each.shape for each in rows] != [each.shape for each in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a row's text, what a screen reader says of it, its tooltip, or the row."""
        row: PassRow = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.words
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return row.spoken
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.tip
        return row if role == Role.ROW else None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Let those rows be chosen that lead to a step."""
        row: PassRow = self.rows[index.row()]
        return row.flags


class RowsView(QListView):
    """The rows; a click walks to what a row stands for, arrow keys to the step before or after."""

    asked = Signal(int)  # cursor: how many steps shall be done

    def __init__(self, delegate: type[QStyledItemDelegate], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows, self._cursor, self._length = RowsModel(self), 0, 0
        self.setModel(self.rows)
        self.setItemDelegate(delegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setMinimumHeight(12 * GRID)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._ask)

    def show_rows(self, rows: tuple[PassRow, ...], place: int = -1, cursor: int = 0, length: int = 0) -> None:
        """Show rows, make one the current one, for the screen reader too, and keep it and the next in sight.

        cursor: how many steps are done, of so many in all.
        """
        self._cursor, self._length = cursor, length
        self.rows.show_rows(rows)
        index = self.rows.index(place) if place >= 0 else QModelIndex()
        if index == self.currentIndex():
            return
        self.setCurrentIndex(index)
        if not index.isValid():
            self.scrollToTop()
            return
        self.scrollTo(self.rows.index(min(place + 1, len(rows) - 1)))
        self.scrollTo(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go one step back or on; leave the other keys to the window."""
        change = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not change:
            event.ignore()
            return
        self.asked.emit(min(max(self._cursor + change, 0), self._length))

    @Slot(QModelIndex)
    def _ask(self, index: QModelIndex | QPersistentModelIndex) -> None:
        row: PassRow = index.data(Role.ROW)
        cursor = row.cursor_after(self._cursor)
        if cursor is not None:
            self.asked.emit(cursor)
