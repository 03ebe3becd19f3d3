"""Every activation: range, slope against a central difference, values against the textbook formula."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from numpy.typing import NDArray

from dlviz.core.activations import Activation, activations
from dlviz.core.array import Workspace
from dlviz.core.hyper import complete

Array = NDArray[np.float64]
STEP = 1e-6


def two_values(fires: Array, values: str) -> Array:
    return fires * 1.0 if values == "zero_one" else 2.0 * fires - 1


def gelu(z: Array) -> Array:
    return z / 2 * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)))


FORMULAS: dict[str, Callable[..., Array]] = {
    "linear": lambda z: z,
    "step": lambda z, threshold=0.0, at_zero="1", values="zero_one": two_values(
        (z > threshold) + (z == threshold) * float(at_zero), values
    ),
    "sigmoid": lambda z, slope=1.0: 1 / (1 + np.exp(-slope * z)),
    "tanh": lambda z, slope=1.0: 2 / (1 + np.exp(-2 * slope * z)) - 1,
    "relu": lambda z, slope_at_zero="0": np.where(z > 0, z, 0),
    "leaky_relu": lambda z, slope=0.01, slope_at_zero="slope": np.where(z > 0, z, slope * z),
    "piecewise_linear": lambda z, slope=1.0: np.clip(slope * z + 0.5, 0, 1),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "elu": lambda z, alpha=1.0: np.where(z > 0, z, alpha * (np.exp(z) - 1)),
    "gelu": gelu,
    "silu": lambda z: z / (1 + np.exp(-z)),
    "softmax": lambda z, temperature=1.0: np.exp(z / temperature) / np.exp(z / temperature).sum(axis=0),
    "formula": lambda z, text="z**2": eval(text, vars(np) | {"z": z, "max": np.maximum}) + 0 * z,
    "stochastic": lambda z, temperature=1.0: two_values(1 / (1 + np.exp(-z / temperature)) > 0.5, "plus_minus_one"),
}
VARIANTS = [
    (entry.key, settings)
    for entry in activations
    for settings in [
        {},
        *({hyper.name: 0.75} for hyper in entry.settings if hyper.kind == "float"),
        *({hyper.name: word} for hyper in entry.settings for word in hyper.choices),
    ]
]
VARIANTS += [
    ("formula", {"text": written})
    for written in ("z", "3", "tanh(z)**3 - z*exp(-z**2)", "max(0, z)", "where(z > 0.5, z, sqrt(z + 1e4))", "2*z")
]


def points() -> Array:
    """Return 4 units x 25 examples that avoid zero and every variant's threshold."""
    return np.random.default_rng(1).uniform(-4, 4, (4, 25)) + 1e-3


def pulled_back(entry: Activation, settings: dict[str, Any], z: Array, da: Array) -> Array:
    """Return dL/dz for the given dL/da through the entry's own calls."""
    checked, a, dz = complete(settings, entry.settings), entry.value(z, settings), np.full_like(z, np.nan)
    at = z.copy()
    calls = entry.backward(Workspace(), checked, at, at if entry.is_alias else a, da.copy(), dz)
    for function, arguments in calls:
        function(*arguments)
    return dz


@pytest.mark.parametrize("key", activations.keys())
def test_there_is_a_textbook_formula(key: str) -> None:
    assert key in FORMULAS


@pytest.mark.parametrize(("key", "settings"), VARIANTS)
def test_value_equals_the_formula(key: str, settings: dict[str, Any]) -> None:
    z = points()
    assert_allclose(activations.get(key).value(z, settings), FORMULAS[key](z, **settings), rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize(("key", "settings"), VARIANTS)
def test_values_stay_in_the_declared_range(key: str, settings: dict[str, Any]) -> None:
    entry = activations.get(key)
    a = entry.value(np.linspace(-800, 800, 4 * 101).reshape(4, 101), settings)
    assert np.isfinite(a).all()
    low, high = entry.range_of(settings)
    assert a.min() >= low
    assert a.max() <= high


@pytest.mark.parametrize(("key", "settings"), VARIANTS)
def test_backward_equals_a_central_difference(key: str, settings: dict[str, Any]) -> None:
    entry, z = activations.get(key), points()
    weights = np.random.default_rng(2).uniform(0.5, 2, z.shape)
    numeric = np.empty_like(z)
    for unit in range(len(z)):
        nudge = np.zeros_like(z)
        nudge[unit] = STEP
        rise = FORMULAS[key](z + nudge, **settings) - FORMULAS[key](z - nudge, **settings)
        numeric[unit] = (weights * rise).sum(axis=0) / (2 * STEP)
    assert_allclose(pulled_back(entry, settings, z, weights), numeric, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    ("key", "settings", "slope"),
    [
        ("relu", {}, 0.0),
        ("relu", {"slope_at_zero": "0"}, 0.0),
        ("relu", {"slope_at_zero": "1"}, 1.0),
        ("leaky_relu", {"slope": 0.2}, 0.2),
        ("leaky_relu", {"slope": 0.2, "slope_at_zero": "1"}, 1.0),
        ("elu", {"alpha": 0.5}, 0.5),
        ("piecewise_linear", {"slope": 2.0}, 2.0),
        ("gelu", {}, 0.5),
        ("softplus", {}, 0.5),
        ("step", {}, 0.0),
    ],
)
def test_convention_of_the_derivative_at_zero(key: str, settings: dict[str, Any], slope: float) -> None:
    assert activations.get(key).slope(np.zeros((1, 1)), settings) == pytest.approx(slope, rel=1e-15)


@pytest.mark.parametrize(("at_zero", "value"), [("1", 1.0), ("0", 0.0)])
def test_convention_of_the_step_at_its_threshold(at_zero: str, value: float) -> None:
    step = activations.get("step")
    assert step.value(np.zeros((1, 1)), {"at_zero": at_zero}) == value
    assert step.value(np.full((1, 1), 0.5), {"at_zero": at_zero, "threshold": 0.5}) == value


@pytest.mark.parametrize(("key", "settings"), [each for each in VARIANTS if not activations.get(each[0]).draws])
def test_kinks_are_where_value_or_slope_jumps(key: str, settings: dict[str, Any]) -> None:
    entry, z = activations.get(key), np.linspace(-2, 2, 4002)[None, :]
    slopes = np.diff(FORMULAS[key](z, **settings))[0] / np.diff(z)[0]
    jumps = z[0, 1:-1][np.abs(np.diff(slopes)) > 0.02]
    declared = np.array(entry.kinks(complete(settings, entry.settings)))
    assert all(np.abs(jumps - kink).min() < 2e-3 for kink in declared)
    assert all(np.abs(declared - jump).min(initial=1) < 2e-3 for jump in jumps)


def test_only_what_jumps_or_draws_has_no_gradient() -> None:
    assert [entry.key for entry in activations if not entry.has_gradient] == ["step", "stochastic"]


def test_a_cold_stochastic_unit_is_the_step_that_tosses_a_coin_at_zero() -> None:
    entry, found = activations.get("stochastic"), np.empty(3)
    for function, arguments in entry.forward(Workspace(), {"temperature": 0.0}, np.array([-0.1, 0.1, 0.0]), found):
        function(*arguments)
    assert found.tolist() == [0, 1, 0.5]
