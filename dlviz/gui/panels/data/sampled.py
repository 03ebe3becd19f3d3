"""Images of a file before it is a data set: those read so far, and the first ones of a whole table."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from dlviz.data.dataset import Dataset
from dlviz.data.picture_progress import Progress
from dlviz.data.table import Table
from dlviz.gui.panels.data.grid import ImageGrid
from dlviz.gui.widgets.paint import describe
from dlviz.i18n import tr

SHOWN = 200


class SampledImages(ImageGrid):
    """A grid of images that cannot be taken."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        describe(self, tr("Images of the file"), tr("Some of the images, evenly spaced, with their classes"))

    def show_progress(self, progress: Progress) -> None:
        """Show the images that were decoded so far."""
        self._show(progress.images, progress.shape, np.zeros(len(progress.images), np.int64), ("",))

    def show_table(self, table: Table, target: str) -> None:
        """Show evenly spaced images of a table with their labels in the column to predict."""
        column = next(column for column in table.info.columns if column.type == "image")
        rows = np.arange(0, table.info.n_rows, max(-(-table.info.n_rows // SHOWN), 1))
        channels, height, width = column.shape
        labels, names = _labels(table, target, rows)
        self._show(np.asarray(table.arrays[column.name][rows]), (channels, height, width), labels, names)

    def _show(
        self,
        images: NDArray[np.generic],
        shape: tuple[int, int, int],
        labels: NDArray[np.int64],
        names: tuple[str, ...],
    ) -> None:
        if not len(images):
            return
        self.show_dataset(
            Dataset("", "multiclass", images.astype(np.float64), labels, (), ("",), names, image_shape=shape)
        )
        self.show_rows(np.arange(len(images)))


def _labels(table: Table, target: str, rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """Return class indices (m,) of rows and their names; numbers are classes by what they say."""
    if not target:
        return np.zeros(len(rows), np.int64), ("",)
    column, cells = table.info.column(target), np.asarray(table.arrays[target][rows])
    if column.type == "category":
        return cells.astype(np.int64), (*column.categories, tr("missing"))  # −1 is the last name
    values, codes = np.unique(cells, return_inverse=True)
    return codes.astype(np.int64), tuple(f"{value:.6g}" for value in values)
