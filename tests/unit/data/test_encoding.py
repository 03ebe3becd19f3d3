"""Targets as numbers for output units."""

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.data.encoding import encode_targets
from dlviz.data.kind import classified, measured

BINARY = classified("two", np.zeros((3, 1)), [0, 1, 1], ("no", "yes"))
THREE = classified("three", np.zeros((3, 1)), [2, 0, 1], ("a", "b", "c"))
VALUES = measured("values", np.zeros((2, 1)), [1.5, -2.5])


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_one_output_is_low_and_one(low: float) -> None:
    assert encode_targets(BINARY, 1, low).tolist() == [[low], [1], [1]]


@pytest.mark.parametrize("low", [0.0, -1.0])
def test_one_output_a_class_is_one_hot(low: float) -> None:
    assert encode_targets(THREE, 3, low).tolist() == [[low, low, 1], [1, low, low], [low, 1, low]]


def test_two_classes_may_have_two_outputs() -> None:
    assert encode_targets(BINARY, 2).tolist() == [[1, 0], [0, 1], [0, 1]]


def test_values_stay_values() -> None:
    assert encode_targets(VALUES, 1).tolist() == [[1.5], [-2.5]]


@pytest.mark.parametrize(("dataset", "outputs"), [(BINARY, 3), (THREE, 1), (THREE, 4), (VALUES, 2)])
def test_misfit_says_what_would_fit(dataset: object, outputs: int) -> None:
    with pytest.raises(SpecError, match=f"Received: {outputs} output units") as caught:
        encode_targets(dataset, outputs)  # type: ignore[arg-type]
    assert str(dataset.n_outputs) in caught.value.hint  # type: ignore[attr-defined]
