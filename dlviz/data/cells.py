"""Single numbers of a data set changed by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.dataset import Dataset
from dlviz.i18n import tr

MOST_NOTES = 20  # cells that are listed one by one


def with_input(dataset: Dataset, row: int, column: int, value: float) -> Dataset:
    """Return the rows with one input changed, and a note of it. Raises: DataError."""
    _check(dataset, row, column, dataset.d, value)
    inputs = _changed(dataset.inputs, (row, column), value)
    return _noted(replace(dataset, inputs=inputs), row, dataset.input_names[column], f"{value:g}")


def with_target(dataset: Dataset, row: int, column: int, value: float) -> Dataset:
    """Return the rows with one target changed, and a note of it.

    value: the number that is learned, or the index of a class. Raises: DataError.
    """
    if dataset.task == "regression":
        _check(dataset, row, column, dataset.targets.shape[1], value)
        targets = _changed(dataset.targets, (row, column), value)
        return _noted(replace(dataset, targets=targets), row, dataset.target_names[column], f"{value:g}")
    _check(dataset, row, 0, 1, value)
    if value != int(value) or not 0 <= value < len(dataset.class_names):
        known = ", ".join(dataset.class_names)
        raise DataError(tr("Expected a class: {known}. Received: {value}", known=known, value=f"{value:g}"))
    targets = _changed(dataset.targets, (row,), int(value))
    return _noted(replace(dataset, targets=targets), row, dataset.target_names[0], dataset.class_names[int(value)])


def is_same_but_for_a_row(old: Dataset, new: Dataset) -> bool:
    """Say whether two sets have the same rows but for the numbers of at most one of them."""
    if old.is_streamed or new.is_streamed or old.targets.dtype != new.targets.dtype:
        return False
    if old.inputs.shape != new.inputs.shape or old.targets.shape != new.targets.shape:
        return False
    differs = (old.inputs != new.inputs).any(axis=1) | (old.targets != new.targets).reshape(old.n, -1).any(axis=1)
    return int(differs.sum()) <= 1


def rows_added(old: Dataset, new: Dataset) -> int:
    """Return how many rows a set has after those of another; 0 where it does not begin with the very same."""
    if old.is_streamed or new.is_streamed or old.targets.dtype != new.targets.dtype or new.n <= old.n:
        return 0
    if old.inputs.shape[1:] != new.inputs.shape[1:] or old.targets.shape[1:] != new.targets.shape[1:]:
        return 0
    begins = np.array_equal(old.inputs, new.inputs[: old.n]) and np.array_equal(old.targets, new.targets[: old.n])
    return new.n - old.n if begins else 0


def _check(dataset: Dataset, row: int, column: int, columns: int, value: float) -> None:
    if dataset.is_streamed:
        raise DataError(
            tr("Expected data in memory. Received: a table that stays on disk."), tr("Change the number in its file.")
        )
    if not (0 <= row < dataset.n and 0 <= column < columns):
        raise DataError(tr("Expected a number of the data. Received: row {row}, column {column}", row=row + 1,
                           column=column + 1))  # fmt: skip
    if not np.isfinite(value):
        raise DataError(tr("Expected a finite number. Received: {value}", value=value))


def _changed(array: NDArray[Any], place: tuple[int, ...], value: float) -> NDArray[Any]:
    changed = array.copy()
    changed[place] = value
    changed.setflags(write=False)
    return changed


def _noted(dataset: Dataset, row: int, name: str, value: str) -> Dataset:
    """Say which numbers were typed: nothing that students compute with is changed silently."""
    about = tr("Row {row}, {name}: typed by hand", row=row + 1, name=name)
    others = tuple(note for note in dataset.notes if not note.startswith(about))
    return replace(dataset, notes=(*others, f"{about}, {value}.")[-MOST_NOTES:])
