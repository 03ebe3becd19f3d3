"""The plane of two inputs that the output panel shows: its extent, its points, and what stays fixed."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.gui import numbers
from dlviz.gui.panels.output.map import Extent, PointSet
from dlviz.gui.response import classes_of
from dlviz.i18n import tr

View = Literal["map", "curve"]  # over two inputs, or over one
MAX_MAP_INPUTS = 12  # with more inputs a plane through their means says little: errors come first
_MARGIN = 0.08  # of the data's range, left free around it
_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@dataclass(frozen=True)
class Plane:
    """Two inputs (columns) spanning a plane, its extent, and the values of all inputs elsewhere, as measured."""

    axes: tuple[int, int]
    extent: Extent
    fixed: tuple[float, ...] = ()


def first_page(dataset: Dataset) -> str:
    """Return the page that suits a data set: a curve or map over few inputs, errors for many."""
    return "map" if dataset.d <= MAX_MAP_INPUTS else "errors"


def plane_of(prepared: Prepared, axes: tuple[int, int], fixed: tuple[float, ...] = ()) -> Plane:
    """Return the plane that the data span on two inputs. fixed: values of all; by default their training means."""
    inputs = prepared.dataset.inputs
    ends = [_range(inputs[:, axis]) for axis in axes]
    return Plane(axes, (*ends[0], *ends[1]), fixed or means_of(prepared))


def means_of(prepared: Prepared) -> tuple[float, ...]:
    """Return the mean of every input over the training rows, as measured."""
    return tuple(float(value) for value in prepared.dataset.inputs[prepared.train].mean(axis=0))


def _range(column: NDArray[np.float64]) -> tuple[float, float]:
    low, high = float(column.min()), float(column.max())
    margin = _MARGIN * (high - low) or 1.0
    return low - margin, high + margin


def points_of(prepared: Prepared, axes: tuple[int, int]) -> PointSet:
    """Return the rows as points of a plane; measured targets are classed by the sign of their deviation."""
    dataset = prepared.dataset
    is_train = np.zeros(dataset.n, dtype=bool)
    is_train[prepared.train] = True
    return PointSet(dataset.inputs[:, list(axes)], classes_of(dataset), is_train)


def axis_symbol(dataset: Dataset, axis: int) -> str:
    """Return the name of an input: x₁ where the names are only numbered, else as the data call it."""
    name = dataset.input_names[axis]
    return "x" + name[1:].translate(_SUBSCRIPTS) if name[:1] == "x" and name[1:].isdigit() else name


@dataclass(frozen=True)
class Held:
    """At which values inputs are held, one each, and whether those are their training means."""

    values: tuple[float, ...]
    are_means: bool = True


def fixed_sentence(dataset: Dataset, axes: tuple[int, int], held: Held, most: int = 3) -> str:
    """Say at which values the inputs off the plane are held; empty if there are none."""
    others = [axis for axis in range(dataset.d) if axis not in axes]
    if not others:
        return ""
    if len(others) > most:
        return unnamed_sentence(len(others), held.are_means)
    named = ", ".join(f"{axis_symbol(dataset, axis)} {numbers.number(held.values[axis])}" for axis in others)
    return tr("at {values} (training means)", values=named) if held.are_means else tr("at {values}", values=named)


def unnamed_sentence(count: int, are_means: bool) -> str:
    """Say of how many inputs values are held, where there is no room for their names."""
    if are_means:
        return tr("the other {count} inputs at their training means", count=count)
    return tr("the other {count} inputs at chosen values", count=count)
