"""How the reader process hands over what it read: one JSON file and one file of plain numbers."""

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dlviz.core.errors import DataError
from dlviz.data.limits import ANSWER_BYTES, CELLS, ROWS
from dlviz.data.mapped import mapped
from dlviz.data.table import COLUMN_TYPES, STORED, Column, ColumnInfo

Answer = dict[str, Any]

ANSWER, NUMBERS = "answer.json", "numbers.bin"


def block_name(index: int) -> str:
    """Return the name of the file with the cells of a column that has a shape."""
    return f"block{index}.bin"


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
    """Map every stored column to its read-only array; sizes of files are checked first.

    stays: whether the numbers stay in the file, which then has to outlive the arrays.
    """
    if not (0 <= n_rows <= ROWS and n_rows * sum(column.width for column in columns) <= CELLS):
        raise _broken(place)
    singles = [column for column in columns if column.is_stored and not column.shape]
    _check_size(folder / NUMBERS, stored_bytes(singles, n_rows), place)
    arrays: dict[str, Column] = {}
    start = 0
    for index, column in enumerate(columns):
        if not column.is_stored:
            continue
        kind = STORED[column.type]
        if column.shape:
            path = folder / block_name(index)
            _check_size(path, stored_bytes([column], n_rows), place)
            array = _array(path, kind, (n_rows, column.width), 0, stays)
        else:
            array = _array(folder / NUMBERS, kind, (n_rows,), start, stays)
            start += n_rows * kind.itemsize
        _check_codes(array, column, place)
        array.setflags(write=False)
        arrays[column.name] = array
    return arrays


def stored_bytes(columns: Sequence[ColumnInfo], n_rows: int) -> int:
    """Return how long the files of plain numbers are together."""
    return n_rows * sum(STORED[column.type].itemsize * column.width for column in columns if column.is_stored)


def _check_size(path: Path, size: int, place: str) -> None:
    if size and not (path.exists() and path.stat().st_size == size):
        raise _broken(place)


def _array(path: Path, kind: np.dtype[Any], shape: tuple[int, ...], start: int, stays: bool) -> Any:
    if stays:
        return mapped(path, kind, shape, start)
    return np.fromfile(path, kind, math.prod(shape), offset=start).reshape(shape)


def _check_codes(array: Column, column: ColumnInfo, place: str) -> None:
    """Refuse codes that point beyond the categories."""
    if column.type == "category" and len(array) and not -1 <= array.min() <= array.max() < len(column.categories):
        raise _broken(place)


def _column(entry: Mapping[str, Any]) -> ColumnInfo:
    if entry["type"] not in COLUMN_TYPES:
        raise ValueError(entry["type"])
    examples, categories = (tuple(map(str, entry[key])) for key in ("examples", "categories"))
    shape = tuple(map(int, entry["shape"]))
    if shape and (entry["type"] not in ("text", "image", "array") or min(shape) < 1):
        raise ValueError(shape)
    return ColumnInfo(
        str(entry["name"]), entry["type"], int(entry["missing"]), int(entry["distinct"]), examples, categories, shape
    )


def _broken(place: str) -> DataError:
    return DataError("Expected an answer of the reader process. Received: none that can be used.", place=place)
