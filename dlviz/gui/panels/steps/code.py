"""The steps of a pass as pseudo-code: its lines, the one that runs, and how they are drawn."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPolygonF
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from dlviz.core.pseudocode import Code, Line
from dlviz.core.trace import Step, Trace
from dlviz.core.words import fitting, phase_label
from dlviz.gui.panels.steps.delegate import formula_font
from dlviz.gui.panels.steps.rows import Role
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import rounded
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

    @property
    def shape(self) -> object:
        """What no step changes."""
        return self.line

    @property
    def words(self) -> str:
        """The plain text, indented."""
        return "    " * self.line.depth + self.line.text

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        line = self.line
        parts = [HERE + " " + tr("running") if self.is_running else "", tr("level {number}", number=line.depth + 1)]
        parts += [phase_label(line.phase) if line.phase and line.kind != "note" else "", line.text, self.counter]
        return ", ".join(part for part in parts if part)

    @property
    def tip(self) -> str:
        """What it says and what it does."""
        return "\n".join(dict.fromkeys(filter(None, (self.line.text, self.line.short))))

    @property
    def flags(self) -> Qt.ItemFlag:
        """Let lines be chosen that stand for steps."""
        plain = Qt.ItemFlag.ItemIsEnabled
        return plain | Qt.ItemFlag.ItemIsSelectable if self.line.steps else plain

    def cursor_after(self, cursor: int) -> int | None:
        """Return where its next step is done."""
        step = self.line.step_after(cursor)
        return None if step is None else step + 1


def code_rows(code: Code, trace: Trace, cursor: int, frame: Frame) -> tuple[CodeRow, ...]:
    """Return the lines as they stand once so many steps are done."""
    here = code.place_of(cursor)
    step = trace.steps[cursor - 1] if 0 < cursor <= len(trace.steps) else None
    return tuple(
        CodeRow(line, place == here, bool(line.steps) and line.steps[0] < cursor, counter_of(line, step, frame))
        for place, line in enumerate(code.lines)
    )


def running(rows: tuple[CodeRow, ...]) -> int:
    """Return the place of the line that runs; −1 where none does."""
    return next((place for place, row in enumerate(rows) if row.is_running), -1)


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
