"""Where the signs and matrices of a step stand in the room there is, and how large their cells are."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QFont, QFontMetricsF

from dlviz.core.matrices import Form, Matrix
from dlviz.gui import numbers
from dlviz.gui.panels.formula.matrices.heat import largest
from dlviz.gui.theme import GRID, font
from dlviz.i18n import tr

MOST_AS_NUMBERS = 6  # rows or columns; larger matrices are heat maps
HEAT_SHARE, HEAT_LEAST, HEAT_MOST = 0.24, 168.0, 320.0  # of the width there is, and pixels: how wide pictures may be
HEAT_FLATNESS = 0.7  # how high they may be for their width
HEAT_CELL, THINNEST = 14.0, 40.0  # pixels: the largest side of a cell, the least side of a picture of many cells
SERIFS = ("STIX Two Text", "DejaVu Serif", "serif")  # signs look like those in books
PAD, BRACKET = 7.0, 5.0  # pixels beside a number, and the width of a bracket
GAP = float(GRID)
TOP = 2.0  # pixels above everything, so that a frame around the first row is whole
HIDDEN = "?"
COMMA, RELATIONS = ",", "=←"


def sign_font() -> QFont:
    """Return the serif of the signs between matrices."""
    result = font("large")
    result.setFamilies(list(SERIFS))
    return result


@dataclass(frozen=True, eq=False)
class Block:
    """A matrix with its caption. is_hidden: its numbers are covered. room: how wide a picture may be, in pixels."""

    matrix: Matrix
    is_hidden: bool = False
    room: float = HEAT_LEAST

    @cached_property
    def is_heat(self) -> bool:
        """Whether it is a picture rather than numbers."""
        return max(self.matrix.shape) > MOST_AS_NUMBERS

    @cached_property
    def texts(self) -> tuple[tuple[str, ...], ...]:
        """The numbers of every row; none for a picture."""
        if self.is_heat:
            return ()
        if self.is_hidden:
            rows, columns = self.matrix.shape
            return ((HIDDEN,) * columns,) * rows
        return tuple(tuple(numbers.number(value) for value in row) for row in self.matrix.values)

    @cached_property
    def caption(self) -> tuple[str, str]:
        """The letter, and the shape with what else is to be said."""
        rows, columns = self.matrix.shape
        parts = [f"{rows} × {columns}"]
        if self.is_heat and not self.is_hidden:
            parts.append(f"±{numbers.number(largest(self.matrix.values), 2)}")
        if self.matrix.sample is not None:
            parts.append(tr("example {number}", number=self.matrix.sample + 1))
        return self.matrix.letter, " · ".join(parts)

    @cached_property
    def columns(self) -> tuple[float, ...]:
        """The width of every column of numbers."""
        metrics = QFontMetricsF(font("normal"))
        return tuple(
            max(metrics.horizontalAdvance(row[place]) for row in self.texts) + 2 * PAD
            for place in range(self.matrix.shape[1])
        )

    @cached_property
    def body(self) -> QSizeF:
        """The room of the cells."""
        rows, columns = self.matrix.shape
        if not self.is_heat:
            return QSizeF(sum(self.columns) + 2 * BRACKET, rows * row_height())
        side = min(self.room / columns, HEAT_FLATNESS * self.room / rows, HEAT_CELL)
        least = [min(THINNEST, HEAT_CELL * count) for count in (columns, rows)]
        return QSizeF(max(side * columns, least[0]), max(side * rows, least[1]))

    @cached_property
    def size(self) -> QSizeF:
        """The room of cells and caption."""
        letter, words = self.caption
        width = max(
            QFontMetricsF(sign_font()).horizontalAdvance(letter), QFontMetricsF(font("small")).horizontalAdvance(words)
        )
        return QSizeF(max(self.body.width(), width), self.body.height() + caption_height())


def row_height() -> float:
    """Return the height of a row of numbers."""
    return round(QFontMetricsF(font("normal")).height()) + 6.0


def caption_height() -> float:
    """Return the height of the two lines under a matrix."""
    return round(QFontMetricsF(sign_font()).height() + QFontMetricsF(font("small")).height()) + 4.0


@dataclass(frozen=True, eq=False)
class Placed:
    """A sign, or a block, in its place. rect: of a block the cells, of a sign its text."""

    rect: QRectF
    sign: str = ""
    block: Block | None = None

    def cell_rect(self, row: int, column: int) -> QRectF:
        """Return where a cell is painted."""
        assert self.block is not None
        if self.block.is_heat:
            rows, columns = self.block.matrix.shape
            width, height = self.rect.width() / columns, self.rect.height() / rows
            return QRectF(self.rect.left() + column * width, self.rect.top() + row * height, width, height)
        left = self.rect.left() + BRACKET + sum(self.block.columns[:column])
        return QRectF(left, self.rect.top() + row * row_height(), self.block.columns[column], row_height())

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return the cell under a point."""
        if self.block is None or not self.rect.contains(point):
            return None
        rows, columns = self.block.matrix.shape
        row = min(int((point.y() - self.rect.top()) / self.rect.height() * rows), rows - 1)
        if self.block.is_heat:
            return row, min(int((point.x() - self.rect.left()) / self.rect.width() * columns), columns - 1)
        right = self.rect.left() + BRACKET
        for column, width in enumerate(self.block.columns):
            right += width
            if point.x() < right:
                return row, column
        return row, columns - 1


