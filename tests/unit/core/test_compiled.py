"""Compiled kernels: each does what the NumPy call does that it stands for, wherever its arrays lie."""

import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

pytest.importorskip("numba")

from dlviz.core.compiled import kernels
from dlviz.core.compiled.segment import SCRATCH, Segment, joined
from dlviz.core.compiled.stretch import repeated
from dlviz.core.compiled.translate import BINARY, COMPARISONS, UNARY, row_of
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for
from dlviz.session.trainer import Trainer

SPECIAL = [0.0, -0.0, 1.0, -2.5, np.inf, -np.inf, np.nan, 1e-310, 700.0, -30.0]
TOLERANCE = {"float64": 1e-15, "float32": 3e-7}  # relative; tanh and exp are 2 and 1 units in the last place off


def numbers(shape: tuple[int, ...], dtype: str, seed: int = 0) -> np.ndarray:
    found = np.random.default_rng(seed).normal(size=shape)
    found.flat[: min(len(SPECIAL), found.size)] = np.roll(SPECIAL, seed)[: found.size]
    return found.astype(dtype)


LAYOUTS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "side by side": lambda a: a.copy(),
    "transposed": lambda a: np.ascontiguousarray(a.T).T,
    "rows apart": lambda a: np.concatenate([a, a], axis=1)[:, : a.shape[1]],
    "numbers apart": lambda a: np.repeat(a, 2, axis=1)[:, ::2],
    "one row": lambda a: np.broadcast_to(a[:1], a.shape),
    "one number": lambda a: np.array(a[0, 3]),
}


def run_compiled(*calls: Any) -> None:
    """Run calls, each of which must have a kernel."""
    (segment, _), *rest = joined(np.zeros(SCRATCH), calls)
    assert isinstance(segment, Segment) and not rest
    segment()


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("function", [*BINARY, *UNARY, *COMPARISONS], ids=lambda each: each.__name__)
def test_elementwise_kernel_writes_what_numpy_writes(function: np.ufunc, layout: str, dtype: str) -> None:
    operands = [LAYOUTS[layout](numbers((7, 41), dtype)), numbers((7, 41), dtype, 3)][: function.nin]
    with np.errstate(all="ignore"):
        expected = np.broadcast_to(function(*operands), (7, 41))
    for place in ("side by side", "transposed", "numbers apart"):
        out = LAYOUTS[place](np.zeros((7, 41), expected.dtype))
        run_compiled((function, (*operands, out)))
        assert_allclose(out, expected, rtol=TOLERANCE[dtype], atol=0)


@pytest.mark.parametrize("n", [3, 40, 1000])
def test_the_output_may_be_an_operand(n: int) -> None:
    a, b = numbers((n,), "float64"), numbers((n,), "float64", 1)
    with np.errstate(all="ignore"):
        expected = a * b - b
    run_compiled((np.multiply, (a, b, a)), (np.subtract, (a, b, a)))
    assert np.array_equal(a, expected, equal_nan=True)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("sizes", [(1, 1, 1), (4, 3, 10), (8, 9, 10), (1, 10, 3), (9, 10, 1), (13, 7, 29)], ids=str)
def test_product_is_that_of_numpy(sizes: tuple[int, int, int], dtype: str) -> None:
    rows, inner, columns = sizes
    dice = np.random.default_rng(4)
    a, b = dice.normal(size=(rows, inner)).astype(dtype), dice.normal(size=(inner, columns)).astype(dtype)
    for left in (a, np.ascontiguousarray(a.T).T):
        for right in (b, np.ascontiguousarray(b.T).T):
            out = np.full((rows, columns), np.nan, dtype)
            run_compiled((left.dot, (right, out)))
            assert_allclose(out, a @ b, rtol=0, atol=20 * inner * np.finfo(dtype).eps)


@pytest.mark.parametrize("axis", [0, 1])
def test_sums_largest_and_parts_of_a_table(axis: int) -> None:
    table, places = np.random.default_rng(5).normal(size=(6, 9)), np.array([3, 0, 99, 3])
    total, top, part = np.zeros(table.shape[1 - axis]), np.zeros(table.shape[1 - axis]), np.zeros((6, 9))
    part = part[:4] if axis == 0 else np.ascontiguousarray(part[:, :4])
    run_compiled(
        (table.sum, (axis, None, total)), (table.max, (axis, top)), (table.take, (places, axis, part, "clip"))
    )  # fmt: skip
    assert_allclose(total, table.sum(axis), rtol=1e-14)
    assert np.array_equal(top, table.max(axis))
    assert np.array_equal(part, table.take(places, axis, mode="clip"))


