"""A drawing that the network answers while it is made: pad, what the network sees of it, and its classes as bars."""

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QRectF, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from dlviz.data.dataset import Dataset
from dlviz.data.drawing import Fit, fit_of, fitted
from dlviz.gui.panels.output.bars import Bars
from dlviz.gui.panels.output.pad import Pad
from dlviz.gui.theme import GRID, current
from dlviz.gui.widgets.button import TextButton
from dlviz.gui.widgets.paint import describe, painter, spaced
from dlviz.gui.widgets.pixels import picture
from dlviz.gui.widgets.scrolled import Scrolled
from dlviz.gui.widgets.text import Text
from dlviz.i18n import tr
from dlviz.session.messages import Frame, Interest

SEEN = 8 * GRID  # pixels
FRAME_MS = 16  # between two drawings that are asked about


class Seen(QWidget):
    """The image that the network is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = np.zeros((1, 1, 1))
        self._range = (0.0, 1.0)
        self.setFixedSize(SEEN, SEEN)
        describe(self, tr("What the network sees"), tr("The drawing, centred and scaled as the images of the set are"))

    def show_image(self, image: np.ndarray, ends: tuple[float, float]) -> None:
        """Show an image (channels, height, width); ends: of its colours."""
        self.image, self._range = image, ends
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint every pixel as a square."""
        side = min(self.width(), self.height()) - 1
        with painter(self) as p:
            p.drawImage(QRectF(0, 0, side, side), picture(self.image, *self._range))
            p.setPen(current().colour("outline"))
            p.drawRect(QRectF(0, 0, side, side))


class Drawing(Scrolled):
    """Pad at the left, what the network sees at the right, bars below."""

    asks = Signal()  # another drawing is to be answered

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pad, self.seen, self.bars = Pad(), Seen(), Bars()
        self.said, self.wipe = Text("", is_bold=True), TextButton(tr("Clear"), tr("Wipe the pad"), is_link=True)
        self.drawn: tuple[float, ...] = ()
        self._fit: Fit | None = None
        self._dataset: Dataset | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(FRAME_MS)
        self._timer.timeout.connect(self._take)
        self._lay_out()
        self.pad.changed.connect(self._later)
        self.wipe.clicked.connect(self.pad.clear)

    def _lay_out(self) -> None:
        body, top, beside = QWidget(), QHBoxLayout(), QVBoxLayout()
        column = QVBoxLayout(body)
        for layout in (column, top, beside):
            spaced(layout, gap=GRID)
        for widget in (self.seen, self.said, self.wipe):
            beside.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        beside.addStretch(1)
        self.said.setWordWrap(True)
        top.addWidget(self.pad)
        top.addLayout(beside, 1)
        column.addLayout(top)
        column.addWidget(self.bars)
        column.addStretch(1)
        self.hold(body)

    def show_dataset(self, dataset: Dataset) -> None:
        """Fit drawings to the images of a data set."""
        if dataset is not self._dataset:
            self._dataset, self._fit = dataset, fit_of(dataset)
            self._take()

    def interest(self, base: Interest) -> Interest:
        """Ask for the answer to what is drawn."""
        return replace(base, needs=base.needs | {"drawn"}, drawn=self.drawn) if self.drawn else base

    @Slot()
    def _later(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _take(self) -> None:
        """Make what is drawn into an image and ask what it is."""
        fit, ink = self._fit, self.pad.ink()
        if fit is None:
            return
        values = fitted(ink, fit)
        self.seen.show_image(values.reshape(fit.shape), (min(fit.ink, fit.background), max(fit.ink, fit.background)))
        self.drawn = tuple(values.tolist()) if ink.any() else ()
        if not self.drawn:
            self.bars.show_bars(())
            self.said.setText(tr("Draw on the pad."))
        self.asks.emit()

    def show_frame(self, frame: Frame) -> None:
        """Show the answer to the drawing, if the frame has it."""
        dataset, answer = self._dataset, frame.drawn
        if dataset is None or answer is None or not self.drawn or answer.inputs != self.drawn:
            return
        names = dataset.class_names
        if not names or len(answer.outputs) > len(names):
            return
        self.bars.show_values(names[len(names) - len(answer.outputs) :], answer.outputs)
        self.said.setText(tr("the drawing: {name}", name=self.bars.bars[0].name) if len(answer.outputs) > 1 else "")
