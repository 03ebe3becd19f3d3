"""Which points of the recorded metrics are drawn: finite ones, and above zero where the axis is logarithmic."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.session.curves import Curves

_PADDING = 0.06


@dataclass(frozen=True, eq=False)
class Series:
    """One curve: steps (k,) and values (k,), all finite."""

    steps: NDArray[np.float64]
    values: NDArray[np.float64]

    def at(self, step: float) -> tuple[float, float] | None:
        """Return the recorded step nearest to this one and its value."""
        if not len(self.steps):
            return None
        right = int(np.searchsorted(self.steps, step))
        near = [i for i in (right - 1, right) if 0 <= i < len(self.steps)]
        best = min(near, key=lambda i: abs(self.steps[i] - step))
        return float(self.steps[best]), float(self.values[best])


EMPTY = Series(np.empty(0), np.empty(0))


def series(steps: NDArray[np.int64], values: NDArray[np.floating], is_log: bool = False) -> Series:
    """Return the points that can be drawn."""
    values = np.asarray(values, dtype=np.float64)
    good = np.isfinite(values)
    if is_log:
        good &= np.where(good, values, 0.0) > 0
    return Series(np.asarray(steps, dtype=np.float64)[good], values[good])


def pair(curves: Curves, metric: str, is_log: bool) -> tuple[Series, Series]:
    """Return the training and dev series of "loss" or "score".

    Before the loss of all training rows is first measured, that of the batches stands in.
    """
    if metric == "score":
        return series(curves.steps, curves.train_score), series(curves.validation_steps, curves.validation_score)
    train = series(curves.steps, curves.train_loss, is_log)
    if not len(train.steps):
        train = series(curves.batch_steps, curves.batch_mean, is_log)
    return train, series(curves.validation_steps, curves.validation_loss, is_log)


def penalties(curves: Curves, metric: str, is_log: bool) -> tuple[Series, Series]:
    """Return what regularizers add to the training loss, and the sum of both; nothing where there are none."""
    if metric != "loss" or not np.isfinite(curves.penalty).any():
        return EMPTY, EMPTY
    total = curves.train_loss + curves.penalty
    return series(curves.steps, curves.penalty, is_log), series(curves.steps, total, is_log)


def batches(curves: Curves, metric: str, is_log: bool) -> Series:
    """Return the losses of the batches themselves, as each was met; nothing for the score."""
    return series(curves.batch_steps, curves.batch_mean, is_log) if metric == "loss" else EMPTY


def span(drawn: tuple[Series, ...], is_log: bool) -> tuple[float, float] | None:
    """Return the values' range with a margin, in the axis' own units (powers of ten where logarithmic)."""
    values = np.concatenate([each.values for each in drawn])
    if not len(values):
        return None
    ends = np.array([values.min(), values.max()])
    low, high = np.log10(ends) if is_log else ends
    margin = _PADDING * (high - low) or 0.05 * abs(high) or 1.0
    return float(low - margin), float(high + margin)
