"""NPY format 1.0 by hand: four dtypes, C order, every size checked before it is believed."""

import math
import re

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DocumentError, as_list
from dlviz.i18n import tr
from dlviz.session.limits import ARRAY_BYTES, ARRAY_DIMENSIONS

Array = NDArray[np.generic]

DTYPES = ("<f4", "<f8", "<i8", "|b1")
_MAGIC = b"\x93NUMPY\x01\x00"
_ALIGNMENT = 64  # of the data, as NumPy writes it
# The exact text that writers produce; a parser of Python literals would be a door to more.
_HEADER = re.compile(
    r"\{'descr': '([^']{2,4})', 'fortran_order': (True|False), 'shape': \(((?:\d{1,15}, ?)*(?:\d{1,15})?)\), \} *\n"
)


def write_npy(array: Array) -> bytes:
    """Return an array's bytes in NPY format 1.0. Raises: DocumentError for another dtype than f4 f8 i8 b1."""
    plain = np.ascontiguousarray(array).reshape(array.shape)
    descr = plain.dtype.newbyteorder("<").str
    if descr not in DTYPES:
        raise DocumentError(tr("Expected an array of f4, f8, i8 or b1. Received: {dtype}", dtype=array.dtype))
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {plain.shape}, }}".encode()
    padding = -(len(_MAGIC) + 2 + len(header) + 1) % _ALIGNMENT
    header += b" " * padding + b"\n"
    return _MAGIC + len(header).to_bytes(2, "little") + header + plain.astype(descr, copy=False).tobytes()


def read_npy(data: bytes, place: str = "") -> Array:
    """Return the read-only array in NPY bytes, a view of them.

    Raises: DocumentError, before any allocation, for anything but a C-ordered array of f4 f8 i8 b1
    whose size is exactly that of the bytes.
    """
    descr, shape, start = _header(data, place)
    dtype = np.dtype(descr)
    expected = math.prod(shape) * dtype.itemsize
    if expected > ARRAY_BYTES or expected != len(data) - start:
        raise DocumentError(
            tr("Expected {expected} bytes of numbers. Received: {n}", expected=expected, n=len(data) - start),
            place=place,
        )
    array = np.frombuffer(data, dtype, offset=start).reshape(shape)
    if descr == "|b1" and array.size and array.view(np.uint8).max() > 1:
        raise DocumentError(tr("Expected truth values of 0 and 1. Received: other bytes"), place=place)
    array.setflags(write=False)
    return array


def _header(data: bytes, place: str) -> tuple[str, tuple[int, ...], int]:
    """Return dtype, shape and where the numbers begin."""
    start = len(_MAGIC) + 2
    if not data.startswith(_MAGIC) or len(data) < start:
        raise DocumentError(tr("Expected an array of NPY format 1.0. Received: other bytes"), place=place)
    end = start + int.from_bytes(data[len(_MAGIC) : start], "little")
    match = _HEADER.fullmatch(data[start:end].decode("latin-1"))
    if match is None or match[1] not in DTYPES or match[2] == "True":
        raise DocumentError(
            tr("Expected a C-ordered array of f4, f8, i8 or b1. Received: {header!r}", header=data[start : start + 60]),
            place=place,
        )
    shape = tuple(int(size) for size in match[3].replace(" ", "").split(",") if size)
    if len(shape) > ARRAY_DIMENSIONS:
        raise DocumentError(
            tr("Expected at most {n} dimensions. Received: {shape}", n=ARRAY_DIMENSIONS, shape=as_list(shape)),
            place=place,
        )
    return match[1], shape, end
