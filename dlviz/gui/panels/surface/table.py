"""The table of a race: an optimizer a row, with what it came to after the steps that are done."""

import math
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from dlviz.gui import numbers
from dlviz.gui.race.runners import paint_runner, setting_words, title_of
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.paint import describe, rounded
from dlviz.i18n import tr
from dlviz.session.race import Race
from dlviz.session.race.result import NetworkPart

NONE = "–"
NETWORK_COLUMNS = 7
MARKER = 5.0  # pixels
ROW = 3 * GRID + 4  # pixels
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Runner:
    """One row: what is written in each column, and what is said when it is pointed at."""

    cells: tuple[str, ...]
    tip: str


def titles(race: Race | None) -> tuple[str, ...]:
    """Return the words over the columns."""
    near = numbers.number(race.spec.tolerance) if race is not None else ""
    if race is not None and race.network is not None:
        return (
            tr("optimizer"), tr("settings"), tr("loss now"), tr("off the plane"), tr("path"), tr("seconds"),
            tr("gradients"),
        )  # fmt: skip
    return (
        tr("optimizer"), tr("settings"), tr("f now"), tr("distance"), tr("steps to {near}", near=near), tr("settled"),
        tr("path"), tr("gradients"),
    )  # fmt: skip


def column_tip(column: int, is_network: bool = False) -> str:
    """Say what a column means."""
    if is_network:
        return (
            tr("The optimizer; Enter or a double click opens its settings"),
            tr("Its rate, and what differs from the defaults"), tr("Loss of all training rows, as in use"),
            tr("How far its weights lie off the plane that is shown"),
            tr("How long its way was so far, in all parameters"), tr("That its training took so far"),
            tr("How often the gradient of a batch was worked out so far"),
        )[column]  # fmt: skip
    return (
        tr("The optimizer; Enter or a double click opens its settings"),
        tr("Its rate, and what differs from the defaults"),
        tr("Height of the surface where it stands"), tr("To the nearest minimum"),
        tr("The first step within this distance of a minimum"),
        tr("The first step that moved no number by 0.000001 or more"), tr("How long its way was so far"),
        tr("How often the gradient was worked out so far"),
    )[column]  # fmt: skip


class Rows:
    """Writes the rows of one race; what is the same at all steps is written once."""

    def __init__(self, race: Race) -> None:
        self.race = race
        self._names = [(title_of(each), setting_words(each)) for each in race.spec.optimizers]

    def at(self, step: int) -> tuple[Runner, ...]:
        """Return a row for each optimizer after so many steps."""
        return tuple(self._row(index, step) for index in range(len(self._names)))

    def _row(self, index: int, step: int) -> Runner:
        path, names, standing = self.race.paths[index], self._names[index], self.race.standings[index]
        if step >= standing.broken:
            broken = tr("diverged at step {step}", step=numbers.count(standing.broken))
            words = broken if standing.broken else tr("no height here")
            return Runner((*names, words, *[NONE] * 4, numbers.count(step)), f"{names[0]}: {words}")
        if self.race.network is not None:
            return self._trained(self.race.network, index, step)
        value, distance = float(path.values[step]), float(standing.distances[step])
        cells = (
            *names, numbers.number(value), NONE if math.isnan(distance) else numbers.number(distance),
            _past(standing.reached, step), _past(standing.settled, step),
            numbers.number(float(standing.lengths[step])), numbers.count(step),
        )  # fmt: skip
        point = ", ".join(numbers.full(float(each)) for each in path.points[step])
        tip = tr("{name} at ({point}), f = {value}", name=names[0], point=point, value=numbers.full(value))
        return Runner(cells, tip)

    def _trained(self, network: NetworkPart, index: int, step: int) -> Runner:
        """Return the row of an optimizer that trains a network."""
        value, seconds = float(self.race.paths[index].values[step]), network.seconds[index] * step / self.race.steps
        figures = (value, float(network.residuals[index][step]), float(network.lengths[index][step]), seconds)
        name = self._names[index][0]
        tip = tr("{name}: loss {value} after {step} batches", name=name, value=numbers.full(value), step=step)
        return Runner((*self._names[index], *map(numbers.number, figures), numbers.count(step)), tip)


def _past(found: int | None, step: int) -> str:
    """Write a step that is past by now."""
    return NONE if found is None or found > step else numbers.count(found)


