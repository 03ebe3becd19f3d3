"""Which calls have a kernel, and the row of a table that says the same to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from dlviz.core.array import Array, Call
from dlviz.core.compiled import kernels as k

Place = tuple[int, int, int]  # address; strides of rows and columns, in numbers

BINARY = {
    np.add: k.ADD, np.subtract: k.SUBTRACT, np.multiply: k.MULTIPLY, np.divide: k.DIVIDE,
    np.maximum: k.MAXIMUM, np.minimum: k.MINIMUM,
}  # fmt: skip
UNARY = {
    np.negative: k.NEGATIVE, np.abs: k.ABSOLUTE, np.sqrt: k.SQRT, np.reciprocal: k.RECIPROCAL, np.sign: k.SIGN,
    np.tanh: k.TANH, np.exp: k.EXP, np.expm1: k.EXPM1, np.log: k.LOG,
}  # fmt: skip
COMPARISONS = {
    np.greater: k.GREATER, np.greater_equal: k.GREATER_EQUAL, np.less: k.LESS, np.less_equal: k.LESS_EQUAL,
}  # fmt: skip
ELEMENTWISE: dict[Any, int] = {**BINARY, **UNARY, **COMPARISONS}
KINDS = (np.dtype(np.float64), np.dtype(np.float32))
TRUTH = np.dtype(np.bool_)


@dataclass(frozen=True)
class Row:
    """One call as a row of a table: its fields, the kind of its numbers, and the arrays that it points to."""

    fields: tuple[int, ...]
    dtype: np.dtype[Any]
    arrays: tuple[Array, ...]


def row_of(call: Call) -> Row | None:
    """Return the row of a call, or None where no kernel does what it does."""
    function: Any = call[0]
    arguments = call[1]
    if isinstance(function, partial):
        if function.args or function.keywords.keys() != {"out"}:
            return None
        function, arguments = function.func, (*arguments, function.keywords["out"])
    if not all(isinstance(each, np.ndarray) for each in arguments):
        return _with_settings(function, arguments)
    if isinstance(function, np.ufunc) and len(arguments) == function.nin + 1:
        return _elementwise(ELEMENTWISE.get(function, -1), *arguments)
    if function is np.copyto and len(arguments) == 2:
        out, a = arguments
        return _elementwise(k.FROM_TRUTH if a.dtype == TRUTH else k.COPY, a, out)
    return _product(function.__self__, *arguments) if _method(function) == "dot" and len(arguments) == 2 else None


def _with_settings(function: Any, arguments: tuple[Any, ...]) -> Row | None:
    """Return the row of a call that takes more than arrays."""
    match _method(function), arguments:
        case "fill", (value,):
            out = function.__self__
            return _elementwise(k.COPY, np.full((), value, out.dtype), out)
        case "sum", (int(axis), None, np.ndarray() as out):
            return _reduced(k.SUM, function.__self__, axis, out)
        case "max", (int(axis), np.ndarray() as out):
            return _reduced(k.MAXIMUM_OF, function.__self__, axis, out)
        case "take", (np.ndarray() as places, int(axis), np.ndarray() as out, "clip"):
            return _taken(function.__self__, places, axis, out)
    return None


def _method(function: Any) -> str:
    """Return the name of an array's own method, else ""."""
    return function.__name__ if isinstance(getattr(function, "__self__", None), np.ndarray) else ""


def _elementwise(op: int, *arrays: Array) -> Row | None:
    """Return the row of an operation on numbers at the same place; the output comes last."""
    *operands, out = arrays
    dtype = operands[0].dtype if k.FIRST_COMPARISON <= op < k.FROM_TRUTH else out.dtype
    expected = [dtype] * len(arrays)
    if op >= k.FIRST_COMPARISON:
        expected[0 if op == k.FROM_TRUTH else -1] = TRUTH
    if op < 0 or dtype not in KINDS or [each.dtype for each in arrays] != expected:
        return None
    if out.size > k.LARGEST or any(_is_across(out, each) for each in operands):
        return None
    spread = [each if each.shape == out.shape else np.broadcast_to(each, out.shape) for each in operands]
    extent = _two_axes([out, *spread])
    return extent and _row(op, extent[0], 0, extent[1], dtype, arrays)


