"""Cosines and correlations against NumPy, and what happens where there is no direction."""

import numpy as np
import pytest

from dlviz.core.similarity import correlations, cosines

VALUES = np.random.default_rng(3).normal(size=(6, 40))


def test_cosines_are_products_over_lengths() -> None:
    found = cosines(VALUES)
    for i in range(6):
        for j in range(6):
            wanted = VALUES[i] @ VALUES[j] / np.sqrt(VALUES[i] @ VALUES[i] * (VALUES[j] @ VALUES[j]))
            assert found[i, j] == pytest.approx(wanted, abs=1e-14)


def test_correlations_are_those_of_numpy() -> None:
    np.testing.assert_allclose(correlations(VALUES + 100.0), np.corrcoef(VALUES), atol=1e-12)


def test_copies_are_at_one_and_opposites_at_minus_one() -> None:
    rows = np.array([[0.3, 0.2], [0.3, 0.2], [-0.6, -0.4]])
    np.testing.assert_allclose(cosines(rows), [[1, 1, -1], [1, 1, -1], [-1, -1, 1]], atol=1e-15)


def test_rows_of_zeros_are_copies_of_each_other_and_of_nothing_else() -> None:
    found = cosines(np.array([[0.0, 0.0], [0.0, 0.0], [1.0, 2.0]]))
    assert found[0, 1] == 1 and np.isnan(found[0, 2]) and found[2, 2] == 1


def test_very_large_and_very_small_rows_keep_their_angle() -> None:
    np.testing.assert_allclose(cosines(np.array([[3e200, 4e200], [4e-200, 3e-200]]))[0, 1], 0.96)


def test_units_that_never_change_are_no_rounding() -> None:
    found = correlations(np.array([[0.1] * 7, [0.7] * 7, [1, 2, 3, 4, 5, 6, 7]]))
    assert found[0, 1] == 1 and np.isnan(found[0, 2])
