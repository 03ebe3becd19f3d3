"""What is asked of a whole network: multiplications, linear collapse, curvature, and the loss along a weight."""

from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import ShapeError, SpecError
from dlviz.core.explain import (
    LossGradient,
    Multiplications,
    Pass,
    Weight,
    collapse,
    differentiate,
    hessian_vector,
    largest_curvature,
    multiplications,
    slope_picture,
)
from dlviz.core.inference import parameters, shapes
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense

SQUARED = chosen("squared_error")


def values_of(network: NetworkSpec, seed: int = 3) -> dict[str, Any]:
    dice = np.random.default_rng(seed)
    return {each.name: dice.normal(0, 0.6, each.shape) for each in parameters(network)}


def rows_of(network: NetworkSpec, n: int = 6, seed: int = 4) -> tuple[np.ndarray, np.ndarray]:
    dice = np.random.default_rng(seed)
    known = shapes(network)
    d, k = np.prod(network.inputs[0].shape), np.prod(known[network.layers[-1].id])
    return dice.normal(size=(n, d)), dice.normal(size=(n, k))


def pass_of(*layers: LayerSpec, d: int = 2) -> Pass:
    network = NetworkSpec(layers, (InputSpec("x", (d,)),))
    return differentiate(network, SQUARED, values_of(network), *rows_of(network))


def test_multiplications_of_the_twelve_weight_network() -> None:
    layers = (dense(name, units, "sigmoid", bias=False) for name, units in (("h1", 2), ("h2", 2), ("o", 1)))
    # With reuse, layer by layer: slopes 1 + 2 + 2, weights 2 + 4 + 6, sums below 2 + 4. Without: a path has
    # a slope and an input (o), two slopes, a weight and an input (h2), and for h1 two paths of six factors.
    assert multiplications(pass_of(*layers, d=3)) == Multiplications(5 + 12 + 6, 2 * 2 + 4 * 4 + 6 * 2 * 6)


def test_biases_and_linear_units_cost_no_multiplication() -> None:
    passed = pass_of(dense("h", 3), dense("o", 1))
    assert multiplications(passed) == Multiplications(3 + 6 + 3, 3 * 1 + 3 * 1 + 6 * 2)


def test_reuse_wins_by_more_the_deeper_the_network() -> None:
    deep = multiplications(pass_of(*(dense(f"h{level}", 4, "tanh") for level in range(30))))
    assert deep.without_reuse > 4**28
    assert deep.with_reuse < 30 * 50


def test_a_linear_network_with_a_skip_is_one_matrix() -> None:
    layers = (dense("h", 3), dense("g", 3), LayerSpec("s", "add", ("h", "g")), dense("o", 2))
    network = NetworkSpec(layers)
    v, inputs = values_of(network), np.random.default_rng(1).normal(size=(50, 2))
    found = collapse(network, v)["o"]
    deep = np.eye(3) + v["g.W"]
    np.testing.assert_allclose(found.W, v["o.W"] @ deep @ v["h.W"], rtol=1e-12)
    np.testing.assert_allclose(found.b, v["o.W"] @ (deep @ v["h.b"] + v["g.b"]) + v["o.b"], rtol=1e-12)
    np.testing.assert_allclose(found(inputs), inputs @ found.W.T + found.b)


@pytest.mark.parametrize(
    ("hidden", "received"),
    [(dense("h", 3, "tanh"), "activation tanh"), (LayerSpec("h", "layer_norm"), "a layer of kind layer_norm")],
)
def test_a_network_that_is_not_linear_is_not_collapsed(hidden: LayerSpec, received: str) -> None:
    network = NetworkSpec((hidden, dense("o", 1)))
    with pytest.raises(SpecError, match=f"h: Expected linear layers alone. Received: {received}") as caught:
        collapse(network, values_of(network))
    assert caught.value.place == "h"


def test_a_layer_that_no_output_reads_does_not_prevent_collapse() -> None:
    network = NetworkSpec((dense("aside", 2, "tanh"), dense("o", 1, inputs=("x",))))
    values = values_of(network)
    np.testing.assert_allclose(collapse(network, values)["o"].W, values["o.W"])


