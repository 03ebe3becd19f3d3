"""Principal components against singular values, their shares, and signs that stay."""

import numpy as np
import pytest

from dlviz.core.principal import principal


def points(n: int, d: int, seed: int = 0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return draw.normal(size=(n, d)) * np.linspace(3, 1, d) @ draw.normal(size=(d, d))


@pytest.mark.parametrize(("n", "d"), [(50, 3), (200, 8), (12, 30)])
def test_directions_and_shares_are_those_of_the_singular_values(n: int, d: int) -> None:
    values = points(n, d)
    found = principal(values)
    away = values - values.mean(axis=0)
    _, singular, right = np.linalg.svd(away, full_matrices=False)
    for k in range(2):
        assert abs(float(right[k] @ found.directions[:, k])) == pytest.approx(1, abs=1e-9)
    np.testing.assert_allclose(found.shares, singular[:2] ** 2 / np.sum(singular**2), rtol=1e-9)
    np.testing.assert_allclose(np.abs(found.project(values)), np.abs(away @ right[:2].T), atol=1e-8)


def test_two_numbers_stay_themselves() -> None:
    values = points(9, 2)
    found = principal(values)
    assert found.shares is None
    np.testing.assert_array_equal(found.project(values), values)


def test_one_number_lies_along_the_first_direction() -> None:
    values = points(9, 1)
    np.testing.assert_array_equal(principal(values).project(values), np.hstack([values, np.zeros_like(values)]))


def test_the_largest_entry_of_each_direction_is_positive_at_first() -> None:
    directions = principal(points(60, 7)).directions
    assert (directions[np.abs(directions).argmax(axis=0), [0, 1]] > 0).all()


def test_directions_do_not_flip_from_fit_to_fit() -> None:
    """Two entries of almost the same size take turns at being the largest; one has the other sign."""
    base = np.random.default_rng(1).normal(size=(400, 1))
    before = None
    for wobble in (-0.01, 0.01, -0.01, 0.01):
        values = base * np.array([1 + wobble, -1 + wobble, 0.1]) + 1e-3 * points(400, 3)
        found = principal(values, before)
        assert before is None or float(found.directions[:, 0] @ before.directions[:, 0]) > 0.9
        before = found
    firsts = [principal(base * np.array([1 + w, -1 + w, 0.1])).directions[0, 0] for w in (-0.01, 0.01)]
    assert firsts[0] * firsts[1] < 0, "without the fit before they would flip"


def test_a_first_fit_turns_to_where_another_picture_grows() -> None:
    values = points(80, 5)
    plain = principal(values).project(values)
    turned = principal(values, beside=plain * [-1, 1])
    np.testing.assert_allclose(turned.project(values), plain * [-1, 1])


def test_points_in_one_place_have_no_shares() -> None:
    found = principal(np.ones((5, 4)))
    assert found.shares.tolist() == [0, 0] and not found.project(np.ones((5, 4))).any()
