"""An image as one column of X: its pixels one below the other, among the columns of the images around it."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui import numbers
from dlviz.gui.panels.data.grid import label_of
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.pixels import picture, plane, range_of
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

HEIGHT = 14 * GRID
COLUMNS = 24  # of X that are drawn, around the one that is taken
_ARROW = 3 * GRID  # pixels between the picture and the matrix
Floats = NDArray[np.float64]


def sized(dataset: Dataset) -> str:
    """Write how many numbers an image has: 3 · 64 · 64 = 12 288."""
    assert dataset.image_shape is not None
    channels, height, width = dataset.image_shape
    sides = f"{height} · {width}" if channels == 1 else f"{channels} · {height} · {width}"
    return f"{sides} = {numbers.count(dataset.d)}"


class MatrixOfColumns(QWidget):
    """The picture at the left, at the right the columns of X side by side, with a frame around the picture's own."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.picture: Floats = np.zeros((0, 0, 0))
        self.matrix: Floats = np.zeros((0, 0))  # n × m, the columns that are drawn
        self.first = self.place = 0  # the first of them, and which of them is the picture
        self._stride = 1
        self._range = (0.0, 1.0)
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Column of X"), tr("The pixels row by row, one below the other, are one column of X"))

    def show_row(self, dataset: Dataset, row: int, ends: tuple[float, float]) -> None:
        """Show a row as the picture and as a column among its neighbours; ends: of the colours."""
        assert dataset.image_shape is not None
        first = min(max(row - COLUMNS // 2, 0), max(dataset.n - COLUMNS, 0))
        self.matrix = np.asarray(dataset.inputs[first : first + COLUMNS]).T
        self.first, self.place, self._range, self._stride = first, row - first, ends, dataset.stride
        self.picture = self.matrix[:, self.place].reshape(dataset.image_shape)
        last = self.matrix.shape[1] - 1
        words = tr("column {k} of X, with columns {a} to {b}", k=self._number(self.place), a=self._number(0),
                   b=self._number(last))  # fmt: skip
        self.setAccessibleDescription(words)
        self.update()

    def _number(self, place: int) -> int:
        """Return which column of X one of those that are drawn is, from 1."""
        return (self.first + place) * self._stride + 1

    @property
    def column(self) -> Floats:
        """The column of the picture (n,)."""
        return self.matrix[:, self.place]

    def plotted(self) -> Rows:
        """Return the columns that are drawn, an input a row."""
        headings = [f"x({self._number(k)})" for k in range(self.matrix.shape[1])]
        return Rows(tuple(headings), [tuple(line) for line in self.matrix.tolist()])

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(26 * GRID, HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint picture, arrow and matrix."""
        if not self.matrix.size:
            return
        top = 2 * GRID
        side = min(self.width() / 2 - _ARROW, self.height() - top - 1)
        left = QRectF(0, top, side, side)
        right = QRectF(side + _ARROW, top, self.width() - side - _ARROW - 1, self.height() - top - 1)
        with painter(self) as p:
            p.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
            p.setFont(font("small"))
            p.drawImage(left, picture(self.picture, *self._range))
            self._paint_matrix(p, right)
            p.setPen(current().colour("muted"))
            p.drawText(QRectF(side, top, _ARROW, side), Qt.AlignmentFlag.AlignCenter, "→")
            p.drawText(QRectF(right.left(), 0, right.width(), top - 2), Qt.AlignmentFlag.AlignCenter, self._caption())

    def _caption(self) -> str:
        return f"x({self._number(0)}) … x({self._number(self.matrix.shape[1] - 1)})"

    def _paint_matrix(self, p: QPainter, box: QRectF) -> None:
        n, m = self.matrix.shape
        lines = np.linspace(0, n - 1, min(n, round(box.height()))).astype(int)  # no more than there are pixels
        p.drawImage(box, plane(self.matrix[lines], *self._range))
        width = box.width() / m
        p.setBrush(Qt.BrushStyle.NoBrush)
        for colour, thick in (("panel", 4.0), ("accent", 2.0)):
            p.setPen(QPen(current().colour(colour), thick * current().mark_width))
            p.drawRect(QRectF(box.left() + self.place * width, box.top(), width, box.height()))


class ColumnOfX(QWidget):
    """The image that is taken as a column of X, and what X is, in words."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.heading, self.matrix, self.said = Text("", is_bold=True), MatrixOfColumns(), Text("", "muted", "small")
        for text in (self.heading, self.said):
            text.setWordWrap(True)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.heading, self.matrix, self.said):
            column.addWidget(widget)

    def show_row(self, dataset: Dataset, row: int, m: int) -> None:
        """Show a row of an image set of m images."""
        self.matrix.show_row(dataset, row, range_of(dataset))
        number = row * dataset.stride + 1
        self.heading.setText(tr("row {row}: {label}", row=number, label=label_of(dataset, row)))
        self.said.setText(
            tr("{size} pixels, one below the other, are column {k} of X. The {m} images side by side: X is {n} × {m}.",
               size=sized(dataset), k=numbers.count(number), m=numbers.count(m), n=numbers.count(dataset.d))
        )  # fmt: skip
