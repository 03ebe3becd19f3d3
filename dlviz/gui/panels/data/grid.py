"""The images of a data set as a grid: only the cells in view are drawn, so that tens of thousands scroll at once."""

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, rounded
from dlviz.gui.widgets.pixels import picture, range_of
from dlviz.i18n import tr

SIDE = 5 * GRID  # pixels, least width of a cell
PICTURES_KEPT = 2000
_EDGE = 3  # pixels around a picture
NOBODY = -1
Chosen = NDArray[np.intp]


def label_of(dataset: Dataset, row: int) -> str:
    """Write what a row is: its class, or its first target."""
    target = np.reshape(dataset.targets[row], -1)[0]
    return dataset.class_names[int(target)] if dataset.class_names else numbers.number(float(target), 3)


class ImageGrid(QAbstractScrollArea):
    """Pictures row by row with their labels; a click or the arrow keys take one.

    Of a set that stays on disk they are those of its sample; rows count within it, `marked` in the whole set.
    """

    taken = Signal(int)  # row

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: Chosen = np.zeros(0, np.intp)  # those that are shown, in their order
        self.nothing = ""  # what is said where none are shown
        self.marked: frozenset[int] = frozenset()
        self.row = NOBODY
        self._dataset: Dataset | None = None
        self._range = (0.0, 1.0)
        self._pictures: OrderedDict[int, QImage] = OrderedDict()
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setAutoFillBackground(False)
        describe(self, tr("Images of the data"), tr("A click, or the arrow keys, select an image everywhere"))
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self._pictures.clear()
        self._measure()

    def show_dataset(self, dataset: Dataset) -> None:
        """Show the images of a data set."""
        if dataset is not self._dataset:
            self._dataset, self._range = dataset, range_of(dataset)
            self._pictures.clear()
            self.viewport().update()

    def show_rows(self, rows: Chosen, nothing: str = "") -> None:
        """Show these rows of the data set, in this order. nothing: what is said where there are none."""
        self.rows, self.nothing = rows, nothing
        self.setAccessibleDescription("" if len(rows) else nothing)
        self._measure()

    def mark(self, rows: frozenset[int]) -> None:
        """Mark the rows that are selected."""
        self.marked = rows
        self.viewport().update()

    def show_row(self, row: int) -> None:
        """Put a ring around the image of a row, and bring it into view; NOBODY: around none."""
        if row != self.row:
            self.row = row
            self._reveal()
            self.viewport().update()

    @property
    def columns(self) -> int:
        """How many images stand side by side."""
        return max(self.viewport().width() // SIDE, 1)

    def cell(self) -> tuple[int, int]:
        """Return width and height of a cell in pixels."""
        width = self.viewport().width() // self.columns
        return width, width + self._caption

    @property
    def _caption(self) -> int:
        return self.fontMetrics().height()

    def shown_places(self) -> range:
        """Return the places in `rows` of the cells that can be seen."""
        _, height = self.cell()
        top = self.verticalScrollBar().value()
        first, last = top // height, (top + self.viewport().height()) // height + 1
        return range(first * self.columns, min(last * self.columns, len(self.rows)))

    def box(self, place: int) -> QRect:
        """Return where the cell of a place is, in pixels of the viewport."""
        width, height = self.cell()
        line, column = divmod(place, self.columns)
        return QRect(column * width, line * height - self.verticalScrollBar().value(), width, height)

    def place_at(self, at: QPoint) -> int | None:
        """Return the place whose cell is under a pixel."""
        width, height = self.cell()
        column, line = at.x() // width, (at.y() + self.verticalScrollBar().value()) // height
        place = line * self.columns + column
        return place if 0 <= column < self.columns and 0 <= place < len(self.rows) else None

    def _measure(self) -> None:
        self.setFont(font("small"))
        _, height = self.cell()
        bar = self.verticalScrollBar()
        bar.setSingleStep(height)
        bar.setPageStep(max(self.viewport().height(), 1))
        bar.setRange(0, max(-(-len(self.rows) // self.columns) * height - self.viewport().height(), 0))
        self.viewport().update()

    def _reveal(self) -> None:
        found = np.flatnonzero(self.rows == self.row)
        if not len(found):
            return
        box, bar = self.box(int(found[0])), self.verticalScrollBar()
        if box.top() < 0:
            bar.setValue(bar.value() + box.top())
        elif box.bottom() > self.viewport().height():
            bar.setValue(bar.value() + box.bottom() - self.viewport().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the cells in another width."""
        super().resizeEvent(event)
        self._measure()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(4 * SIDE, 5 * SIDE)

    def minimumSizeHint(self) -> QSize:
        """Return the room of a few images."""
        return QSize(3 * SIDE, 2 * SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells in view."""
        if self._dataset is None:
            return
        with QPainter(self.viewport()) as p:
            p.setFont(font("small"))
            if not len(self.rows) and self.nothing:
                p.setPen(current().colour("muted"))
                flags = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap
                p.drawText(self.viewport().rect(), int(flags), self.nothing)
            for place in self.shown_places():
                self._paint_cell(p, self.box(place), int(self.rows[place]), self._dataset)

    def _paint_cell(self, p: QPainter, box: QRect, row: int, dataset: Dataset) -> None:
        theme, is_marked = current(), row * dataset.stride in self.marked
        if is_marked:
            rounded(p, QRectF(box).adjusted(0, 0, -1, -1), fill=theme.accent_soft)
        side = box.width() - 2 * _EDGE
        frame = QRectF(box.left() + _EDGE, box.top() + _EDGE, side, side)
        p.drawImage(frame, self._picture(row, dataset))
        if row == self.row or is_marked:
            p.setBrush(Qt.BrushStyle.NoBrush)
            p.setPen(QPen(theme.colour("accent"), (2.4 if row == self.row else 1.2) * theme.mark_width))
            p.drawRect(frame)
        p.setPen(theme.colour("text" if row == self.row else "muted"))
        under = QRectF(box.left(), frame.bottom() + 1, box.width(), self._caption)
        words = p.fontMetrics().elidedText(label_of(dataset, row), Qt.TextElideMode.ElideRight, box.width() - 2)
        p.drawText(under, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, words)

    def _picture(self, row: int, dataset: Dataset) -> QImage:
        found = self._pictures.get(row)
        if found is None:
            assert dataset.image_shape is not None
            found = picture(np.asarray(dataset.inputs[row]).reshape(dataset.image_shape), *self._range)
            self._pictures[row] = found
            while len(self._pictures) > PICTURES_KEPT:
                self._pictures.popitem(last=False)
        return found

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the image under the pointer."""
        place = self.place_at(event.position().toPoint())
        if place is not None and event.button() == Qt.MouseButton.LeftButton:
            self._take(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from image to image by the arrows."""
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -self.columns, Qt.Key.Key_Down: self.columns,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None or not len(self.rows):
            super().keyPressEvent(event)
            return
        found = np.flatnonzero(self.rows == self.row)
        place = int(found[0]) + step if len(found) else 0
        if 0 <= place < len(self.rows):
            self._take(place)

    def _take(self, place: int) -> None:
        self.show_row(int(self.rows[place]))
        self.taken.emit(self.row)

    def viewportEvent(self, event: object) -> bool:
        """Say which row is under the pointer."""
        if isinstance(event, QHelpEvent) and self._dataset is not None:
            place = self.place_at(event.pos())
            if place is not None:
                QToolTip.showText(event.globalPos(), self.words_of(int(self.rows[place])), self)
                return True
        return bool(super().viewportEvent(event))  # type: ignore[arg-type]

    def words_of(self, row: int) -> str:
        """Say which row an image is, and its label."""
        assert self._dataset is not None
        name = f" · {self._dataset.row_names[row]}" if self._dataset.row_names else ""
        number = row * self._dataset.stride + 1
        return tr("row {row}: {label}", row=number, label=label_of(self._dataset, row)) + name

    def entries(self) -> tuple[Entry, ...]:
        """Return the images in view, as a list."""
        dataset = self._dataset
        if dataset is None:
            return ()
        rows = (int(self.rows[place]) for place in self.shown_places())
        return tuple(
            Entry(tr("row {row}", row=row * dataset.stride + 1), label_of(dataset, row), Selected("sample", unit=row))
            for row in rows
        )

    def plotted(self) -> Rows:
        """Return the images in view as rows of numbers."""
        dataset = self._dataset
        if dataset is None:
            return Rows((), ())
        rows = [int(self.rows[place]) for place in self.shown_places()]
        return Rows(
            (tr("row"), dataset.target_names[0], *dataset.input_names),
            [(row * dataset.stride + 1, label_of(dataset, row), *dataset.inputs[row].tolist()) for row in rows],
        )
