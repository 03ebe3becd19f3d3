"""What a file turned out to hold: its reading choices, columns, notes and arrays."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import frozen
from dlviz.core.errors import DataError

ColumnType = Literal["number", "category", "text", "date", "image", "array"]
Column = NDArray[np.float64] | NDArray[np.int32] | NDArray[np.uint8] | NDArray[np.uint16]

COLUMN_TYPES: tuple[ColumnType, ...] = ("number", "category", "text", "date", "image", "array")
COLOURS = ("grey", "rgb")
EXAMPLES = 5  # cells that stand for a column
MAX_SIDE = 512  # pixels of an image that is learned from
#: How cells are stored. Columns of several numbers a cell, of a shape, are stored one by one.
STORED: Mapping[ColumnType, np.dtype[Any]] = {
    "number": np.dtype("<f8"), "category": np.dtype("<i4"), "text": np.dtype("<u2"), "image": np.dtype("|u1"),
    "array": np.dtype("<f8"),
}  # fmt: skip
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1")


@dataclass(frozen=True)
class ReadChoices:
    """How to read a text table; None means guess.

    separator: one character. decimal: "." or ",". header: whether the first row holds names.
    quotes: whether "…" encloses fields. fold_case: whether “The” and “the” are one word. labels: the file with
    the labels of an IDX file of images. image_size: (height, width) that all images of a folder get. colour: one of
    COLOURS.
    """

    separator: str | None = None
    decimal: str | None = None
    header: bool | None = None
    encoding: str | None = None
    quotes: bool | None = None
    fold_case: bool | None = None
    labels: str | None = None
    image_size: tuple[int, int] | None = None
    colour: str | None = None

    def __post_init__(self) -> None:
        if self.separator is not None and (len(self.separator) != 1 or not _separates(self.separator)):
            raise DataError(f"Expected one character that separates cells. Received: separator={self.separator!r}.")
        if self.decimal not in (None, ".", ","):
            raise DataError(f"Expected '.' or ',' as decimal sign. Received: decimal={self.decimal!r}.")
        if self.encoding not in (None, *ENCODINGS):
            raise DataError(f"Expected one of {', '.join(ENCODINGS)}. Received: encoding={self.encoding!r}.")
        if self.colour not in (None, *COLOURS):
            raise DataError(f"Expected one of {', '.join(COLOURS)}. Received: colour={self.colour!r}.")
        if self.image_size is not None:
            object.__setattr__(self, "image_size", _checked_size(self.image_size))


def _checked_size(size: Any) -> tuple[int, int]:
    is_pair = isinstance(size, list | tuple) and len(size) == 2
    if not is_pair or not all(type(side) is int and 1 <= side <= MAX_SIDE for side in size):
        raise DataError(f"Expected a height and a width from 1 to {MAX_SIDE}. Received: image_size={size!r:.60}.")
    return int(size[0]), int(size[1])


def _separates(character: str) -> bool:
    return character.isascii() and not character.isalnum() and character not in "\r\n\"'.+-_\0"


@dataclass(frozen=True)
class ColumnInfo:
    """One column: its type, how many cells are missing and differ, and a few of its values.

    categories: the names behind the codes of a category column, or the words that were counted in a text, sorted.
    shape: of one cell that is several numbers, such as (channels, height, width) of an image.
    """

    name: str
    type: ColumnType
    missing: int
    distinct: int
    examples: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    shape: tuple[int, ...] = ()

    @property
    def is_stored(self) -> bool:
        """Whether its cells are numbers, so that it can be an input."""
        return self.type in ("number", "category") or bool(self.shape)

    @property
    def width(self) -> int:
        """How many stored numbers a cell is."""
        return math.prod(self.shape)


@dataclass(frozen=True)
class TableRead:
    """Everything known about a file that was read, without its rows.

    n_rows: rows kept. preview: the first cells as they stand in the file. notes: sentences on
    everything changed or left out. sha256: of the file's bytes. row_names: of each row, such as its file; or none.
    """

    path: Path
    format: str
    columns: tuple[ColumnInfo, ...]
    n_rows: int
    separator: str = ""
    decimal: str = "."
    encoding: str = ""
    header: bool = True
    preview: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    guessed_target: str = ""
    sha256: str = ""
    size_bytes: int = 0
    row_names: tuple[str, ...] = ()

    def column(self, name: str) -> ColumnInfo:
        """Return the column of this name. Raises: DataError if there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        known = ", ".join(column.name for column in self.columns[:20])
        raise DataError(f"Expected the name of a column. Received: {name!r}.", f"Columns: {known}.", self.path.name)


@dataclass(frozen=True)
class Table:
    """A file's columns as read-only arrays of length n_rows, by column name.

    Number columns are float64 with NaN where missing; category columns are int32 codes into their
    categories with −1 where missing. Columns with a shape are (n_rows, width): pixels from 0 to 255, counts of
    words, or other numbers. Other text and date columns have no array.
    """

    info: TableRead
    arrays: Mapping[str, Column] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arrays", frozen(self.arrays))
