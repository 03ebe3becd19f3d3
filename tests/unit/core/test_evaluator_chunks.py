"""The evaluator cuts rows into chunks and keeps read-only inputs loaded; its numbers never show it."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from dlviz.core import evaluate
from dlviz.core.choice import chosen
from dlviz.core.evaluate import Evaluator, score
from dlviz.core.network import InputSpec, NetworkSpec, dense

Array = NDArray[np.float64]
NETWORK = NetworkSpec((dense("h", 3, "tanh"), dense("o", 2)), (InputSpec("x", (2,)),))
VALUES = {
    "h.W": [[1.0, -2.0], [0.5, 0.25], [0.0, 1.5]],
    "h.b": [0.1, 0.2, 0.3],
    "o.W": [[1.0, 2.0, 3.0], [-1.0, 0.5, 0.0]],
}
VALUES |= {"o.b": [0.0, 1.0]}


def expected(x: Array, scale: float = 1.0) -> Array:
    W, b, V, c = (np.array(VALUES[name]) for name in ("h.W", "h.b", "o.W", "o.b"))
    return np.tanh(x @ (scale * W).T + b) @ V.T + c


def rows(n: int, is_fixed: bool, seed: int = 0) -> Array:
    x = np.random.default_rng(seed).uniform(-2, 2, (n, 2))
    x.setflags(write=not is_fixed)
    return x


@pytest.fixture
def evaluator(monkeypatch: pytest.MonkeyPatch) -> Evaluator:
    monkeypatch.setattr(evaluate, "MAX_COLUMNS", 7)
    made = Evaluator(NETWORK, chosen("squared_error"), dtype="float64")
    made.load(VALUES)
    return made


@pytest.mark.parametrize("is_fixed", [True, False])
@pytest.mark.parametrize("n", [1, 7, 8, 40, 200])
def test_outputs_of_any_number_of_rows(evaluator: Evaluator, n: int, is_fixed: bool) -> None:
    x = rows(n, is_fixed)
    for _ in range(2):
        assert_allclose(evaluator.outputs(x), expected(x), rtol=1e-12)


def test_kept_inputs_see_new_parameters(evaluator: Evaluator) -> None:
    x = rows(30, is_fixed=True)
    evaluator.outputs(x)
    evaluator.load({"h.W": 2 * np.array(VALUES["h.W"])})
    assert_allclose(evaluator.outputs(x), expected(x, scale=2.0), rtol=1e-12)


def test_two_kept_arrays_in_turns(evaluator: Evaluator) -> None:
    first, second = rows(30, is_fixed=True), rows(30, is_fixed=True, seed=1)
    for x in (first, second, first, second):
        assert_allclose(evaluator.outputs(x), expected(x), rtol=1e-12)


def test_inputs_that_change_in_place_are_read_again(evaluator: Evaluator) -> None:
    x = rows(30, is_fixed=False)
    evaluator.outputs(x)
    x[...] = 0.5
    assert_allclose(evaluator.outputs(x), expected(x), rtol=1e-12)


def test_a_writeable_array_between_does_not_leave_its_rows_behind(evaluator: Evaluator) -> None:
    fixed, free = rows(5, is_fixed=True), rows(5, is_fixed=False, seed=1)
    for x in (fixed, free, fixed):
        assert_allclose(evaluator.outputs(x), expected(x), rtol=1e-12)


def test_loss_is_that_of_all_rows(evaluator: Evaluator) -> None:
    x, y = rows(30, is_fixed=True), np.ones((30, 2))
    evaluator.outputs(x)
    for targets in (y, 2 * y):
        loss, outputs = evaluator.loss_and_outputs(x, targets)
        assert_allclose(outputs, expected(x), rtol=1e-12)
        assert loss == pytest.approx(np.mean(np.sum((expected(x) - targets) ** 2, axis=1)))


def test_wide_networks_take_fewer_rows_at_once() -> None:
    wide = NetworkSpec((dense("h", 4096), dense("o", 1)), (InputSpec("x", (2,)),))
    assert Evaluator(wide)._chunk < 300
    assert Evaluator(NETWORK)._chunk == evaluate.MAX_COLUMNS


def test_score_of_diverged_outputs_is_infinitely_bad_without_a_warning() -> None:
    assert score(np.array([[1e200], [0.0]]), np.array([[1.0], [0.0]]), is_classes=False) == -np.inf
