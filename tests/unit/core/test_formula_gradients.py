"""Gradients of formulas: the rule at every kink, choices that must not be polluted, arrays, lists and limits."""

import math

import numpy as np
import pytest
from numpy.testing import assert_allclose

from dlviz.core.errors import FormulaError
from dlviz.core.expression import evaluate, gradient, parse, walk


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [
        ("relu(x)", 0, 0), ("abs(x)", 0, 0), ("step(x)", 0, 0), ("sign(x)", 0, 0), ("x < 0", 0, 0),
        ("max(0, x)", 0, 0), ("max(x, 0)", 0, 1), ("min(x, 0)", 0, 1), ("min(0, x)", 0, 0),
        ("max(x, x)", 3, 1), ("x % 2", 5, 1), ("7 % x", 2, -3), ("x**0", 0, 0), ("x**1", 0, 1), ("x**2", 0, 0),
        ("0**x", 2, 0), ("2**x", 3, 8 * math.log(2)), ("x**x", 2, 4 * (1 + math.log(2))), ("x**-2", 2, -0.25),
        ("where(x < 0, x, 2*x)", 0, 2), ("x if x else 3*x", 0, 3), ("floor(x)", 1, 0), ("sqrt(x)", 0, math.inf),
        ("3", 1, 0), ("x", 5, 1), ("x*x", 3, 6), ("x - x", 3, 0), ("sum(x*i, i, 1, 4)", 1, 10),
        ("product(x, i, 1, 4)", 2, 32), ("scan(v*x, t, 1, 3, v=1)[3]", 2, 12), ("mean([x, x**2])", 2, 2.5),
    ],
)  # fmt: skip
def test_slope_at_this_point(text: str, x: float, slope: float) -> None:
    assert float(gradient(parse(text, ("x",)), {"x": x})["x"]) == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "x", "slope"),
    [
        ("where(x > 0, sqrt(x), 0)", -1.0, 0.0),
        ("where(x > 0, x*ln(x), 0)", 0.0, 0.0),
        ("max(ln(x), -5)", 0.0, 0.0),
        ("min(1/x, 3)", 0.0, 0.0),
        ("relu(x)**0.5", -1.0, 0.0),
        ("where(x > 0, sin(where(x > 1, ln(x - 1), x)), 1)", 0.5, math.cos(0.5)),
        ("where(x > 0, ln(x), 0) + ln(x)*2", 2.0, 1.5),
        ("s = sqrt(x); where(x < 1, s, 2) + s", 4.0, 0.25),
    ],
)
def test_what_was_not_chosen_leaves_no_trace_in_the_gradient(text: str, x: float, slope: float) -> None:
    assert float(gradient(parse(text), {"x": x})["x"]) == pytest.approx(slope, rel=1e-14)


@pytest.mark.parametrize(
    ("text", "value"),
    [("1/0", math.inf), ("-1/0", -math.inf), ("ln(0)", -math.inf), ("9**9**9**9", math.inf), ("exp(1000)", math.inf),
     ("0/0", math.nan), ("ln(-1)", math.nan), ("(-8)**(1/3)", math.nan), ("1 % 0", math.nan)],
)  # fmt: skip
def test_what_is_not_defined_is_a_value_without_a_warning(text: str, value: float) -> None:
    np.testing.assert_equal(float(evaluate(parse(text))["f"]), value)


def test_erf_is_one_where_it_ends() -> None:
    x = np.array([-np.inf, -30.0, -6.0, 6.0, 30.0, np.inf])
    assert np.array_equal(evaluate(parse("erf(x)", ("x",)), {"x": x})["f"], np.sign(x))


def test_erf_equals_the_standard_librarys() -> None:
    x = np.concatenate([np.linspace(-7, 7, 1401), [1e-12, -1e3, 1e3]])
    expected = [math.erf(each) for each in x]
    assert_allclose(evaluate(parse("erf(x)"), {"x": x})["f"], expected, rtol=4e-15, atol=1e-15)


def test_large_arrays_come_in_their_own_shape() -> None:
    x, y = np.meshgrid(np.linspace(-2, 2, 130), np.linspace(-1, 1, 70))
    formula = parse("x*y + y", ("x", "y"))
    assert_allclose(evaluate(formula, {"x": x, "y": y})["f"], x * y + y, rtol=1e-15)
    slopes = gradient(formula, {"x": x, "y": y})
    assert_allclose(slopes["x"], y)
    assert_allclose(slopes["y"], x + 1)


def test_single_numbers_stand_for_every_row() -> None:
    slopes = gradient(parse("w*x"), {"w": 2.0, "x": np.array([1.0, 2.0, 3.0])})
    assert_allclose(slopes["w"], [1, 2, 3])
    assert_allclose(slopes["x"], [2, 2, 2])


