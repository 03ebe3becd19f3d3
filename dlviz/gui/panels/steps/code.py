"""The steps of a pass as pseudo-code: its lines, the one that runs, and a way to go there."""

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
    Slot,
)
from PySide6.QtGui import QFontMetricsF, QKeyEvent, QPainter, QPolygonF
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from dlviz.core.pseudocode import Code, Line
from dlviz.core.trace import Step, Trace
from dlviz.core.words import fitting, phase_label
from dlviz.gui.panels.steps.delegate import formula_font
from dlviz.gui.panels.steps.model import Role
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import describe, rounded
from dlviz.i18n import tr
from dlviz.session.messages import Frame

INDENT = 10.0  # pixels a level
GUTTER = 3.0 * GRID  # at the left, for the arrow
ARROW = 8.0  # pixels wide and high
PADDING = 9  # pixels added to the height of a line
HERE = "\N{BLACK RIGHT-POINTING TRIANGLE}"  # the running line for a screen reader


@dataclass(frozen=True)
class CodeRow:
    """A line, whether it runs now, whether its steps are done, and how far its loop is."""

    line: Line
    is_running: bool = False
    is_done: bool = False
    counter: str = ""


def code_rows(code: Code, trace: Trace, cursor: int, frame: Frame) -> tuple[CodeRow, ...]:
    """Return the lines as they stand once so many steps are done."""
    here = code.place_of(cursor)
    step = trace.steps[cursor - 1] if 0 < cursor <= len(trace.steps) else None
    return tuple(
        CodeRow(line, place == here, bool(line.steps) and line.steps[0] < cursor, counter_of(line, step, frame))
        for place, line in enumerate(code.lines)
    )


def counter_of(line: Line, step: Step | None, frame: Frame) -> str:
    """Say which epoch, batch, layer or time step a loop is at."""
    if line.kind == "epochs":
        return str(frame.epoch + 1)
    if line.kind == "batches":
        number = min(frame.batch + 1, frame.batches_per_epoch)
        return f"{number} / {frame.batches_per_epoch}"
    if line.kind != "loop" or step is None or step.index not in line.steps or line.phase is None:
        return ""
    if step.time_step:
        return f"t = {step.time_step}"
    name = frame.document.symbols.numbers.get(step.layer, step.layer)
    return tr("layer {name}", name=name) if frame.document.subject == "network" else ""


class CodeModel(QAbstractListModel):
    """The lines of pseudo-code, from top to bottom."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: tuple[CodeRow, ...] = ()

    def show_rows(self, rows: tuple[CodeRow, ...]) -> None:
        """Show other lines; the same ones keep the view as it is scrolled."""
        if [each.line for each in rows] != [each.line for each in self.rows]:
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))

    def running(self) -> int:
        """Return the row of the line that runs; −1 where none does."""
        return next((place for place, row in enumerate(self.rows) if row.is_running), -1)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a line's text, what a screen reader says of it, its tooltip, or the row."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return "    " * row.line.depth + row.line.text
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return spoken(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return "\n".join(dict.fromkeys(filter(None, (row.line.text, row.line.short))))
        return row if role == Role.ROW else None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Let lines be chosen that stand for steps."""
        plain = Qt.ItemFlag.ItemIsEnabled
        return plain | Qt.ItemFlag.ItemIsSelectable if self.rows[index.row()].line.steps else plain


def spoken(row: CodeRow) -> str:
    """Return a line as a screen reader says it."""
    line = row.line
    parts = [HERE + " " + tr("running") if row.is_running else "", tr("level {number}", number=line.depth + 1)]
    parts += [phase_label(line.phase) if line.phase and line.kind != "note" else "", line.text, row.counter]
    return ", ".join(part for part in parts if part)


