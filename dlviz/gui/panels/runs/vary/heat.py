"""The heat map of two settings: a shade and a number in each cell, those that diverged crossed out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.panels.runs.vary.read_picture import ReadPicture
from dlviz.gui.theme import GRID, current, font, on_colour, sequential
from dlviz.gui.widgets.copying import copy_csv
from dlviz.gui.widgets.paint import describe, painter
from dlviz.i18n import tr

NOWHERE = (-1, -1)
GAP = 1.0  # pixels between cells
DIGITS, ROOM = 2, 4  # of the number in a cell, and pixels beside it
FIRST, LAST = 20, 235  # rows of the scale that are used: its ends are hardly told from the ground
LOG_FROM = 10.0  # highest over lowest from which shades follow the logarithm
STEPS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1)}
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Cell:
    """One cell. value: None where nothing is known. diverged: so many of its runs. row: the outcome it leads to."""

    words: str
    value: float | None = None
    diverged: int = 0
    row: int | None = None


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells by row from below and column, with the words of both settings and of their values."""

    measure: str
    across: str
    up: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    cells: tuple[tuple[Cell, ...], ...]
    is_less_better: bool = True

    @cached_property
    def values(self) -> FloatArray:
        """The known values, in any order."""
        found = [cell.value for row in self.cells for cell in row if cell.value is not None]
        return np.array([value for value in found if np.isfinite(value)])

    @property
    def is_log(self) -> bool:
        """Whether shades follow the logarithm."""
        known = self.values
        return bool(len(known) and known.min() > 0 and known.max() / known.min() >= LOG_FROM)

    def best(self) -> tuple[int, int]:
        """Return column and row of the best cell that has no diverged run; NOWHERE if there is none."""
        good = [
            (cell.value if self.is_less_better else -cell.value, (column, row))
            for row, line in enumerate(self.cells) for column, cell in enumerate(line)
            if cell.value is not None and np.isfinite(cell.value) and not cell.diverged
        ]  # fmt: skip
        return min(good)[1] if good else NOWHERE

    def table(self) -> tuple[tuple[str, ...], list[tuple[object, ...]]]:
        """Return headings and a row for every cell, with all digits."""
        rows: list[tuple[object, ...]] = [
            (self.columns[column], self.rows[row], "" if cell.value is None else cell.value, cell.diverged)
            for row, line in enumerate(self.cells) for column, cell in enumerate(line)
        ]  # fmt: skip
        return (self.across, self.up, self.measure, tr("diverged")), rows


@dataclass(frozen=True)
class Writing:
    """How numbers stand in cells: with so many digits, none where they have no room, and from below upwards or not."""

    digits: int = 0
    is_upright: bool = False