QUADRATIC = NetworkSpec((dense("o", 1),), (InputSpec("x", (3,)),))


def exact_hessian(inputs: np.ndarray) -> np.ndarray:
    """Return that of mean (x·w + b − y)²: twice the mean of [x 1]ᵀ[x 1]."""
    ones = np.column_stack([inputs, np.ones(len(inputs))])
    return 2 * ones.T @ ones / len(inputs)


def test_hessian_of_a_quadratic_is_exact() -> None:
    inputs, targets = rows_of(QUADRATIC)
    gradient = LossGradient(QUADRATIC, SQUARED, values_of(QUADRATIC), (inputs, targets))
    vector = np.array([1.0, -2, 0.5, 3])
    found = hessian_vector(gradient, gradient.theta, vector)
    np.testing.assert_allclose(found, exact_hessian(inputs) @ vector, rtol=1e-9)


def test_largest_stable_rate_of_a_quadratic_is_2_over_the_curvature() -> None:
    inputs, targets = rows_of(QUADRATIC)
    gradient = LossGradient(QUADRATIC, SQUARED, values_of(QUADRATIC), (inputs, targets))
    found = largest_curvature(gradient, gradient.theta)
    assert found.has_converged
    assert found.value == pytest.approx(np.linalg.eigvalsh(exact_hessian(inputs)).max(), rel=1e-4)
    for factor, grows in ((0.99, False), (1.01, True)):
        theta = gradient.theta
        for _ in range(3000):
            theta = theta - factor * 2 / found.value * gradient(theta)
        assert (np.linalg.norm(gradient(theta)) > 1) == grows


def hessian_by_columns(gradient: LossGradient) -> np.ndarray:
    columns = [hessian_vector(gradient, gradient.theta, each) for each in np.eye(gradient.theta.size)]
    return np.stack(columns, axis=1)


@pytest.mark.parametrize("seed", range(6))
def test_curvature_of_a_network_is_its_largest_eigenvalue(seed: int) -> None:
    network = NetworkSpec((dense("h", 4, "tanh"), dense("o", 1)))
    gradient = LossGradient(network, SQUARED, values_of(network, seed), rows_of(network, 8, seed))
    hessian = hessian_by_columns(gradient)
    np.testing.assert_allclose(hessian, hessian.T, atol=1e-7)
    found = largest_curvature(gradient, gradient.theta)
    assert found.value == pytest.approx(np.linalg.eigvalsh(hessian).max(), rel=0.01)


@pytest.mark.parametrize("eigenvalues", [(3.0, 1.0, 0.0), (1.0, -1.0, 0.5), (1.0, -5.0, 0.9), (-1.0, -2.0, -4.0)])
def test_curvature_is_the_largest_with_its_sign(eigenvalues: tuple[float, ...]) -> None:
    basis = np.linalg.qr(np.random.default_rng(0).normal(size=(3, 3)))[0]
    hessian = basis @ np.diag(eigenvalues) @ basis.T
    found = largest_curvature(lambda theta: hessian @ theta, np.zeros(3))
    assert found.value == pytest.approx(max(eigenvalues), rel=0.01)
    assert found.has_converged


def test_flat_loss_has_no_curvature() -> None:
    assert largest_curvature(np.zeros_like, np.ones(3)).value == 0


def test_frozen_parameters_have_no_curvature() -> None:
    network = NetworkSpec((dense("h", 4, "tanh"), dense("o", 1)))
    rows = rows_of(network)
    gradient = LossGradient(network, SQUARED, values_of(network), rows, frozen=("h", "o.b"))
    found = largest_curvature(gradient, gradient.theta)
    hidden = np.tanh(rows[0] @ values_of(network)["h.W"].T + values_of(network)["h.b"])
    assert found.value == pytest.approx(np.linalg.eigvalsh(2 * hidden.T @ hidden / 6).max(), rel=0.001)


