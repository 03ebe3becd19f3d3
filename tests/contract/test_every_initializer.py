"""Every initialiser: spread and limits against theory, and the same numbers for the same seed and name."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.initializers import Fan, initial_values, initializers, spread_of, variance_of_sum

SHAPE = (200, 300)
FAN = Fan(fan_in=300, fan_out=200)
COUNT = math.prod(SHAPE)
STD = {
    "zeros": 0.0,
    "constant": 0.0,
    "normal": 0.05,
    "uniform": 0.05 / math.sqrt(3),
    "xavier_normal": 1 / math.sqrt(FAN.fan_in),
    "xavier_uniform": 1 / math.sqrt(FAN.fan_in),
    "glorot_normal": math.sqrt(2 / (FAN.fan_in + FAN.fan_out)),
    "glorot_uniform": math.sqrt(2 / (FAN.fan_in + FAN.fan_out)),
    "he_normal": math.sqrt(2 / FAN.fan_in),
    "he_uniform": math.sqrt(2 / FAN.fan_in),
    "fan_in_uniform": 1 / math.sqrt(3 * FAN.fan_in),
}
LIMIT = {
    "uniform": 0.05,
    "xavier_uniform": math.sqrt(3 / FAN.fan_in),
    "glorot_uniform": math.sqrt(6 / (FAN.fan_in + FAN.fan_out)),
    "he_uniform": math.sqrt(6 / FAN.fan_in),
    "fan_in_uniform": 1 / math.sqrt(FAN.fan_in),
}
RANDOM = [entry.key for entry in initializers if entry.key not in {"zeros", "constant"}]


def draw(key: str, seed: int = 1, name: str = "h.W", **settings: float) -> NDArray[np.float64]:
    return initial_values(Choice(key, settings), seed, name, SHAPE, FAN)


@pytest.mark.parametrize("key", initializers.keys())
def test_mean_and_standard_deviation_are_the_theoretical_ones(key: str) -> None:
    values = draw(key)
    assert values.shape == SHAPE
    # 60 000 draws: the mean is known to std/245 and the spread to 0.3 %, so five sigmas are kept.
    assert abs(values.mean() - (1.0 if key == "constant" else 0.0)) <= 5 * STD[key] / math.sqrt(COUNT)
    assert values.std() == pytest.approx(STD[key], rel=5 / math.sqrt(2 * COUNT))


@pytest.mark.parametrize("key", initializers.keys())
def test_spread_is_the_theoretical_one(key: str) -> None:
    spread = spread_of(Choice(key), FAN)
    assert spread.std == pytest.approx(STD[key], rel=1e-14)
    assert spread.mean == (1.0 if key == "constant" else 0.0)
    assert spread.limits == (pytest.approx((-LIMIT[key], LIMIT[key]), rel=1e-14) if key in LIMIT else None)


def test_the_variance_of_a_sum_grows_with_its_length_unless_the_rule_counts_inputs() -> None:
    fans = [Fan(n, 10) for n in (1, 10, 1000)]
    assert [variance_of_sum(Choice("normal", {"std": 1.0}), fan) for fan in fans] == [1, 10, 1000]
    assert [variance_of_sum(Choice("xavier_normal"), fan) for fan in fans] == pytest.approx([1, 1, 1])
    assert variance_of_sum(Choice("he_uniform"), fans[1], of_inputs=0.5) == pytest.approx(1)


@pytest.mark.parametrize("key", sorted(LIMIT))
def test_uniform_fills_its_limits(key: str) -> None:
    values = draw(key)
    assert np.abs(values).max() <= LIMIT[key]
    assert values.max() > 0.999 * LIMIT[key]
    assert values.min() < -0.999 * LIMIT[key]


@pytest.mark.parametrize("key", [key for key in RANDOM if "normal" in key])
def test_normal_has_the_tails_of_a_normal(key: str) -> None:
    beyond = np.mean(np.abs(draw(key)) > 2 * STD[key])
    assert beyond == pytest.approx(0.0455, abs=0.005)


@pytest.mark.parametrize("key", RANDOM)
def test_numbers_depend_on_seed_and_name_alone(key: str) -> None:
    assert np.array_equal(draw(key), draw(key))
    assert not np.isin(draw(key), draw(key, seed=2)).any()
    assert not np.isin(draw(key), draw(key, name="o.W")).any()


@pytest.mark.parametrize("key", RANDOM)
def test_neighbouring_weights_are_uncorrelated(key: str) -> None:
    values = draw(key)
    for a, b in ((values[:, 1:], values[:, :-1]), (values[1:], values[:-1])):
        assert abs(np.corrcoef(a.ravel(), b.ravel())[0, 1]) < 5 / math.sqrt(a.size)


def test_settings_are_used() -> None:
    assert np.array_equal(draw("constant", value=0.25), np.full(SHAPE, 0.25))
    assert draw("normal", mean=3.0, std=0.5).mean() == pytest.approx(3.0, abs=0.02)
    assert draw("normal", mean=3.0, std=0.5).std() == pytest.approx(0.5, rel=0.02)
    assert 1.0 <= draw("uniform", low=1.0, high=2.0).min() < draw("uniform", low=1.0, high=2.0).max() <= 2.0
