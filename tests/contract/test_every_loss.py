"""Every loss: value against the textbook formula in every convention, gradient against a central difference."""

import functools
import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from dlviz.core.activations import activations
from dlviz.core.array import Workspace
from dlviz.core.hyper import complete
from dlviz.core.losses import LossBuffers, losses, scale

Array = NDArray[np.float64]
UNITS, EXAMPLES, STEP = 3, 5, 1e-6
TERMS: dict[str, Callable[[float, float], float]] = {
    "squared_error": lambda a, y: (a - y) ** 2,
    "binary_cross_entropy": lambda a, y: -(y * math.log(a) + (1 - y) * math.log(1 - a)),
    "categorical_cross_entropy": lambda a, y: -y * math.log(a),
    "sparse_categorical_cross_entropy": lambda a, y: -y * math.log(a),
    "hinge": lambda a, y: max(0.0, 1 - y * a),
    "perceptron": lambda a, y: max(0.0, -y * a),
    "huber": lambda a, y, delta=1.0: (a - y) ** 2 / 2 if abs(a - y) <= delta else delta * (abs(a - y) - delta / 2),
}
CONVENTIONS = [
    {"factor": factor, "outputs": outputs, "reduction": reduction}
    for factor, outputs, reduction in itertools.product((1.0, 0.5), ("sum", "mean"), ("mean", "sum"))
]
FUSED = [
    (loss.key, key, {} if value is None else {hyper.name: value})
    for loss in losses
    for key in loss.fused
    for hyper in activations.get(key).settings
    for value in (None, 2.5)
]


FROM_SUMS = [
    (loss.key, key, {} if value is None else {hyper.name: value})
    for loss in losses
    for key in loss.from_sums
    for hyper in activations.get(key).settings
    for value in (None, 2.5)
]


def batch(labels: str) -> tuple[Array, Array]:
    """Return activations in (0, 1) and targets as the loss reads them, each (units, examples)."""
    rng = np.random.default_rng(3)
    a = rng.uniform(0.1, 0.9, (UNITS, EXAMPLES))
    hot = np.eye(UNITS)[:, rng.integers(0, UNITS, EXAMPLES)]
    targets = {"values": rng.uniform(-1, 1, a.shape), "zero_one": rng.integers(0, 2, a.shape)}
    targets |= {"plus_minus_one": 2 * rng.integers(0, 2, a.shape) - 1, "one_hot": hot, "index": hot}
    return a, targets[labels].astype(float)


def expected_value(key: str, settings: dict[str, Any], a: Array, y: Array) -> float:
    """Add up the terms one by one, as the documents define every loss."""
    term = functools.partial(TERMS[key], **{name: settings[name] for name in ("delta",) if name in settings})
    total = math.fsum(term(float(a[k, n]), float(y[k, n])) for k in range(UNITS) for n in range(EXAMPLES))
    total /= UNITS if settings["outputs"] == "mean" else 1
    return settings["factor"] * total / (EXAMPLES if settings["reduction"] == "mean" else 1)


def buffers_for(settings: dict[str, Any], a: Array, y: Array) -> LossBuffers:
    sums, size = np.zeros((1, 1)), scale(settings, UNITS, EXAMPLES)
    return LossBuffers(a.copy(), y.copy(), sums, size, np.zeros_like(a), settings)


def evaluate(key: str, settings: dict[str, Any], a: Array, y: Array) -> tuple[float, Array]:
    """Run the loss's own calls and return value and gradient."""
    return losses.get(key).evaluate(a, y, settings)


@pytest.mark.parametrize("key", losses.keys())
def test_there_is_a_textbook_formula(key: str) -> None:
    assert key in TERMS


@pytest.mark.parametrize("settings", CONVENTIONS)
@pytest.mark.parametrize("key", losses.keys())
def test_value_equals_the_formula(key: str, settings: dict[str, Any]) -> None:
    a, y = batch(losses.get(key).labels)
    assert_allclose(evaluate(key, settings, a, y)[0], expected_value(key, settings, a, y), rtol=1e-14)