def test_lists_have_their_axes_in_front() -> None:
    formula = parse("z = sum(W[1, k]*x[k], k, 1, 2) + sum(W[2]*x)")
    inputs = {"W": [[1.0, 2.0], [3.0, 4.0]], "x": [np.array([1.0, 10.0]), np.array([2.0, 20.0])]}
    assert_allclose(evaluate(formula, inputs)["z"], [16, 160])
    slopes = gradient(formula, inputs)
    assert slopes["W"].shape == (2, 2, 2)
    assert_allclose(slopes["W"][1, 1], [2, 20])
    assert_allclose(slopes["x"], [[4, 4], [6, 6]])


def test_gradients_by_what_was_computed_on_the_way() -> None:
    formula = parse("u = w*x; v = u + b; a = v**2")
    slopes = gradient(formula, {"w": 2, "x": 3, "b": 1}, by=("v", "u", "w"))
    assert {name: float(slope) for name, slope in slopes.items()} == {"v": 14, "u": 14, "w": 42}
    assert float(gradient(formula, {"w": 2, "x": 3, "b": 1}, of="u", by=("w",))["w"]) == 3


def test_bounds_may_be_inputs_and_what_follows_from_them() -> None:
    formula = parse("m = 2*n; s = sum(i, i, 1, m)")
    assert float(evaluate(formula, {"n": 5})["s"]) == 55
    with pytest.raises(FormulaError, match="known beforehand"):
        evaluate(formula, {"n": np.array([1.0, 2.0])})


def test_an_index_of_a_loop_hides_an_input_only_inside() -> None:
    formula = parse("k = 2*i; s = sum(x[k]*i, i, 1, 3)")
    assert float(evaluate(formula, {"i": 1, "x": [5.0, 7.0]})["s"]) == 7 * 6


def test_samples_are_seeded() -> None:
    draw = parse("a = sample(1000, s); n = normal(1000, s); m = mean(n); v = mean(n**2); p = mean(a < 0.25)")
    first, again, other = (evaluate(draw, {"s": seed}) for seed in (1, 1, 2))
    assert np.array_equal(first["a"], again["a"])
    assert not np.array_equal(first["a"], other["a"])
    assert 0 <= first["a"].min() < first["a"].max() < 1
    assert abs(float(first["m"])) < 0.1
    assert abs(float(first["v"]) - 1) < 0.15
    assert abs(float(first["p"]) - 0.25) < 0.05


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"x": 1}, "Expected values for x, y. Received: none for y"),
        ({"x": "a", "y": 1}, "Expected numbers for x"),
        ({"x": np.zeros(2), "y": np.zeros(3)}, r"arrays of one shape. Received: \[2\] and \[3\]"),
        ({"x": [1, [2, 3]], "y": 1}, "lists of one length"),
        ({"x": [], "y": 1}, "Expected a list of numbers for x"),
        ({"x": np.broadcast_to(0.0, (10_001, 10_000)), "y": 1}, "Expected at most 100000000 operations"),
    ],
)
def test_inputs_that_do_not_fit_are_refused(inputs: dict[str, object], message: str) -> None:
    with pytest.raises(FormulaError, match=message):
        evaluate(parse("x + y"), inputs)


@pytest.mark.parametrize("text", ["x = [1, [2, 3]]", "x = [[1], [2, 3]]", "x = [[[1], 2], 3]"])
def test_lists_of_several_lengths_are_refused(text: str) -> None:
    with pytest.raises(FormulaError, match="Expected a list of numbers, or of lists of one length. Received: shapes"):
        evaluate(parse(text))


def test_the_gradient_of_a_list_is_refused() -> None:
    with pytest.raises(FormulaError, match="Expected a single number. Received: 'y', a list of 2"):
        gradient(parse("y = [x, x]"), {"x": 1})
    with pytest.raises(FormulaError, match="Expected one of x, y. Received: 'z'"):
        gradient(parse("y = x"), {"x": 1}, of="z")


@pytest.mark.parametrize("text", ["x*ln(x)", "sqrt(x)**2", "sqrt(x**2)", "x/x"])
def test_zero_times_infinity_is_no_slope(text: str) -> None:
    """Where a factor of the chain rule is infinite, no derivative follows from it; none is made up."""
    assert math.isnan(float(gradient(parse(text), {"x": 0.0})["x"]))
    assert math.isnan(float(walk(parse(text), {"x": 0.0}).trace.steps[-1].writes["x.grad"][0]))


def test_the_limit_of_an_entropy_is_had_by_writing_it_down() -> None:
    text = parse("where(x > 0, x*ln(x), 0)")
    at = np.array([0.0, 0.5])
    assert evaluate(text, {"x": at})["f"] == pytest.approx([0, 0.5 * math.log(0.5)])
    assert gradient(text, {"x": at})["x"] == pytest.approx([0, math.log(0.5) + 1])