def test_copies_fills_and_truth_values_as_numbers() -> None:
    out, rows, ones = np.ones((3, 4)), np.arange(4.0), np.zeros((3, 4))
    run_compiled((np.copyto, (out, rows)), (partial(np.maximum, out=out), (out, np.array(1.5))))
    run_compiled((ones.fill, (0.5,)), (np.copyto, (ones[1:], np.array([True, False, True, False]))))
    assert np.array_equal(out, [[1.5, 1.5, 2, 3]] * 3)
    assert np.array_equal(ones, [[0.5] * 4, [1, 0, 1, 0], [1, 0, 1, 0]])


BIG = np.zeros((200, 200))


@pytest.mark.parametrize(
    "call",
    [
        (np.add, (BIG[0, :-1], 1.0, BIG[1, :-1])),
        (np.add, (BIG[0, 1:], BIG[1, 1:], BIG[0, :-1])),
        (np.add, (BIG, BIG, np.zeros((200, 200)))),
        (BIG.dot, (BIG, np.zeros((200, 200)))),
        (np.arctan, (BIG[0], BIG[1])),
        (np.add, (np.zeros(3, int), np.ones(3, int), np.zeros(3, int))),
        (partial(np.copyto, where=BIG[0] > 0), (BIG[0], BIG[1])),
        (print, ()),
    ],
    ids=["Python number", "overlap", "many numbers", "BLAS", "no kernel", "whole numbers", "where", "not NumPy"],
)
def test_what_no_kernel_does_stays_a_call(call: Any) -> None:
    assert row_of(call) is None
    assert joined(np.zeros(SCRATCH), [call]) == (call,)


def test_calls_without_a_kernel_run_in_their_turn() -> None:
    a, seen = np.ones(3), []
    calls = joined(np.zeros(SCRATCH), [
        (np.add, (a, a, a)), (np.add, (a, a, a)), (lambda: seen.append(a.copy()), ()), (np.negative, (a, a)),
    ])  # fmt: skip
    assert len(calls) == 3
    for function, arguments in calls:
        function(*arguments)
    assert np.array_equal(seen, [[4, 4, 4]])
    assert np.array_equal(a, [-4, -4, -4])


def test_a_stretch_runs_the_first_batch_on_the_rows_of_others() -> None:
    rows, sums, total = np.arange(12.0).reshape(4, 3), np.zeros((4, 1)), np.zeros((1, 3))
    ones = np.ones((3, 1))
    calls = joined(np.zeros(SCRATCH), [(rows[:1].dot, (ones, sums[:1])), (np.add, (total, rows[:1], total))])
    stretch = repeated(np.zeros(SCRATCH), calls, [(rows[:1], 24), (sums[:1], 8)])
    assert stretch is not None
    stretch(1, 4)
    assert np.array_equal(sums.ravel(), [0, 12, 21, 30])
    assert np.array_equal(total, rows[1:].sum(0, keepdims=True))


def test_a_stretch_refuses_calls_that_might_read_what_moves() -> None:
    rows = np.zeros((4, 3))
    for call in [(np.arctan, (rows[0], np.zeros(3))), (lambda: None, ())]:
        assert repeated(np.zeros(SCRATCH), [call], [(rows[:1], 24)]) is None


@pytest.mark.parametrize("preset", ["xor", "iris", "circles"])
def test_a_stretch_trains_to_the_bits_of_single_batches(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "DLVIZ_BACKEND", "numba")
    document = document_for(preset)
    whole, single = (Trainer(document, prepared_for(document)) for _ in range(2))
    whole.run(500, np.zeros(500))
    for _ in range(500):
        single.record()
    assert whole.backend.device == "CPU, compiled"
    assert whole.memory.kept.tobytes() == single.memory.kept.tobytes()


def test_numbers_of_operations_are_told_apart() -> None:
    operations = [*BINARY.values(), *UNARY.values(), *COMPARISONS.values(), kernels.COPY, kernels.FROM_TRUTH]
    whole = [kernels.PRODUCT, kernels.SUM, kernels.MAXIMUM_OF, kernels.TAKE_ROWS, kernels.TAKE_COLUMNS]
    assert len({*operations, *whole}) == len(operations) + len(whole)
