"""From a table to a data set: targets, one-hot inputs, missing cells, and what is told."""

from pathlib import Path

import numpy as np
import pytest

from dlviz.core.errors import DataError
from dlviz.data.table import ColumnInfo, Table, TableRead
from dlviz.data.table_dataset import to_dataset, usable_inputs

NAN = np.nan


def table(**columns: list[float] | list[str] | None) -> Table:
    """Make a table: numbers, words (None is missing) or no array at all for text."""
    infos, arrays = [], {}
    for name, cells in columns.items():
        if cells is None:
            infos.append(ColumnInfo(name, "text", 0, 9))
        elif any(isinstance(cell, str) for cell in cells):
            names = tuple(sorted({cell for cell in cells if cell is not None}))
            arrays[name] = np.array([names.index(cell) if cell is not None else -1 for cell in cells], dtype=np.int32)
            infos.append(ColumnInfo(name, "category", 0, len(names), (), names))
        else:
            arrays[name] = np.array(cells, dtype=np.float64)
            infos.append(ColumnInfo(name, "number", 0, len(set(cells))))
    n = len(next(iter(arrays.values())))
    last = [info.name for info in infos if info.name in arrays][-1]
    return Table(TableRead(Path("t.csv"), "csv", tuple(infos), n, guessed_target=last, notes=("read.",)), arrays)


def test_words_are_classes_and_numbers_are_inputs() -> None:
    dataset = to_dataset(table(a=[1.0, 2.0, 3.0], kind=["x", "z", "y"]))
    assert (dataset.task, dataset.class_names) == ("multiclass", ("x", "y", "z"))
    assert dataset.targets.tolist() == [0, 2, 1]
    assert dataset.inputs.tolist() == [[1], [2], [3]]
    assert (dataset.input_names, dataset.target_names) == (("a",), ("kind",))


def test_two_classes_are_binary() -> None:
    assert to_dataset(table(a=[1.0, 2.0], kind=["x", "y"])).task == "binary"


def test_different_numbers_are_values() -> None:
    dataset = to_dataset(table(a=[1.0, 2.0, 3.0], y=[0.5, 1.5, 9.0]))
    assert dataset.task == "regression"
    assert dataset.targets.tolist() == [[0.5], [1.5], [9.0]]


def test_few_whole_numbers_are_classes_unless_values_are_asked_for() -> None:
    data = table(a=list(range(20)), y=[3.0, 7.0] * 10)
    assert to_dataset(data).class_names == ("3", "7")
    assert "y: 2 different numbers are read as classes." in to_dataset(data).notes
    assert to_dataset(data, reading="values").task == "regression"


def test_labels_are_factorised_however_strange() -> None:
    dataset = to_dataset(table(a=[1.0, 2.0, 3.0], y=[-5.0, 1e12, -5.0]), reading="classes")
    assert dataset.targets.tolist() == [0, 1, 0]
    assert dataset.class_names == ("-5", "1000000000000")


def test_categories_become_one_input_each() -> None:
    dataset = to_dataset(table(colour=["red", "blue", "red"], y=[0.1, 0.2, 0.4]))
    assert dataset.input_names == ("colour=blue", "colour=red")
    assert dataset.inputs.tolist() == [[0, 1], [1, 0], [0, 1]]
    assert "colour became 2 inputs, one a category." in dataset.notes


def test_rows_with_missing_cells_are_dropped_and_counted() -> None:
    dataset = to_dataset(table(a=[1.0, NAN, 3.0, 4.0], c=["u", "v", None, "u"], y=[1.5, 2.5, 3.5, NAN]))
    assert dataset.inputs.tolist() == [[1, 1, 0]]
    assert "1 row without a target was left out." in dataset.notes
    assert "2 rows with missing inputs were left out." in dataset.notes


def test_missing_inputs_become_mean_or_most_frequent() -> None:
    data = table(a=[1.0, NAN, 3.0, 8.0], c=["u", "v", None, "u"], y=[1.5, 2.5, 3.5, NAN])
    dataset = to_dataset(data, missing="mean")
    assert dataset.inputs.tolist() == [[1, 1, 0], [4, 0, 1], [3, 1, 0]]
    assert "a: 1 missing cell became the mean 4." in dataset.notes
    assert "c: 1 missing cell became u, the most frequent." in dataset.notes


def test_mean_of_huge_numbers_stays_finite() -> None:
    dataset = to_dataset(table(a=[1.7e308, 1.7e308, NAN], y=[0.1, 0.2, 0.4]), missing="mean")
    np.testing.assert_allclose(dataset.inputs, 1.7e308)


def test_unusable_columns_are_left_out_and_named() -> None:
    data = table(text=None, a=[1.0, 2.0], same=["k", "k"], empty=[NAN, NAN], y=[0.5, 1.5])
    assert "text" not in usable_inputs(data.info, "y")
    assert "same" not in usable_inputs(data.info, "y")
    dataset = to_dataset(data, inputs=("a",))
    assert dataset.input_names == ("a",)
    assert (
        "Columns not used: text, same."
        in to_dataset(table(text=None, same=["k", "k"], a=[1.0, 2.0], y=[0.5, 1.5])).notes
    )


def test_a_class_without_rows_left_is_no_output() -> None:
    dataset = to_dataset(table(a=[1.0, NAN, 3.0, 4.0], kind=["x", "y", "z", "x"]))
    assert dataset.class_names == ("x", "z")
    assert dataset.targets.tolist() == [0, 1, 0]


def test_notes_of_reading_come_first_and_arrays_are_read_only() -> None:
    dataset = to_dataset(table(a=[1.0, 2.0], y=[0.5, 1.5]))
    assert dataset.notes[0] == "read."
    assert not dataset.inputs.flags.writeable
    assert not dataset.targets.flags.writeable


@pytest.mark.parametrize(
    ("columns", "arguments", "message"),
    [
        ({"a": [1.0, 2.0], "y": ["x", "x"]}, {}, "Expected 2 to 1000 classes. Received: 1"),
        ({"a": [NAN, NAN], "y": [1.5, 2.5]}, {"inputs": ("a",)}, "Expected at least one complete row"),
        ({"a": [1.0, 2.0], "t": None}, {"target": "t"}, "Received: t, a column of type text"),
        ({"a": [1.0, 2.0], "y": [1.5, 2.5]}, {"target": "z"}, "Expected the name of a column. Received: 'z'"),
        ({"a": [1.0, 2.0], "y": [1.5, 2.5]}, {"inputs": ("a", "y")}, "Received: y, the target"),
        ({"a": [1.0, 2.0], "t": None, "y": [1.5, 2.5]}, {"inputs": ("t",)}, "Received: t, a column of type text"),
        ({"y": [1.5, 2.5]}, {}, "Expected at least one input column"),
    ],
)
def test_what_cannot_be_learned_is_refused(columns: dict, arguments: dict, message: str) -> None:
    with pytest.raises(DataError, match=message):
        to_dataset(table(**columns), **arguments)
