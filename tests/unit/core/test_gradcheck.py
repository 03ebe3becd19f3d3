"""The gradient check agrees with right gradients, finds wrong ones, and leaves kinks out."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from dlviz.core import gradcheck as module
from dlviz.core.activations import activations
from dlviz.core.choice import chosen
from dlviz.core.errors import ShapeError, SpecError
from dlviz.core.gradcheck import TEXTBOOK_EPS, GradCheckReport, gradcheck, verdict
from dlviz.core.inference import parameters as parameters_of
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.objective import OutputLoss
from dlviz.core.probe import Check

INPUTS = np.array([[0.5, -1.0], [1.5, 0.25], [-0.75, 2.0]])
TARGETS = np.array([[0.2], [-0.4], [0.9]])
LOSS = chosen("squared_error")
WEIGHTS = {"h.W": [[0.3, -0.8], [0.5, 0.1]], "h.b": [0.1, -0.2], "o.W": [[0.7, -1.1]], "o.b": [0.05]}


def check(activation: str = "tanh", **changes: Any) -> GradCheckReport:
    network = NetworkSpec((dense("h", 2, activation), dense("o", 1)), (InputSpec("x", (2,)),))
    data = {"inputs": INPUTS, "targets": TARGETS, **changes}
    return gradcheck(network, LOSS, {**WEIGHTS, **data.pop("parameters", {})}, **data)


def test_right_gradients_pass_worst_first() -> None:
    report = check()
    ratios = [row.ratio for row in report.rows]
    assert report.passed
    assert {row.name for row in report.rows} == set(WEIGHTS)
    assert ratios == sorted(ratios, reverse=True)
    assert ratios[0] < 1e-8
    assert report.skipped == 0


def test_numeric_gradient_is_that_of_the_formula() -> None:
    report = check("linear")
    o_b = next(row for row in report.rows if row.name == "o.b")
    W, b, V, c = (np.array(WEIGHTS[name]) for name in ("h.W", "h.b", "o.W", "o.b"))
    error = (INPUTS @ W.T + b) @ V.T + c - TARGETS
    assert o_b.numeric == pytest.approx(2 * error.mean(), rel=1e-9)


def test_a_wrong_derivative_is_found_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    tanh = activations.get("tanh")
    wrong = dataclasses.replace(
        tanh, backward=activations.get("sigmoid").backward, settings=activations.get("sigmoid").settings
    )
    monkeypatch.setitem(activations._entries, "tanh", wrong)
    report = check()
    assert not report.passed
    assert {row.name for row in report.rows if not row.passes()} == {"h.W", "h.b"}
    assert report.rows[0].ratio > 0.01


def test_a_derivative_wrong_by_a_millionth_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    tanh = activations.get("tanh")

    def backward(w: Any, s: Any, z: Any, a: Any, da: Any, dz: Any) -> Any:
        return (*tanh.backward(w, s, z, a, da, dz), (w.xp.multiply, (dz, w.constant(1 + 1e-5), dz)))

    monkeypatch.setitem(activations._entries, "tanh", dataclasses.replace(tanh, backward=backward))
    assert not check().passed


@pytest.mark.parametrize("activation", ["relu", "leaky_relu", "step"])
def test_coordinates_at_a_kink_are_left_out(activation: str) -> None:
    # The second unit's sum is exactly 0 for the first row, so its probes see both sides.
    report = check(activation, parameters={"h.W": [[0.3, -0.8], [0.5, 0.25]], "h.b": [0.1, 0.0]})
    rows = {row.name: row for row in report.rows}
    assert report.passed
    assert np.isnan(rows["h.W"].numeric[1]).all()
    assert np.isfinite(rows["h.W"].numeric[0]).all()
    assert rows["h.W"].skipped == 0.5
    assert rows["h.b"].skipped == 0.5
    assert rows["o.W"].skipped == 0.0
    assert report.skipped == pytest.approx(3 / 9)


def test_the_kink_of_the_hinge_is_left_out() -> None:
    network = NetworkSpec((dense("o", 1, bias=False),), (InputSpec("x", (2,)),))
    inputs, targets = np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([[1.0], [-1.0]])
    (row,) = gradcheck(network, chosen("hinge"), {"o.W": [[1.0, 0.5]]}, inputs, targets).rows
    assert np.isnan(row.numeric).tolist() == [[True, False]]
    assert row.numeric[0, 1] == pytest.approx(0.5)


def test_a_gradient_that_vanishes_passes() -> None:
    # A softmax over one unit is constant: the gradient is zero up to rounding.
    network = NetworkSpec((dense("h", 2, "tanh"), dense("o", 1, "softmax")), (InputSpec("x", (2,)),))
    report = gradcheck(network, chosen("categorical_cross_entropy"), WEIGHTS, INPUTS, np.ones((3, 1)))
    assert report.passed


def test_rounding_of_a_saturated_output_is_no_fault() -> None:
    # 1 − σ(26) has five digits left, so ln(1 − σ(26)) has five too, and their difference hardly any.
    network = NetworkSpec((dense("o", 1, "sigmoid"),), (InputSpec("x", (1,)),))
    inputs, targets = np.array([[26.0], [-1.0]]), np.array([[0.0], [0.0]])
    parameters = {"o.W": [[1.0]], "o.b": [0.0]}
    loss = chosen("binary_cross_entropy", reduction="sum")
    report = gradcheck(network, loss, parameters, inputs, targets)
    assert max(row.ratio for row in report.rows) > module.TOLERANCE
    assert report.passed


def test_a_loss_that_is_not_finite_fails() -> None:
    report = check("linear", parameters={"o.W": [[1e300, 1e300]]})
    assert not report.passed


def test_parameters_are_left_as_they_were() -> None:
    parameters = {name: np.array(value) for name, value in WEIGHTS.items()}
    check(parameters=parameters)
    assert all(np.array_equal(parameters[name], WEIGHTS[name]) for name in WEIGHTS)


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        ({"how": Check(eps=0.0)}, SpecError, "eps=0.0"),
        ({"parameters": {"o.b": [1.0, 2.0]}}, ShapeError, r"\[1\]"),
        ({"inputs": INPUTS[:, :1]}, ShapeError, r"\[3, 2\]"),
        ({"targets": TARGETS[:2]}, ShapeError, "targets"),
    ],
)
def test_what_does_not_fit_is_refused(changes: dict[str, Any], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        check(**changes)


def test_missing_parameter_is_refused() -> None:
    network = NetworkSpec((dense("o", 1),), (InputSpec("x", (2,)),))
    with pytest.raises(SpecError, match=r"o\.b"):
        gradcheck(network, chosen("squared_error"), {"o.W": [[1.0, 2.0]]}, INPUTS, TARGETS)


def test_truncation_falls_with_the_square_of_eps() -> None:
    coarse, fine = (max(row.error for row in check(how=Check(eps)).rows) for eps in (1e-2, 1e-3))
    assert coarse / fine == pytest.approx(100, rel=0.05)
    assert Check().eps == 1e-5


def test_the_distance_that_courses_use_is_limited_by_rounding() -> None:
    report = check(how=Check(TEXTBOOK_EPS))
    assert report.passed
    assert 1e-11 < report.ratio < 1e-7


@pytest.mark.parametrize(
    ("ratio", "word"),
    [(0.0, "great"), (1e-7, "great"), (1e-6, "acceptable"), (1e-4, "check"), (1e-2, "bug"), (float("nan"), "bug")],
)
def test_a_verdict_names_the_band_of_a_ratio(ratio: float, word: str) -> None:
    assert verdict(ratio) == word


def test_bands_are_the_readers_choice() -> None:
    assert verdict(1e-4, ((1e-3, "fine"),)) == "fine"


def test_ratio_over_all_is_that_of_one_long_vector() -> None:
    report = check()
    a, n = (np.concatenate([getattr(row, side).ravel() for row in report.rows]) for side in ("analytic", "numeric"))
    assert report.ratio == pytest.approx(np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n)), rel=1e-12)
    assert set(report.layers) == {"h", "o"}
    assert list(report.layers.values()) == sorted(report.layers.values(), reverse=True)


def test_several_outputs_are_checked_together() -> None:
    network = NetworkSpec((dense("h", 2, "tanh"), dense("o", 1), dense("p", 2, "sigmoid", inputs=("h",))),
                          (InputSpec("x", (2,)),), ("o", "p"))  # fmt: skip
    losses = {"o": OutputLoss(chosen("hinge"), 0.5), "p": OutputLoss(chosen("binary_cross_entropy", base="2"))}
    parameters = {**WEIGHTS, "p.W": [[0.2, 0.4], [-0.3, 1.0]], "p.b": [0.0, 0.1]}
    targets = np.array([[1.0, 0, 1], [-1, 1, 0], [1, 0, 0]])
    report = gradcheck(network, losses, parameters, INPUTS, targets)
    assert report.passed
    assert report.ratio < 1e-8
    assert {row.name for row in report.rows} == {*WEIGHTS, "p.W", "p.b"}


@pytest.mark.parametrize(("kind", "score"), [("perceptron", 0.0), ("hinge", 1.0), ("huber", 2.0)])
def test_the_kinks_of_losses_are_left_out(kind: str, score: float) -> None:
    network = NetworkSpec((dense("o", 1, bias=False),), (InputSpec("x", (1,)),))
    report = gradcheck(network, chosen(kind), {"o.W": [[score]]}, np.ones((1, 1)), np.ones((1, 1)))
    assert report.skipped == 1
    assert report.passed


@pytest.mark.parametrize("kind", ["simple_rnn", "gru", "lstm"])
def test_kinks_inside_recurrent_layers_are_left_out(kind: str) -> None:
    layer = LayerSpec("h", kind, (), {"units": 2, "activation": chosen("relu")})
    network = NetworkSpec((layer, dense("o", 1)), (InputSpec("x", (2, 2)),))
    zeros = {each.name: np.zeros(each.shape) for each in parameters_of(network)}
    report = gradcheck(network, LOSS, zeros, np.ones((1, 4)), np.ones((1, 1)))
    assert report.passed
    assert next(row for row in report.rows if row.name == "h.W").skipped > 0


def test_networks_that_draw_are_refused_unless_a_mask_is_held() -> None:
    network = NetworkSpec((dense("h", 2, "tanh"), LayerSpec("d", "dropout"), dense("o", 1)), (InputSpec("x", (2,)),))
    with pytest.raises(SpecError, match="draws nothing while it is checked. Received: dropout") as refused:
        gradcheck(network, LOSS, WEIGHTS, INPUTS, TARGETS)
    assert "hold one mask" in str(refused.value)
    assert refused.value.place == "d"
    assert gradcheck(network, LOSS, WEIGHTS, INPUTS, TARGETS, Check(holds_draws=True)).passed


def test_norms_of_a_run_that_is_about_to_break_are_infinite() -> None:
    row = dataclasses.replace(check().rows[0], numeric=np.full((2, 2), 1e300))
    assert np.isfinite(row.norms[0]) and row.norms[1] == np.inf
