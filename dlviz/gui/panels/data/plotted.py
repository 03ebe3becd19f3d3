"""What the page of plots draws, worked out from prepared rows on a thread."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.data.principal_plane import LEAST_INPUTS, PrincipalPlane
from dlviz.data.study import Array, Comparison, Histograms, compare_parts, histograms_of
from dlviz.gui.panels.data.scatter import Marks, marks_of
from dlviz.i18n import tr

Groups = list[NDArray[np.intp]]


@dataclass(frozen=True, eq=False)
class Points:
    """Two columns (n,), (n,) of all rows, how they are told apart, and the part of each.

    principal: the plane that one of the columns is a direction of, if any is.
    """

    x: Array
    y: Array
    marks: Marks
    parts: NDArray[np.int8]
    principal: PrincipalPlane | None = None


@dataclass(frozen=True, eq=False)
class Bins:
    """Histograms of a column for each class or part, and the bin of each row (n,)."""

    counts: Histograms
    bin_of: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class Parts:
    """Comparisons between the parts of the data, the worst first."""

    comparisons: tuple[Comparison, ...]


def column_names(dataset: Dataset) -> tuple[str, ...]:
    """Return inputs and targets by name."""
    return (*dataset.input_names, *dataset.target_names)


def axes_names(dataset: Dataset) -> tuple[str, ...]:
    """Return what points can lie along: inputs, targets, and the first two principal components of more inputs."""
    components = (tr("PC {number}", number=number) for number in (1, 2))
    return (*column_names(dataset), *(components if dataset.d >= LEAST_INPUTS else ()))


def column_of(dataset: Dataset, column: int) -> Array:
    """Return an input or a target (n,); classes as their numbers."""
    if column < dataset.d:
        return np.asarray(dataset.inputs[:, column], dtype=np.float64)
    return np.asarray(dataset.targets.reshape(dataset.n, -1)[:, column - dataset.d], dtype=np.float64)


def points_over(prepared: Prepared, columns: tuple[int, int]) -> Points:
    """Return the rows as points over two of `axes_names`."""
    dataset = prepared.dataset
    first = len(column_names(dataset))  # of the components
    principal = prepared.principal if max(columns) >= first else None
    x, y = (
        column_of(dataset, column) if principal is None or column < first else principal.places[:, column - first]
        for column in columns
    )
    return Points(x, y, marks_of(dataset), prepared.parts, principal)


def bins_of(prepared: Prepared, column: int, by: str) -> Bins:
    """Count a column for each "class" (all rows where there are none) or each "part"."""
    values = column_of(prepared.dataset, column)
    counts = histograms_of(values, groups_by(prepared, by))
    places = np.searchsorted(counts.edges, values, "right") - 1
    return Bins(counts, np.minimum(places, len(counts.edges) - 2).astype(np.intp))


def groups_by(prepared: Prepared, by: str) -> Groups:
    """Return the rows of each class or part."""
    dataset = prepared.dataset
    if by == "part":
        return [np.asarray(rows) for rows in (prepared.train, prepared.validation, prepared.test)]
    if dataset.task == "regression":
        return [np.arange(dataset.n)]
    return [np.flatnonzero(dataset.targets == index) for index in range(len(dataset.class_names))]


def class_counts(prepared: Prepared) -> NDArray[np.int64]:
    """Return how many rows each class has in each part, (classes, 3)."""
    dataset, parts = prepared.dataset, prepared.parts
    k = len(dataset.class_names)
    labels = dataset.targets.astype(np.int64)
    return np.bincount(3 * labels + parts, minlength=3 * k).reshape(k, 3).astype(np.int64)


def parts_compared(prepared: Prepared, cancelled: Callable[[], bool]) -> Parts:
    """Compare inputs, and measured targets, between training, dev and test rows."""
    dataset = prepared.dataset
    values = np.asarray(dataset.inputs, dtype=np.float64)
    if dataset.task == "regression":
        values = np.column_stack([values, dataset.targets])
    return Parts(compare_parts(values, groups_by(prepared, "part"), cancelled))
