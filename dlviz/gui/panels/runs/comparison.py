"""The settings in which two runs differ, one a row, and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr
from dlviz.session.differences import Difference, differences
from dlviz.session.document import Document

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
NAME_WIDTH = 17 * GRID
ROW_HEIGHT = int(2.5 * GRID)
MOST_ROWS = 4  # that are seen at once


@dataclass(frozen=True)
class Compared:
    """One of two runs: what it is called, and its document."""

    name: str
    document: Document


class DifferencesModel(QAbstractTableModel):
    """A row a setting: its name, and what it was and is."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.found: tuple[Difference, ...] = ()

    def show_found(self, found: tuple[Difference, ...]) -> None:
        """Show these differences."""
        self.beginResetModel()
        self.found = found
        self.endResetModel()

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.found)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        each = self.found[index.row()]
        return (each.name, f"{each.before} → {each.after}")[index.column()]


class Comparison(QTableView):
    """The settings in which two runs differ; `words` says which two, or hint, how to get there."""

    def __init__(self, hint: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.differences, self.words, self._hint = DifferencesModel(self), "", hint
        self.setModel(self.differences)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().hide()
        self.horizontalHeader().setStretchLastSection(True)
        self.setColumnWidth(0, NAME_WIDTH)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(self, tr("Settings that differ"), tr("Only settings in which the two runs differ"))
        self._compared: tuple[Compared, ...] | None = None
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)
        self.compare(())

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.setFont(font("small"))

    def compare(self, pair: Sequence[Compared]) -> None:
        """Compare two runs; fewer: nothing is listed."""
        compared = tuple(pair)
        if compared == self._compared:
            return
        self._compared = compared
        found = differences(pair[0].document, pair[1].document) if len(pair) == 2 else ()
        self.differences.show_found(found)
        self.setVisible(bool(found))
        self.setFixedHeight(min(len(found), MOST_ROWS) * ROW_HEIGHT + 2)
        self.words = self._say(pair, found)

    def _say(self, pair: Sequence[Compared], found: Sequence[Difference]) -> str:
        if len(pair) < 2:
            return self._hint
        one, other = pair[0].name, pair[1].name
        if not found:
            return tr("{one} and {other}: same settings", one=one, other=other)
        return tr("{one} → {other}", one=one, other=other)