@pytest.mark.parametrize("activation", ["tanh", "linear", "relu", "sigmoid"])
@pytest.mark.parametrize("value", [1e308, -1.7e308])
@pytest.mark.parametrize("reach", [1.0, 1e308])
def test_slope_pictures_of_the_largest_weights_warn_of_nothing(activation: str, value: float, reach: float) -> None:
    network = NetworkSpec((dense("h", 2, activation), dense("o", 1)))
    values = values_of(network)
    values["h.W"] = np.array(values["h.W"])
    values["h.W"][0, 0] = value
    passed = differentiate(network, SQUARED, values, *rows_of(network))
    picture = slope_picture(passed, Weight("h.W", (0, 0)), change=value, reach=reach)
    assert len(picture.tangent(picture.values)) == len(picture.losses)
    assert picture.values[50] == picture.value == value


def test_tangent_touches_the_loss_and_predicts_small_changes() -> None:
    passed = pass_of(dense("h", 3, "tanh"), dense("o", 2))
    picture = slope_picture(passed, Weight("h.W", (1, 0)), change=1e-4, reach=0.5, points=51)
    assert picture.losses[25] == picture.loss == pytest.approx(passed.binding.buffers.loss)
    assert picture.tangent(picture.values)[25] == pytest.approx(picture.loss)
    assert picture.gradient == passed.gradient(Weight("h.W", (1, 0)))
    assert picture.real == pytest.approx(picture.predicted, rel=1e-3)


@pytest.mark.parametrize("number", range(20))
def test_losses_along_a_weight_are_those_of_the_changed_network(number: int) -> None:
    network = NetworkSpec((dense("h", 3, "tanh"), dense("o", 2)))
    values, rows = values_of(network), rows_of(network)
    entry = number % 3, number % 2
    passed = differentiate(network, SQUARED, values, *rows)
    picture = slope_picture(passed, Weight("h.W", entry), change=0.3 - number / 10, points=3)
    values["h.W"][entry] += picture.change
    assert picture.real == pytest.approx(
        differentiate(network, SQUARED, values, *rows).binding.buffers.loss - picture.loss, abs=1e-12
    )
    eps = 1e-5
    close = slope_picture(passed, Weight("h.W", entry), reach=eps, points=2).losses
    assert (close[1] - close[0]) / (2 * eps) == pytest.approx(picture.gradient, rel=1e-6, abs=1e-9)


def test_a_picture_leaves_the_pass_as_it_was() -> None:
    passed = pass_of(dense("h", 3, "tanh"), dense("o", 2))
    theta = passed.binding.memory.vectors["theta"].copy()
    slope_picture(passed, Weight("h.W", (1, 0)), change=5.0)
    assert np.array_equal(passed.binding.memory.vectors["theta"], theta)


def test_what_cannot_be_is_refused() -> None:
    passed = pass_of(dense("o", 1))
    with pytest.raises(SpecError, match="Expected a reach above 0. Received: 0"):
        slope_picture(passed, Weight("o.W", (0, 0)), reach=0)
    with pytest.raises(SpecError, match="Expected between 2 and 10001 points. Received: 1"):
        slope_picture(passed, Weight("o.W", (0, 0)), points=1)
    with pytest.raises(SpecError, match="Expected parameters with o.b. Received: o.W"):
        differentiate(NetworkSpec((dense("o", 1),)), SQUARED, {"o.W": [[1, 1]]}, [[1, 1]], [[1]])
    with pytest.raises(ShapeError, match=r"o.W: Expected shape \[1, 2\]. Received: shape=\[2\]"):
        differentiate(NetworkSpec((dense("o", 1),)), SQUARED, {"o.W": [1, 1], "o.b": [0]}, [[1, 1]], [[1]])


def test_a_loss_shown_in_bits_is_pictured_in_the_units_of_its_gradient() -> None:
    network = NetworkSpec((dense("o", 1, "sigmoid"),))
    values, inputs = values_of(network), rows_of(network)[0]
    passed = differentiate(network, chosen("binary_cross_entropy", base="2"), values, inputs, [[0], [1]] * 3)
    ends = slope_picture(passed, Weight("o.W", (0, 1)), reach=1e-5, points=2).losses
    assert passed.gradient(Weight("o.W", (0, 1))) == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-7)
