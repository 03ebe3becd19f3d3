"""What a unit of a network of images looks for: its weights as a picture, and the images that activate it most."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal, Slot
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui import numbers
from dlviz.gui.listing.entries import Entry
from dlviz.gui.selection import Selected
from dlviz.gui.theme import GRID, current, font
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.paint import describe, focus_ring, painter, spaced
from dlviz.gui.widgets.pixels import picture, range_of, signed_plane
from dlviz.gui.widgets.text import SectionHeader, Text
from dlviz.i18n import tr
from dlviz.session.explanation import UnitQuestion
from dlviz.session.messages import Interest
from dlviz.session.portrait import Portrait

SIDE = 12 * GRID  # pixels of the picture of weights
MOST_PLANES = 3
COLUMNS = 4  # images side by side
_GAP = 4  # pixels
_DIGITS = 3


class WeightPicture(QWidget):
    """A plane of weights for each plane of the image, in the scale of signed numbers."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.planes = np.zeros((0, 0, 0))
        self.setFixedHeight(SIDE)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Weights as a picture"), tr("The weight of every pixel, where that pixel is in the image"))

    def show_planes(self, planes: np.ndarray) -> None:
        """Show weights (planes, height, width)."""
        self.planes = planes
        self.update()

    @property
    def half(self) -> float:
        """The largest magnitude, the end of the colours."""
        return float(np.abs(self.planes).max(initial=0.0)) or 1.0

    def plotted(self) -> Rows:
        """Return every weight with its place."""
        places = np.argwhere(np.ones(self.planes.shape, bool)).tolist()
        rows = [(*(k + 1 for k in place), float(self.planes[tuple(place)])) for place in places]
        return Rows((tr("plane"), tr("row"), tr("column"), "w"), rows)

    def sizeHint(self) -> QSize:
        """Return the room of one plane."""
        return QSize(SIDE, SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the planes side by side."""
        shown = self.planes[:MOST_PLANES]
        if not len(shown):
            return
        side = min((self.width() - (len(shown) - 1) * _GAP) / len(shown), self.height()) - 1
        with painter(self) as p:
            p.setPen(current().colour("outline"))
            for number, weights in enumerate(shown):
                box = QRectF(number * (side + _GAP), 0, side, side * weights.shape[0] / max(weights.shape))
                p.drawImage(box, signed_plane(weights, self.half))
                p.drawRect(box)


class StrongestImages(QWidget):
    """Images, the strongest first, with what the unit answers to each; a click or the arrows and Return take one."""

    taken = Signal(int)  # place in the sample of the data

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.places: list[int] = []
        self._words: list[str] = []
        self._images: list[np.ndarray] = []
        self._range = (0.0, 1.0)
        self._at = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Strongest inputs"), tr("The images that activate the unit most; a click selects the row"))

    def show_images(self, dataset: Dataset, places: list[int], activations: list[float]) -> None:
        """Show the images of these places, with the unit's activations."""
        words = [numbers.number(value, _DIGITS) for value in activations]
        if (places, words) == (self.places, self._words):
            return
        self.places, self._words, self._range = places, words, range_of(dataset)
        assert dataset.image_shape is not None
        self._images = [np.asarray(dataset.inputs[place]).reshape(dataset.image_shape) for place in places]
        self._at = min(self._at, max(len(places) - 1, 0))
        self.setAccessibleDescription("; ".join(entry.words for entry in self.entries()))
        self.updateGeometry()
        self.update()

    @property
    def side(self) -> float:
        """Pixels of the screen across an image."""
        return (self.width() - (COLUMNS - 1) * _GAP) / COLUMNS - 1

    def box(self, number: int) -> QRectF:
        """Return where an image is."""
        line, column = divmod(number, COLUMNS)
        height = self.side + _line() + _GAP
        return QRectF(column * (self.side + 1 + _GAP), line * height, self.side, self.side)

    def sizeHint(self) -> QSize:
        """Return the room of all images in the width that there is."""
        lines = -(-max(len(self.places), 1) // COLUMNS)
        side = max(self.side, 4 * GRID)
        return QSize(COLUMNS * 6 * GRID, round(lines * (side + _line() + _GAP)))

    def entries(self) -> tuple[Entry, ...]:
        """Return the images as a list."""
        return tuple(
            Entry(tr("row {row}", row=place + 1), words, Selected("sample", unit=place))
            for place, words in zip(self.places, self._words, strict=True)
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the image under the pointer."""
        for number in range(len(self.places)):
            if self.box(number).contains(event.position()):
                self._at = number
                self.taken.emit(self.places[number])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from image to image; Return takes one."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -COLUMNS, Qt.Key.Key_Down: COLUMNS}
        step = steps.get(Qt.Key(event.key()))
        if step is not None:
            self._at = min(max(self._at + step, 0), max(len(self.places) - 1, 0))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.places:
            self.taken.emit(self.places[self._at])
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the images with their numbers below."""
        theme = current()
        with painter(self) as p:
            p.setFont(font("small"))
            for number, (image, words) in enumerate(zip(self._images, self._words, strict=True)):
                box = self.box(number)
                p.drawImage(box, picture(image, *self._range))
                is_at = self.hasFocus() and number == self._at
                p.setPen(QPen(theme.colour("accent" if is_at else "outline"), 2.0 if is_at else 1.0))
                p.drawRect(box)
                p.setPen(theme.colour("muted"))
                under = QRectF(box.left(), box.bottom() + 1, box.width(), _line())
                p.drawText(under, Qt.AlignmentFlag.AlignCenter, words)
            focus_ring(p, self)


class UnitPortrait(QWidget):
    """The section of a unit: weights as a picture where it reads pixels, and its strongest inputs in any layer."""

    taken = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header, self.weights = SectionHeader(tr("Weights as a picture")), WeightPicture()
        self.said, self.images = Text("", "muted", "small"), StrongestImages()
        self.strongest = SectionHeader(tr("Strongest inputs"))
        self.said.setWordWrap(True)
        column = QVBoxLayout(self)
        spaced(column, gap=GRID // 2)
        column.setContentsMargins(0, GRID, 0, 0)
        for widget in (self.header, self.weights, self.said, self.strongest, self.images):
            column.addWidget(widget)
        self.images.taken.connect(self._take)
        self.question: UnitQuestion | None = None

    @Slot(int)
    def _take(self, place: int) -> None:
        self.taken.emit(place)

    def ask_about(self, selected: Selected, dataset: Dataset | None) -> None:
        """Ask about this unit; about none where rows are no images."""
        is_asked = selected.kind == "unit" and dataset is not None and dataset.modality == "image"
        self.question = UnitQuestion(selected.layer, selected.unit) if is_asked else None

    def interest(self, base: Interest) -> Interest:
        """Ask for the portrait of the unit."""
        if self.question is None:
            return base
        return replace(base, needs=base.needs | {"portrait"}, portrait=self.question)

    def show_portrait(self, portrait: Portrait | None, dataset: Dataset | None) -> None:
        """Show what is known of the unit; "…" where nothing is yet."""
        is_there = portrait is not None and portrait.question == self.question and dataset is not None
        weights = portrait.weights if portrait is not None and is_there else None
        for widget in (self.header, self.weights):
            widget.setVisible(weights is not None)
        if portrait is None or dataset is None or not is_there:
            self.said.setText("…")
            return
        if weights is not None:
            self.weights.show_planes(weights)
            half = numbers.number(self.weights.half, _DIGITS)
            self.header.set_info(f"{numbers.MINUS}{half} … +{half}")
        self.said.setText(_words(portrait))
        self.strongest.set_info(tr("of {count} rows", count=numbers.count(portrait.looked_at)))
        self.images.show_images(dataset, portrait.places.tolist(), portrait.activations.tolist())


def _words(portrait: Portrait) -> str:
    if portrait.weights is None:
        return tr("It reads other units, not pixels: the images that it answers to most show what it looks for.")
    return tr("Where it is blue (+), a larger pixel raises the unit's sum; where it is orange (−), it lowers it.")


def _line() -> int:
    """Return the height of a line of small words."""
    return QFontMetrics(font("small")).height()
