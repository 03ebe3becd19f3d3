"""How alike the units of a layer are, as a matrix: copies of each other stay copies for ever."""

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QHelpEvent, QImage, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QVBoxLayout, QWidget

from dlviz.core.network import LayerSpec
from dlviz.gui import numbers
from dlviz.gui.board import fixed
from dlviz.gui.response import FloatArray, Scale, signed_pixels
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, Theme, current, font, on_colour, theme_signals
from dlviz.gui.widgets.colour_bar import rgba_image
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.fold import Fold
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.text import Text
from dlviz.gui.widgets.words import Words
from dlviz.i18n import tr
from dlviz.session.similarity import UNIT_ROWS, By, Similarity, SimilarityQuestion

LARGEST = 32 * GRID  # pixels, the side of the picture
ROOM = 5 * GRID  # pixels of a cell of few, at least
WIDEST, AIR = "−0.00", 4  # the longest number of a cell, and the pixels that it keeps free
SCALE = Scale(0.0, 1.0)
ALIKE = 1 - 1e-9  # from here two units are copies, apart from rounding


class SimilarityPicture(QWidget):
    """A square of cells on the scale from −1 to 1; numbers where there is room, and on hover."""

    taken = Signal(int)  # the unit of the row that was clicked

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.values: FloatArray = np.zeros((0, 0))
        self._image = QImage()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme_signals.changed.connect(self._paint_image)
        describe(self, tr("Similarity of the units"), tr("Row and column are units; a click selects that of the row"))

    def show_values(self, values: FloatArray) -> None:
        """Show (u, u) similarities from −1 to 1."""
        if values is self.values:
            return
        self.values = values
        self._paint_image(current())

    @Slot(object)
    def _paint_image(self, theme: Theme) -> None:
        self._image = rgba_image(signed_pixels(self.values, SCALE, theme)) if len(self.values) else QImage()
        room = max(ROOM, _number_width() + 2 * AIR)
        self.setFixedHeight(min(LARGEST, max(len(self.values) * room, 8 * GRID)))
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room of the picture."""
        return QSize(LARGEST, self.height())

    def minimumSizeHint(self) -> QSize:
        """Allow it to be narrow."""
        return QSize(8 * GRID, self.height())

    def square(self) -> QRectF:
        """Return where the picture is painted."""
        side = min(self.width(), self.height())
        return QRectF(0, 0, side, side)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        """Return row and column under a pixel."""
        square, count = self.square(), len(self.values)
        if not count or not square.contains(at):
            return None
        row, column = at.y() / square.height() * count, at.x() / square.width() * count
        return min(int(row), count - 1), min(int(column), count - 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the cells, and their numbers where there is room."""
        if not len(self.values):
            return
        square, count = self.square(), len(self.values)
        with painter(self) as p:
            p.drawImage(square, self._image)
            side = square.width() / count
            if side < _number_width() + AIR:
                return
            p.setFont(font("small"))
            for row in range(count):
                for column in range(count):
                    value = self.values[row, column]
                    p.setPen(current().colour(on_colour(self._image.pixelColor(column, row).name())))
                    words = "–" if np.isnan(value) else fixed(float(value), 2)
                    box = QRectF(column * side, row * side, side, side)
                    p.drawText(box, Qt.AlignmentFlag.AlignCenter, words)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the unit of the row under the pointer."""
        found = self.cell_at(event.position())
        if found is not None:
            self.taken.emit(found[0])

    def event(self, event: QEvent) -> bool:
        """Say which units a cell compares, with every digit."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            found = self.cell_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.toolTip() if found is None else self.words(*found), self)
            return True
        return super().event(event)

    def words(self, row: int, column: int) -> str:
        """Say what a cell holds."""
        value = float(self.values[row, column])
        shown = tr("not defined") if np.isnan(value) else numbers.full(value)
        return tr("units {one} and {other}: {value}", one=row + 1, other=column + 1, value=shown)

    def plotted(self) -> Rows:
        """Return the matrix."""
        heads = (tr("unit"), *(str(k + 1) for k in range(len(self.values))))
        return Rows(heads, [[k + 1, *map(float, row)] for k, row in enumerate(self.values)])


def _number_width() -> int:
    return QFontMetrics(font("small")).horizontalAdvance(WIDEST)


class SimilaritySection(Fold):
    """Closed at first: the matrix is worked out only while it can be seen."""

    asked = Signal()
    taken = Signal(object)  # Selected

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Similarity of the units"), tr("Which units of this layer are alike"), parent)
        titles = (("weights", tr("weights")), ("answers", tr("answers")))
        self.by = Words(tr("What is compared: weights by their angle, or answers by their correlation"), titles)
        self.picture, self.said = SimilarityPicture(), Text("", "muted", "small")
        self.said.setWordWrap(True)
        self._layer = ""
        column = QVBoxLayout()
        spaced(column, gap=GRID // 2)
        for widget in (self.by, self.picture, self.said):
            column.addWidget(widget)
        self.column.addLayout(column)
        self.opened.connect(self._ask)
        self.by.chosen.connect(self._ask)
        self.picture.taken.connect(self._take)

    @Slot()
    def _ask(self, _what: object = None) -> None:
        self.asked.emit()

    @property
    def question(self) -> SimilarityQuestion | None:
        """What the worker shall work out; None while nobody can see it."""
        if not self._layer or not self.is_open:
            return None
        by: By = "answers" if self.by.key() == "answers" else "weights"
        return SimilarityQuestion(self._layer, by)

    def show_layer(self, layer: LayerSpec | None, found: Similarity | None) -> None:
        """Show what is known of a layer; None, or a layer without units of its own, hides the section."""
        is_there = layer is not None and layer.kind in UNIT_ROWS
        self._layer = layer.id if layer is not None and is_there else ""
        self.setVisible(is_there)
        if not is_there or not self.is_open:
            return
        if found is None or found.question != self.question:
            self.said.setText("…")
            return
        self.picture.show_values(found.values)
        self.said.setText(said(found))

    @Slot(int)
    def _take(self, unit: int) -> None:
        self.taken.emit(Selected("unit", self._layer, unit))


def said(found: Similarity) -> str:
    """Say how alike the units are, and how that was worked out."""
    what = tr("Cosine of [w, b]") if found.question.by == "weights" else tr("Correlation over training rows")
    first = "" if found.units == len(found.values) else tr("The first {n} units. ", n=len(found.values))
    pairs = found.values[np.triu_indices(len(found.values), 1)]
    known = pairs[~np.isnan(pairs)]
    if not len(known):
        return first + tr("{what}: there is no pair to compare.", what=what)
    if len(known) == len(pairs) and known.min() >= ALIKE:
        return first + tr("{what}: all pairs 1. The units are copies of each other and stay so.", what=what)
    low, high = numbers.number(float(known.min())), numbers.number(float(known.max()))
    return first + tr("{what}: from {low} to {high} among {n} pairs.", what=what, low=low, high=high, n=len(known))
