"""Help ▸ Shortcuts: every key there is, made from the actions themselves."""

from collections.abc import Sequence
from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from dlviz.gui.actions import native_keys
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr

Row = tuple[str, str, tuple[str, ...]]  # menu, what it does, keys
COLUMNS = 2


class ShortcutsDialog(QDialog):
    """A list of keys by menu; it stays open beside the work."""

    def __init__(self, rows: Sequence[Row], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Shortcuts"))
        self.setModal(False)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        content = QWidget()
        columns = QHBoxLayout(content)
        columns.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        columns.setSpacing(6 * GRID)
        for part in _halves([(menu, list(group)) for menu, group in groupby(rows, key=_menu)]):
            columns.addLayout(_column(part))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        self.resize(content.sizeHint().width() + 4 * GRID, min(content.sizeHint().height() + 2 * GRID, 600))


def _menu(row: Row) -> str:
    return row[0]


def _halves(groups: Sequence[tuple[str, list[Row]]]) -> list[list[tuple[str, list[Row]]]]:
    """Deal the groups into columns of about the same length."""
    columns: list[list[tuple[str, list[Row]]]] = [[] for _ in range(COLUMNS)]
    total, filled = sum(len(rows) + 1 for _, rows in groups), 0
    for group in groups:
        columns[min(filled * COLUMNS // total, COLUMNS - 1)].append(group)
        filled += len(group[1]) + 1
    return columns


def _column(groups: Sequence[tuple[str, list[Row]]]) -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(GRID)
    for menu, rows in groups:
        column.addWidget(SectionHeader(menu or tr("On the canvas")))
        grid = QGridLayout()
        grid.setHorizontalSpacing(4 * GRID)
        grid.setVerticalSpacing(6)
        for line, (_, title, keys) in enumerate(rows):
            grid.addWidget(Text(title, "muted"), line, 0)
            grid.addWidget(Text(native_keys(keys)), line, 1, Qt.AlignmentFlag.AlignRight)
        column.addLayout(grid)
        column.addSpacing(GRID)
    column.addStretch(1)
    return column
