"""From a table to a data set: target, inputs, one-hot categories, and what happens to missing cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.dataset import Dataset, Task
from dlviz.data.limits import CELLS, CLASSES, CLASSES_TO_NOTE
from dlviz.data.table import ColumnInfo, Table
from dlviz.i18n import tr

Missing = Literal["drop", "mean"]
Reading = Literal["guess", "classes", "values"]

FEW_CLASSES = 10  # a target of at most so many different whole numbers is taken for classes
ROWS_A_CLASS = 5  # … if there are at least so many rows for each of them

Array = NDArray[np.float64]


@dataclass(frozen=True)
class _Target:
    """values: (n,) numbers or class indices; known: (n,) whether the cell is there."""

    values: NDArray[np.float64] | NDArray[np.int64]
    known: NDArray[np.bool_]
    class_names: tuple[str, ...]
    notes: tuple[str, ...]


def usable_inputs(table: Table, target: str) -> tuple[str, ...]:
    """Return the columns that can be inputs: numbers and categories that vary, without the target."""
    return tuple(column.name for column in table.info.columns if column.name != target and _is_usable(column))


def to_dataset(
    table: Table,
    target: str = "",
    inputs: Sequence[str] | None = None,
    missing: Missing = "drop",
    reading: Reading = "guess",
) -> Dataset:
    """Make a data set of a table; every drop and change is a sentence in its notes.

    target: a column's name, the guessed one if empty. inputs: all usable columns if None.
    missing: leave out rows with missing inputs, or fill in the column's mean (a category's most
    frequent value). Rows without a target are always left out. reading: whether a target of
    numbers means classes or values.
    Raises: DataError if nothing can be learned from what is left.
    """
    name = target or table.info.guessed_target
    column = _target_column(table, name)
    chosen = tuple(inputs) if inputs is not None else usable_inputs(table, name)
    _check_inputs(table, chosen, name)
    goal = _target(table, column, reading)
    blocks = [_block(table, table.info.column(each), missing) for each in chosen]
    rows = np.concatenate([block.numbers for block in blocks], axis=1)
    keep = goal.known & np.all(np.isfinite(rows), axis=1)
    notes = [*table.info.notes, *_left_out(table, chosen, name, inputs is None), *goal.notes]
    notes += [note for block in blocks for note in block.notes]
    notes += _row_notes(goal.known, keep)
    _check_rows(table, keep, goal)
    return _dataset(table, name, goal, rows[keep], keep, tuple(each for block in blocks for each in block.names), notes)


@dataclass(frozen=True)
class _Block:
    """One column as inputs: (n, 1) numbers or (n, k) one-hot, NaN where missing."""

    numbers: Array
    names: tuple[str, ...]
    notes: tuple[str, ...] = ()


def _is_usable(column: ColumnInfo) -> bool:
    if column.type == "category":
        return 1 < column.distinct <= CLASSES_TO_NOTE
    return column.type == "number" and column.distinct > 0


def _target_column(table: Table, name: str) -> ColumnInfo:
    place = table.info.path.name
    if not name:
        hint = tr("A target is a column of numbers or categories with at least two different values.")
        raise DataError(tr("Expected a column that can be predicted. Received: none."), hint, place)
    column = table.info.column(name)
    if column.name not in table.arrays:
        message = tr("Expected a target of numbers or categories. Received: {name}, a column of type {type}.")
        raise DataError(message.format(name=name, type=column.type), place=place)
    return column


def _check_inputs(table: Table, chosen: tuple[str, ...], target: str) -> None:
    place = table.info.path.name
    if not chosen:
        raise DataError(tr("Expected at least one input column. Received: none."), place=place)
    for name in chosen:
        column = table.info.column(name)
        if name == target or name not in table.arrays:
            kind = tr("the target") if name == target else tr("a column of type {type}", type=column.type)
            message = tr("Expected inputs of numbers or categories. Received: {name}, {kind}.", name=name, kind=kind)
            raise DataError(message, place=place)
    width = sum(max(len(table.info.column(name).categories), 1) for name in chosen)
    if width * table.info.n_rows > CELLS:
        message = tr("Expected at most {limit} numbers. Received: {n}.", limit=CELLS, n=width * table.info.n_rows)
        raise DataError(message, tr("Choose fewer inputs."), place)


def _target(table: Table, column: ColumnInfo, reading: Reading) -> _Target:
    array = table.arrays[column.name]
    if column.type == "category":
        return _Target(array.astype(np.int64), array >= 0, column.categories, ())
    known = np.isfinite(array)
    if reading == "values" or (reading == "guess" and not _looks_like_classes(array[known])):
        return _Target(array.astype(np.float64), known, (), ())
    values, index = np.unique(array[known], return_inverse=True)
    labels = np.full(len(array), -1, dtype=np.int64)
    labels[known] = index
    note = tr("{name}: {n} different numbers are read as classes.", name=column.name, n=len(values))
    return _Target(labels, known, tuple(f"{value:.15g}" for value in values), (note,))


def _looks_like_classes(values: NDArray[np.generic]) -> bool:
    numbers = np.unique(values.astype(np.float64))
    is_whole = bool(np.all(numbers == np.round(numbers)))
    return is_whole and 2 <= len(numbers) <= FEW_CLASSES and len(values) >= ROWS_A_CLASS * len(numbers)


def _block(table: Table, column: ColumnInfo, missing: Missing) -> _Block:
    array = table.arrays[column.name]
    is_missing = array < 0 if column.type == "category" else ~np.isfinite(array)
    n_missing = int(np.count_nonzero(is_missing))
    if column.type == "category":
        return _one_hot(array.astype(np.int64), is_missing, column, missing if n_missing else "drop")
    numbers = array.astype(np.float64)
    if missing == "drop" or n_missing in (0, len(numbers)):
        return _Block(numbers[:, None], (column.name,))
    mean = _mean(numbers[~is_missing])
    numbers[is_missing] = mean
    note = tr("{name}: {n} missing cells became the mean {mean:.6g}.", name=column.name, n=n_missing, mean=mean)
    return _Block(numbers[:, None], (column.name,), (note,))


def _mean(numbers: Array) -> float:
    """Return the mean; dividing first keeps sums of huge numbers finite."""
    return float(np.sum(numbers / len(numbers)))


def _one_hot(codes: NDArray[np.int64], is_missing: NDArray[np.bool_], column: ColumnInfo, missing: Missing) -> _Block:
    notes = [tr("{name} became {n} inputs, one a category.", name=column.name, n=len(column.categories))]
    if missing == "mean":
        common = int(np.argmax(np.bincount(codes[~is_missing])))
        template = tr("{name}: {n} missing cells became {value}, the most frequent.")
        count = int(np.count_nonzero(is_missing))
        notes.append(template.format(name=column.name, n=count, value=column.categories[common]))
        codes = np.where(is_missing, common, codes)
    numbers = (codes[:, None] == np.arange(len(column.categories))).astype(np.float64)
    numbers[codes < 0] = np.nan
    return _Block(numbers, tuple(f"{column.name}={category}" for category in column.categories), tuple(notes))


def _left_out(table: Table, chosen: tuple[str, ...], target: str, is_guessed: bool) -> list[str]:
    """Name the columns that cannot be inputs, where nobody chose them."""
    left = [column.name for column in table.info.columns if column.name not in chosen and column.name != target]
    return [tr("Columns not used: {names}.", names=", ".join(left[:20]))] if left and is_guessed else []


def _row_notes(known: NDArray[np.bool_], keep: NDArray[np.bool_]) -> list[str]:
    no_target = int(np.count_nonzero(~known))
    no_input = int(np.count_nonzero(known & ~keep))
    notes = [tr("{n} rows without a target were left out.", n=no_target)] if no_target else []
    return notes + ([tr("{n} rows with missing inputs were left out.", n=no_input)] if no_input else [])


def _check_rows(table: Table, keep: NDArray[np.bool_], goal: _Target) -> None:
    place = table.info.path.name
    if not keep.any():
        hint = tr("Fill missing cells with the mean, or choose fewer inputs.")
        raise DataError(tr("Expected at least one complete row. Received: none."), hint, place)
    if not goal.class_names:
        return
    n_classes = len(np.unique(goal.values[keep]))
    if not 2 <= n_classes <= CLASSES:
        message = tr("Expected 2 to {limit} classes. Received: {n}.", limit=CLASSES, n=n_classes)
        raise DataError(message, tr("Choose another target."), place)


def _dataset(
    table: Table,
    target: str,
    goal: _Target,
    rows: Array,
    keep: NDArray[np.bool_],
    names: tuple[str, ...],
    notes: list[str],
) -> Dataset:
    values, class_names = goal.values[keep], goal.class_names
    task: Task = "regression"
    targets: NDArray[np.float64] | NDArray[np.int64] = values.astype(np.float64)[:, None]
    if class_names:
        # A class all of whose rows were left out would be an output that nothing trains.
        present, targets = np.unique(values.astype(np.int64), return_inverse=True)
        class_names = tuple(class_names[index] for index in present)
        task = "binary" if len(class_names) == 2 else "multiclass"
        if len(class_names) > CLASSES_TO_NOTE:
            notes.append(tr("{name} has {n} classes.", name=target, n=len(class_names)))
    for array in (rows, targets):
        array.setflags(write=False)
    return Dataset(table.info.path.stem, task, rows, targets, names, (target,), class_names, tuple(notes))