class CodeDelegate(QStyledItemDelegate):
    """Draws loops in bold, phases and the running line in the colour of the phase, with an arrow before it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a line."""
        return QSize(0, round(QFontMetricsF(formula_font()).height()) + PADDING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one line."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row: CodeRow = index.data(Role.ROW)
        _paint_ground(painter, option.rect, row, bool(option.state & QStyle.StateFlag.State_MouseOver))
        _paint_line(painter, option.rect, row)
        painter.restore()


def _paint_ground(painter: QPainter, rect: QRect, row: CodeRow, is_pointed: bool) -> None:
    theme, box = current(), QRectF(rect).adjusted(GRID - 1, 1, -(GRID - 1), -1)
    if row.is_running:
        phase = row.line.phase or "loss"
        rounded(painter, box, theme.soft(phase, 0.12), theme.colour(phase).name(), width=1.2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(phase))
        left, middle = box.left() + 4, box.center().y()
        tips = ((left, middle - ARROW / 2), (left + ARROW, middle), (left, middle + ARROW / 2))
        painter.drawPolygon(QPolygonF([QPointF(*tip) for tip in tips]))
    elif is_pointed and row.line.steps:
        rounded(painter, box, theme.hover)


def _paint_line(painter: QPainter, rect: QRect, row: CodeRow) -> None:
    theme, line = current(), row.line
    room = QRectF(rect).adjusted(GUTTER + INDENT * line.depth, 0, -2 * GRID, 0)
    is_phase = line.kind == "note" and line.phase is not None and bool(line.steps)
    letters = formula_font() if line.kind == "step" else font("small", is_bold=line.kind != "note" or is_phase)
    small, metrics = QFontMetricsF(font("small")), QFontMetricsF(letters)
    used = small.horizontalAdvance(row.counter) + GRID if row.counter else 0.0
    # What a loop says counts more than how far it is.
    counter = row.counter if metrics.horizontalAdvance(line.text) + used <= room.width() else ""
    painter.setFont(font("small"))
    painter.setPen(theme.colour("muted"))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, counter)
    painter.setFont(letters)
    painter.setPen(theme.colour(_colour(row, is_phase)))
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, fitted_text(metrics, line, room.width()))


def _colour(row: CodeRow, is_phase: bool) -> str:
    if is_phase and row.line.phase is not None:
        return row.line.phase
    if row.line.kind == "note":
        return "muted"
    return "text" if row.is_done or row.is_running or row.line.kind != "step" else "faint"


def fitted_text(metrics: QFontMetricsF, line: Line, width: float) -> str:
    """Return a line's text, in a narrow list what it does in words."""
    text = fitting(line.text, line.short, lambda words: metrics.horizontalAdvance(words) <= width)
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width + 1)


class CodeView(QListView):
    """The lines; a click walks to the next step that a line stands for, arrow keys to the step before or after."""

    asked = Signal(int)  # cursor: how many steps shall be done

    def __init__(self, model: CodeModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines, self._cursor, self._length = model, 0, 0
        self.setModel(model)
        self.setItemDelegate(CodeDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.setMinimumHeight(12 * GRID)
        self.viewport().setAutoFillBackground(False)
        self.clicked.connect(self._ask)
        describe(self, tr("Pseudo-code of this pass"), tr("A click walks to the next step of a line"))

    def show_rows(self, rows: tuple[CodeRow, ...], cursor: int, length: int) -> None:
        """Show lines, and keep the running one in sight."""
        self._cursor, self._length = cursor, length
        self._lines.show_rows(rows)
        place = self._lines.running()
        index = self._lines.index(place) if place >= 0 else QModelIndex()
        if index != self.currentIndex():
            self.setCurrentIndex(index)
            self.scrollTo(index) if index.isValid() else self.scrollToTop()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go one step back or on; leave the other keys to the window."""
        change = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)
        if not change:
            event.ignore()
            return
        self.asked.emit(min(max(self._cursor + change, 0), self._length))

    @Slot(QModelIndex)
    def _ask(self, index: QModelIndex | QPersistentModelIndex) -> None:
        row: CodeRow = index.data(Role.ROW)
        step = row.line.step_after(self._cursor)
        if step is not None:
            self.asked.emit(step + 1)
