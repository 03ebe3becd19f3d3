"""One number of every parameter of a layer as coloured cells: matrices and vectors beside each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID, Theme, current, diverging, font, on_colour, theme_signals
from dlviz.gui.widgets.colour_bar import rgba_image
from dlviz.gui.widgets.paint import describe, painter
from dlviz.i18n import tr

WIDEST, TALLEST = 44.0, 22.0  # pixels of a cell
HIGHEST = 25 * GRID  # pixels of the picture
ROOM_FOR_WORDS = 34.0  # pixels of a cell that its number is written into
DIGITS = 3


@dataclass(frozen=True, eq=False)
class Block:
    """A parameter: its name, its shape, and a number for each entry as a matrix (rows, columns); None: unknown."""

    name: str
    shape: tuple[int, ...]
    values: NDArray[np.float64] | None

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns: units down, what they read across."""
        return self.shape[0], int(np.prod(self.shape[1:], dtype=np.int64))


class ParameterPicture(QWidget):
    """Colours show how far a number lies from the neutral one, 0 or the 1 of a gain; a click takes it."""

    taken = Signal(str, object)  # name, entry

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.blocks: tuple[Block, ...] = ()
        self.neutral, self.half = 0.0, 1.0
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(
            self, tr("Parameters as a picture"), tr("A cell is a number; point at it to read it, click to take it")
        )
        theme_signals.changed.connect(self._use_theme)

    def show_blocks(self, blocks: Sequence[Block], neutral: float) -> None:
        """Show other numbers."""
        is_taller = [each.shape for each in blocks] != [each.shape for each in self.blocks]
        self.blocks, self.neutral = tuple(blocks), neutral
        known = [np.abs(each.values - neutral) for each in blocks if each.values is not None]
        finite = [each[np.isfinite(each)] for each in known]
        self.half = max((float(each.max(initial=0.0)) for each in finite), default=0.0) or 1.0
        if is_taller:
            self.updateGeometry()
        self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of all rows."""
        return QSize(30 * GRID, round(max((rect.bottom() for _, rect in self._placed(30 * GRID)), default=0.0)) + 1)

    def resizeEvent(self, event: object) -> None:
        """Keep the height that the width asks for."""
        self.setFixedHeight(round(max((rect.bottom() for _, rect in self._placed(self.width())), default=0.0)) + 1)

    def _placed(self, width: float) -> list[tuple[Block, QRectF]]:
        """Return where every block is painted."""
        columns = sum(block.size[1] for block in self.blocks)
        rows = max((block.size[0] for block in self.blocks), default=1)
        wide = min(WIDEST, max(width - GRID * len(self.blocks), 1) / max(columns, 1))
        high, left, placed = min(TALLEST, HIGHEST / rows), 0.0, []
        for block in self.blocks:
            down, across = block.size
            placed.append((block, QRectF(left, 0, across * wide, down * high)))
            left += across * wide + GRID
        return placed

    def colour_of(self, value: float) -> QColor:
        """Return the colour of a number."""
        return QColor(*self._pixels(np.array([[value]]))[0, 0, :3].tolist())

    def _pixels(self, values: NDArray[np.float64]) -> NDArray[np.uint8]:
        table = diverging(current())
        share = np.clip(np.nan_to_num((values - self.neutral) / self.half), -1, 1)
        pixels: NDArray[np.uint8] = table[np.rint((share + 1) * (len(table) - 1) / 2).astype(np.intp)]
        return pixels

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint all blocks; numbers into cells that have room for them."""
        with painter(self) as p:
            for block, rect in self._placed(self.width()):
                p.setPen(QPen(current().colour("outline"), 1.0))
                if block.values is None:
                    p.drawRect(rect)
                    continue
                p.drawImage(rect, rgba_image(self._pixels(block.values)))
                p.drawRect(rect)
                if rect.width() / block.size[1] >= ROOM_FOR_WORDS and rect.height() / block.size[0] >= TALLEST:
                    self._write(p, block, rect)

    def _write(self, p: QPainter, block: Block, rect: QRectF) -> None:
        (rows, columns), values = block.size, block.values
        p.setFont(font("small"))
        for at in range(rows * columns) if values is not None else ():
            row, column = divmod(at, columns)
            cell = _cell(block, rect, row, column)
            value = float(values[row, column])  # type: ignore[index]
            p.setPen(QColor(on_colour(self.colour_of(value).name())))
            words = numbers.number(value, DIGITS)
            if p.fontMetrics().horizontalAdvance(words) > cell.width() - 2:
                words = numbers.number(value, DIGITS - 1)
            p.drawText(cell, Qt.AlignmentFlag.AlignCenter, words)

    def entry_at(self, at: QPointF) -> tuple[Block, tuple[int, ...]] | None:
        """Return which number lies under a pixel."""
        for block, rect in self._placed(self.width()):
            if rect.contains(at):
                (rows, columns), inside = block.size, at - rect.topLeft()
                row = min(int(inside.y() / rect.height() * rows), rows - 1)
                column = min(int(inside.x() / rect.width() * columns), columns - 1)
                return block, tuple(int(each) for each in np.unravel_index(row * columns + column, block.shape))
        return None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Say the number under the pointer with every digit."""
        found = self.entry_at(event.position())
        if found is None or found[0].values is None:
            self.setToolTip("")
            return
        block, entry = found
        value = float(block.values.reshape(block.shape)[entry]) if block.values is not None else 0.0
        self.setToolTip(f"{block.name}[{', '.join(str(each + 1) for each in entry)}] = {numbers.full(value)}")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the number under the pointer."""
        found = self.entry_at(event.position())
        if found is not None:
            self.taken.emit(found[0].name, found[1])


def _cell(block: Block, rect: QRectF, row: int, column: int) -> QRectF:
    rows, columns = block.size
    wide, high = rect.width() / columns, rect.height() / rows
    return QRectF(rect.left() + column * wide, rect.top() + row * high, wide, high)