@pytest.mark.parametrize("settings", CONVENTIONS)
@pytest.mark.parametrize("key", losses.keys())
def test_gradient_equals_a_central_difference(key: str, settings: dict[str, Any]) -> None:
    a, y = batch(losses.get(key).labels)
    numeric = np.empty_like(a)
    for place in np.ndindex(a.shape):
        nudge = np.zeros_like(a)
        nudge[place] = STEP
        rise = expected_value(key, settings, a + nudge, y) - expected_value(key, settings, a - nudge, y)
        numeric[place] = rise / (2 * STEP)
    assert_allclose(evaluate(key, settings, a, y)[1], numeric, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize(("key", "activation", "given"), FUSED)
def test_fused_gradient_equals_the_chain_rule(key: str, activation: str, given: dict[str, float]) -> None:
    entry, loss, workspace = activations.get(activation), losses.get(key), Workspace()
    chosen = complete(given, entry.settings)
    z = np.random.default_rng(4).uniform(-2, 2, (UNITS, EXAMPLES))
    a, y = entry.value(z, chosen), batch(loss.labels)[1]
    settings = complete({"factor": 0.5}, loss.settings)
    da, dz, fused = evaluate(key, settings, a, y)[1], np.empty_like(a), np.empty_like(a)
    steps = (
        *entry.backward(workspace, chosen, z, a, da, dz),
        *loss.fused[activation](workspace, chosen, buffers_for(settings, a, y), fused),
    )
    for function, arguments in steps:
        function(*arguments)
    assert_allclose(fused, dz, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize(("key", "activation", "given"), FROM_SUMS)
def test_value_straight_from_sums_equals_the_formula(key: str, activation: str, given: dict[str, float]) -> None:
    entry, loss, workspace = activations.get(activation), losses.get(key), Workspace()
    chosen = complete(given, entry.settings)
    z = np.random.default_rng(4).uniform(-2, 2, (UNITS, EXAMPLES))
    a, y = entry.value(z, chosen), batch(loss.labels)[1] * 0.75  # soft labels, whose sum is not 1
    settings = complete({}, loss.settings)
    buffers = buffers_for(settings, a, y)
    for function, arguments in loss.from_sums[activation](workspace, chosen, z, buffers):
        function(*arguments)
    assert_allclose(buffers.scale * buffers.sum.item(), expected_value(key, settings, a, y), rtol=1e-13)


@pytest.mark.parametrize("delta", [0.05, 0.5, 3.0])
def test_huber_is_a_parabola_near_and_a_line_far(delta: float) -> None:
    a, y = batch("values")
    settings = {**CONVENTIONS[0], "delta": delta}
    value, gradient = evaluate("huber", settings, a, y)
    assert_allclose(value, expected_value("huber", settings, a, y), rtol=1e-14)
    assert_allclose(gradient, np.clip(a - y, -delta, delta) / EXAMPLES, rtol=1e-14, atol=1e-16)


@pytest.mark.parametrize(("base", "divisor"), [("e", 1.0), ("2", math.log(2)), ("10", math.log(10))])
@pytest.mark.parametrize("key", [loss.key for loss in losses if "entropy" in loss.key])
def test_base_of_the_logarithm_changes_the_value_shown_and_no_gradient(key: str, base: str, divisor: float) -> None:
    a, y = batch(losses.get(key).labels)
    (shown, slope), (natural, gradient) = evaluate(key, {"base": base}, a, y), evaluate(key, {}, a, y)
    assert shown == pytest.approx(natural / divisor, rel=1e-14)
    assert np.array_equal(slope, gradient)


@pytest.mark.parametrize(
    ("key", "settings", "kinks"),
    [("hinge", {}, (1.0,)), ("perceptron", {}, (0.0,)), ("huber", {"delta": 0.5}, (0.5, 1.5))],
)
def test_pieces_part_at_the_kinks(key: str, settings: dict[str, Any], kinks: tuple[float, ...]) -> None:
    loss, a = losses.get(key), np.linspace(-0.995, 2.005, 301)[None, :]
    assert loss.piece is not None
    pieces = loss.piece(complete(settings, loss.settings), a, np.ones_like(a))
    jumps = a[0, 1:][np.diff(np.asarray(pieces, dtype=float))[0] != 0]
    assert_allclose(jumps, kinks, atol=0.01)


def test_only_losses_without_kinks_have_no_pieces() -> None:
    assert {loss.key for loss in losses if loss.piece is not None} == {"hinge", "perceptron", "huber"}


def test_losses_of_examples_add_up_to_the_loss_of_the_batch() -> None:
    a, y = batch("zero_one")
    loss = losses.get("binary_cross_entropy")
    assert loss.each(a, y).mean() == pytest.approx(loss.evaluate(a, y)[0], rel=1e-14)


@pytest.mark.parametrize("key", [loss.key for loss in losses if "entropy" in loss.key])
def test_certain_and_wrong_gives_a_finite_loss(key: str) -> None:
    a = np.eye(UNITS)[:, :1].repeat(EXAMPLES, axis=1)
    value, gradient = evaluate(key, {}, a, np.roll(a, 1, axis=0))
    assert math.isfinite(value)
    assert value > 100
    assert np.isfinite(gradient).all()


@pytest.mark.parametrize("key", losses.keys())
def test_examples_that_lie_column_by_column_in_memory_cost_the_same(key: str) -> None:
    a, y = batch(losses.get(key).labels)
    value, gradient = losses.get(key).evaluate(a, y)
    turned, same = losses.get(key).evaluate(np.asfortranarray(a), np.asfortranarray(y))
    assert turned == value
    assert_allclose(same, gradient, rtol=0)
