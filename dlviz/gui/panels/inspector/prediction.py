"""What a classifier predicts for the sample looked at: its classes as bars, the most probable first."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr

ROW = 3 * GRID  # pixels, the height of one bar
MOST = 10  # classes that are drawn


@dataclass(frozen=True)
class ClassBar:
    """One class, its number among the outputs, and how probable it is."""

    name: str
    unit: int
    share: float


class ClassBars(QWidget):
    """Bars from the left, the longest at the top, each with its name and number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars: tuple[ClassBar, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Predicted classes"), tr("The outputs for this sample, the largest first"))

    def show_bars(self, bars: tuple[ClassBar, ...]) -> None:
        """Show these bars in their order."""
        if bars != self.bars:
            self.bars = bars
            self.setAccessibleDescription("; ".join(f"{bar.name}: {numbers.number(bar.share)}" for bar in bars))
            self.setFixedHeight(ROW * len(bars))
            self.update()

    def sizeHint(self) -> QSize:
        """Return the height of all bars."""
        return QSize(30 * GRID, ROW * len(self.bars))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a bar in the colour of each class."""
        theme = current()
        with painter(self) as p:
            p.setFont(font("small"))
            names, values = 9 * GRID, 7 * GRID
            room = self.width() - names - values
            for row, bar in enumerate(self.bars):
                top = row * ROW
                p.setPen(theme.colour("text"))
                align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
                shown = p.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, names - GRID)
                p.drawText(QRectF(0, top, names, ROW), align, shown)
                length = max(min(bar.share, 1.0), 0.0) * room
                p.fillRect(QRectF(names, top + 5, length, ROW - 10), QColor(theme.class_colour(bar.unit)))
                align = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
                p.drawText(QRectF(self.width() - values, top, values, ROW), align, numbers.number(bar.share))


class Prediction(QWidget):
    """The section: the class with the largest output in words, and all of them as bars."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.label, self.bars = SectionHeader(tr("Prediction")), Text("", is_bold=True), ClassBars()
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.setContentsMargins(0, GRID, 0, 0)
        for widget in (self.header, self.label, self.bars):
            column.addWidget(widget)

    def show_outputs(self, outputs: Sequence[float], names: Sequence[str]) -> None:
        """Show the outputs of one sample. names: of the classes, as many as there are outputs."""
        found = [ClassBar(name, unit, value) for unit, (name, value) in enumerate(zip(names, outputs, strict=True))]
        ordered = sorted(found, key=lambda bar: -bar.share)
        self.label.setText(tr("arg max: {name}", name=ordered[0].name))
        self.header.set_info("" if len(ordered) <= MOST else tr("{n} of {all}", n=MOST, all=len(ordered)))
        self.bars.show_bars(tuple(ordered[:MOST]))
