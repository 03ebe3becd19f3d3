"""How the reader process hands over what it read: one JSON file and one file of plain numbers."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlviz.core.errors import DataError
from dlviz.data.limits import ANSWER_BYTES, CELLS
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


def read_arrays(folder: Path, columns: Sequence[ColumnInfo], n_rows: int, place: str) -> dict[str, Column]:
    """Map every stored column to its read-only array; the file's size is checked first."""
    stored = [column for column in columns if column.type in STORED]
    expected = n_rows * sum(STORED[column.type].itemsize for column in stored)
    path = folder / NUMBERS
    if not 0 <= n_rows * len(columns) <= CELLS or not path.exists() or path.stat().st_size != expected:
        raise _broken(place)
    arrays: dict[str, Column] = {}
    with path.open("rb") as file:
        for column in stored:
            array = np.fromfile(file, STORED[column.type], n_rows)
            _check_codes(array, column, place)
            array.setflags(write=False)
            arrays[column.name] = array
    return arrays


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
