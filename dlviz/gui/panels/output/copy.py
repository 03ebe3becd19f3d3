"""The rows behind the output panel's pictures, to be copied."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dlviz.gui.panels.output.map import Extent
from dlviz.gui.response import FloatArray


def map_rows(values: FloatArray, extent: Extent) -> Iterator[list[float]]:
    """Give x, y and all outputs at the centre of every cell of maps (k, rows, columns)."""
    x0, x1, y0, y1 = extent
    _, rows, columns = values.shape
    x = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    y = y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows
    for row in range(rows):
        for column in range(columns):
            yield [float(x[column]), float(y[row]), *(float(each) for each in values[:, row, column])]


def count_rows(counts: NDArray[np.int64], names: Sequence[str]) -> Iterator[list[object]]:
    """Give one row a true class: its name, then the counts by predicted class."""
    for name, row in zip(names, counts.tolist(), strict=True):
        yield [name, *row]
