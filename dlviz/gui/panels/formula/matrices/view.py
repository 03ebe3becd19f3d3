"""MatrixView: the matrices of a step; the row and column of the unit told are lit, and every cell can be asked."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from dlviz.core.matrices import Form
from dlviz.gui import numbers
from dlviz.gui.panels.formula.matrices.boxes import HIDDEN, Block, Placed
from dlviz.gui.panels.formula.matrices.fit import Fitted, fitted, least_height
from dlviz.gui.panels.formula.matrices.paint import Picture, paint_legend, paint_placed
from dlviz.gui.theme import GRID, Theme, theme_signals
from dlviz.gui.widgets.paint import describe, painter
from dlviz.i18n import tr

Cell = tuple[int, int, int]  # which matrix, row and column
ARROWS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


@dataclass(frozen=True)
class Shown:
    """A form, the colour of its phase, whether results are covered, and the cell of every matrix that is told."""

    form: Form = Form()
    phase: str = "text"
    is_hidden: bool = False
    told: tuple[tuple[int, int] | None, ...] = ()


class MatrixView(QWidget):
    """Shows matrices up to 6 × 6 as numbers and larger ones as pictures.

    What cells are in the network it does not know: `pointed` and `picked` say which matrix and which index of its
    array; `mark` lights the cells of what the pointer is over elsewhere.
    """

    pointed = Signal(object)  # (matrix, index), or None when the pointer has left
    picked = Signal(object)  # (matrix, index)
    typing_asked = Signal(object)  # (matrix, index)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown, self._fitted = Shown(), Fitted()
        self._pictures: dict[int, Picture] = {}
        self._pointed: Cell | None = None
        self._marked: tuple[tuple[int, int] | None, ...] = ()
        self._cursor: Cell | None = None
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        theme_signals.changed.connect(self._use_theme)
        self.show_form(Shown())

    def show_form(self, shown: Shown) -> None:
        """Show another step, or the same with another cell told."""
        is_same = (shown.form, shown.is_hidden) == (self._shown.form, self._shown.is_hidden)
        self._shown = shown
        if not is_same:
            self._pointed = self._cursor = None
            self._marked = ()
            self._lay_out()
        describe(self, tr("Matrices of this step"), tr("A click on a number selects its unit or weight everywhere."))
        self.setAccessibleDescription(self.text())
        self.update()

    def mark(self, cells: tuple[tuple[int, int] | None, ...]) -> None:
        """Light one cell of each matrix: what the pointer is over on the canvas."""
        if cells != self._marked:
            self._marked = cells
            self.update()

    @property
    def form(self) -> Form:
        """What is shown."""
        return self._shown.form

    def text(self) -> str:
        """Return what is shown as plain text; of pictures the shape, of what is hidden nothing."""
        if self._shown.form.note:
            return self._shown.form.note
        return " ".join(piece if isinstance(piece, str) else _spoken(piece) for piece in self._fitted.blocks)

    def rect_of(self, cell: Cell) -> QRectF:
        """Return where a cell is painted."""
        return self._fitted.transform.mapRect(self._of_blocks()[cell[0]].cell_rect(cell[1], cell[2]))

    def heightForWidth(self, width: int) -> int:
        """Return the height that is needed at this width; in more room everything is larger."""
        return round(least_height(self._shown.form, self._shown.is_hidden, width)) + 2

    def sizeHint(self) -> QSize:
        """Return a comfortable width and the height it needs."""
        return QSize(480, self.heightForWidth(max(self.width(), 480)))

    def minimumSizeHint(self) -> QSize:
        """Allow it to be small; lines wrap."""
        return QSize(120, 6 * GRID)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap for the new width, and fill the new height."""
        super().resizeEvent(event)
        self._lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint signs, matrices and the legend of the colours."""
        with painter(self) as p:
            p.setTransform(self._fitted.transform, combine=True)
            place = 0
            for each in self._fitted.laid.placed:
                if each.block is None:
                    paint_placed(p, each, None, self._shown.phase)
                    continue
                paint_placed(p, each, self._picture(place, each.block), self._shown.phase)
                place += 1
            if self._fitted.has_heat:
                paint_legend(p, QPointF(0, self._fitted.laid.height))

    def event(self, event: QEvent) -> bool:
        """Say the exact number of the cell under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            cell = self._cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.words(cell) if cell is not None else self.toolTip(), self)
            return True
        return super().event(event)

    def words(self, cell: Cell) -> str:
        """Return what a cell is and its exact number."""
        block = self._of_blocks()[cell[0]].block
        assert block is not None
        value = HIDDEN if block.is_hidden else numbers.full(float(block.matrix.values[cell[1], cell[2]]))
        return tr(
            "{letter}, row {row}, column {column}: {value}",
            letter=block.matrix.letter, row=cell[1] + 1, column=cell[2] + 1, value=value,
        )  # fmt: skip

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell what the pointer is over."""
        self._point(self._cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Tell that the pointer has left."""
        self._point(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the cell that is clicked."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            self._cursor = cell
            self._pick(cell)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask to type the cell anew that is clicked."""
        cell = self._cell_at(event.position())
        if cell is not None and event.button() == Qt.MouseButton.LeftButton:
            found = self._index(cell)
            if found is not None:
                self.typing_asked.emit(found)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk over the cells with the arrow keys; Enter picks one."""
        step = ARROWS.get(Qt.Key(event.key()))
        if step is not None and self._of_blocks():
            self._walk(*step)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cursor is not None:
            self._pick(self._cursor)
        else:
            event.ignore()

    def _walk(self, down: int, right: int) -> None:
        blocks = self._of_blocks()
        which, row, column = self._cursor or (0, 0, -1 if right > 0 else 0)
        block = blocks[which].block
        assert block is not None
        rows, columns = block.matrix.shape
        row, column = min(max(row + down, 0), rows - 1), column + right
        if not 0 <= column < columns and 0 <= which + right < len(blocks):
            which += right
            other = blocks[which].block
            assert other is not None
            rows, columns = other.matrix.shape
            column = 0 if right > 0 else columns - 1
        self._cursor = which, min(row, rows - 1), min(max(column, 0), columns - 1)
        self.setAccessibleDescription(self.words(self._cursor))
        self._point(self._cursor)

    def _pick(self, cell: Cell) -> None:
        if (found := self._index(cell)) is not None:
            self.picked.emit(found)

    def _point(self, cell: Cell | None) -> None:
        if cell != self._pointed:
            self._pointed = cell
            self.pointed.emit(None if cell is None else self._index(cell))
            self.update()

    def _index(self, cell: Cell) -> object:
        matrix = self._shown.form.matrices[cell[0]]
        index = matrix.index(cell[1], cell[2])
        return None if index is None else (matrix, index)

    def _cell_at(self, point: QPointF) -> Cell | None:
        inside = self._fitted.transform.inverted()[0].map(point)
        for which, placed in enumerate(self._of_blocks()):
            found = placed.cell_at(inside)
            if found is not None:
                return (which, *found)
        return None

    def _of_blocks(self) -> list[Placed]:
        return [each for each in self._fitted.laid.placed if each.block is not None]

    def _picture(self, which: int, block: Block) -> Picture:
        told = self._shown.told[which] if which < len(self._shown.told) else None
        marked = self._marked[which] if which < len(self._marked) else None
        own = self._pointed
        if own is not None and own[0] == which:
            marked = own[1], own[2]
        if which not in self._pictures:
            self._pictures[which] = Picture.of(block, self._fitted.scale)
        return self._pictures[which].lit(told, marked)

    def _lay_out(self) -> None:
        self._fitted = fitted(self._shown.form, self._shown.is_hidden, self.width(), self.height())
        self._pictures = {}
        self.updateGeometry()
        self.update()

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self._lay_out()


def _spoken(block: Block) -> str:
    letter, words = block.caption
    if block.is_heat:
        return f"{letter} ({words})"
    return f"{letter} ({words}: {'; '.join(' '.join(row) for row in block.texts)})"
