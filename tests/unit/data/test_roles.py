"""Roles of columns: inputs, values and classes to predict, and columns that nobody looks at."""

import numpy as np
import pytest

from dlviz.core.errors import DataError, SpecError
from dlviz.data.builtin import datasets
from dlviz.data.dataset import Dataset
from dlviz.data.kind import classified, measured
from dlviz.data.roles import Role, roles_of, with_roles


def iris() -> Dataset:
    return datasets.get("iris").build({})


def lengths() -> Dataset:
    return measured("Lengths", np.arange(12.0).reshape(4, 3), [1.0, 2, 2, 5], ("a", "b", "c"), "t")


def test_without_roles_a_set_is_itself() -> None:
    dataset = iris()
    assert with_roles(dataset, {}) is dataset
    assert set(roles_of(dataset).values()) == {"input", "class"}


def test_a_column_that_is_left_out_is_no_input() -> None:
    found = with_roles(iris(), {"petal_width_cm": "none"})
    assert found.input_names == ("sepal_length_cm", "sepal_width_cm", "petal_length_cm")
    np.testing.assert_array_equal(found.inputs, iris().inputs[:, :3])
    assert found.class_names == iris().class_names


def test_an_input_is_predicted_and_the_class_becomes_an_input_for_each_class() -> None:
    dataset = iris()
    found = with_roles(dataset, {"petal_width_cm": "value", "class": "input"})
    assert (found.task, found.target_names) == ("regression", ("petal_width_cm",))
    np.testing.assert_array_equal(found.targets[:, 0], dataset.inputs[:, 3])
    assert found.input_names[3:] == tuple(f"class={name}" for name in dataset.class_names)
    np.testing.assert_array_equal(found.inputs[:, 3:].argmax(axis=1), dataset.targets)
    np.testing.assert_array_equal(found.inputs[:, 3:].sum(axis=1), 1)


def test_a_number_is_predicted_as_a_class_and_a_class_as_its_number() -> None:
    found = with_roles(lengths(), {"t": "class"})
    assert (found.task, found.class_names) == ("multiclass", ("1", "2", "5"))
    assert found.targets.tolist() == [0, 1, 1, 2]
    flowers = with_roles(iris(), {"class": "value"})
    assert flowers.task == "regression"
    np.testing.assert_array_equal(flowers.targets[:, 0], iris().targets)


def test_two_columns_are_predicted_as_values_at_once() -> None:
    found = with_roles(lengths(), {"b": "value"})
    assert found.target_names == ("b", "t")
    np.testing.assert_array_equal(found.targets[:, 0], lengths().inputs[:, 1])


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"d": "input"}, "Expected a column of the data"), ({"a": "inputs"}, "Expected a column of the data"),
        ({"t": "input"}, "Expected columns to predict from, and one to predict. Received: 4 and 0"),
        ({"a": "none", "b": "none", "c": "none"}, "Received: 0 and 1"), ({"a": "class"}, "Expected one class"),
        ({"a": "class", "t": "class"}, "Expected one class"),
    ],
)  # fmt: skip
def test_roles_that_leave_nothing_to_learn_are_refused(columns: dict[str, Role], expected: str) -> None:
    with pytest.raises(SpecError, match=expected):
        with_roles(lengths(), columns)


def test_a_column_of_one_value_is_no_class() -> None:
    same = measured("Same", np.ones((3, 1)), [2.0, 2, 2])
    with pytest.raises(DataError, match="Expected 2 to"):
        with_roles(same, {"y": "class"})


def test_an_image_without_a_pixel_is_no_image_any_more() -> None:
    digits = datasets.get("digits").build({})
    assert digits.image_shape is not None
    assert with_roles(digits, {digits.input_names[0]: "none"}).image_shape is None
    assert classified("c", np.eye(2), [0, 1], ("a", "b")).image_shape is None
