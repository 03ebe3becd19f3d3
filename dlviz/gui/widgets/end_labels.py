"""Words at the ends of curves, placed so that none lies on another."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QBrush, QColor, QFontMetrics

from dlviz.gui.theme import current, font

MARGIN = 1  # pixels around the words; Qt's own 4 would leave no room for the next label
LIFT = 2  # pixels from the end of a curve up to its name, whose ground would pale it
GROUND = 0.75  # opacity of what words stand on: curves are just seen through it


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
            item.textItem.document().setDocumentMargin(MARGIN)
            item.setZValue(1)  # above curves, which would strike the words through
            plot.addItem(item, ignoreBounds=True)
            self._items.append(item)
        metrics, elided = QFontMetrics(font("small", is_bold=has_bold)), Qt.TextElideMode.ElideRight
        room = max(int(plot.getViewBox().width()) - 2 * MARGIN, 1)
        for place, (item, each) in enumerate(zip(self._items, labels, strict=False)):
            item.setFont(font("small", is_bold=has_bold and place == 0))
            item.setText(metrics.elidedText(each.words, elided, room), QColor(each.colour))
            item.fill = QBrush(current().colour("panel", GROUND))
        for place, item in enumerate(self._items):
            item.setVisible(place < len(labels))
        box_of_plot = plot.getViewBox()
        unit, frame = box_of_plot.viewPixelSize(), QRectF(box_of_plot.viewRect())
        raised = [replace(each, height=each.height + LIFT * unit[1]) for each in labels]
        for item, box in zip(self._items, stacked(raised, self._sizes(unit), frame), strict=False):
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

    The lower ones are placed first; where there is no room above, a label goes below, and at last lies over another.
    """
    boxes = [QRectF()] * len(labels)
    taken: list[QRectF] = []
    for place in sorted(range(len(labels)), key=lambda each: labels[each].height):
        label, size = labels[place], sizes[place]
        left = min(max(label.step - size.width(), frame.left()), frame.right() - size.width())
        box = QRectF(QPointF(left, min(label.height, frame.bottom() - size.height())), size)
        boxes[place] = next((each for each in _places(box, frame) if not _is_taken(each, taken)), box)
        taken.append(boxes[place])
    return boxes


def _places(box: QRectF, frame: QRectF) -> Iterator[QRectF]:
    """Yield the box, those ever higher above it, then those ever lower below it, all inside the frame."""
    step = box.height() / 4
    rise, fall = (int(room / step) if step else 0 for room in (frame.bottom() - box.bottom(), box.top() - frame.top()))
    yield from (box.translated(0, k * step) for k in range(rise + 1))
    yield from (box.translated(0, -k * step) for k in range(1, fall + 1))


def _is_taken(box: QRectF, taken: Sequence[QRectF]) -> bool:
    return any(box.intersects(other) for other in taken)
