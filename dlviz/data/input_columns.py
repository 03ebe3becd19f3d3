"""Columns of a table as inputs: numbers as they are, categories one-hot, missing cells left out or filled."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.mapped import let_go
from dlviz.data.table import Column, ColumnInfo
from dlviz.i18n import tr, trn

Missing = Literal["drop", "mean", "most_frequent"]
Categories = Literal["one_hot", "integer"]

CHUNK_NUMBERS = 1 << 20  # made at once, 8 MiB
LIGHTEST = 255  # pixel
CATEGORIES_NAMED = 20

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class InputColumn:
    """One column (n,) or (n, k) and the inputs it becomes: its numbers, or one for each of its categories.

    stand_in: the number, or the code of a category, for missing cells; NaN where rows without one are left out.
    factor: by which the numbers are multiplied.
    """

    cells: Column
    names: tuple[str, ...]
    is_category: bool
    stand_in: float = np.nan
    notes: tuple[str, ...] = ()
    factor: float = 1.0

    @property
    def usable(self) -> Mask:
        """Say for each row (n,) whether it has a number here."""
        if np.isfinite(self.stand_in):
            return np.full(len(self.cells), True)
        if self.cells.dtype.kind == "u":
            return np.full(len(self.cells), True)
        found = ~missing_in(self.cells)
        let_go(self.cells)
        return found if found.ndim == 1 else np.asarray(found.all(axis=1))

    def write(self, part: slice, keep: Mask, out: Array) -> None:
        """Write the inputs (m, k) of the rows to keep of a part of the table."""
        cells = self.cells[part][keep]
        if cells.ndim == 2:
            np.multiply(cells, self.factor, out=out)
            return
        filled = np.where(missing_in(cells), self.stand_in, cells)
        out[...] = filled[:, None] == np.arange(len(self.names)) if self.is_category else filled[:, None]


def missing_in(cells: Column) -> Mask:
    """Say where a cell is missing: codes below 0, numbers that are not finite."""
    is_missing: Mask = cells < 0 if cells.dtype.kind == "i" else ~np.isfinite(cells)
    return is_missing


def input_column(
    cells: Column, column: ColumnInfo, missing: Missing, categories: Categories = "one_hot"
) -> InputColumn:
    """Decide what a column becomes and what its missing cells do."""
    if column.shape:
        return _block(cells, column)
    is_missing = missing_in(cells)
    n_missing = int(np.count_nonzero(is_missing))
    is_filled = missing != "drop" and 0 < n_missing < len(cells)
    let_go(cells)
    if column.type == "category":
        found = _category(cells, column, is_missing if is_filled else None)
        return found if categories == "one_hot" else _as_integers(found, column)
    if not is_filled:
        return InputColumn(cells, (column.name,), False)
    if missing == "most_frequent":
        common = _most_frequent(cells[~is_missing].astype(np.float64))
        note = _filled(column.name, n_missing, f"{common:.6g}")
        return InputColumn(cells, (column.name,), False, common, (note,))
    mean = _mean(cells[~is_missing].astype(np.float64))
    one, many = (
        "{name}: 1 missing cell became the mean {mean:.6g}.", "{name}: {n} missing cells became the mean {mean:.6g}.",
    )  # fmt: skip
    note = trn(one, many, n_missing, name=column.name, mean=mean)
    return InputColumn(cells, (column.name,), False, mean, (note,))


def _filled(name: str, n: int, value: str) -> str:
    one = "{name}: 1 missing cell became {value}, the most frequent."
    many = "{name}: {n} missing cells became {value}, the most frequent."
    return trn(one, many, n, name=name, value=value)


def _mean(numbers: Array) -> float:
    """Return the mean; dividing first keeps sums of huge numbers finite."""
    return float(np.sum(numbers / len(numbers)))


def _most_frequent(numbers: Array) -> float:
    """Return the number that occurs most often, the smallest of several."""
    values, counts = np.unique(numbers, return_counts=True)
    return float(values[np.argmax(counts)])


def _block(cells: Column, column: ColumnInfo) -> InputColumn:
    """Take several numbers a cell: pixels from 0 to 1, counts of words, or numbers as they are."""
    if column.type == "text":
        note = tr("{name} became {n} counts, one a word.", name=column.name, n=column.width)
        return InputColumn(cells, column.categories, False, notes=(note,))
    places = product(*(range(size) for size in column.shape))
    names = tuple(f"{column.name}[{','.join(map(str, place))}]" for place in places)
    if column.type == "image":
        note = tr("{name}: pixels from 0 to 255 are divided by 255.", name=column.name)
        return InputColumn(cells, names, False, notes=(note,), factor=1 / LIGHTEST)
    return InputColumn(cells, names, False)


def _as_integers(found: InputColumn, column: ColumnInfo) -> InputColumn:
    """Take the number of a category in place of one input for each."""
    codes = ", ".join(f"{name} = {code}" for code, name in enumerate(column.categories[:CATEGORIES_NAMED]))
    more = " …" if len(column.categories) > CATEGORIES_NAMED else ""
    note = tr("{name} became whole numbers: {codes}.", name=column.name, codes=codes + more)
    return replace(found, names=(column.name,), is_category=False, notes=(note, *found.notes[1:]))


def _category(cells: Column, column: ColumnInfo, is_missing: Mask | None) -> InputColumn:
    """is_missing: where the most frequent category stands in."""
    names = tuple(f"{column.name}={category}" for category in column.categories)
    note = tr("{name} became {n} inputs, one a category.", name=column.name, n=len(names))
    if is_missing is None:
        return InputColumn(cells, names, True, np.nan, (note,))
    common = int(np.argmax(np.bincount(cells[~is_missing].astype(np.int64))))
    filled = _filled(column.name, int(np.count_nonzero(is_missing)), column.categories[common])
    return InputColumn(cells, names, True, common, (note, filled))


def input_rows(columns: Sequence[InputColumn], keep: Mask, cancelled: Callable[[], bool]) -> Iterator[Array]:
    """Yield the inputs (m, d) of the rows to keep, some at a time. Raises: DataError when cancelled."""
    width = sum(len(column.names) for column in columns)
    step = max(CHUNK_NUMBERS // width, 1)
    for start in range(0, len(keep), step):
        if cancelled():
            raise DataError(tr("Reading was cancelled."))
        part = slice(start, start + step)
        rows = np.empty((int(np.count_nonzero(keep[part])), width))
        end = 0
        for column in columns:
            begin, end = end, end + len(column.names)
            column.write(part, keep[part], rows[:, begin:end])
            let_go(column.cells)
        yield rows
