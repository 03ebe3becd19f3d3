"""How the reader process hands over what it read: one JSON file and one file of plain numbers."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlviz.core.errors import DataError
from dlviz.data.limits import ANSWER_BYTES, CELLS, ROWS
from dlviz.data.mapped import mapped
from dlviz.data.table import COLUMN_TYPES, Column, ColumnInfo

ANSWER, NUMBERS = "answer.json", "numbers.bin"
STORED: dict[str, np.dtype[Any]] = {"number": np.dtype("<f8"), "category": np.dtype("<i4")}


def write_answer(folder: Path, answer: Mapping[str, Any]) -> None:
    """Write the JSON part; it is the last thing the reader process does."""
    (folder / ANSWER).write_text(json.dumps(answer, allow_nan=False), encoding="utf-8")


def read_answer(folder: Path, place: str) -> dict[str, Any]:
    """Return the JSON part. Raises: DataError if it is missing, too large or not an object."""
    path = folder / ANSWER
    try:
        if path.stat().st_size > ANSWER_BYTES:
            raise ValueError("too large")
        answer = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise _broken(place) from error
    if not isinstance(answer, dict):
        raise _broken(place)
    return answer


def read_columns(answer: Mapping[str, Any], place: str) -> tuple[ColumnInfo, ...]:
    """Return the columns that the JSON part describes. Raises: DataError if they are malformed."""
    try:
        columns = tuple(_column(entry) for entry in answer["columns"])
    except (KeyError, TypeError, ValueError) as error:
        raise _broken(place) from error
    return columns


def read_arrays(
    folder: Path, columns: Sequence[ColumnInfo], n_rows: int, place: str, stays: bool = False
) -> dict[str, Column]:
    """Map every stored column to its read-only array; the file's size is checked first.

    stays: whether the numbers stay in the file, which then has to outlive the arrays.
    """
    stored = [column for column in columns if column.type in STORED]
    path = folder / NUMBERS
    is_within = 0 <= n_rows <= ROWS and n_rows * len(columns) <= CELLS
    if not is_within or not path.exists() or path.stat().st_size != stored_bytes(columns, n_rows):
        raise _broken(place)
    arrays: dict[str, Column] = {}
    start = 0
    for column in stored:
        kind = STORED[column.type]
        array = mapped(path, kind, (n_rows,), start) if stays else np.fromfile(path, kind, n_rows, offset=start)
        _check_codes(array, column, place)
        array.setflags(write=False)
        arrays[column.name] = array
        start += n_rows * kind.itemsize
    return arrays


def stored_bytes(columns: Sequence[ColumnInfo], n_rows: int) -> int:
    """Return how long the file of plain numbers is."""
    return n_rows * sum(STORED[column.type].itemsize for column in columns if column.type in STORED)


def _check_codes(array: Column, column: ColumnInfo, place: str) -> None:
    """Refuse codes that point beyond the categories."""
    if column.type == "category" and len(array) and not -1 <= array.min() <= array.max() < len(column.categories):
        raise _broken(place)


def _column(entry: Mapping[str, Any]) -> ColumnInfo:
    if entry["type"] not in COLUMN_TYPES:
        raise ValueError(entry["type"])
    examples, categories = (tuple(map(str, entry[key])) for key in ("examples", "categories"))
    return ColumnInfo(
        str(entry["name"]), entry["type"], int(entry["missing"]), int(entry["distinct"]), examples, categories
    )


def _broken(place: str) -> DataError:
    return DataError("Expected an answer of the reader process. Received: none that can be used.", place=place)
