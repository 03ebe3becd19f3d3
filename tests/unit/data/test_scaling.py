"""Scaling: formulas, constant columns and the extremes of double precision."""

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.data.scaling import fit_scaler

ROWS = np.array([[1.0, 10.0], [2.0, 30.0], [4.0, -10.0], [5.0, 10.0]])


def test_standard_scaling_has_mean_zero_and_deviation_one() -> None:
    scaled = fit_scaler("standard", ROWS).apply(ROWS)
    np.testing.assert_allclose(scaled, (ROWS - ROWS.mean(axis=0)) / ROWS.std(axis=0), rtol=1e-14)


def test_minmax_scaling_spans_zero_to_one() -> None:
    scaled = fit_scaler("minmax", ROWS).apply(ROWS)
    np.testing.assert_allclose(scaled, [[0, 0.5], [0.25, 1], [0.75, 0], [1, 0.5]], rtol=1e-14)


def test_rows_outside_training_use_the_training_measure() -> None:
    scaler = fit_scaler("minmax", ROWS)
    np.testing.assert_allclose(scaler.apply([[9.0, 70.0]]), [[2.0, 2.0]])


@pytest.mark.parametrize("kind", ["none", "standard", "minmax"])
def test_invert_undoes_apply(kind: str) -> None:
    scaler = fit_scaler(kind, ROWS)
    np.testing.assert_allclose(scaler.invert(scaler.apply(ROWS)), ROWS, rtol=1e-13)


def test_none_leaves_inputs_alone() -> None:
    np.testing.assert_array_equal(fit_scaler("none", ROWS).apply(ROWS), ROWS)


def test_deviation_is_exact_far_from_zero() -> None:
    column = 1e9 + np.array([[0.0], [1.0], [2.0]])
    scaled = fit_scaler("standard", column).apply(column)
    np.testing.assert_allclose(scaled[:, 0], np.array([-1, 0, 1]) / np.sqrt(2 / 3), rtol=1e-12)


@pytest.mark.parametrize("kind", ["standard", "minmax"])
@pytest.mark.parametrize(
    "column",
    [
        pytest.param([7.0, 7.0, 7.0], id="constant"),
        pytest.param([0.0, 0.0, 0.0], id="zero"),
        pytest.param([1e9, 1e9 + 1.2e-7, 1e9], id="rounding only"),
        pytest.param([0.1 + 0.2, 0.3, 0.3], id="last bit"),
    ],
)
def test_columns_that_do_not_vary_become_zero_with_a_note(kind: str, column: list[float]) -> None:
    rows = np.column_stack([column, [1.0, 2.0, 3.0]])
    scaler = fit_scaler(kind, rows, ("flat", "good"))
    assert scaler.apply(rows)[:, 0].tolist() == [0, 0, 0]
    assert scaler.notes() == ("1 input does not vary over the training rows and becomes 0: flat.",)


@pytest.mark.parametrize("kind", ["standard", "minmax"])
@pytest.mark.parametrize("size", [1.7e308, 1e200, 1e-200, 5e-324])
def test_extreme_columns_stay_finite(kind: str, size: float) -> None:
    rows = np.array([[-size], [size], [size]])
    scaled = fit_scaler(kind, rows).apply(rows)
    expected = {"standard": (np.array([-1, 1, 1]) - 1 / 3) / np.sqrt(8 / 9), "minmax": np.array([0.0, 1.0, 1.0])}
    np.testing.assert_allclose(scaled[:, 0], expected[kind], rtol=1e-12)


def test_values_far_outside_training_do_not_overflow_single_precision() -> None:
    scaler = fit_scaler("standard", [[0.0], [1e-300]])
    assert np.isfinite(scaler.apply([[1e300]]).astype(np.float32)).all()


def test_description_names_the_rule_and_each_column() -> None:
    sentences = fit_scaler("standard", ROWS, ("age", "income")).describe()
    assert "mean" in sentences[0]
    assert sentences[1] == "age: (x − 3) / 1.58114"
    assert sentences[2].startswith("income: (x − 10)")


def test_unknown_kind_is_refused() -> None:
    with pytest.raises(SpecError, match="Received: scaling='log'"):
        fit_scaler("log", ROWS)  # type: ignore[arg-type]
