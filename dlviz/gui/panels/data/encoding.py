"""A label column as whole numbers and as unit vectors, side by side; which of both the loss reads can be chosen."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QColor
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from dlviz.core.losses import resolve
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.segmented import Segmented
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
MOST_ROWS = 200
MEASURED = 20  # rows by which columns are made as wide as they need
MOST_COLUMNS = 60  # classes that have a column on show; a thousand take seconds to lay out
ONE_HOT, INTEGER = "one_hot", "integer"
#: The loss that reads the labels in each way.
LOSSES = {ONE_HOT: "categorical_cross_entropy", INTEGER: "sparse_categorical_cross_entropy"}


def read_encoding(document: Document) -> str:
    """Return how the loss of a document reads labels: ONE_HOT, INTEGER, or "" where neither."""
    loss, _ = resolve(document.explicit.training.loss)
    return {"one_hot": ONE_HOT, "index": INTEGER}.get(loss.labels, "")


class EncodingModel(QAbstractTableModel):
    """Label, its whole number, and one column a class; the columns that the loss does not read are faint."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._labels: Sequence[int] = ()
        self._names: tuple[str, ...] = ()
        self._title, self._read = "", ""

    def show_labels(self, title: str, labels: Sequence[int], names: tuple[str, ...]) -> None:
        """Show the class indices of some rows; −1 where a label is missing."""
        self.beginResetModel()
        self._title, self._labels, self._names = title, labels, names
        self.endResetModel()

    def show_read(self, encoding: str) -> None:
        """Say which columns the loss reads: those of ONE_HOT, of INTEGER, or all."""
        self._read = encoding
        if self._labels:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._labels)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() or not self._names else 2 + len(self._names[:MOST_COLUMNS])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        label, column = self._labels[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cell(label, column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignHCenter
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.FontRole:
            return font("small", is_bold=self._is_set(label, column))
        if role == Qt.ItemDataRole.ForegroundRole and column:
            is_read = self._read in ("", INTEGER if column == 1 else ONE_HOT)
            return QBrush(QColor(current().text if is_read else current().faint))
        if role == Qt.ItemDataRole.BackgroundRole and column > 1 and self._is_set(label, column):
            return QBrush(QColor(current().accent_soft))
        return None

    def _cell(self, label: int, column: int) -> str:
        if label < 0:
            return ""
        if column == 0:
            return self._names[label]
        return str(label) if column == 1 else str(int(self._is_set(label, column)))

    def _is_set(self, label: int, column: int) -> bool:
        return column == label + 2

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole) or not self._names:
            return None
        if orientation == Qt.Orientation.Vertical:
            return str(section + 1)
        return (self._title, tr("integer"), *self._names)[section]


class EncodingTable(QTableView):
    """A quiet table of labels and what they become."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.labels = EncodingModel(self)
        self.setModel(self.labels)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.horizontalHeader().setResizeContentsPrecision(MEASURED)
        self.horizontalHeader().setMinimumSectionSize(2 * GRID)
        self.verticalHeader().setDefaultSectionSize(3 * GRID)
        describe(self, tr("Labels encoded"), tr("Each label as a whole number and as a row with a single 1"))
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        for widget in (self, self.horizontalHeader(), self.verticalHeader()):
            widget.setFont(font("small"))


class TargetEncoding(QWidget):
    """The table under the choice of what the loss reads. indent: pixels beside the choice, as beside others above."""

    chosen = Signal(str)  # ONE_HOT or INTEGER

    def __init__(self, parent: QWidget | None = None, indent: int = 0) -> None:
        super().__init__(parent)
        choices = ((ONE_HOT, tr("one-hot")), (INTEGER, tr("integers")))
        self.choice = Segmented(tr("The loss reads labels as"), choices, height=3 * GRID)
        self.words = Text("", "muted", "small")
        self.words.setWordWrap(True)
        self.table, self.cut = EncodingTable(), Text("", "muted", "small")
        self.cut.setWordWrap(True)
        self.cut.hide()
        layout, above = QVBoxLayout(self), QVBoxLayout()
        spaced(layout, gap=GRID)
        spaced(above, gap=GRID)
        above.setContentsMargins(indent, 0, indent, 0)
        for widget in (self.choice, self.words):
            above.addWidget(widget)
        layout.addLayout(above)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.cut)
        self.choice.chosen.connect(self.chosen)
        self.choice.chosen.connect(self.show_read)

    def show_labels(self, title: str, labels: Sequence[int], names: tuple[str, ...]) -> None:
        """Show the class indices of the first rows, and their names."""
        self.table.labels.show_labels(title, labels[:MOST_ROWS], names)
        more = len(names) - MOST_COLUMNS
        self.cut.setText(tr("The columns of {count} more classes are not shown.", count=more))
        self.cut.setVisible(more > 0)

    @Slot(str)
    def show_read(self, encoding: str) -> None:
        """Say what the loss reads: ONE_HOT, INTEGER, or "" where one output of two classes is both."""
        self.choice.setEnabled(bool(encoding))
        if encoding:
            self.choice.set_key(encoding)
        self.table.labels.show_read(encoding)
        self.words.setText({
            ONE_HOT: tr("Categorical cross-entropy reads the row with a single 1."),
            INTEGER: tr("Sparse categorical cross-entropy reads the integer; its value is the same."),
            "": tr("This loss reads neither of both: one output of two classes has 0 or 1 as its target."),
        }[encoding])  # fmt: skip
