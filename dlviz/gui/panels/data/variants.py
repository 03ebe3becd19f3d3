"""Augmentation of images: its settings, and what one image becomes in the next epochs."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from PySide6.QtCore import QRectF, QSize, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from dlviz.core.hyper import complete
from dlviz.data.augmentation import SETTINGS, Augmenter, augmenter, is_active
from dlviz.data.prepare import Prepared
from dlviz.gui.panels.data.editing import DataEdits
from dlviz.gui.theme import GRID, Theme, current, theme_signals
from dlviz.gui.widgets.copying import Rows
from dlviz.gui.widgets.form import HyperForm
from dlviz.gui.widgets.paint import describe, painter
from dlviz.gui.widgets.pixels import picture, range_of
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_augmentation

SHOWN, COLUMNS = 8, 4  # variants, side by side
_GAP = 4  # pixels
_SIDE = 7 * GRID  # pixels, at most
_FORM = 14 * GRID  # pixels, least height


class VariantPictures(QWidget):
    """One image as it is in eight epochs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.images = np.zeros((0, 1, 0, 0))
        self._range = (0.0, 1.0)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        describe(self, tr("Variants of the image"), tr("What the image is in the first eight epochs, from the left"))
        theme_signals.changed.connect(self._use_theme)

    @Slot(object)
    def _use_theme(self, _theme: Theme) -> None:
        self.update()

    def show_images(self, images: np.ndarray, ends: tuple[float, float]) -> None:
        """Show images (8, channels, height, width); ends: of their colours."""
        self.images, self._range = images, ends
        self.update()

    @property
    def side(self) -> float:
        """Pixels of the screen across a picture."""
        return min((self.width() - (COLUMNS - 1) * _GAP) / COLUMNS, _SIDE)

    def sizeHint(self) -> QSize:
        """Return the room for two lines of pictures."""
        return QSize(COLUMNS * (_SIDE + _GAP), 2 * _SIDE + _GAP)

    def plotted(self) -> Rows:
        """Return every variant as a row of numbers."""
        pixels = self.images.reshape(len(self.images), -1)
        headings = (tr("epoch"), *(f"x{k + 1}" for k in range(pixels.shape[1])))
        return Rows(headings, [(epoch + 1, *row) for epoch, row in enumerate(pixels.tolist())])

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the pictures in two lines."""
        side = self.side
        with painter(self) as p:
            p.setPen(current().colour("outline"))
            for place, image in enumerate(self.images):
                line, column = divmod(place, COLUMNS)
                box = QRectF(column * (side + _GAP), line * (side + _GAP), side, side)
                p.drawImage(box, picture(image, *self._range))
                p.drawRect(box)


class Variants(QWidget):
    """Pictures above, settings below; every setting is an undoable edit."""

    def __init__(self, edits: DataEdits, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._edits = edits
        self._given: Mapping[str, Any] | None = None
        self._made: tuple[object, Augmenter] | None = None
        self.heading, self.pictures, self.said = Text("", is_bold=True), VariantPictures(), Text("", "muted", "small")
        self.form = HyperForm(SETTINGS, {})
        self.scrolled, body = Scrolled(), QWidget()
        within = QVBoxLayout(body)
        within.setContentsMargins(0, 0, GRID, 0)
        within.addWidget(self.form)
        within.addStretch(1)
        self.scrolled.hold(body)
        self.scrolled.setMinimumHeight(_FORM)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        for text in (self.heading, self.said):
            text.setWordWrap(True)
        for widget, stretch in ((self.heading, 0), (self.pictures, 0), (self.said, 0), (self.scrolled, 1)):
            column.addWidget(widget, stretch)
        self.form.changed.connect(self._change)

    def show_row(self, document: Document, prepared: Prepared, row: int) -> None:
        """Show the variants of a row of an image set, and the settings that make them."""
        dataset, given = prepared.dataset, document.data.augmentation
        if given != self._given:
            self._given = given
            self.form.show_values(complete(given, SETTINGS))
        makes = self._maker(document, prepared)
        image = np.asarray(dataset.inputs[[row]])
        made = [makes.variants(image, np.array([row]), epoch) for epoch in range(SHOWN)]
        self.pictures.show_images(np.reshape(made, (SHOWN, *makes.shape)), range_of(dataset.sample))
        self.heading.setText(tr("row {row} in epochs 1 to {count}", row=row + 1, count=SHOWN))
        self.said.setText(self._words(document, is_trained=bool(np.isin(row, prepared.train))))

    def _maker(self, document: Document, prepared: Prepared) -> Augmenter:
        """Return what makes the variants; it looks at many rows, so it is kept while nothing changes."""
        key = (id(prepared), document.data.augmentation, document.seed)
        if self._made is None or self._made[0] != key:
            self._made = key, augmenter(document.data.augmentation, prepared.dataset, prepared.train, document.seed)
        return self._made[1]

    @staticmethod
    def _words(document: Document, is_trained: bool) -> str:
        if not is_active(document.data.augmentation):
            return tr("Nothing is varied yet: every epoch trains on the same images.")
        if not is_trained:
            return tr("Rows held out stay as they are; this one would become:")
        if document.data.scaling != "none":
            return tr("Each epoch trains on other variants; scaling is fitted to them too.")
        return tr("Each epoch trains on other variants.")

    @Slot(str, object)
    def _change(self, name: str, value: object) -> None:
        self._edits.edit(set_augmentation, tr("Augmentation"), "", name, value)