class HeatGrid(ReadPicture):
    """Paints a grid; its cells can be walked by the arrow keys, Enter opens one."""

    at: tuple[int, int]

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Heat map of two settings"), NOWHERE, parent)
        self.grid = Grid("", "", "", (), (), ())

    def show_grid(self, grid: Grid) -> None:
        """Show other cells."""
        self.grid = grid
        self.at = NOWHERE if self.cell() is None else self.at
        what = tr("{measure} by {across} and {up}", measure=grid.measure, across=grid.across, up=grid.up)
        describe(
            self, tr("Heat map: {what}", what=what), tr("{what}. Arrow keys read it, Enter opens a run.", what=what)
        )
        self.update()

    def cell(self) -> Cell | None:
        """Return the cell that is read."""
        column, row = self.at
        is_inside = 0 <= row < len(self.grid.cells) and 0 <= column < len(self.grid.columns)
        return self.grid.cells[row][column] if is_inside else None

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(36 * GRID, 24 * GRID)

    def field(self) -> QRectF:
        """Return where the cells are: right of the words of the rows, above those of the columns."""
        metrics = self.fontMetrics()
        widest = max((metrics.horizontalAdvance(words) for words in self.grid.rows), default=0)
        left = min(widest + GRID, self.width() / 2)
        line = metrics.height()
        return QRectF(left, line + 2, max(self.width() - left - 2, 1), max(self.height() - 3 * line - 6, 1))

    def box(self, column: int, row: int) -> QRectF:
        """Return where a cell is painted."""
        field = self.field()
        wide, high = field.width() / len(self.grid.columns), field.height() / len(self.grid.rows)
        top = field.bottom() - (row + 1) * high
        return QRectF(field.left() + column * wide, top, wide, high).adjusted(0, 0, -GAP, -GAP)

    def shade(self, value: float) -> QColor:
        """Return the colour of a value on the scale of what is known: low is pale, high is strong."""
        known = self.grid.values
        ends = np.array([known.min(), known.max(), value])
        low, high, at = np.log10(ends) if self.grid.is_log else ends
        share = (at - low) / (high - low) if high > low else 0.0
        return QColor(*sequential(current())[round(FIRST + share * (LAST - FIRST))][:3].tolist())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, the words of the axes, and marks of the best cell and of the one that is read."""
        if not self.grid.columns or not self.grid.rows:
            return
        with painter(self) as p:
            p.setFont(font("small"))
            writing = self.writing(p.fontMetrics())
            for row, line in enumerate(self.grid.cells):
                for column, cell in enumerate(line):
                    self._paint_cell(p, cell, self.box(column, row), writing)
            self._paint_axes(p)
            theme = current()
            self._frame(p, self.grid.best(), theme.text, 1.5)
            self._frame(p, self.at, theme.accent, 2.5)

    def writing(self, metrics: QFontMetrics) -> Writing:
        """Return how every number fits into its cell: along it, or upwards where a cell is higher than wide."""
        box = self.box(0, 0)
        for is_upright, length, across in ((False, box.width(), box.height()), (True, box.height(), box.width())):
            for digits in range(DIGITS, 0, -1) if across >= metrics.height() else ():
                words = (numbers.number(each, digits) for each in self.grid.values)
                if max(map(metrics.horizontalAdvance, words), default=0) + ROOM <= length:
                    return Writing(digits, is_upright)
        return Writing()

    def _paint_cell(self, p: QPainter, cell: Cell, box: QRectF, writing: Writing) -> None:
        theme = current()
        has_value = cell.value is not None and np.isfinite(cell.value)
        ground = self.shade(float(cell.value or 0.0)) if has_value else theme.colour("hover")
        p.fillRect(box, ground)
        if cell.diverged:
            p.setPen(QPen(QColor(on_colour(ground.name())), 1.4 * theme.mark_width))
            p.drawLines([QLineF(box.topLeft(), box.bottomRight()), QLineF(box.bottomLeft(), box.topRight())])
        if has_value and not cell.diverged and writing.digits:
            p.setPen(QColor(on_colour(ground.name())))
            _write(p, box, numbers.number(float(cell.value or 0.0), writing.digits), writing.is_upright)

    def _paint_axes(self, p: QPainter) -> None:
        grid, field, theme = self.grid, self.field(), current()
        line = p.fontMetrics().height()
        p.setPen(theme.colour("muted"))
        right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        for row in self._spaced(len(grid.rows), field.height() / len(grid.rows), line):
            box = self.box(0, row)
            p.drawText(QRectF(0, box.center().y() - line / 2, field.left() - GRID / 2, line), right, grid.rows[row])
        widest = max(map(p.fontMetrics().horizontalAdvance, grid.columns)) + GRID / 2
        for column in self._spaced(len(grid.columns), field.width() / len(grid.columns), widest):
            middle = self.box(column, 0).center().x()
            left = min(max(middle - widest / 2, 0), self.width() - widest)
            p.drawText(
                QRectF(left, field.bottom() + 1, widest, line), Qt.AlignmentFlag.AlignCenter, grid.columns[column]
            )
        p.setPen(theme.colour("text"))
        p.drawText(QRectF(0, 0, self.width(), line), int(Qt.AlignmentFlag.AlignLeft), grid.up)
        p.drawText(QRectF(0, field.bottom() + line + 2, self.width(), line), right, grid.across)

    @staticmethod
    def _spaced(count: int, room: float, needed: float) -> Sequence[int]:
        """Return which places have room for their words: every one, or every second one, and so on."""
        return range(0, count, max(int(np.ceil(needed / max(room, 1.0))), 1))

    def _frame(self, p: QPainter, at: tuple[int, int], colour: str, width: float) -> None:
        if at != NOWHERE:
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(QColor(colour), width))
            p.drawRect(self.box(*at).adjusted(1, 1, -1, -1))

    def under(self, point: QPointF) -> tuple[int, int]:
        """Return column and row of the cell at a point."""
        field = self.field()
        if not self.grid.columns or not field.contains(point):
            return NOWHERE
        column = int((point.x() - field.left()) / field.width() * len(self.grid.columns))
        row = int((field.bottom() - point.y()) / field.height() * len(self.grid.rows))
        return min(column, len(self.grid.columns) - 1), min(row, len(self.grid.rows) - 1)

    def beside(self, key: Qt.Key) -> tuple[int, int] | None:
        """Return the cell to which an arrow key leads; the first one where none is read."""
        if key not in STEPS or not self.grid.columns:
            return None
        if self.at == NOWHERE:
            return 0, 0
        (column, row), (right, above) = self.at, STEPS[key]
        last_column, last_row = len(self.grid.columns) - 1, len(self.grid.rows) - 1
        return min(max(column + right, 0), last_column), min(max(row + above, 0), last_row)

    def words(self) -> str:
        """Say what the cell is that is read."""
        cell = self.cell()
        return cell.words if cell is not None else ""

    def row(self) -> int | None:
        """Return the run that the cell leads to."""
        cell = self.cell()
        return cell.row if cell is not None else None

    def entries(self) -> tuple[Entry, ...]:
        """Return every cell, as a list."""
        return tuple(Entry(cell.words) for line in self.grid.cells for cell in line)

    def copy(self) -> None:
        """Put every cell on the clipboard with all digits."""
        copy_csv(*self.grid.table())


def _write(p: QPainter, box: QRectF, words: str, is_upright: bool) -> None:
    """Write into the middle of a cell, along it or from below upwards."""
    p.save()
    p.translate(box.center())
    wide, high = box.width(), box.height()
    if is_upright:
        p.rotate(-90)
        wide, high = high, wide
    p.drawText(QRectF(-wide / 2, -high / 2, wide, high), Qt.AlignmentFlag.AlignCenter, words)
    p.restore()
