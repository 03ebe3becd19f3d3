"""The list beside the pictures as a tree of names and values."""

from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from dlviz.gui.listing.entries import Entry
from dlviz.i18n import tr

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()


class EntryModel(QAbstractItemModel):
    """Entries by row; as long as only numbers change, nothing moves."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.entries: tuple[Entry, ...] = ()
        self._shape: tuple[object, ...] = ()
        self._nodes: list[tuple[int, int, Entry]] = []  # parent's number (−1: none), row, entry
        self._numbers: dict[int, list[int]] = {}  # numbers of the parts of each

    def show_entries(self, entries: tuple[Entry, ...]) -> bool:
        """Show these entries; say whether rows came or went."""
        shape = tuple(entry.shape() for entry in entries)
        is_other = shape != self._shape
        if is_other:
            self.beginResetModel()
        self.entries, self._shape = entries, shape
        self._nodes, self._numbers = [], {}
        self._take(entries, -1)
        if is_other:
            self.endResetModel()
        else:
            for number, parts in self._numbers.items():
                above = self._index_of(number)
                self.dataChanged.emit(self.index(0, 0, above), self.index(len(parts) - 1, 1, above))
        return is_other

    def _take(self, entries: tuple[Entry, ...], above: int) -> None:
        for row, entry in enumerate(entries):
            number = len(self._nodes)
            self._nodes.append((above, row, entry))
            self._numbers.setdefault(above, []).append(number)
            self._take(entry.parts, number)

    def _index_of(self, number: int) -> QModelIndex:
        return QModelIndex() if number < 0 else self.createIndex(self._nodes[number][1], 0, number)

    def entry(self, index: Index) -> Entry:
        """Return the entry of a row."""
        return self._nodes[index.internalId()][2]

    def path(self, index: Index) -> tuple[str, ...]:
        """Return the names from the top to a row."""
        number, names = index.internalId(), []
        while number >= 0:
            above, _, entry = self._nodes[number]
            names.append(entry.name)
            number = above
        return tuple(reversed(names))

    def find(self, path: tuple[str, ...]) -> QModelIndex:
        """Return the row of these names; one that is not valid where there is none."""
        above = -1
        for name in path:
            fits = [each for each in self._numbers.get(above, ()) if self._nodes[each][2].name == name]
            if not fits:
                return QModelIndex()
            above = fits[0]
        return self._index_of(above)

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        above = parent.internalId() if parent.isValid() else -1
        parts = self._numbers.get(above, ())
        return self.createIndex(row, column, parts[row]) if 0 <= row < len(parts) else QModelIndex()

    def parent(self, index: Index = _NOWHERE) -> QModelIndex:  # type: ignore[override]
        return self._index_of(self._nodes[index.internalId()][0]) if index.isValid() else QModelIndex()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        if parent.isValid() and parent.column() > 0:
            return 0
        return len(self._numbers.get(parent.internalId() if parent.isValid() else -1, ()))

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        entry = self.entry(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.value if index.column() else entry.name
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return entry.words
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("what is drawn"), tr("value"))[section]
        return None
