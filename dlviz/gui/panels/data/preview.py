"""The first rows of a file as they stand in it, under the names and types of their columns."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from dlviz.data.table import ColumnInfo, TableRead
from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr, trn

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
COLUMN_WIDTH, TEXT_WIDTH = 15 * GRID, 36 * GRID
FUSION_DARKER = 120  # per cent
MEASURED = 200  # columns whose names are measured; more of them all get one width


def type_words(column: ColumnInfo) -> str:
    """Say a column's type and what is missing in it."""
    shape = " × ".join(map(str, column.shape))
    names = {
        "number": tr("number"), "text": tr("text"), "date": tr("date"),
        "category": trn("1 category", "{n} categories", len(column.categories)),
        "image": tr("images {shape}", shape=shape), "array": tr("arrays {shape}", shape=shape),
    }  # fmt: skip
    words = names[column.type]
    if column.type == "text" and column.shape:
        words = trn("text, 1 word", "text, {count} words", column.width, count=numbers.count(column.width))
    missing = tr(" · {count} missing", count=numbers.count(column.missing)) if column.missing else ""
    return words + missing


class PreviewModel(QAbstractTableModel):
    """Cells as text; the target's column is tinted, columns left out are faint."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._info: TableRead | None = None
        self._target, self._inputs = "", frozenset[str]()

    def show_table(self, info: TableRead) -> None:
        """Show another file."""
        self.beginResetModel()
        self._info = info
        self.endResetModel()

    def show_roles(self, target: str, inputs: frozenset[str]) -> None:
        """Tint the columns by what they are used for."""
        self._target, self._inputs = target, inputs
        if self.rowCount() and self.columnCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, max(self.columnCount() - 1, 0))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self._info is None or parent.isValid() else len(self._info.preview)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self._info is None or parent.isValid() else len(self._info.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._info is None:
            return None
        row, column = self._info.preview[index.row()], self._info.columns[index.column()]
        cell = row[index.column()] if index.column() < len(row) else ""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return cell
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.type == "number" else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return self._colour(column.name, role)

    def _colour(self, name: str, role: int) -> QBrush | None:
        theme = current()
        if role == Qt.ItemDataRole.BackgroundRole and name == self._target:
            return QBrush(QColor(theme.accent_soft))
        if role == Qt.ItemDataRole.ForegroundRole and name != self._target and name not in self._inputs:
            return QBrush(QColor(theme.faint))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self._info is None or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        column = self._info.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{column.name}\n{type_words(column)}"
        examples = tr("Examples: {cells}", cells=", ".join(column.examples))
        values = trn("1 value", "{count} different values", column.distinct, count=numbers.count(column.distinct))
        return f"{column.name}\n{values}\n{examples}"


class PreviewTable(QTableView):
    """A quiet table: hairlines, no editing."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.preview = PreviewModel(self)
        self.setModel(self.preview)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setFont(font("small"))
        self.horizontalHeader().setFont(font("small"))
        self.horizontalHeader().setDefaultSectionSize(COLUMN_WIDTH)
        self.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.verticalHeader().setDefaultSectionSize(3 * GRID)
        self.verticalHeader().setFont(font("small"))
        describe(self, tr("Preview of the file"), tr("The first rows, under the name and type of each column"))
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, theme: Theme) -> None:
        """Draw the grid in hairlines: Fusion makes it a fifth darker than the ground of windows."""
        palette = self.palette()
        palette.setColor(QPalette.ColorRole.Window, theme.colour("line").lighter(FUSION_DARKER))
        self.setPalette(palette)
        ground = self.viewport().palette()
        ground.setColor(QPalette.ColorRole.Window, theme.colour("panel"))
        self.viewport().setPalette(ground)

    def show_table(self, info: TableRead) -> None:
        """Show another file, each column as wide as its name and type need."""
        self.preview.show_table(info)
        for place, column in enumerate(info.columns[:MEASURED]):
            least = TEXT_WIDTH if column.type == "text" else COLUMN_WIDTH
            self.setColumnWidth(place, min(max(least, self.horizontalHeader().sectionSizeHint(place)), TEXT_WIDTH))
