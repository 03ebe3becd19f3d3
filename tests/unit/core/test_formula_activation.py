"""The typed activation: refusals, kinks, and calls that write where they are told."""

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from dlviz.core.activations import activations
from dlviz.core.array import Workspace
from dlviz.core.choice import chosen
from dlviz.core.errors import FormulaError, SpecError
from dlviz.core.expression import parse
from dlviz.core.expression.calls import gradient_calls, value_calls
from dlviz.core.expression.kinks import kinks
from dlviz.core.expression.scalar import run
from dlviz.core.gradcheck import gradcheck
from dlviz.core.hyper import complete
from dlviz.core.network import InputSpec, NetworkSpec, dense

FORMULA = activations.get("formula")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x**2", "h: text, character 1: Expected names among: z, pi, e. Received: 'x'"),
        ("z +", "h: text, character 1: Expected a formula"),
        ("__import__('os')", "Expected a name that starts with a letter"),
        ("[z, z]", "Expected a single number"),
        ("sum(z, i, 1, z)", "known beforehand"),
        ("sample(100000)[1]*z", "at most 10000 operations"),
        ("", "text to be a text of at least 1"),
        ("z" * 501, "at most 500 characters"),
    ],
)
def test_bad_text_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        complete({"text": text}, FORMULA.settings, "h")


def test_several_assignments_make_one_activation() -> None:
    z = np.linspace(-2, 2, 9)
    settings = {"text": "u = z**2; v = exp(-u); v*z"}
    assert_allclose(FORMULA.value(z, settings), np.exp(-(z**2)) * z, rtol=1e-15)
    assert_allclose(FORMULA.slope(z, settings), np.exp(-(z**2)) * (1 - 2 * z**2), rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("z**2", []), ("relu(z)", [0]), ("max(0, z - 0.3)", [0.3]), ("abs(z**2 - 2)", [-(2**0.5), 2**0.5]),
        ("relu(relu(z))", [0]), ("where(z < 1, z, 1/z)", [1]), ("3", []), ("step(z) + sign(z + 1)", [-1, 0]),
    ],
)  # fmt: skip
def test_kinks_lie_where_a_branch_changes(text: str, expected: list[float]) -> None:
    assert_allclose(kinks(parse(text, ("z",))), expected, atol=1e-12)


def test_the_gradient_check_leaves_out_a_kink_that_is_met_exactly() -> None:
    network = NetworkSpec((dense("h", 2, activation=chosen("formula", text="max(0, z)")),), (InputSpec("x", (1,)),))
    values: dict[str, Any] = {"h.W": [[0.0], [1.0]], "h.b": [0.0, 0.5]}
    report = gradcheck(network, chosen("squared_error"), values, np.array([[1.0], [2.0]]), np.ones((2, 2)))
    assert report.passed
    assert report.skipped == 0.5


def test_a_surface_writes_value_and_gradient_for_all_starts_at_once() -> None:
    formula = parse("sin(3*x)*cos(y) + 0.1*(x**2 + y**2)", ("x", "y"))
    p, value, slope = np.random.default_rng(3).normal(size=(2, 4, 5)), np.zeros((4, 5)), np.full((2, 4, 5), np.nan)
    calls = [*value_calls(formula, Workspace(), p, value), *gradient_calls(formula, Workspace(), p, slope)]
    for start in (0.0, 1.0):  # calls may be run again after the point has moved
        p += start
        run(calls)
        x, y = p
        assert_allclose(value, np.sin(3 * x) * np.cos(y) + 0.1 * (x**2 + y**2), rtol=1e-14)
        assert_allclose(slope[0], 3 * np.cos(3 * x) * np.cos(y) + 0.2 * x, rtol=1e-13)
        assert_allclose(slope[1], -np.sin(3 * x) * np.sin(y) + 0.2 * y, rtol=1e-13)


def test_a_variable_that_does_not_occur_has_gradient_zero() -> None:
    slope = np.full((2, 3), np.nan)
    run(gradient_calls(parse("x", ("x", "y")), Workspace(), np.ones((2, 3)), slope, np.array([1.0, 2.0, 3.0])))
    assert_array_equal(slope, [[1, 2, 3], [0, 0, 0]])


def test_a_surface_of_other_names_is_refused() -> None:
    with pytest.raises(FormulaError, match="Expected a formula in 2 names. Received: x, y, z"):
        value_calls(parse("x*y*z"), Workspace(), np.ones((2, 3)), np.ones(3))


def test_single_precision_stays_single() -> None:
    z, a = np.ones((2, 2), dtype="float32"), np.zeros((2, 2), dtype="float32")
    calls = value_calls(parse("0.1*z + erf(z)", ("z",)), Workspace(dtype="float32"), z[None], a)
    run(calls)
    assert_allclose(a, 0.1 + 0.8427008, rtol=1e-6)
    assert all(each.dtype != np.float64 for _, args in calls for each in args if isinstance(each, np.ndarray))
