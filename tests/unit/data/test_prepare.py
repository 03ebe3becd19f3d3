"""From a data spec to rows ready for training."""

import numpy as np
import pytest

from dlviz.core.errors import DataError, SpecError
from dlviz.data.dataset import Dataset
from dlviz.data.kind import measured
from dlviz.data.prepare import prepare
from dlviz.data.spec import DataSpec, SplitSpec


def test_scaler_sees_only_training_rows() -> None:
    prepared = prepare(DataSpec("wine", split=SplitSpec(0.2, 0.2, seed=5), scaling="standard"))
    train = prepared.dataset.inputs[prepared.train]
    expected = (prepared.dataset.inputs - train.mean(axis=0)) / train.std(axis=0)
    np.testing.assert_allclose(prepared.inputs, expected, rtol=1e-9, atol=1e-12)
    assert not prepared.inputs.flags.writeable


def test_document_seed_moves_neither_points_nor_split() -> None:
    spec = DataSpec("moons", split=SplitSpec(test=0.5))
    first, second = prepare(spec, 1), prepare(spec, 2)
    np.testing.assert_array_equal(first.inputs, second.inputs)
    np.testing.assert_array_equal(first.test, second.test)


def test_table_uses_the_rows_of_the_document() -> None:
    table = measured("mine", [[1.0, 2.0]], [3.0])
    prepared = prepare(DataSpec("table", dataset=table))
    assert prepared.dataset is table
    assert prepared.train.tolist() == [0]


def test_rows_that_are_not_finite_are_left_out_with_a_count() -> None:
    table = measured("mine", [[1.0], [np.nan], [3.0], [np.inf]], [1.0, 2.0, np.nan, 4.0])
    prepared = prepare(DataSpec("table", dataset=table))
    assert prepared.dataset.inputs.tolist() == [[1.0]]
    assert prepared.notes == ("3 rows with missing or infinite numbers were left out.",)


def test_table_without_a_finite_row_is_refused() -> None:
    with pytest.raises(DataError, match="at least one row of finite numbers"):
        prepare(DataSpec("table", dataset=measured("mine", [[np.nan]], [1.0])))


def test_file_that_was_not_opened_is_refused_by_name() -> None:
    with pytest.raises(DataError, match=r"'data/mine\.csv' to be opened first"):
        prepare(DataSpec("file", {"path": "data/mine.csv"}))


def test_unknown_kind_names_the_nearest() -> None:
    with pytest.raises(SpecError, match="'circles'"):
        prepare(DataSpec("circels"))


def test_names_of_rows_go_with_their_rows() -> None:
    inputs = np.array([[1.0], [np.nan], [3.0]])
    rows = Dataset("T", "regression", inputs, np.ones((3, 1)), ("x",), ("y",), row_names=("a", "b", "c"))
    assert prepare(DataSpec("table", dataset=rows)).dataset.row_names == ("a", "c")
