"""The image that lies at the pointer on a plane of principal components, in a corner of the map."""

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dlviz.data.dataset import Dataset
from dlviz.gui.panels.output.drawing import SEEN, Seen
from dlviz.gui.theme import GRID
from dlviz.gui.widgets.paint import describe
from dlviz.gui.widgets.pixels import range_of
from dlviz.i18n import tr


class PlaceImage(Seen):
    """Stands in the upper corner that the pointer is not near to; the pointer goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._dataset: Dataset | None = None
        self._ends = (0.0, 1.0)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        describe(self, tr("The image at the pointer"), tr("What the inputs of this place of the plane look like"))
        self.hide()

    def show_inputs(self, dataset: Dataset, inputs: Sequence[float] | None, is_left: bool) -> None:
        """Show the inputs (d,) of a place of image data, None: nothing. is_left: the pointer is in the left half."""
        shape = dataset.image_shape
        self.setVisible(shape is not None and inputs is not None)
        if shape is None or inputs is None:
            return
        if dataset is not self._dataset:
            self._dataset, self._ends = dataset, range_of(dataset)
        self.show_image(np.reshape(inputs, shape), self._ends)
        self.setFixedSize(*2 * (min(SEEN, self.parentWidget().width() // 3),))
        room = self.parentWidget().width() - self.width() - GRID
        self.move(room if is_left else GRID, GRID)
        self.raise_()
