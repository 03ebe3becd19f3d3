"""How arrays lie in a formula: examples as columns or rows, parameters with units or sources first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.inference import shapes
from dlviz.core.layers.convolution import windows_of
from dlviz.core.matrices.matrix import Arrange
from dlviz.core.network import NetworkSpec, sources
from dlviz.core.notation import Notation
from dlviz.core.trace import Step

Array = NDArray[np.generic]
PRODUCTS_OF_PATCHES = ("convolve", "kernel_gradient", "image_gradient")
ROWS_OF_A_RULE = ("updating", "distance")  # rules that compare an input with every row of W
RESHAPED = ("flatten", "flatten_backward")  # the same numbers in another shape, one example at a time
PER_EXAMPLE = frozenset(
    {"x", "y", "z", "a", "h", "c", "i", "f", "g", "o", "p", "q", "r", "u", "e", "mask", "z_hat", "slopes", "argmax",
     "da", "dz", "dh", "dc", "dq", "votes"}
)  # fmt: skip


@dataclass(frozen=True)
class Layout:
    """Lays out the arrays of one step. n: examples in the batch; sample: the one that is shown of maps."""

    step: Step
    network: NetworkSpec
    notation: Notation
    n: int
    sample: int

    @property
    def has_rows(self) -> bool:
        """Whether every example is a row. Products with patches are written one way alone."""
        if self.step.op in PRODUCTS_OF_PATCHES:
            return False
        return self.notation.has_rows

    def is_per_example(self, name: str, array: Array) -> bool:
        """Whether the first axis of an array counts examples."""
        role = name.rpartition(".")[2]
        is_own = role in PER_EXAMPLE or name in {each.id for each in self.network.inputs}
        of_features = role in ("mean", "var") and array.ndim == 2 and array.shape[1] == 1
        return (is_own or of_features) and array.ndim > 0 and array.shape[0] == self.n

    def shows_one(self, name: str, array: Array) -> bool:
        """Whether one example stands alone: of maps and sequences, where no product takes all of them."""
        has_axes = array.ndim > 2 or self.step.op in RESHAPED
        return self.is_per_example(name, array) and has_axes and not self._is_joined

    @property
    def _is_joined(self) -> bool:
        return self.step.op in PRODUCTS_OF_PATCHES or bool(self.step.time_step) or "⟨t" in self.step.formula

    def arrange(self, name: str, array: Array) -> Arrange:
        """Return how an array becomes rows and columns."""
        if self.step.op in PRODUCTS_OF_PATCHES:
            return self._of_images(name, array)
        if name == "x" and self.step.op in ROWS_OF_A_RULE:
            return as_matrix
        if self.is_per_example(name, array):
            return self._of_examples(name, array)
        if array.ndim == 2 and self.network.layers and self.notation.is_source_first:
            return np.transpose
        return _as_vector_row if self.has_rows and array.ndim == 1 else as_matrix

    def _of_examples(self, name: str, array: Array) -> Arrange:
        if self.shows_one(name, array):
            return self._one_example
        if array.ndim > 2:
            pick = self._one_time if self.step.time_step else _side_by_side
            return pick if self.has_rows else lambda values: pick(values).T
        return as_matrix if self.has_rows else lambda values: as_matrix(values).T

    def _one_example(self, values: Array) -> Array:
        return as_matrix(values[self.sample]) if values.ndim < 4 else _stacked(values[self.sample])

    def _one_time(self, values: Array) -> Array:
        return values[:, min(self.step.time_step, values.shape[1]) - 1].reshape(len(values), -1)

    def _of_images(self, name: str, array: Array) -> Arrange:
        if not self.is_per_example(name, array):
            return as_matrix
        node = name.partition(".")[0]
        is_source = node != self.step.layer
        if is_source and self.step.op != "image_gradient":
            return self._patches
        return self._stack_of_maps if not is_source else _maps_of_all

    def _stack_of_maps(self, values: Array) -> Array:
        """Return maps (n, filters, rows, columns) as (filters, n · rows · columns)."""
        return np.moveaxis(values, 1, 0).reshape(values.shape[1], -1)

    def _patches(self, values: Array) -> Array:
        """Return what every window reads, (channels · cells of a window, n · windows), with zeros around images."""
        layer = next(each for each in self.network.layers if each.id == self.step.layer)
        plan = windows_of(layer, shapes(self.network)[sources(self.network, layer)[0]])
        rows, columns = plan.count
        units = np.stack([plan.reads(row, column).ravel() for row in range(rows) for column in range(columns)], axis=1)
        flat = values.reshape(len(values), -1)
        found = np.where(units >= 0, flat[:, np.maximum(units, 0)], np.zeros((), values.dtype))
        return np.moveaxis(found, 0, 1).reshape(len(units), -1)


def as_matrix(values: Array) -> Array:
    """Return an array as a matrix: a number as 1 × 1, a list as a column, further axes side by side."""
    return values.reshape(len(values), -1) if values.ndim else values.reshape(1, 1)


def _as_vector_row(values: Array) -> Array:
    return values.reshape(1, -1)


def _stacked(maps: Array) -> Array:
    """Return maps (channels, rows, columns) below each other."""
    return maps.reshape(-1, maps.shape[-1])


def _maps_of_all(values: Array) -> Array:
    """Return images (n, channels, rows, columns) as (channels · rows, n · columns): examples side by side."""
    channels_first = np.moveaxis(values, 0, 2)
    return channels_first.reshape(values.shape[1] * values.shape[2], -1)


def _side_by_side(values: Array) -> Array:
    """Return sequences (n, time, features) as (n · time, features), the examples of one time together."""
    return np.moveaxis(values, 1, 0).reshape(values.shape[0] * values.shape[1], -1)
