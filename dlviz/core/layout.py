"""Layout: where every parameter of a network lies in one flat vector."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby
from typing import Any

from dlviz.core.array import Array
from dlviz.core.layers import ParameterSpec


@dataclass(frozen=True)
class View:
    """Where a parameter lies in a flat vector; strides count entries, not bytes."""

    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def of(self, vector: Array, xp: Any) -> Array:
        """Return the parameter as a view of the vector."""
        size = vector.dtype.itemsize
        strides = tuple(size * stride for stride in self.strides)
        return xp.lib.stride_tricks.as_strided(vector[self.offset :], self.shape, strides)


@dataclass(frozen=True)
class Layout:
    """Every parameter's place. blocks: name → (offset, rows, columns) of matrices that lie side by side."""

    parameters: tuple[ParameterSpec, ...]
    views: Mapping[str, View]
    blocks: Mapping[str, tuple[int, int, int]]
    size: int

    @property
    def trainable(self) -> tuple[str, ...]:
        """Names of the parameters that have a gradient, in order; running statistics have none."""
        return tuple(parameter.name for parameter in self.parameters if parameter.is_trainable)


def layout(parameters: Sequence[ParameterSpec]) -> Layout:
    """Lay parameters out in order; those of one block become one matrix: a bias is the last column of its W."""
    views: dict[str, View] = {}
    blocks: dict[str, tuple[int, int, int]] = {}
    offset = 0
    for block, members in groupby(parameters, key=lambda each: each.block or each.name):
        own = list(members)
        rows, widths = own[0].shape[0], [math.prod(each.shape[1:]) for each in own]
        columns = sum(widths)
        for each, start in zip(own, accumulate(widths, initial=0), strict=False):
            views[each.name] = View(offset + start, each.shape, _strides(each.shape, columns))
        blocks[block] = (offset, rows, columns)
        offset += rows * columns
    return Layout(tuple(parameters), views, blocks, offset)


def _strides(shape: tuple[int, ...], columns: int) -> tuple[int, ...]:
    """Return strides of an array whose rows are `columns` entries apart and contiguous inside."""
    inner = tuple(math.prod(shape[axis + 1 :]) for axis in range(1, len(shape)))
    return (columns, *inner)
