"""From a table to a data set: target, inputs, one-hot categories, and what happens to missing cells."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import compress
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data import limits
from dlviz.data.dataset import Dataset, Modality, Task
from dlviz.data.input_columns import Categories, InputColumn, Missing, input_column, input_rows
from dlviz.data.limits import CELLS, CLASSES, CLASSES_TO_NOTE
from dlviz.data.row_store import store_rows
from dlviz.data.table import ColumnInfo, Table, TableRead
from dlviz.i18n import tr, trn

Reading = Literal["guess", "classes", "values"]

FEW_CLASSES = 10  # a target of at most so many different whole numbers is taken for classes
ROWS_A_CLASS = 5  # … if there are at least so many rows for each of them
STORED_AS = 1  # changes when the same table would become other rows

Array = NDArray[np.float64]


@dataclass(frozen=True)
class InputForm:
    """Whether an input of categories becomes one column a category or whole numbers; whether inputs stay on disk."""

    categories: Categories = "one_hot"
    is_streamed: bool = False


@dataclass(frozen=True)
class _Target:
    """values: (n,) numbers or class indices; known: (n,) whether the cell is there."""

    values: NDArray[np.float64] | NDArray[np.int64]
    known: NDArray[np.bool_]
    class_names: tuple[str, ...]
    notes: tuple[str, ...]


def usable_inputs(info: TableRead, target: str) -> tuple[str, ...]:
    """Return the columns that are inputs unless others are chosen, without the target.

    Images if there are any; else numbers and categories that vary; else texts, whose words were counted.
    """
    usable = [column for column in info.columns if column.name != target and _is_usable(column)]
    images = [column for column in usable if column.type == "image"]
    plain = [column for column in usable if column.type != "text"]
    return tuple(column.name for column in images or plain or usable)


def modality_of(info: TableRead) -> Modality:
    """Say what rows of a table will be with the inputs that are guessed."""
    kinds = {info.column(name).type for name in usable_inputs(info, info.guessed_target)}
    return "image" if kinds == {"image"} else "text" if kinds == {"text"} else "table"


def to_dataset(
    table: Table,
    target: str = "",
    inputs: Sequence[str] | None = None,
    missing: Missing = "drop",
    reading: Reading = "guess",
    cancelled: Callable[[], bool] = bool,
    form: InputForm = InputForm(),
) -> Dataset:
    """Make a data set of a table; every drop and change is a sentence in its notes.

    Inputs larger than the memory meant for them lie in a file of the user's cache; others if they shall be streamed.

    target: a column's name, the guessed one if empty. inputs: all usable columns if None.
    missing: leave out rows with missing inputs, or fill in the column's mean (a category's most
    frequent value) or its most frequent value. Rows without a target are always left out. reading: whether a
    target of numbers means classes or values. form: what inputs become and where they lie.
    cancelled: asked now and then. Raises: DataError if nothing can be learned from what is left, or if
    a large set finds no room on the disk.
    """
    name = target or table.info.guessed_target
    column = _target_column(table, name)
    chosen = tuple(inputs) if inputs is not None else usable_inputs(table.info, name)
    _check_inputs(table, chosen, name)
    goal = _target(table, column, reading)
    columns = [input_column(table.arrays[each], table.info.column(each), missing, form.categories) for each in chosen]
    keep = goal.known.copy()
    for each in columns:
        keep &= each.usable
    notes = [*table.info.notes, *_left_out(table, chosen, name, inputs is None), *goal.notes]
    notes += [note for each in columns for note in each.notes]
    notes += _row_notes(goal.known, keep)
    _check_rows(table, keep, goal)
    info = repr(replace(table.info, path=Path()))
    made_of = json.dumps([STORED_AS, info, name, chosen, missing, reading, form.categories])
    rows = _rows(made_of, columns, keep, cancelled, form.is_streamed)
    names = tuple(each for column in columns for each in column.names)
    made = _dataset(table, name, goal, rows, keep, names, notes)
    return replace(made, **_row_kind(table, chosen, keep))


def _row_kind(table: Table, chosen: tuple[str, ...], keep: NDArray[np.bool_]) -> dict[str, Any]:
    """Say what a row is: an image if that is all it is, counts of words if there is nothing else."""
    inputs = [table.info.column(each) for each in chosen]
    is_text = all(column.type == "text" for column in inputs)
    shape = inputs[0].shape if len(inputs) == 1 and inputs[0].type == "image" else None
    named = compress(table.info.row_names, keep) if is_text or shape else ()
    return {"image_shape": shape, "is_text": is_text, "row_names": tuple(named)}


def _rows(
    made_of: str, columns: Sequence[InputColumn], keep: NDArray[np.bool_], cancelled: Callable[[], bool], stream: bool
) -> Array:
    """Return the inputs (n, d) of the rows to keep, in memory or, if they are large, on disk."""
    shape = int(np.count_nonzero(keep)), sum(len(column.names) for column in columns)
    chunks = input_rows(columns, keep, cancelled)
    if stream or 8 * shape[0] * shape[1] > limits.IN_MEMORY_BYTES:
        return store_rows(made_of, shape, chunks)
    rows = np.empty(shape)
    end = 0
    for chunk in chunks:
        begin, end = end, end + len(chunk)
        rows[begin:end] = chunk
    return rows


def _is_usable(column: ColumnInfo) -> bool:
    if column.type == "category":
        return 1 < column.distinct <= CLASSES_TO_NOTE
    if column.shape:
        return True
    return column.type == "number" and column.distinct > 0


def _target_column(table: Table, name: str) -> ColumnInfo:
    place = table.info.path.name
    if not name:
        hint = tr("A target is a column of numbers or categories with at least two different values.")
        raise DataError(tr("Expected a column that can be predicted. Received: none."), hint, place)
    column = table.info.column(name)
    if column.name not in table.arrays or column.shape:
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
    width = sum(max(len(column.categories), column.width) for column in map(table.info.column, chosen))
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


def _left_out(table: Table, chosen: tuple[str, ...], target: str, is_guessed: bool) -> list[str]:
    """Name the columns that cannot be inputs, where nobody chose them."""
    left = [column.name for column in table.info.columns if column.name not in chosen and column.name != target]
    return [tr("Columns not used: {names}.", names=", ".join(left[:20]))] if left and is_guessed else []


def _row_notes(known: NDArray[np.bool_], keep: NDArray[np.bool_]) -> list[str]:
    no_target = int(np.count_nonzero(~known))
    no_input = int(np.count_nonzero(known & ~keep))
    told = (
        (no_target, "1 row without a target was left out.", "{n} rows without a target were left out."),
        (no_input, "1 row with missing inputs was left out.", "{n} rows with missing inputs were left out."),
    )
    return [trn(one, many, n) for n, one, many in told if n]


def _check_rows(table: Table, keep: NDArray[np.bool_], goal: _Target) -> None:
    place = table.info.path.name
    if not keep.any():
        hint = tr("Fill missing cells with the mean, or choose fewer inputs.")
        raise DataError(tr("Expected at least one complete row. Received: none."), hint, place)
    if not goal.class_names:
        return
    n_classes = len(_present(goal.values[keep]))
    if not 2 <= n_classes <= CLASSES:
        message = tr("Expected 2 to {limit} classes. Received: {n}.", limit=CLASSES, n=n_classes)
        raise DataError(message, tr("Choose another target."), place)


def _present(classes: NDArray[np.generic]) -> NDArray[np.intp]:
    """Return the classes that occur, in order, by counting: sorting many rows takes memory and time."""
    return np.flatnonzero(np.bincount(classes.astype(np.int64, copy=False)))


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
        present = _present(values)
        places = np.zeros(len(class_names), dtype=np.int64)
        places[present] = np.arange(len(present))
        targets = places[values]
        class_names = tuple(class_names[index] for index in present)
        task = "binary" if len(class_names) == 2 else "multiclass"
        if len(class_names) > CLASSES_TO_NOTE:
            notes.append(tr("{name} has {n} classes.", name=target, n=len(class_names)))
    for array in (rows, targets):
        array.setflags(write=False)
    return Dataset(table.info.path.stem, task, rows, targets, names, (target,), class_names, tuple(notes))
