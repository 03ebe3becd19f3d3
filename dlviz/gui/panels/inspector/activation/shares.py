"""SoftmaxBars: z, e^z and the share of every unit for one example, the sum of each, and a constant to add to all z."""

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from dlviz.gui import numbers
from dlviz.gui.letters import spell
from dlviz.gui.theme import GRID, Theme, current, font, theme_signals
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.slider import LabelledSlider, Scale
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.activation_study import Softmax

MOST_UNITS = 12  # that are drawn, the likeliest; the rest are added up
ROW = 2.5 * GRID  # pixels
HEADINGS = ("z", "e^z", "a")
COOLED = ("z", "e^(z/T)", "a")  # at a temperature that is not 1
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
SIDE = 5.0  # of the constant


class ShareBars(QWidget):
    """One row a unit: bars of z, e^z and a with their numbers; the sums below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.shown: Softmax | None = None
        self.headings = HEADINGS
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Softmax, unit by unit"), tr("Bars of z, of e to the power of z, and of its share a"))
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.updateGeometry()
        self.update()

    def show_shares(self, shown: Softmax, is_cooled: bool) -> None:
        """Show the way of one example; is_cooled: at a temperature that is not 1."""
        self.shown, self.headings = shown, COOLED if is_cooled else HEADINGS
        self.setAccessibleDescription("; ".join(" ".join(row) for row in self.words()))
        self.updateGeometry()
        self.update()

    def plotted(self) -> Rows:
        """Return z, e to the power of z and the share of every unit, also of those without a row."""
        columns = () if self.shown is None else tuple(each.tolist() for each in self._columns)
        units = range(1, 1 + (0 if self.shown is None else len(self.shown.sums)))
        return Rows(("unit", *self.headings), zip(units, *columns, strict=True) if columns else ())

    @property
    def units(self) -> list[int]:
        """The units that have a row of their own, in their order."""
        if self.shown is None:
            return []
        likeliest = (-self.shown.probabilities).argsort()[:MOST_UNITS]
        return sorted(int(unit) for unit in likeliest)

    @property
    def _columns(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        assert self.shown is not None
        return self.shown.sums, self.shown.exponentials, self.shown.probabilities

    def words(self) -> list[tuple[str, ...]]:
        """Return the rows as they are written: unit, z, e^z, a; the last one gives the sums."""
        if self.shown is None:
            return []
        rows = [(str(unit + 1), *(numbers.number(float(each[unit])) for each in self._columns)) for unit in self.units]
        rest = len(self.shown.sums) - len(rows)
        others = [("…", tr("{count} more", count=numbers.count(rest)), "", "")] if rest else []
        totals = (numbers.number(self.shown.total), numbers.number(float(self.shown.probabilities.sum())))
        return [*rows, *others, ("Σ", "", *totals)]

    def sizeHint(self) -> QSize:
        """Return the height of all rows and their headings."""
        return QSize(30 * GRID, round((len(self.words()) + 1) * ROW))

    def _cell(self, row: int, column: int) -> QRectF:
        """Return where a number stands; row 0 is that of the headings."""
        left = self.fontMetrics().horizontalAdvance("000")
        width = (self.width() - left) / len(HEADINGS)
        return QRectF(left + column * width, row * ROW, width - GRID, ROW)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint headings, bars and numbers."""
        theme = current()
        with painter(self) as p:
            p.setFont(font("small"))
            p.setPen(theme.colour("muted"))
            for column, heading in enumerate(map(spell, HEADINGS)):
                p.drawText(self._cell(0, column), RIGHT, heading)
            for row, words in enumerate(self.words(), 1):
                p.setPen(theme.colour("muted"))
                p.drawText(QRectF(0, row * ROW, self.width(), ROW), Qt.AlignmentFlag.AlignVCenter, words[0])
                for column, number in enumerate(words[1:]):
                    cell = self._cell(row, column)
                    self._paint_bar(p, theme, cell, row - 1, column)
                    p.setPen(theme.colour("text"))
                    p.drawText(cell, RIGHT, number)

    def _paint_bar(self, p: QPainter, theme: Theme, cell: QRectF, place: int, column: int) -> None:
        if place >= len(self.units):
            return
        values = self._columns[column]
        longest = 1.0 if column == len(HEADINGS) - 1 else float(abs(values).max()) or 1.0
        value = float(values[self.units[place]])
        bar = QRectF(cell.left(), cell.top() + 2, cell.width() * abs(value) / longest, ROW - 4)
        p.fillRect(bar, theme.colour("negative_mark" if value < 0 else "positive_mark", 0.4))

    def event(self, event: QEvent) -> bool:
        """Give every digit of the row under the pointer."""
        if isinstance(event, QHelpEvent) and 0 <= (row := int(event.pos().y() // ROW) - 1) < len(self.units):
            values = zip(map(spell, HEADINGS), self._columns, strict=True)
            unit = self.units[row]
            lines = [f"{name} = {numbers.full(float(each[unit]))}" for name, each in values]
            QToolTip.showText(event.globalPos(), "\n".join(lines), self)
            return True
        return super().event(event)


class SoftmaxBars(QWidget):
    """The bars, and a slider that adds a constant to all z and changes no share."""

    shifted = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bars = ShareBars()
        tip = tr("Every e^z is multiplied by the same factor then, which cancels in the shares")
        self.shift = LabelledSlider(tr("add to all z"), Scale(-SIDE, SIDE), 0.0, tip=tip)
        self.said = Text("", "muted", "small")
        self.said.setWordWrap(True)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        for widget in (self.bars, self.shift, self.said):
            column.addWidget(widget)
        self.shift.changed.connect(self.shifted)

    def show_softmax(self, shown: Softmax, shift: float, temperature: float) -> None:
        """Show one example, and what the constant changed."""
        self.bars.show_shares(shown, temperature != 1)
        change = float(abs(shown.probabilities - shown.unshifted).max())
        self.said.setVisible(shift != 0)
        self.said.setText(tr("largest change of a probability: {change}", change=numbers.number(change, 2)))
