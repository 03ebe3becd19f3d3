"""RowTable: what a rule answers to each of a few rows, beside what was wanted."""

import math
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Slot
from PySide6.QtGui import QBrush, QColor, QFont
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.letters import spell
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.rule_answers import Corrections, RowAnswers

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
SUB = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
COLUMN, WIDEST = 6 * GRID, 36 * GRID  # pixels
MOST_INPUTS = 4  # that are shown
RIGHT, WRONG = "✓", "✗"


class RowModel(QAbstractTableModel):
    """One row of the data a row: inputs, target, v, y, and whether y is right."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.shown: RowAnswers | None = None
        self.current: int | None = None

    @property
    def n_inputs(self) -> int:
        """How many inputs are shown."""
        return 0 if self.shown is None else min(self.shown.inputs.shape[1], MOST_INPUTS)

    def show_answers(self, shown: RowAnswers, current_row: int | None) -> None:
        """Show other answers; the row presented is bold."""
        is_same_size = self.shown is not None and self.shown.inputs.shape == shown.inputs.shape
        if not is_same_size:
            self.beginResetModel()
        self.shown, self.current = shown, current_row
        if not is_same_size:
            self.endResetModel()
        else:
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self.shown is None or parent.isValid() else len(self.shown.rows)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if self.shown is None or parent.isValid() else self.n_inputs + 4

    def number(self, row: int, column: int) -> float:
        """Return the number of a cell with every digit."""
        assert self.shown is not None
        if column < self.n_inputs:
            return float(self.shown.inputs[row, column])
        shown = self.shown.targets, self.shown.sums, self.shown.answers
        return float(shown[column - self.n_inputs][row])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if self.shown is None:
            return None
        row, column, theme = index.row(), index.column(), current()
        is_verdict, is_wrong = column == self.columnCount() - 1, bool(self.shown.is_wrong[row])
        if role == Qt.ItemDataRole.DisplayRole:
            return (WRONG if is_wrong else RIGHT) if is_verdict else numbers.number(self.number(row, column))
        if role == Qt.ItemDataRole.ToolTipRole:
            words = tr("answered wrongly") if is_wrong else tr("answered rightly")
            return words if is_verdict else numbers.full(self.number(row, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignCenter)
        if role == Qt.ItemDataRole.BackgroundRole and int(self.shown.rows[row]) == self.current:
            return QBrush(QColor(theme.accent_soft))
        if role == Qt.ItemDataRole.ForegroundRole and column >= self.n_inputs + 2:
            return QBrush(QColor(theme.error if is_wrong else theme.ok))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role != Qt.ItemDataRole.DisplayRole or orientation == Qt.Orientation.Vertical:
            return None
        if section < self.n_inputs:
            return f"x{section + 1}".translate(SUB)
        return (tr("target"), spell("z"), spell("a"), "")[section - self.n_inputs]


class RowTable(QWidget):
    """The table under its title."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model, self.table = RowModel(self), QTableView()
        self.table.setModel(self.model)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.table.setFrameShape(self.table.Shape.NoFrame)
        self.table.setShowGrid(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setSectionsClickable(False)
        self.table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tip = tr("Target, weighted sum and answer of every row, with the weights as they stand")
        describe(self.table, tr("Rows and answers"), tip)
        self.corrections = Text("", "muted", "small")
        self.corrections.setWordWrap(True)
        tip = tr("R²/γ²: the longest row against the smallest distance from a line that parts the rows, both squared")
        self.corrections.setToolTip(tip)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID)
        column.addWidget(SectionHeader(tr("Every row")))
        column.addWidget(self.table)
        column.addWidget(self.corrections)
        column.addStretch(1)
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        face: QFont = font("normal")
        self.table.setFont(face)
        self.table.horizontalHeader().setFont(font("small"))
        self.table.verticalHeader().setDefaultSectionSize(self.table.fontMetrics().height() + GRID)
        self._fit()

    def _fit(self) -> None:
        rows = self.model.rowCount()
        header = self.table.horizontalHeader().sizeHint().height()
        self.table.setFixedHeight(rows * self.table.verticalHeader().defaultSectionSize() + header + 2)
        self.setFixedWidth(min(self.model.columnCount() * COLUMN * self.table.fontMetrics().height() // 16, WIDEST))

    def show_answers(self, shown: RowAnswers, row: int | None, made: Corrections | None = None) -> None:
        """Show every row's answer; row: the one presented; made: how often a perceptron was corrected."""
        self.model.show_answers(shown, row)
        self._fit()
        self.corrections.setVisible(made is not None)
        self.corrections.setText("" if made is None else correction_words(made))


def correction_words(made: Corrections) -> str:
    """Say how often a perceptron was corrected, and how often it can be at most."""
    count = tr("corrections so far: {made}", made=numbers.count(made.made))
    if made.most is None:
        return tr("{count}; no line was found that parts these rows", count=count)
    most = numbers.count(math.floor(made.most))
    return tr("{count}; at most {most} by the convergence theorem", count=count, most=most)
