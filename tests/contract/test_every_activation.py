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
FORMULAS: dict[str, Callable[..., Array]] = {
    "linear": lambda z: z,
    "step": lambda z, threshold=0.0, at_zero="1": (z > threshold) + (z == threshold) * float(at_zero),
    "sigmoid": lambda z, slope=1.0: 1 / (1 + np.exp(-slope * z)),
    "tanh": lambda z: (np.exp(2 * z) - 1) / (np.exp(2 * z) + 1),
    "relu": lambda z, slope_at_zero="0": np.where(z > 0, z, 0),
    "leaky_relu": lambda z, slope=0.01: np.where(z > 0, z, slope * z),
    "softmax": lambda z: np.exp(z) / np.exp(z).sum(axis=0),
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
    assert a.min() >= entry.range[0]
    assert a.max() <= entry.range[1]


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
        ("step", {}, 0.0),
    ],
)
def test_convention_of_the_derivative_at_zero(key: str, settings: dict[str, Any], slope: float) -> None:
    assert activations.get(key).slope(np.zeros((1, 1)), settings) == slope


@pytest.mark.parametrize(("at_zero", "value"), [("1", 1.0), ("0", 0.0)])
def test_convention_of_the_step_at_its_threshold(at_zero: str, value: float) -> None:
    step = activations.get("step")
    assert step.value(np.zeros((1, 1)), {"at_zero": at_zero}) == value
    assert step.value(np.full((1, 1), 0.5), {"at_zero": at_zero, "threshold": 0.5}) == value


def test_only_the_step_has_no_gradient() -> None:
    assert [entry.key for entry in activations if not entry.has_gradient] == ["step"]
