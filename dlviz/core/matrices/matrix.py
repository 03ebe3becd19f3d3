"""Matrix: one array of a trace, laid out as rows and columns, that knows where each cell comes from."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Arrange = Callable[[NDArray[np.generic]], NDArray[np.generic]]


@dataclass(frozen=True, eq=False)
class Matrix:
    """An array as it stands in a formula.

    name: what the trace calls it. letter: what the formula calls it. array: (…) as recorded. arrange: lays an
    array of that shape out as (rows, columns). is_written: the step made it. is_negative: the formula's letter
    stands for the negative, as an error signal does. sample: the example shown alone; None where all are.
    """

    name: str
    letter: str
    array: NDArray[np.generic]
    arrange: Arrange
    is_written: bool = False
    is_negative: bool = False
    sample: int | None = None

    @cached_property
    def values(self) -> NDArray[np.float64]:
        """The cells, (rows, columns)."""
        values = np.asarray(self.arrange(self.array), dtype=np.float64)
        return -values if self.is_negative else values

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns there are."""
        rows, columns = self.values.shape
        return rows, columns

    @cached_property
    def _places(self) -> NDArray[np.intp]:
        """For every cell which number of the array it shows, counted through; −1 for zeros around an image."""
        counted = np.arange(1, self.array.size + 1).reshape(self.array.shape)
        return np.asarray(self.arrange(counted), dtype=np.intp) - 1

    def index(self, row: int, column: int) -> tuple[int, ...] | None:
        """Return the entry of the array that a cell shows; None for a zero around an image."""
        place = int(self._places[row, column])
        return None if place < 0 else tuple(int(each) for each in np.unravel_index(place, self.array.shape))

    def cell(self, index: tuple[int, ...]) -> tuple[int, int] | None:
        """Return the row and column of an entry of the array, where it is shown once."""
        if len(index) != self.array.ndim or any(not 0 <= i < n for i, n in zip(index, self.array.shape, strict=True)):
            return None
        place = np.ravel_multi_index(index, self.array.shape) if index else 0
        found = np.argwhere(self._places == place)
        return (int(found[0, 0]), int(found[0, 1])) if len(found) == 1 else None
