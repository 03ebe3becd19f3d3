"""Sizes of the weights of every layer, and running statistics of batch norm, epoch by epoch, of bounded number."""

import bisect
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.session.distributions import matrices_by_layer

NEAR_ZERO = 1e-3  # |w| below it counts as none (curriculum REG-02)
MAX_ROWS = 512
MAX_UNITS = 8  # of a batch norm layer whose running statistics are kept
RUNNING = (".running_mean", ".running_var")


@dataclass(frozen=True)
class LayerSizes:
    """Sums over the weights of a layer, without biases: of their squares, and of their magnitudes."""

    squares: float
    magnitudes: float
    largest: float
    near_zero: int
    count: int

    @property
    def norm(self) -> float:
        """The Frobenius norm."""
        return float(np.sqrt(self.squares))

    @property
    def spread(self) -> float:
        """The largest magnitude over the mean one: 1 where all weights are as large; NaN where all are 0."""
        return self.largest * self.count / self.magnitudes if self.magnitudes else float("nan")


@dataclass(frozen=True, eq=False)
class SizeRow:
    """What layers came to after so many steps; epoch: how many were complete.

    moving: by batch norm layer its running means and variances, (2, k) for the first k units.
    """

    step: int
    epoch: int
    layers: Mapping[str, LayerSizes]
    moving: Mapping[str, NDArray[np.float64]]


@dataclass
class SizeLog:
    """Rows in the order of their steps; when there are too many, every second one goes."""

    rows: tuple[SizeRow, ...] = ()
    due: float = 0.0  # when the next row may be taken, on the monotonic clock

    def add(self, row: SizeRow) -> None:
        """Add a row; a step keeps the row that it has."""
        place = bisect.bisect_left(self.rows, row.step, key=lambda each: each.step)
        if place < len(self.rows) and self.rows[place].step == row.step:
            return
        self.rows = (*self.rows[:place], row, *self.rows[place:])
        if len(self.rows) > MAX_ROWS:
            self.rows = (*self.rows[:-1:2], self.rows[-1])

    def fork(self, step: int) -> "SizeLog":
        """Return the rows up to a step, where another future begins."""
        return SizeLog(tuple(each for each in self.rows if each.step <= step))


def size_row(step: int, epoch: int, parameters: Mapping[str, NDArray[np.floating]]) -> SizeRow:
    """Return the sizes of parameters by name."""
    running = {name: values for name, values in parameters.items() if name.endswith(RUNNING)}
    weights = {name: values for name, values in parameters.items() if name not in running}
    layers = {layer: _sizes(values) for layer, values in matrices_by_layer(weights).items()}
    norms = dict.fromkeys(name.rpartition(".")[0] for name in running)
    moving = {layer: np.array([running[layer + part].ravel()[:MAX_UNITS] for part in RUNNING]) for layer in norms}
    return SizeRow(step, epoch, layers, moving)


def _sizes(values: NDArray[np.floating]) -> LayerSizes:
    magnitudes = np.abs(np.asarray(values, dtype=np.float64))
    return LayerSizes(
        float(np.square(magnitudes).sum()), float(magnitudes.sum()), float(magnitudes.max(initial=0.0)),
        int((magnitudes < NEAR_ZERO).sum()), magnitudes.size,
    )  # fmt: skip