@dataclass(frozen=True)
class Laid:
    """Everything in its place, how high that is, and how many lines it takes."""

    placed: tuple[Placed, ...] = ()
    height: float = 0.0
    lines: int = 0


@dataclass(frozen=True, eq=False)
class Sized:
    """A sign or a block measured: the width and height of everything, and the height of the cells."""

    piece: str | Block
    width: float
    height: float
    body: float


def sized(pieces: Sequence[str | Block]) -> list[Sized]:
    """Measure pieces, once for all the layouts that are tried."""
    metrics = QFontMetricsF(sign_font())
    return [
        Sized(piece, metrics.horizontalAdvance(piece), metrics.height(), metrics.height())
        if isinstance(piece, str)
        else Sized(piece, piece.size.width(), piece.size.height(), piece.body.height())
        for piece in pieces
    ]


def lay_out(pieces: Sequence[Sized], width: float) -> Laid:
    """Put pieces into lines; signs before a matrix go to the next line with it."""
    return _stacked(_lines(pieces, width))


def lay_out_apart(equations: Sequence[Sequence[Sized]], width: float) -> Laid:
    """Put every equation into lines of its own."""
    return _stacked([line for each in equations for line in _lines(each, width)])


def equations_of(pieces: Sequence[Sized]) -> list[list[Sized]]:
    """Part pieces at the commas between equations; those of a list part nothing."""
    found: list[list[Sized]] = [[]]
    for place, each in enumerate(pieces):
        found[-1].append(each)
        if each.piece == COMMA and _begins_equation(pieces[place + 1 :]):
            found.append([])
    return found


def _begins_equation(pieces: Sequence[Sized]) -> bool:
    signs = takewhile(lambda each: each.piece != COMMA, pieces)
    return any(isinstance(each.piece, str) and set(RELATIONS) & set(each.piece) for each in signs)


def _stacked(lines: Sequence[Sequence[Sized]]) -> Laid:
    placed: list[Placed] = []
    top = TOP
    for line in lines:
        line_height = max(each.height for each in line)
        middle = top + max(each.body for each in line) / 2
        left = 0.0
        for each in line:
            placed.append(_place(each, left, middle))
            left += each.width + GAP
        top += line_height + GAP
    return Laid(tuple(placed), top, len(lines))


def heat_room(width: float) -> float:
    """Return how wide pictures may be in this width."""
    return min(max(round(HEAT_SHARE * width), HEAT_LEAST), HEAT_MOST)


def blocks_of(form: Form, is_hidden: bool, room: float) -> tuple[str | Block, ...]:
    """Return the pieces of a form; is_hidden covers what the step wrote."""
    return tuple(
        Block(piece, is_hidden and piece.is_written, room) if isinstance(piece, Matrix) else piece
        for piece in form.pieces
    )


def _lines(pieces: Sequence[Sized], width: float) -> list[list[Sized]]:
    lines: list[list[Sized]] = [[]]
    used, waiting = 0.0, list[Sized]()
    last = max((place for place, each in enumerate(pieces) if isinstance(each.piece, Block)), default=-1)
    for place, found in enumerate(pieces):
        waiting.append(found)
        if isinstance(found.piece, str) and place < last:
            continue
        needed = sum(each.width + GAP for each in waiting)
        if lines[-1] and used + needed > width:
            lines.append([])
            used = 0.0
        lines[-1] += waiting
        used, waiting = used + needed, []
    return [line for line in lines if line]


def _place(found: Sized, left: float, middle: float) -> Placed:
    piece = found.piece
    if isinstance(piece, str):
        size = QSizeF(found.width, found.height)
        return Placed(QRectF(QPointF(left, middle - size.height() / 2), size), sign=piece)
    inset = (piece.size.width() - piece.body.width()) / 2
    corner = QPointF(left + inset, middle - piece.body.height() / 2)
    return Placed(QRectF(corner, piece.body), block=piece)
