"""Histograms, comparisons and bowls, against NumPy, definitions and the worked example."""

import json
from pathlib import Path

import numpy as np
import pytest

from dlviz.data.scaling import fit_scaler
from dlviz.data.study import bowl_of, compare_parts, gap_by_chance, histograms_of, largest_gap, moments_of

EXAMPLES = json.loads((Path(__file__).parents[2] / "golden" / "worked_examples.json").read_text(encoding="utf-8"))


def example(key: str) -> dict:
    entries = EXAMPLES["examples"] if isinstance(EXAMPLES, dict) else EXAMPLES
    return next(each for each in entries if each["id"] == key)


def rows_62() -> np.ndarray:
    return np.array(example("EX-62")["inputs"]["X"]).T


def test_moments_and_scaled_inputs_of_example_62() -> None:
    expected, rows = example("EX-62")["expected"], rows_62()
    found = moments_of(rows)
    np.testing.assert_allclose(found.mean, np.ravel(expected["mean"]), rtol=1e-12)
    np.testing.assert_allclose(found.std, np.ravel(expected["sigma"]), rtol=1e-12)
    scaled = fit_scaler("standard", rows).apply(rows)
    np.testing.assert_allclose(scaled.T, expected["normalised"], rtol=1e-12)


def test_conditions_of_example_62() -> None:
    expected, rows = example("EX-62")["expected"], rows_62()
    targets = rows[:, 0]
    scaled = fit_scaler("standard", rows).apply(rows)
    assert bowl_of(rows, targets).condition == pytest.approx(expected["condition_number_raw"], rel=1e-9)
    assert bowl_of(scaled, targets).condition == pytest.approx(expected["condition_number_normalised"], rel=1e-12)


@pytest.mark.parametrize("factor", [0.5, 1.0])
def test_the_largest_rate_of_a_bowl_is_where_plain_descent_begins_to_diverge(factor: float) -> None:
    random = np.random.default_rng(4)
    inputs, targets = random.normal(size=(50, 2)) * [1.0, 3.0], random.normal(size=50)
    bowl = bowl_of(inputs, targets, factor)

    def ends_lower(rate: float) -> bool:
        weights = bowl.lowest + 1.0
        for _ in range(300):
            weights = weights - rate * 2 * factor * inputs.T @ (inputs @ weights - targets) / 50
        return bool(np.linalg.norm(weights - bowl.lowest) < np.sqrt(2))

    assert ends_lower(0.99 * bowl.largest_rate)
    assert not ends_lower(1.01 * bowl.largest_rate)


def test_least_loss_and_curvature_are_those_of_finite_differences() -> None:
    random = np.random.default_rng(5)
    inputs, targets = random.normal(size=(30, 2)), random.normal(size=30)
    bowl = bowl_of(inputs, targets)

    def loss(weights: np.ndarray) -> float:
        return float(np.mean((inputs @ weights - targets) ** 2))

    assert loss(bowl.lowest) == pytest.approx(bowl.least, rel=1e-12)
    step = np.array([0.3, -0.2])
    grown = bowl.least + 0.5 * step @ bowl.matrix @ step
    assert loss(bowl.lowest + step) == pytest.approx(grown, rel=1e-10)


def test_counts_equal_those_of_numpy() -> None:
    random = np.random.default_rng(6)
    values = random.normal(size=400)
    groups = [np.arange(0, 400, 3), np.arange(1, 400, 3)]
    found = histograms_of(values, groups)
    for counts, rows in zip(found.counts, groups, strict=True):
        np.testing.assert_array_equal(counts, np.histogram(values[rows], found.edges)[0])
    assert found.edges[0] == values.min() and found.edges[-1] == values.max()


def test_a_column_that_does_not_vary_has_a_histogram() -> None:
    found = histograms_of(np.full(10, 3.0), [np.arange(10)])
    assert found.counts.sum() == 10


def by_definition(one: np.ndarray, other: np.ndarray) -> float:
    places = [*one, *other]
    return max(abs(float(np.mean(one <= place)) - float(np.mean(other <= place))) for place in places)


def test_the_largest_gap_is_that_of_the_definition() -> None:
    random = np.random.default_rng(7)
    one, other = random.normal(size=(40, 3)), random.normal(size=(25, 3)) + [0, 0.5, 3]
    other[:5] = one[:5]  # ties
    expected = [by_definition(one[:, k], other[:, k]) for k in range(3)]
    np.testing.assert_allclose(largest_gap(one, other), expected, rtol=1e-12)


def test_rows_that_are_alike_are_seldom_called_different() -> None:
    random = np.random.default_rng(8)
    alarms = 0
    for _ in range(200):
        values = random.normal(size=(120, 4))
        parts = [np.arange(0, 60), np.arange(60, 90), np.arange(90, 120)]
        alarms += compare_parts(values, parts)[0].is_mismatch
    assert alarms <= 8, "1 in 100 is allowed: 2 expected"


def test_a_shifted_column_is_found_and_comes_first() -> None:
    random = np.random.default_rng(9)
    values = random.normal(size=(300, 5))
    parts = [np.arange(0, 200), np.arange(200, 300), np.arange(0)]
    values[200:, 3] += 1.5
    found = compare_parts(values, parts)
    assert len(found) == 5, "without test rows there is one pair"
    assert (found[0].column, found[0].parts, found[0].is_mismatch) == (3, (0, 1), True)
    assert not any(each.is_mismatch for each in found[1:])


def test_the_allowed_gap_is_the_textbook_number() -> None:
    # c(0.01) = 1.628 in tables of the Kolmogorov-Smirnov test.
    assert gap_by_chance(100, 100, 1) == pytest.approx(1.628 * np.sqrt(2 / 100), rel=1e-3)
