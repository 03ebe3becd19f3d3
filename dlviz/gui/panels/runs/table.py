"""The table of runs: a click shows a run, Ctrl+click compares, F2 names, Del takes out."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from dlviz.gui.icons import paint_icon
from dlviz.gui.panels.runs.model import COLUMNS, NAME, ROW, RunsModel
from dlviz.gui.run_words import run_colour
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, rounded
from dlviz.i18n import tr
from dlviz.session.run_row import RunRow

#: Words that have room in each column. The first four columns stand beside each other in the narrowest panel.
ROOM = {
    "run": "Run 10", "change": "rate 0.3 → 0.003", "loss": "0.0893", "held_out_loss": "Dev loss",
    "held_out_score": "Dev score", "epoch": "1 000", "parent": "Run 10, epoch 100", "seconds": "3 min 5 s",
    "note": "a sentence about what happened",
}  # fmt: skip
AIR = 7  # pixels of a column that its words cannot use
ROW_HEIGHT = 3 * GRID
SWATCH = 10  # pixels
PIN = 16  # pixels
OWN_KEYS = (Qt.Key.Key_Delete, Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class NameDelegate(QStyledItemDelegate):
    """Paints a run's colour before its name: as a pin where the run is pinned."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Leave room for the colour."""
        super().initStyleOption(option, index)
        option.text = ""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint the cell, then colour and name on it."""
        super().paint(painter, option, index)
        row: RunRow = index.data(ROW)
        theme = current()
        box = QRectF(option.rect).adjusted(GRID, 0, -4, 0)
        swatch = QRectF(box.left(), box.center().y() - SWATCH / 2, SWATCH, SWATCH)
        colour = run_colour(theme, row)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if row.label.is_pinned:
            middle = swatch.center()
            paint_icon(painter, "pin", QRectF(middle.x() - PIN / 2, middle.y() - PIN / 2, PIN, PIN), colour)
        else:
            # Filled where the run is on show: the colour alone must not say it.
            rounded(painter, swatch, fill=colour if row.is_current else theme.panel, border=colour, radius=3, width=2)
        room = box.adjusted(SWATCH + GRID, 0, 0, 0)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.setPen(option.palette.highlightedText().color() if is_selected else theme.colour("text"))
        painter.setFont(font("small", is_bold=row.is_current))
        words = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, int(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, words)
        painter.restore()


class RunsTable(QTableView):
    """All runs; up to two rows can be selected to be compared."""

    chosen = Signal(int)  # show this run
    removed = Signal(int)  # take this run out
    compared = Signal()  # another selection

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.runs = RunsModel(self)
        self.setModel(self.runs)
        self._delegate = NameDelegate(self)
        self.setItemDelegateForColumn(NAME, self._delegate)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        trigger = QAbstractItemView.EditTrigger
        self.setEditTriggers(trigger.DoubleClicked | trigger.EditKeyPressed)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        self.horizontalHeader().setHighlightSections(False)
        describe(
            self, tr("Runs"), tr("Click: show a run. Ctrl+click: compare two. F2: name. Del: take out of the list.")
        )
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)
        self.clicked.connect(self._click)
        self.selectionModel().selectionChanged.connect(self._compare)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.setFont(font("small"))
        self.horizontalHeader().setFont(font("small"))
        for place, column in enumerate(COLUMNS):
            more = SWATCH + 2 * GRID if place == NAME else 0
            self.setColumnWidth(place, self.fontMetrics().horizontalAdvance(ROOM[column.key]) + AIR + more)
        self.viewport().update()

    def show_rows(self, rows: tuple[RunRow, ...]) -> None:
        """Show these runs; selected ones stay selected."""
        self.runs.show_rows(rows)

    def selected(self) -> list[RunRow]:
        """Return the selected runs, oldest first."""
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        return [self.runs.rows[place] for place in places if place < len(self.runs.rows)]

    def edit_cell(self, uid: int, column: int) -> None:
        """Let somebody type into a cell of a run."""
        place = self.runs.place_of(uid)
        if place is not None:
            index = self.runs.index(place, column)
            self.scrollTo(index)
            self.setCurrentIndex(index)
            self.edit(index)

    @Slot(QModelIndex)
    def _click(self, index: QModelIndex) -> None:
        if len(self.selectionModel().selectedRows()) == 1:
            self.chosen.emit(self.runs.rows[index.row()].uid)

    @Slot()
    def _compare(self) -> None:
        self.compared.emit()

    def event(self, event: QEvent) -> bool:
        """Keep keys that mean something here from the shortcuts of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in OWN_KEYS:
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter shows a run, Del takes it out."""
        row = self.runs.rows[self.currentIndex().row()] if self.currentIndex().isValid() else None
        if row is not None and event.key() == Qt.Key.Key_Delete:
            self.removed.emit(row.uid)
        elif row is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(row.uid)
        else:
            super().keyPressEvent(event)
