"""How a row of the list of steps is drawn."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from dlviz.gui.panels.steps.model import Role, Row
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import rounded
from dlviz.i18n import tr

SERIFS = ("STIX Two Text", "DejaVu Serif", "serif")  # formulas look like those in books
MARGIN = 2 * GRID
DOT = 7.0
STEP_PADDING, HEADING_PADDING = 11, 14  # pixels added to the height of a line


def formula_font() -> QFont:
    """Return the serif that plain formulas are written in."""
    result = font("normal")
    result.setFamilies(list(SERIFS))
    return result


class StepsDelegate(QStyledItemDelegate):
    """Draws headings and steps in the theme's colours."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the height of a row."""
        row: Row = index.data(Role.ROW)
        used = font("small", is_bold=True) if row.is_heading else formula_font()
        padding = HEADING_PADDING if row.is_heading else STEP_PADDING
        return QSize(0, round(QFontMetricsF(used).height()) + padding)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one row."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row: Row = index.data(Role.ROW)
        if row.is_heading:
            _paint_heading(painter, option.rect, row)
        else:
            is_pointed = bool(option.state & QStyle.StateFlag.State_MouseOver)
            _paint_step(painter, option.rect, row, is_pointed)
        painter.restore()


def _paint_heading(painter: QPainter, rect: QRect, row: Row) -> None:
    theme = current()
    line = QRectF(rect).adjusted(MARGIN, HEADING_PADDING / 2, -MARGIN, 0)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.colour(row.phase))
    painter.drawEllipse(QPointF(line.left() + DOT / 2, line.center().y()), DOT / 2, DOT / 2)
    painter.setPen(theme.colour(row.phase))
    painter.setFont(font("small", is_bold=True))
    painter.drawText(line.adjusted(DOT + GRID, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.text)


def _paint_step(painter: QPainter, rect: QRect, row: Row, is_pointed: bool) -> None:
    theme = current()
    box = QRectF(rect).adjusted(GRID - 1, 1, -(GRID - 1), -1)
    if row.state in ("current", "hidden"):
        rounded(painter, box, theme.soft(row.phase, 0.09), theme.colour(row.phase).name(), width=1.2)
    elif is_pointed:
        rounded(painter, box, theme.hover)
    line = QRectF(rect).adjusted(MARGIN, 0, -MARGIN, 0)
    is_waiting = row.state == "waiting"
    painter.setFont(font("small"))
    painter.setPen(theme.colour("faint" if is_waiting else "muted"))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, str(row.cursor))
    needed = QFontMetricsF(formula_font()).horizontalAdvance(row.text)
    by_hand = _paint_board(painter, line, row, line.width() - _number_width() - needed - GRID)
    used = (
        _paint_summary(
            painter, line.adjusted(0, 0, -by_hand, 0), row, line.width() - _number_width() - needed - by_hand - GRID
        )
        + by_hand
    )
    painter.setFont(formula_font())
    painter.setPen(theme.colour("faint" if is_waiting else "text"))
    room = line.adjusted(_number_width(), 0, -used - GRID, 0)
    # A pixel more than measured: rounding must not cut a formula that fits.
    shown = painter.fontMetrics().elidedText(row.text, Qt.TextElideMode.ElideRight, int(room.width()) + 1)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)


def _number_width() -> float:
    """Return the room that the numbers of steps take, with the gap after them."""
    return QFontMetricsF(font("small")).horizontalAdvance("00") + GRID


def _paint_board(painter: QPainter, line: QRectF, row: Row, room: float) -> float:
    """Draw what a step comes to by hand at the very right, and return the width it took with the gap before it.

    Two numbers wait for the tooltip where they would leave no room for the formula.
    """
    words, metrics = f"≈ {row.board}", painter.fontMetrics()
    needed = metrics.horizontalAdvance(words) + metrics.horizontalAdvance(row.summary) + GRID
    if not row.board or (" " in row.board and needed > room):
        return 0.0
    painter.setPen(current().colour("muted"))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
    return painter.fontMetrics().horizontalAdvance(words) + GRID


def _paint_summary(painter: QPainter, line: QRectF, row: Row, room: float) -> float:
    """Draw what the step came to at the right, as exactly as there is room, and return the width it took."""
    theme, metrics = current(), painter.fontMetrics()
    lead = f"{tr('derived')}  " if row.is_derived and row.state != "waiting" else ""
    candidates = [lead + each for each in (row.summary, *row.shorter)]
    words = next((each for each in candidates if metrics.horizontalAdvance(each) <= room), candidates[-1])
    painter.setPen(theme.colour("faint" if row.state == "waiting" else "muted"))
    painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, words)
    return metrics.horizontalAdvance(words)
