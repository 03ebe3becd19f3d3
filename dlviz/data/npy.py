"""The header of an NPY array by hand: plain numbers and texts, never Python objects; every size is checked."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.data.limits import ZIP_BYTES
from dlviz.data.mapped import mapped
from dlviz.i18n import tr

MAGIC = b"\x93NUMPY"
HEADER_BYTES = 4_096
MAX_DIMENSIONS = 5
MAX_LETTERS = 256  # of a text in an array of texts

# The exact text that writers produce; a parser of Python literals would be a door to more.
_HEADER = re.compile(
    r"\{'descr': '([^']{1,8})', 'fortran_order': (True|False), 'shape': \(((?:\d{1,20}, ?)*(?:\d{1,20})?)\), \} *\n"
)
_NUMBER = re.compile(r"[<>|=]?(b1|[iu][1248]|f[248])")
_TEXT = re.compile(r"[<>|]?([US])(\d{1,4})")


@dataclass(frozen=True)
class Header:
    """What an NPY array is: dtype, shape, order, and where its numbers begin."""

    dtype: np.dtype[Any]
    shape: tuple[int, ...]
    is_fortran: bool
    start: int

    @property
    def size_bytes(self) -> int:
        """Bytes of the numbers."""
        return math.prod(self.shape) * self.dtype.itemsize


def read_header(head: bytes, place: str) -> Header:
    """Read the first bytes of an array. Raises: DataError, before any allocation."""
    length_bytes = 2 if head[6:7] == b"\x01" else 4
    if not head.startswith(MAGIC) or head[6:7] not in (b"\x01", b"\x02", b"\x03") or len(head) < 8 + length_bytes:
        raise DataError(tr("Expected an array as NumPy stores it. Received: other bytes."), place=place)
    start = 8 + length_bytes
    end = start + int.from_bytes(head[8:start], "little")
    match = _HEADER.fullmatch(head[start:end].decode("latin-1")) if end <= HEADER_BYTES else None
    if match is None:
        raise DataError(
            tr("Expected an array of plain numbers or texts. Received: {header!r}.", header=head[start : start + 60]),
            place=place,
        )
    shape = tuple(int(size) for size in match[3].replace(" ", "").split(",") if size)
    if len(shape) > MAX_DIMENSIONS:
        raise DataError(
            tr("Expected at most {n} dimensions. Received: {count}.", n=MAX_DIMENSIONS, count=len(shape)),
            place=place,
        )
    return Header(_dtype(match[1], place), shape, match[2] == "True", end)


def _dtype(written: str, place: str) -> np.dtype[Any]:
    text = _TEXT.fullmatch(written)
    if _NUMBER.fullmatch(written) or (text and 0 < int(text[2]) <= MAX_LETTERS):
        return np.dtype(written)
    if "O" in written:
        raise DataError(
            tr("Expected an array of plain numbers or texts. Received: Python objects, which could run a program."),
            tr("Save it with a dtype such as float64."), place,
        )  # fmt: skip
    raise DataError(
        tr("Expected an array of plain numbers or texts. Received: dtype {dtype!r}.", dtype=written), place=place
    )


def map_array(path: Path, place: str) -> NDArray[Any]:
    """Return the read-only array of an unpacked file, which has to outlive it. Raises: DataError."""
    with path.open("rb") as file:
        header = read_header(file.read(HEADER_BYTES), place)
    size = path.stat().st_size - header.start
    if header.size_bytes != size or size > ZIP_BYTES:
        raise DataError(
            tr("Expected {expected} bytes of numbers. Received: {n}.", expected=header.size_bytes, n=size), place=place
        )
    if header.is_fortran and len(header.shape) > 1:
        return mapped(path, header.dtype, header.shape[::-1], header.start).T
    return mapped(path, header.dtype, header.shape, header.start)


def parts(array: NDArray[Any], rows: int) -> Iterator[NDArray[Any]]:
    """Yield an array some rows at a time."""
    for start in range(0, len(array), rows):
        yield np.asarray(array[start : start + rows])
