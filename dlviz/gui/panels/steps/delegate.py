"""How a row of the list of steps is drawn."""

from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from dlviz.core.words import fitting
from dlviz.gui.panels.steps.model import Row
from dlviz.gui.panels.steps.rows import Role
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import rounded
from dlviz.i18n import tr

SERIFS = ("STIX Two Text", "DejaVu Serif", "serif")  # formulas look like those in books
MARGIN = 2 * GRID
LETTERS = (1.0, 0.92, 0.85)  # sizes of a formula that are tried in turn
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
DOT = 7.0
STEP_PADDING, HEADING_PADDING = 11, 14  # pixels added to the height of a line


def formula_font(scale: float = 1.0) -> QFont:
    """Return the serif that plain formulas are written in."""
    result = font("normal", scale=scale)
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
    number_width = _number_width(row.cursor)
    end = fitted(row, line.width() - number_width)
    right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
    painter.drawText(line, right, end.board)
    painter.drawText(line.adjusted(0, 0, -end.board_width, 0), right, end.summary)
    painter.setFont(formula_font(end.scale))
    painter.setPen(theme.colour("faint" if is_waiting else "text"))
    painter.drawText(line.adjusted(number_width, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, end.text)


@dataclass(frozen=True)
class Fitted:
    """What a row shows in the room that it has: formula, result, and the result at the board at the very right."""

    text: str
    summary: str = ""
    board: str = ""
    board_width: float = 0.0
    scale: float = 1.0

    @property
    def is_cut(self) -> bool:
        """Whether the formula ends in …."""
        return self.text.endswith(ELLIPSIS)


def fitted(row: Row, room: float) -> Fitted:
    """Return what fits into so many pixels, in smaller letters before it no longer says what is worked out."""
    found = [_fitted(row, room, LETTERS[0])]
    if found[0].text in (row.text, row.short):
        return found[0]
    found += [_fitted(row, room, scale) for scale in LETTERS[1:]]
    telling = (each for each in found if each.text in (row.text, row.short))
    return next(telling, next((each for each in found if not each.is_cut), found[-1]))


def _fitted(row: Row, room: float, scale: float) -> Fitted:
    """Return what fits in letters of this size.

    The result loses digits first, then the formula gives way to its short form; a lone number loses digits, and
    the word "derived" goes, where even that leaves no room. The shape of a result gives way to the formula: it
    stands in the tooltip and in the formula panel too. Two numbers of the board wait for the tooltip where they
    would leave no room; one of them is left alone where both numbers would.
    """
    small, serif = QFontMetricsF(font("small")), QFontMetricsF(formula_font(scale))
    lead = f"{tr('derived')}  " if row.is_derived and row.state != "waiting" else ""
    summaries = [lead + each for each in (row.summary, *row.shorter)]
    if row.is_shape:
        summaries += [lead.strip(), ""]
    least = _with_gap(small, summaries[-1])
    text = fitting(row.text, row.short, lambda words: serif.horizontalAdvance(words) <= room - least)
    free = room - serif.horizontalAdvance(text)
    board = f"≈ {row.board}" if row.board else ""
    if " " in row.board and _with_gap(small, board) + _with_gap(small, row.summary) > free:
        board = ""
    board_width = _with_gap(small, board)
    summaries += [lead + each for each in row.rounder] + ([row.summary, *row.rounder] if lead else [])
    summaries += [""] if board else []
    summary = next((each for each in summaries if _with_gap(small, each) <= free - board_width), summaries[-1])
    left = room - board_width - _with_gap(small, summary)
    # A pixel more than measured: rounding must not cut a formula that fits.
    shown = serif.elidedText(text, Qt.TextElideMode.ElideRight, left + 1)
    return Fitted(shown, summary, board, board_width, scale)


def _with_gap(metrics: QFontMetricsF, words: str) -> float:
    return metrics.horizontalAdvance(words) + GRID if words else 0.0


def _number_width(number: int) -> float:
    """Return the room that the number of a step takes, with the gap after it; at least that of two digits."""
    return QFontMetricsF(font("small")).horizontalAdvance(f"{number:02d}") + GRID