class TableModel(QAbstractTableModel):
    """The rows of one race at one step."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[Runner, ...] = ()
        self.titles = titles(None)

    def show_rows(self, rows: tuple[Runner, ...], words: tuple[str, ...]) -> None:
        """Show other rows."""
        if len(rows) != len(self.rows) or words != self.titles:
            self.beginResetModel()
            self.rows, self.titles = rows, words
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(words) - 1))

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008  (Qt's own default)
        """Return how many optimizers race."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.titles)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return words, their side, or what is said when pointed at."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.cells[index.column()]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            cell = f"{self.titles[index.column()]} {row.cells[index.column()]}"
            return row.tip if role == Qt.ItemDataRole.ToolTipRole else cell
        return None

    def headerData(self, section: int, way: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return the words over a column, and what they mean."""
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.ToolTipRole:
            return column_tip(section, len(self.titles) == NETWORK_COLUMNS)
        if way == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self.titles[section]
        return None


class RunnerDelegate(QStyledItemDelegate):
    """Paints a cell: the marker before the name, settings muted, numbers with figures of equal width."""

    entrant = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Return the room of a cell."""
        words = str(index.data())
        return QSize(option.fontMetrics.horizontalAdvance(words) + 4 * GRID, ROW)

    def paint(self, p: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        theme, rect = current(), QRectF(option.rect)
        p.save()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        if index.row() == self.entrant:
            p.fillRect(option.rect, theme.colour("accent_soft"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            p.fillRect(option.rect, theme.colour("hover"))
        if option.state & QStyle.StateFlag.State_HasFocus:
            rounded(p, rect.adjusted(1, 1, -1, -1), border=theme.accent, radius=3)
        left = GRID
        if index.column() == 0:
            middle = rect.center()
            middle.setX(rect.left() + 2 * GRID)
            paint_runner(p, index.row(), middle, MARKER)
            left = 4 * GRID
        p.setPen(theme.colour("muted" if index.column() == 1 else "text"))
        p.setFont(font("normal", is_bold=index.column() == 0))
        words = p.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, int(rect.width()) - left)
        p.drawText(rect.adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, words)
        p.restore()


class RunnerTable(QTableView):
    """The table; a click looks closely at an optimizer, a double click or Enter opens its settings."""

    looked_at = Signal(int)
    opened = Signal(int)
    removed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: Rows | None = None
        self.rows = TableModel(self)
        self.painter = RunnerDelegate(self)
        self.setModel(self.rows)
        self.setItemDelegate(self.painter)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        describe(self, tr("Optimizers in the race"), "")
        self.clicked.connect(self._look)
        self.doubleClicked.connect(self._open)
        self._use_theme(current())
        theme_signals.changed.connect(self._use_theme)

    def show_race(self, race: Race, step: int, entrant: int) -> None:
        """Show what each came to after so many steps."""
        is_taller = len(race.paths) != len(self.rows.rows)
        if self._rows is None or self._rows.race is not race:
            self._rows = Rows(race)
        self.rows.show_rows(self._rows.at(step), titles(race))
        if entrant != self.painter.entrant:
            self.painter.entrant = entrant
            self.viewport().update()
        if is_taller:
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the room of all rows up to six."""
        row = 3 * GRID + 4
        return QSize(
            70 * GRID, self.horizontalHeader().sizeHint().height() + row * min(max(len(self.rows.rows), 2), 6) + 4
        )

    def minimumSizeHint(self) -> QSize:
        """Return the room of two rows."""
        return QSize(40 * GRID, self.horizontalHeader().sizeHint().height() + 2 * ROW)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between optimizers; Enter opens one, Delete takes it out of the race."""
        key = event.key()
        row = self.painter.entrant
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self.looked_at.emit(min(max(row + (1 if key == Qt.Key.Key_Down else -1), 0), len(self.rows.rows) - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(row)
        elif key == Qt.Key.Key_Delete:
            self.removed.emit(row)
        else:
            event.ignore()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.horizontalHeader().setFont(font("small"))
        self.setFont(font("normal"))
        self.updateGeometry()
        self.viewport().update()

    @Slot(QModelIndex)
    def _look(self, index: QModelIndex) -> None:
        self.looked_at.emit(index.row())

    @Slot(QModelIndex)
    def _open(self, index: QModelIndex) -> None:
        self.opened.emit(index.row())
