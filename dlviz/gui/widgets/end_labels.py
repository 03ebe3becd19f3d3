"""Words at the ends of curves, placed so that none lies on another."""

from collections.abc import Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF
from PySide6.QtGui import QColor

from dlviz.gui.theme import font


@dataclass(frozen=True)
class Label:
    """Words in a colour at a place of the axes."""

    words: str
    colour: str
    step: float
    height: float


class EndLabels:
    """The labels of one plot, pooled. They do not know the plot: it would be garbage that only a collector finds."""

    def __init__(self) -> None:
        self._items: list[pg.TextItem] = []

    def show(self, plot: pg.PlotWidget, labels: Sequence[Label], has_bold: bool = True) -> None:
        """Write words at the ends of curves, the first in bold; those that would lie on each other are stacked."""
        while len(self._items) < len(labels):
            item = pg.TextItem()
            plot.addItem(item, ignoreBounds=True)
            self._items.append(item)
        for place, (item, each) in enumerate(zip(self._items, labels, strict=False)):
            item.setFont(font("small", is_bold=has_bold and place == 0))
            item.setText(each.words, QColor(each.colour))
        for place, item in enumerate(self._items):
            item.setVisible(place < len(labels))
        box_of_plot = plot.getViewBox()
        sizes, frame = self._sizes(box_of_plot.viewPixelSize()), QRectF(box_of_plot.viewRect())
        for item, box in zip(self._items, stacked(labels, sizes, frame), strict=False):
            item.setPos(box.left(), box.bottom())

    def _sizes(self, unit: tuple[float, float]) -> list[QSizeF]:
        """Return the sizes of the labels in the units of the axes; unit: those of a pixel."""
        sizes = [item.boundingRect().size() for item in self._items]
        return [QSizeF(size.width() * unit[0], size.height() * unit[1]) for size in sizes]

    def words(self) -> list[str]:
        """Return the words that are on show."""
        return [item.toPlainText() for item in self._items if item.isVisible()]


def stacked(labels: Sequence[Label], sizes: Sequence[QSizeF], frame: QRectF) -> list[QRectF]:
    """Return a box for each label inside the frame (y upwards), left of its place and above it; none overlap.

    The lower ones are placed first; where there is no room above, a label lies over another.
    """
    boxes = [QRectF()] * len(labels)
    taken: list[QRectF] = []
    for place in sorted(range(len(labels)), key=lambda each: labels[each].height):
        label, size = labels[place], sizes[place]
        left = min(max(label.step - size.width(), frame.left()), frame.right() - size.width())
        box = QRectF(QPointF(left, min(label.height, frame.bottom() - size.height())), size)
        while any(box.intersects(other) for other in taken) and box.bottom() + size.height() <= frame.bottom():
            box.moveTop(box.top() + size.height() / 2)
        taken.append(box)
        boxes[place] = box
    return boxes
