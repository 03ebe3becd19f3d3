"""An image that a network reads: its planes, and the one column that they are stacked into."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.network import InputSpec
from dlviz.gui import numbers
from dlviz.gui.panels.inspector.card import Fact
from dlviz.gui.panels.inspector.rows import FactTable
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.pixels import plane as plane_picture
from dlviz.gui.widgets.text import SectionHeader
from dlviz.i18n import tr

HEIGHT = 15 * GRID
COLUMN = 2.0 * GRID  # pixels, the width of the stacked column
MOST_PLANES = 4  # that are drawn
LETTERS = "RGB"  # of the planes, where there are three

Floats = NDArray[np.floating]


class ImagePlanes(QWidget):
    """The planes at the left, the column of all their rows one after the other at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.planes: Floats = np.zeros((0, 0, 0))
        self.setFixedHeight(HEIGHT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Planes and column"), tr("Every plane row by row, one after the other, gives the column x"))

    def show_planes(self, planes: Floats) -> None:
        """Show an image (channels, height, width)."""
        self.planes = planes
        sides = " × ".join(map(str, planes.shape))
        words = tr("{sides} values become a column of {n}", sides=sides, n=planes.size)
        self.setAccessibleDescription(words)
        self.update()

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(30 * GRID, HEIGHT)

    @property
    def column(self) -> Floats:
        """The values in the order in which the network reads them, (n,)."""
        return self.planes.reshape(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint planes, an arrow and the column."""
        theme, shown = current(), self.planes[:MOST_PLANES]
        if not len(shown):
            return
        caption = 2 * GRID
        room = self.width() - COLUMN - 6 * GRID
        side = min(room / len(shown) - GRID, self.height() - caption)
        low, high = float(self.planes.min()), float(self.planes.max())
        with painter(self) as p:
            p.setFont(font("small"))
            for number, plane in enumerate(shown):
                box = QRectF(number * (side + GRID), caption, side, side)
                p.drawImage(box, plane_picture(plane, low, high))
                p.setPen(theme.colour("muted"))
                over = QRectF(box.left(), 0, side, caption - 2)
                p.drawText(over, Qt.AlignmentFlag.AlignCenter, plane_name(number, len(self.planes)))
            right = QRectF(self.width() - COLUMN - GRID, caption, COLUMN, self.height() - caption)
            p.drawImage(right, plane_picture(_thinned(self.column, round(right.height())), low, high))
            p.setPen(QPen(theme.colour("outline"), 1.0))
            p.drawRect(right)
            p.setPen(theme.colour("muted"))
            p.drawText(
                QRectF(right.left() - GRID, 0, COLUMN + 2 * GRID, caption - 2), Qt.AlignmentFlag.AlignCenter, "x"
            )
            middle = QRectF(right.left() - 4 * GRID, caption, 3 * GRID, side)
            p.drawText(middle, Qt.AlignmentFlag.AlignCenter, "→")


def plane_name(number: int, count: int) -> str:
    """Name a plane: R, G, B of three, else its number."""
    return LETTERS[number] if count == len(LETTERS) else str(number + 1)


def _thinned(column: Floats, height: int) -> Floats:
    """Return at most as many values as there are rows of pixels, (k, 1)."""
    places = np.linspace(0, len(column) - 1, min(len(column), max(height, 1))).astype(int)
    return column[places][:, None]


class ImageInput(QWidget):
    """The section of an image input: planes, column, and the shapes of the matrices of all examples."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.planes, self.sizes = SectionHeader(tr("As a column")), ImagePlanes(), FactTable()
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.setContentsMargins(0, GRID, 0, 0)
        for widget in (self.header, self.planes, self.sizes):
            column.addWidget(widget)

    def show_image(self, node: InputSpec, values: Floats, m: int, outputs: int) -> None:
        """Show what an image input holds for one example. m: examples of the data; outputs: units of the last layer."""
        n = math.prod(node.shape)
        self.planes.show_planes(np.asarray(values, dtype=np.float64).reshape(node.shape))
        sides = " · ".join(map(str, node.shape))
        self.sizes.show_facts(
            (
                Fact(tr("length n"), text=f"{sides} = {numbers.count(n)}"),
                Fact(tr("X of m = {m} examples", m=m), text=f"{numbers.count(n)} × {m}"),
                Fact(tr("Y"), text=f"{outputs} × {m}"),
            )
        )
