"""What a file turned out to hold: its reading choices, columns, notes and arrays."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import frozen
from dlviz.core.errors import DataError

ColumnType = Literal["number", "category", "text", "date"]
Column = NDArray[np.float64] | NDArray[np.int32]

COLUMN_TYPES: tuple[ColumnType, ...] = ("number", "category", "text", "date")
ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1")


@dataclass(frozen=True)
class ReadChoices:
    """How to read a text table; None means guess.

    separator: one character. decimal: "." or ",". header: whether the first row holds names.
    quotes: whether "…" encloses fields.
    """

    separator: str | None = None
    decimal: str | None = None
    header: bool | None = None
    encoding: str | None = None
    quotes: bool | None = None

    def __post_init__(self) -> None:
        if self.separator is not None and (len(self.separator) != 1 or not _separates(self.separator)):
            raise DataError(f"Expected one character that separates cells. Received: separator={self.separator!r}.")
        if self.decimal not in (None, ".", ","):
            raise DataError(f"Expected '.' or ',' as decimal sign. Received: decimal={self.decimal!r}.")
        if self.encoding not in (None, *ENCODINGS):
            raise DataError(f"Expected one of {', '.join(ENCODINGS)}. Received: encoding={self.encoding!r}.")


def _separates(character: str) -> bool:
    return character.isascii() and not character.isalnum() and character not in "\r\n\"'.+-_\0"


@dataclass(frozen=True)
class ColumnInfo:
    """One column: its type, how many cells are missing and differ, and a few of its values.

    categories: the names behind the codes of a category column, sorted.
    """

    name: str
    type: ColumnType
    missing: int
    distinct: int
    examples: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class TableRead:
    """Everything known about a file that was read, without its rows.

    n_rows: rows kept. preview: the first cells as they stand in the file. notes: sentences on
    everything changed or left out. sha256: of the file's bytes.
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
    categories with −1 where missing; text and date columns have no array.
    """

    info: TableRead
    arrays: Mapping[str, Column] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "arrays", frozen(self.arrays))
