"""Distributions of a run: columns of histograms and norms by layer, taken now and then, of bounded number."""

import bisect
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.distribution import Histogram, histogram_of
from dlviz.core.metrics import Observed, measured

KINDS = ("weights", "activations", "gradients", "updates")
MAX_COLUMNS = 128
MAX_HISTOGRAMS = 8192  # in all columns together, about 6 MB
MIN_COLUMNS = 16

Histograms = Mapping[str, Histogram]
Norms = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Column:
    """What the layers' numbers were at a step, by kind and layer, in the order of the network.

    weights, gradients, updates: those of the next batch, without biases where a layer has more. activations:
    of the training rows that were looked at. gradient_norm: L2 norm over all parameters of a layer; update_ratio: the
    norm of its update over that of its weights. errors: root mean square of ∂L/∂z by node. uid: the segment it
    belongs to.
    """

    step: int
    uid: int
    histograms: Mapping[str, Histograms]
    gradient_norm: Norms
    update_ratio: Norms
    errors: Norms = field(default_factory=dict)


def column_of(step: int, uid: int, observed: Observed, errors: Norms = MappingProxyType({})) -> Column:
    """Return the column of one observed step of training, with the errors that it sent back."""
    order = {layer.id: place for place, layer in enumerate(observed.network.layers)}
    shown = measured([Choice("gradient_norm"), Choice("update_ratio")], observed)
    arrays = {
        "weights": matrices_by_layer(observed.parameters),
        "activations": dict(observed.activations),
        "gradients": matrices_by_layer(observed.gradients),
        "updates": matrices_by_layer(observed.updates),
    }
    histograms = {
        kind: {layer: histogram_of(values) for layer, values in sorted(own.items(), key=lambda each: order[each[0]])}
        for kind, own in arrays.items()
    }
    return Column(step, uid, histograms, _norms(shown["gradient_norm"]), _norms(shown["update_ratio"]), errors)


def _norms(value: object) -> dict[str, float]:
    assert isinstance(value, Mapping)
    return {str(name): float(number) for name, number in value.items()}


def matrices_by_layer(arrays: Mapping[str, NDArray[np.floating]]) -> dict[str, NDArray[np.floating]]:
    """Return the matrices of each layer in one row, without biases; of a layer that has only vectors, those."""
    found: dict[str, list[NDArray[np.floating]]] = {}
    for name, array in arrays.items():
        found.setdefault(name.partition(".")[0], []).append(array)
    return {layer: np.concatenate([each.ravel() for each in _matrices(own)]) for layer, own in found.items()}


def _matrices(arrays: list[NDArray[np.floating]]) -> list[NDArray[np.floating]]:
    return [array for array in arrays if array.ndim > 1] or arrays


@dataclass
class Columns:
    """Columns in the order of their steps; when there are too many, every second one goes."""

    columns: tuple[Column, ...] = field(default=())

    def add(self, column: Column) -> None:
        """Add a column; a step of the same segment that was looked at before keeps its own."""
        place = bisect.bisect_right(self.columns, column.step, key=lambda each: each.step)
        here = [each for each in self.columns[max(place - 2, 0) : place] if each.step == column.step]
        if any(each.uid == column.uid for each in here):
            return
        self.columns = (*self.columns[:place], column, *self.columns[place:])
        if len(self.columns) > _allowed(column):
            self.columns = self.columns[::2]

    @property
    def nbytes(self) -> int:
        """How much memory the counts take, as if no other run shared them."""
        return sum(
            each.counts.nbytes for column in self.columns for own in column.histograms.values() for each in own.values()
        )

    def thin(self) -> bool:
        """Let every second column go, but the last; say whether there were any to let go."""
        before, self.columns = len(self.columns), (*self.columns[:-1:2], *self.columns[-1:])
        return len(self.columns) < before

    def fork(self, step: int) -> "Columns":
        """Return the columns up to a step, where another future begins."""
        return Columns(tuple(each for each in self.columns if each.step <= step))


def _allowed(column: Column) -> int:
    n_histograms = sum(len(own) for own in column.histograms.values())
    return min(MAX_COLUMNS, max(MAX_HISTOGRAMS // max(n_histograms, 1), MIN_COLUMNS))
