"""The table of a worksheet: places of the pass, the numbers typed for them, and what was found of each."""

from collections.abc import Iterable, Mapping
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QBrush

from dlviz.gui.theme import current, font
from dlviz.i18n import tr
from dlviz.session.worksheets import Judgement, Line, Worksheet, outcome

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
PLACE, NUMBER, VERDICT = range(3)
MARKS = {"right": "✓", "rounded": "≈", "follows": "↪", "wrong": "✗", "unclear": "?", "unreadable": "?"}
COLOURS = {
    "right": "ok",
    "rounded": "ok",
    "follows": "muted",
    "wrong": "error",
    "unclear": "warn",
    "unreadable": "warn",
}


def marked(line: Line) -> str:
    """Write what was found of a number, with a sign in front that does not need its colour."""
    return f"{MARKS[line.kind]} {line.sentence}"


class AnswersModel(QAbstractTableModel):
    """One row a place; the numbers are typed into the second column."""

    typed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.places: tuple[str, ...] = ()
        self.numbers: dict[str, str] = {}
        self._added: tuple[str, ...] = ()
        self._spelled: Mapping[str, str] = {}
        self._found: Judgement | None = None

    def show_places(self, places: Mapping[str, str]) -> None:
        """Offer these places, written so; numbers typed for others stay, with their places behind."""
        wanted, self._spelled = tuple(places), places
        further = tuple(each for each in self.numbers if each not in wanted)
        if (wanted, further) != (self.places[: len(wanted)], self._added):
            self.beginResetModel()
            self._added, self.places = further, (*wanted, *further)
            self.endResetModel()

    def show_judgement(self, judgement: Judgement | None) -> None:
        """Show what was found; None while it is not known."""
        if judgement != self._found:
            self._found = judgement
            self._tell()

    def worksheet(self, name: str) -> Worksheet:
        """Return what was typed."""
        return Worksheet(name, tuple((place, text) for place, text in self.numbers.items() if text))

    def take(self, entries: Iterable[tuple[str, str]], is_fresh: bool = False) -> None:
        """Write numbers beside their places; is_fresh: instead of those that are there."""
        self.beginResetModel()
        known = self.places[: len(self.places) - len(self._added)]
        self.numbers = {} if is_fresh else dict(self.numbers)
        self.numbers.update(entries)
        self._added = tuple(each for each in self.numbers if each not in known)
        self.places = (*known, *self._added)
        self._found = None
        self.endResetModel()
        self.typed.emit()

    def line_of(self, row: int) -> Line | None:
        """Return what was found of the number in a row."""
        return None if self._found is None else self._found.line(self.places[row])

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 3

    def flags(self, index: Index) -> Qt.ItemFlag:
        plain = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return plain | Qt.ItemFlag.ItemIsEditable if index.column() == NUMBER else plain

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        line, place = self.line_of(index.row()), self.places[index.row()]
        typed, place = self.numbers.get(place, ""), self._spelled.get(place, place)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return (place, typed, marked(line) if line else "")[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " ".join(filter(None, (place, typed, line.sentence if line else "")))
        if role == Qt.ItemDataRole.ToolTipRole:
            return line.sentence if line else tr("Type what you worked out for {place}.", place=place)
        return self._look(line, index.column(), role)

    def _look(self, line: Line | None, column: int, role: int) -> object:
        if line is None:
            return None
        is_first = self._found is not None and line is self._found.first
        if role == Qt.ItemDataRole.ForegroundRole and column == VERDICT:
            return QBrush(current().colour(COLOURS[line.kind]))
        if role == Qt.ItemDataRole.BackgroundRole and is_first:
            return QBrush(current().soft("error"))
        return font("normal", is_bold=True) if role == Qt.ItemDataRole.FontRole and is_first else None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        if role != Qt.ItemDataRole.EditRole or index.column() != NUMBER:
            return False
        self.numbers[self.places[index.row()]] = str(value).strip()
        self._tell()
        self.typed.emit()
        return True

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Place"), tr("Your number"), tr("What was found"))[section]
        return None

    def _tell(self) -> None:
        if self.places:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.places) - 1, VERDICT))


class ClassModel(QAbstractTableModel):
    """One row a student: how many numbers are right, where the first slip is, and which."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.worksheets: tuple[Worksheet, ...] = ()
        self._found: dict[Worksheet, Judgement] = {}

    def show_class(self, worksheets: Iterable[Worksheet]) -> None:
        """Show another class."""
        self.beginResetModel()
        self.worksheets, self._found = tuple(worksheets), {}
        self.endResetModel()

    def show_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Show what was found."""
        found = {each.worksheet: each for each in judgements}
        if found != self._found:
            self._found = found
            if self.worksheets:
                self.dataChanged.emit(self.index(0, 0), self.index(len(self.worksheets) - 1, 2))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.worksheets)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 3

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        worksheet = self.worksheets[index.row()]
        judgement = self._found.get(worksheet)
        shown = worksheet.name, outcome(judgement) if judgement else "…", _first_slip(judgement)
        if role == Qt.ItemDataRole.DisplayRole:
            return shown[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return " ".join(shown)
        if role == Qt.ItemDataRole.ToolTipRole:
            return tr("Enter or a double-click shows the numbers of {name}.", name=worksheet.name)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("Student"), tr("Result"), tr("First slip"))[section]
        return None


def _first_slip(judgement: Judgement | None) -> str:
    return marked(judgement.first) if judgement is not None and judgement.first is not None else ""
