"""Scaling of whatever finite numbers: the result is finite, and training rows end where the rule says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dlviz.data.scaling import fit_scaler

EXTREME = st.sampled_from(
    [0.0, -0.0, 1e9, 1e9 + 1e-7, 1.7e308, -1.7e308, 5e-324, -5e-324, 1e-300, 3.5e38, 1e154, 1e155]
)
ANY = st.one_of(EXTREME, st.floats(allow_nan=False, allow_infinity=False), st.floats(-10, 10))
ROWS = st.integers(1, 12).flatmap(lambda n: arrays(np.float64, (n, 3), elements=ANY))


@pytest.mark.parametrize("kind", ["standard", "minmax"])
@given(ROWS, ROWS)
def test_scaled_numbers_are_finite_in_single_precision_too(kind: str, train: np.ndarray, others: np.ndarray) -> None:
    scaler = fit_scaler(kind, train)
    assert np.isfinite(scaler.apply(train).astype(np.float32)).all()
    assert np.isfinite(scaler.apply(others).astype(np.float32)).all()


@given(ROWS)
def test_minmax_of_training_rows_is_zero_to_one_or_zero(train: np.ndarray) -> None:
    scaler = fit_scaler("minmax", train)
    scaled = scaler.apply(train)
    varying = ~scaler.is_constant
    np.testing.assert_allclose(scaled.min(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(scaled.max(axis=0), varying, atol=1e-12)


@given(ROWS)
def test_standard_of_training_rows_has_mean_zero_and_deviation_one_or_is_zero(train: np.ndarray) -> None:
    scaler = fit_scaler("standard", train)
    scaled = scaler.apply(train)
    # Near the limit of what counts as constant, few bits of the differences are left.
    clear = ~scaler.is_constant & (scaler.spread > 1e-6 * np.abs(train / scaler.unit).max(axis=0))
    np.testing.assert_allclose(scaled.mean(axis=0)[clear], 0, atol=1e-8)
    np.testing.assert_allclose(scaled.std(axis=0)[clear], 1, atol=1e-8)
    assert not scaled[:, scaler.is_constant].any()
