"""Compiled kernels: a table of calls, and the one function that walks it. The only module that imports Numba.

Every sum runs in order and no multiplication is fused with an addition: a row of a table gives the same bits
whether it is run by itself or within a thousand others. What Numba keeps on disk belongs to this file alone,
so all that the kernels are made of stands here.
"""

import math
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

# Elementwise: out = f(a) or f(a, b).
ADD, SUBTRACT, MULTIPLY, DIVIDE, MAXIMUM, MINIMUM = range(6)
COPY, NEGATIVE, ABSOLUTE, SQRT, RECIPROCAL, SIGN = range(10, 16)
TANH, EXP, EXPM1, LOG = range(16, 20)
FIRST_UNARY = COPY

# From numbers to truth values, and back.
GREATER, GREATER_EQUAL, LESS, LESS_EQUAL = range(30, 34)
FIRST_COMPARISON, FROM_TRUTH = GREATER, 40

# Of whole arrays.
PRODUCT, SUM, MAXIMUM_OF, TAKE_ROWS, TAKE_COLUMNS = range(50, 55)

# One row of a table: the operation, its extent (inner is what a product or a sum runs over), then address and
# strides, in numbers, of the output and the operands.
OP, ROWS, COLUMNS, INNER = range(4)
OUT, OUT_ROW, OUT_COLUMN, A, A_ROW, A_COLUMN, B, B_ROW, B_COLUMN = range(4, 13)
FIELDS = 13

LOG2_E = 1.4426950408889634
LN2_HIGH, LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10  # k times the first has no rounding
TO_WHOLE = 6755399441055744.0  # 1.5 · 2⁵²: adding it rounds to a whole number, which then stands in the last bits

BLOCK = 256  # numbers that are worked on at once
LARGEST = 16_384  # numbers; above, a call costs nothing beside its arithmetic, which NumPy does as fast
LARGEST_PRODUCT = 8192  # multiplications; above, BLAS is faster by more than a call costs

Pointer = Any  # to numbers of one kind, as the compiler sees it

_inner = njit(nogil=True, error_model="numpy")
_entry = njit(cache=True, nogil=True, error_model="numpy")


def _pointer_to(number: Any) -> Any:
    """Return the function that makes an address a pointer to such numbers."""

    @intrinsic
    def pointer(typing: Any, address: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], context.get_value_type(signature.return_type))

        return types.CPointer(number)(types.int64), generate

    return pointer


_double, _single = _pointer_to(types.float64), _pointer_to(types.float32)
_byte, _index = _pointer_to(types.uint8), _pointer_to(types.int64)


