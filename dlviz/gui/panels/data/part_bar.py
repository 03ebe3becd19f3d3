"""The parts of the data as one bar, as long as their shares, and their sizes in rows and per cent."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.panels.data.rows import part_words
from dlviz.gui.theme import GRID, RADIUS, current
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr

PART_COLOURS = ("train", "test", "muted")  # of training, dev and test rows, as in the curves


class PartBar(QWidget):
    """A bar in three colours; test rows are hatched, as they are locked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.counts: tuple[int, ...] = (0, 0, 0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Shares of the parts"), tr("Full: rows that train; then dev rows; hatched: test rows"))

    def show_counts(self, counts: Sequence[int]) -> None:
        """Show so many training, dev and test rows."""
        self.counts = tuple(counts)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(20 * GRID, 2 * GRID)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the parts one after the other."""
        whole, left = max(sum(self.counts), 1), 0.0
        with painter(self) as p:
            for place, count in enumerate(self.counts):
                width = self.width() * count / whole
                paint_part(p, QRectF(left, 1, max(width - 1, 0.0), self.height() - 2), place)
                left += width


def paint_part(p: QPainter, box: QRectF, place: int) -> None:
    """Paint the length of a part: filled, test rows hatched."""
    colour = current().colour(PART_COLOURS[place])
    brush = QBrush(colour, Qt.BrushStyle.BDiagPattern if place == 2 else Qt.BrushStyle.SolidPattern)
    p.setPen(colour if place == 2 else Qt.PenStyle.NoPen)
    p.setBrush(brush)
    radius = min(RADIUS / 2, box.width() / 2)
    if box.width() > 0:
        p.drawRoundedRect(box, radius, radius)


class PartSizes(QWidget):
    """The bar with a line for each part."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = PartBar()
        self.lines: list[tuple[Text, Text]] = []
        grid, layout = QGridLayout(), QVBoxLayout(self)
        spaced(grid, gap=GRID // 2)
        spaced(layout, gap=GRID // 2)
        for place, title in enumerate(part_words()):
            count, share = Text("", size="small"), Text("", "muted", "small")
            for text in (count, share):
                text.setAlignment(Qt.AlignmentFlag.AlignRight)
            for column, text in enumerate((Text(title, PART_COLOURS[place], "small", is_bold=True), count, share)):
                grid.addWidget(text, place, column)
            self.lines.append((count, share))
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(2, 6 * GRID)
        layout.addWidget(self.bar)
        layout.addLayout(grid)

    def show_parts(self, prepared: Prepared) -> None:
        """Show how many rows each part has."""
        counts = [len(part) for part in (prepared.train, prepared.validation, prepared.test)]
        self.bar.show_counts(counts)
        for (count, share), n in zip(self.lines, counts, strict=True):
            count.setText(tr("1 row") if n == 1 else tr("{count} rows", count=numbers.count(n)))
            share.setText(numbers.percent(n / max(sum(counts), 1)))

    def plotted(self) -> Rows:
        """Return the sizes as a table."""
        whole = max(sum(self.bar.counts), 1)
        named = zip(part_words(), self.bar.counts, strict=True)
        return Rows((tr("part"), tr("rows"), tr("share")), [(part, n, n / whole) for part, n in named])
