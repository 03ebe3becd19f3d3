"""What happened to the run on show, one line each; a click goes to that step."""

from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal, Slot
from PySide6.QtGui import QBrush, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QLineEdit, QTableView, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, spaced
from dlviz.i18n import tr
from dlviz.session.curves import Event, EventKind
from dlviz.session.run_row import RunRow

Index = QModelIndex | QPersistentModelIndex
_NOWHERE = QModelIndex()
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
ROW_HEIGHT = 3 * GRID
HEADINGS = (tr("Step"), tr("Epoch"), tr("What"), tr("Event"))
KEYS = ("step", "epoch", "kind", "event")


def kind_word(kind: EventKind) -> str:
    """Return a word for a kind of event."""
    return {
        "begin": tr("start"), "edit": tr("change"), "stop": tr("stop rule"), "best": tr("best"),
        "broken": tr("broken"), "note": tr("note"),
    }[kind]  # fmt: skip


def with_note(events: tuple[Event, ...], row: RunRow | None) -> tuple[Event, ...]:
    """Return the events with the note of the run, which stands where the run begins to be its own."""
    if row is None or not row.label.note:
        return events
    note = Event(row.origin.step, row.origin.epoch, "note", row.label.note.replace("\n", " "))
    return tuple(sorted((*events, note), key=lambda event: event.step))


class LogModel(QAbstractTableModel):
    """A row an event, oldest first; the newest that is not after the playhead is marked."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.events: tuple[Event, ...] = ()
        self.here = 0

    def show_events(self, events: tuple[Event, ...], step: int) -> bool:
        """Show these events where the run stands at a step; say whether they are others."""
        is_new = events != self.events
        if is_new:
            self.beginResetModel()
            self.events = events
            self.endResetModel()
        here = max((place for place, event in enumerate(events) if event.step <= step), default=0)
        if here != self.here:
            self.here = here
            if events:
                self.dataChanged.emit(self.index(0, 0), self.index(len(events) - 1, len(HEADINGS) - 1))
        return is_new

    def rowCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.events)

    def columnCount(self, parent: Index = _NOWHERE) -> int:
        return 0 if parent.isValid() else len(HEADINGS)

    def cells(self, event: Event) -> tuple[str, ...]:
        """Return the words of an event."""
        epoch = "" if event.epoch is None else numbers.count(event.epoch)
        return numbers.count(event.step), epoch, kind_word(event.kind), event.words

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.cells(self.events[index.row()])[index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.events[index.row()].words
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() < 2:
            return _RIGHT
        if role == Qt.ItemDataRole.BackgroundRole and index.row() == self.here:
            return QBrush(current().colour("accent_soft"))
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return HEADINGS[section]
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.TextAlignmentRole and section < 2:
            return _RIGHT  # as the numbers below
        return None

    def table(self) -> list[tuple[object, ...]]:
        """Return all events, to copy."""
        return [(each.step, each.epoch, kind_word(each.kind), each.words) for each in self.events]


class LogPage(QWidget):
    """The log, and below it a line to write a note where the run stands."""

    noted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.events, self.note = EventLog(), QLineEdit()
        self.note.setPlaceholderText(tr("A note at this step …"))
        describe(self.note, tr("Note"), tr("Enter writes it into the log, where the run stands"))
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.addWidget(self.events, 1)
        column.addWidget(self.note)
        self.note.returnPressed.connect(self._write)

    @Slot()
    def _write(self) -> None:
        if self.note.text().strip():
            self.noted.emit(self.note.text())
            self.note.clear()


class EventLog(QTableView):
    """The events of the run on show; a click or Enter asks for that step."""

    sought = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.log = LogModel(self)
        self.setModel(self.log)
        self.setShowGrid(False)
        self.setFrameShape(QTableView.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setStretchLastSection(True)
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(self, tr("Events"), tr("Every change, stop rule and note of this run; a click goes to its step"))
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)
        self.clicked.connect(self._go)
        self.activated.connect(self._go)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.setFont(font("small"))
        self.horizontalHeader().setFont(font("small"))
        self._fit_rows()
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap words anew."""
        super().resizeEvent(event)
        self._fit_rows()

    def _fit_rows(self) -> None:
        """Give long words, such as notes, as many lines as they need."""
        room, words = self.columnWidth(len(HEADINGS) - 1) - GRID, self.fontMetrics().horizontalAdvance
        for place, event in enumerate(self.log.events):
            if words(event.words) > room:
                self.resizeRowToContents(place)
            else:
                self.setRowHeight(place, ROW_HEIGHT)

    def show_events(self, events: tuple[Event, ...], step: int) -> None:
        """Show these events, the newest in view."""
        if self.log.show_events(events, step):
            self._fit_rows()
            self.scrollToBottom()

    @Slot(QModelIndex)
    def _go(self, index: QModelIndex) -> None:
        self.sought.emit(self.log.events[index.row()].step)