@intrinsic
def _from(typing: Any, pointer: Any, count: Any) -> Any:
    """Return the pointer to the number that lies count numbers further on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.gep(arguments[0], [arguments[1]])

    return pointer(pointer, types.int64), generate


def _bits_as(to: Any) -> Any:
    """Return the function that reads the bits of a number as another type of the same size."""

    @intrinsic
    def cast(typing: Any, number: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], context.get_value_type(signature.return_type))

        return to(number), generate

    return cast


_bits, _number = _bits_as(types.int64), _bits_as(types.float64)


@_inner
def _split(x: float) -> tuple[float, float]:
    """Return k, a whole number, and eʳ − 1 with x = k ln 2 + r and |r| ≤ ½ ln 2. Without branches: several at once."""
    k = (x * LOG2_E + TO_WHOLE) - TO_WHOLE
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    p = 1 / 6227020800.0
    p = p * r + 1 / 479001600.0
    p = p * r + 1 / 39916800.0
    p = p * r + 1 / 3628800.0
    p = p * r + 1 / 362880.0
    p = p * r + 1 / 40320.0
    p = p * r + 1 / 5040.0
    p = p * r + 1 / 720.0
    p = p * r + 1 / 120.0
    p = p * r + 1 / 24.0
    p = p * r + 1 / 6.0
    p = p * r + 0.5
    return k, p * r * r + r


@_inner
def _two_to_the(k: float) -> Any:
    """Return 2ᵏ of a whole number k from −1022 to 1023, put together from bits."""
    return _number((_bits(k + TO_WHOLE) + 1023) << 52)


@_inner
def _exp(x: float) -> Any:
    """Return eˣ = 2ᵏ eʳ, in two factors so that it can be very small or infinite."""
    k, p = _split(min(max(x, -746.0), 710.0) if x == x else x)
    half = (k * 0.5 + TO_WHOLE) - TO_WHOLE
    return (p + 1.0) * _two_to_the(half) * _two_to_the(k - half)


@_inner
def _tanh(x: float) -> Any:
    """Return tanh x = m/(m + 2) with m = e²ˣ − 1, of |x| and then with its sign."""
    size = abs(x)
    k, p = _split(2.0 * (20.0 if size > 20.0 else size))
    scale = _two_to_the(k)
    m = scale * p + (scale - 1.0)
    return math.copysign(m / (m + 2.0), x)


@_inner
def _binary(op: int, out: Pointer, a: Pointer, b: Pointer, n: int) -> None:
    """Write out[i] = f(a[i], b[i])."""
    if op == ADD:
        for i in range(n):
            out[i] = a[i] + b[i]
    elif op == SUBTRACT:
        for i in range(n):
            out[i] = a[i] - b[i]
    elif op == MULTIPLY:
        for i in range(n):
            out[i] = a[i] * b[i]
    elif op == DIVIDE:
        for i in range(n):
            out[i] = a[i] / b[i]
    elif op == MAXIMUM:
        for i in range(n):
            out[i] = a[i] if a[i] >= b[i] or a[i] != a[i] else b[i]
    elif op == MINIMUM:
        for i in range(n):
            out[i] = a[i] if a[i] <= b[i] or a[i] != a[i] else b[i]


@_inner
def _unary(op: int, out: Pointer, a: Pointer, n: int) -> None:
    """Write out[i] = f(a[i])."""
    if op == COPY:
        for i in range(n):
            out[i] = a[i]
    elif op == NEGATIVE:
        for i in range(n):
            out[i] = -a[i]
    elif op == ABSOLUTE:
        for i in range(n):
            out[i] = abs(a[i])
    elif op == SQRT:
        for i in range(n):
            out[i] = math.sqrt(a[i])
    elif op == RECIPROCAL:
        for i in range(n):
            out[i] = 1 / a[i]
    elif op == SIGN:
        for i in range(n):
            out[i] = a[i] if a[i] == 0 or a[i] != a[i] else math.copysign(1, a[i])
    elif op == TANH:
        for i in range(n):
            out[i] = _tanh(a[i])
    elif op == EXP:
        for i in range(n):
            out[i] = _exp(a[i])
    elif op == EXPM1:
        for i in range(n):
            out[i] = math.expm1(a[i])
    elif op == LOG:
        for i in range(n):
            out[i] = np.log(a[i])


@_inner
def _compare(op: int, out: Pointer, by: int, a: Pointer, b: Pointer, n: int) -> None:
    """Write the truth of a[i] > b[i] and the like."""
    if op == GREATER:
        for i in range(n):
            out[i * by] = a[i] > b[i]
    elif op == GREATER_EQUAL:
        for i in range(n):
            out[i * by] = a[i] >= b[i]
    elif op == LESS:
        for i in range(n):
            out[i * by] = a[i] < b[i]
    elif op == LESS_EQUAL:
        for i in range(n):
            out[i * by] = a[i] <= b[i]


@_inner
def _gathered(memory: Pointer, stride: int, n: int, scratch: Pointer) -> Pointer:
    """Return n numbers side by side: those in memory, or a copy in scratch."""
    if stride == 1:
        return memory
    if stride == 0:
        value = memory[0]
        for i in range(n):
            scratch[i] = value
    else:
        for i in range(n):
            scratch[i] = memory[i * stride]
    return scratch


@_inner
def _elementwise(row: Pointer, out: Pointer, a: Pointer, b: Pointer, scratch: Pointer) -> None:
    """Run an operation block by block, its operands laid side by side where they are not."""
    op, n_columns, stride = row[OP], row[COLUMNS], row[OUT_COLUMN]
    is_direct = stride == 1 and (n_columns < 16 or (row[OUT] != row[A] and row[OUT] != row[B]))
    second, third = _from(scratch, BLOCK), _from(scratch, 2 * BLOCK)
    for i in range(row[ROWS]):
        for start in range(0, n_columns, BLOCK):
            n = min(BLOCK, n_columns - start)
            place = _from(out, i * row[OUT_ROW] + start * stride)
            to = place if is_direct else third
            left = _gathered(_from(a, i * row[A_ROW] + start * row[A_COLUMN]), row[A_COLUMN], n, scratch)
            if op >= FIRST_UNARY:
                _unary(op, to, left, n)
            else:
                first = _from(b, i * row[B_ROW] + start * row[B_COLUMN])
                _binary(op, to, left, _gathered(first, row[B_COLUMN], n, second), n)
            if not is_direct:
                for j in range(n):
                    place[j * stride] = to[j]


@_inner
def _comparison(row: Pointer, out: Pointer, a: Pointer, b: Pointer, scratch: Pointer) -> None:
    """Run a comparison block by block."""
    n_columns, stride = row[COLUMNS], row[OUT_COLUMN]
    for i in range(row[ROWS]):
        for start in range(0, n_columns, BLOCK):
            n = min(BLOCK, n_columns - start)
            left = _gathered(_from(a, i * row[A_ROW] + start * row[A_COLUMN]), row[A_COLUMN], n, scratch)
            first = _from(b, i * row[B_ROW] + start * row[B_COLUMN])
            right = _gathered(first, row[B_COLUMN], n, _from(scratch, BLOCK))
            _compare(row[OP], _from(out, i * row[OUT_ROW] + start * stride), stride, left, right, n)


@_inner
def _from_truth(row: Pointer, out: Pointer, a: Pointer) -> None:
    """Write 1 where a truth value holds, else 0."""
    for i in range(row[ROWS]):
        to, at = i * row[OUT_ROW], i * row[A_ROW]
        for j in range(row[COLUMNS]):
            out[to + j * row[OUT_COLUMN]] = a[at + j * row[A_COLUMN]]


@_inner
def _product(row: Pointer, out: Pointer, a: Pointer, b: Pointer, scratch: Pointer) -> None:
    """Multiply matrices; every sum runs over the inner index in order."""
    n, inner, by, step = row[COLUMNS], row[INNER], row[A_COLUMN], row[B_ROW]
    if row[B_COLUMN] != 1 and n > 1:
        for k in range(inner):
            for j in range(n):
                scratch[k * n + j] = b[k * step + j * row[B_COLUMN]]
        b, step = scratch, n
    for i in range(row[ROWS]):
        to, at = _from(out, i * row[OUT_ROW]), _from(a, i * row[A_ROW])
        start = 0
        while start + 8 <= n:
            # Eight sums at once; each begins with its first product, for what stands in out may be no number.
            factor, place = at[0], start
            s0, s1, s2, s3 = factor * b[place], factor * b[place + 1], factor * b[place + 2], factor * b[place + 3]
            s4, s5, s6, s7 = factor * b[place + 4], factor * b[place + 5], factor * b[place + 6], factor * b[place + 7]
            for k in range(1, inner):
                factor, place = at[k * by], k * step + start
                s0 += factor * b[place]
                s1 += factor * b[place + 1]
                s2 += factor * b[place + 2]
                s3 += factor * b[place + 3]
                s4 += factor * b[place + 4]
                s5 += factor * b[place + 5]
                s6 += factor * b[place + 6]
                s7 += factor * b[place + 7]
            to[start], to[start + 1], to[start + 2], to[start + 3] = s0, s1, s2, s3
            to[start + 4], to[start + 5], to[start + 6], to[start + 7] = s4, s5, s6, s7
            start += 8
        for j in range(start, n):
            s0 = at[0] * b[j]
            for k in range(1, inner):
                s0 += at[k * by] * b[k * step + j]
            to[j * row[OUT_COLUMN]] = s0


@_inner
def _reduced(row: Pointer, out: Pointer, a: Pointer) -> None:
    """Add or compare along the inner axis, in order."""
    for j in range(row[COLUMNS]):
        out[j * row[OUT_COLUMN]] = a[j * row[A_COLUMN]]
    for k in range(1, row[INNER]):
        at = k * row[A_ROW]
        for j in range(row[COLUMNS]):
            to, value = j * row[OUT_COLUMN], a[at + j * row[A_COLUMN]]
            if row[OP] == SUM:
                out[to] += value
            elif value > out[to] or value != value:
                out[to] = value


@_inner
def _taken(row: Pointer, out: Pointer, a: Pointer, places: Pointer) -> None:
    """Copy rows, or columns, of a table by their numbers; those outside are moved to its ends."""
    for i in range(row[ROWS]):
        for j in range(row[COLUMNS]):
            wanted = places[i if row[OP] == TAKE_ROWS else j]
            place = min(max(wanted, 0), row[INNER] - 1)
            at = place * row[A_ROW] + j * row[A_COLUMN]
            if row[OP] == TAKE_COLUMNS:
                at = i * row[A_ROW] + place * row[A_COLUMN]
            out[i * row[OUT_ROW] + j * row[OUT_COLUMN]] = a[at]


@_inner
def _run(row: Pointer, out: Pointer, a: Pointer, b: Pointer, scratch: Pointer) -> None:
    """Run one row; the pointers are to numbers, and made anew where the row means truth values or places."""
    op = row[OP]
    if op < FIRST_COMPARISON:
        _elementwise(row, out, a, b, scratch)
    elif op < FROM_TRUTH:
        _comparison(row, _byte(row[OUT]), a, b, scratch)
    elif op == FROM_TRUTH:
        _from_truth(row, out, _byte(row[A]))
    elif op == PRODUCT:
        _product(row, out, a, b, scratch)
    elif op in (SUM, MAXIMUM_OF):
        _reduced(row, out, a)
    else:
        _taken(row, out, a, _index(row[B]))


@_inner
def _move(table: Pointer, moves: Pointer, n_moves: int) -> None:
    """Let fields of a table point to the next batch; moves: pairs of a place in the table and bytes."""
    for each in range(n_moves):
        table[moves[2 * each]] += moves[2 * each + 1]


@_entry
def walk_double(table: int, rows: int, times: int, moves: int, n_moves: int, scratch: int) -> None:
    """Run a table of float64 calls so many times, and move it after each; table, moves and scratch are addresses."""
    first = _index(table)
    for _ in range(times):
        for number in range(rows):
            row = _from(first, number * FIELDS)
            _run(row, _double(row[OUT]), _double(row[A]), _double(row[B]), _double(scratch))
        _move(first, _index(moves), n_moves)


@_entry
def walk_single(table: int, rows: int, times: int, moves: int, n_moves: int, scratch: int) -> None:
    """Run a table of float32 calls."""
    first = _index(table)
    for _ in range(times):
        for number in range(rows):
            row = _from(first, number * FIELDS)
            _run(row, _single(row[OUT]), _single(row[A]), _single(row[B]), _single(scratch))
        _move(first, _index(moves), n_moves)