def _is_across(out: Array, operand: Array) -> bool:
    """Say whether an operand shares memory with the output, unless it is the very same numbers."""
    if not np.may_share_memory(out, operand):
        return False
    return _address(out) != _address(operand) or (out.shape, out.strides) != (operand.shape, operand.strides)


def _two_axes(arrays: Sequence[Array]) -> tuple[tuple[int, int], list[Place]] | None:
    """Return extent and places of arrays of one shape with their axes joined into two at most, if that can be.

    The columns are the axis along which the first array lies side by side.
    """
    axes: list[tuple[int, tuple[int, ...]]] = []
    for axis, length in enumerate(arrays[0].shape):
        if length != 1:
            strides = tuple(each.strides[axis] // each.itemsize for each in arrays)
            is_next = bool(axes) and axes[-1][1] == tuple(stride * length for stride in strides)
            axes.append((length * (axes.pop()[0] if is_next else 1), strides))
    if len(axes) > 2:
        return None
    alone = (1, (0,) * len(arrays))
    rows, columns = [alone, alone, *axes][-2:]
    if rows[1][0] == 1:
        rows, columns = columns, rows
    places = zip(map(_address, arrays), rows[1], columns[1], strict=True)
    return (rows[0], columns[0]), list(places)


def _product(a: Array, b: Array, out: Array) -> Row | None:
    """Return the row of a.dot(b, out), if the matrices are small enough to beat BLAS."""
    if not a.ndim == b.ndim == out.ndim == 2 or out.dtype not in KINDS or not a.dtype == b.dtype == out.dtype:
        return None
    extent, inner = out.shape, a.shape[1]
    if extent != (len(a), b.shape[1]) or not 0 < extent[0] * extent[1] * inner <= k.LARGEST_PRODUCT:
        return None
    if not out.flags.c_contiguous or np.may_share_memory(out, a) or np.may_share_memory(out, b):
        return None
    return _row(k.PRODUCT, extent, inner, [_place(each) for each in (out, a, b)], out.dtype, (a, b, out))


def _reduced(op: int, a: Array, axis: int, out: Array) -> Row | None:
    """Return the row of a sum or maximum of a matrix along an axis, into as many numbers side by side."""
    if a.ndim != 2 or axis not in (0, 1) or a.size == 0 or np.may_share_memory(a, out):
        return None
    if out.dtype not in KINDS or a.dtype != out.dtype or out.size != a.shape[1 - axis] or not out.flags.c_contiguous:
        return None
    places = [(_address(out), 0, 1), _place(a if axis == 0 else a.T)]
    return _row(op, (1, out.size), a.shape[axis], places, out.dtype, (a, out))


def _taken(table: Array, numbers: Array, axis: int, out: Array) -> Row | None:
    """Return the row of table.take(numbers, axis, out, "clip") for rows or columns of a matrix."""
    is_plain = table.ndim == out.ndim == 2 and numbers.ndim == 1 and numbers.flags.c_contiguous
    if not is_plain or axis not in (0, 1) or table.size == 0 or numbers.dtype != np.int64:
        return None
    if out.dtype not in KINDS or table.dtype != out.dtype or np.may_share_memory(table, out):
        return None
    places = [_place(out), _place(table), (_address(numbers), 0, 1)]
    op = k.TAKE_COLUMNS if axis else k.TAKE_ROWS
    return _row(op, out.shape, table.shape[axis], places, out.dtype, (table, numbers, out))


def _place(matrix: Array) -> Place:
    by_row, by_column = (stride // matrix.itemsize for stride in matrix.strides)
    return _address(matrix), by_row, by_column


def _address(array: Array) -> int:
    return int(array.__array_interface__["data"][0])


def _row(
    op: int, extent: tuple[int, ...], inner: int, places: Sequence[Place],
    dtype: np.dtype[Any], arrays: Sequence[Array],
) -> Row:  # fmt: skip
    flat = [number for place in places for number in place]
    fields = (op, *extent, inner, *flat)
    return Row((*fields, *[0] * (k.FIELDS - len(fields))), dtype, tuple(arrays))
