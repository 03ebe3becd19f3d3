"""Inputs that stay on disk and are scaled as they are read."""

import numpy as np
from numpy.typing import NDArray

from dlviz.data.mapped import let_go
from dlviz.data.scaling import Scaler

HELD_BYTES = 8 << 20  # read before the memory of what was read is given back

Array = NDArray[np.float64]


class StreamedInputs:
    """Scaled inputs (n, d) of rows in a file; indexed by rows, they are the numbers that scaling in memory gives."""

    def __init__(self, rows: Array, scaler: Scaler) -> None:
        self._mapped, self._scaler = rows, scaler
        self._rows = np.asarray(rows)
        self._read_bytes = 0
        self.shape: tuple[int, ...] = rows.shape

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, rows: slice | NDArray[np.integer]) -> Array:
        scaled = self._scaler.apply(self._rows[rows])
        self._read_bytes += scaled.nbytes
        if self._read_bytes > HELD_BYTES:
            self._read_bytes = 0
            let_go(self._mapped)
        return scaled
