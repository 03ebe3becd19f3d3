"""Targets as output units and loss want them."""

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import DlvizError
from dlviz.core.losses import losses
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.targets import are_labels, decision_threshold, target_low, targets_for


def document(units: int, activation: str, loss: str, **settings: str) -> Document:
    network = NetworkSpec((dense("o", units, activation),), (InputSpec("x", (2,)),))
    return Document(network=network, training=TrainingSpec(loss=chosen(loss, **settings)))


def classes(labels: list[int], names: tuple[str, ...]) -> Dataset:
    task = "binary" if len(names) == 2 else "multiclass"
    return Dataset("t", task, np.zeros((len(labels), 2)), np.array(labels), ("a", "b"), ("y",), names)


@pytest.mark.parametrize(
    ("activation", "loss", "low"),
    [("tanh", "squared_error", -1), ("sigmoid", "binary_cross_entropy", 0), ("linear", "hinge", -1)],
)
def test_labels_of_one_unit_span_what_it_can_say(activation: str, loss: str, low: float) -> None:
    made = document(1, activation, loss)
    assert target_low(made) == low
    assert decision_threshold(made) == (1 + low) / 2
    assert targets_for(made, classes([0, 1], ("no", "yes"))).tolist() == [[low], [1.0]]


def test_integer_labels_count_units_even_where_classes_are_missing() -> None:
    made = document(4, "softmax", "sparse_categorical_cross_entropy")
    assert targets_for(made, classes([0, 1], ("0", "2"))).argmax(axis=1).tolist() == [0, 2]


def test_named_classes_need_one_unit_each() -> None:
    made = document(4, "softmax", "sparse_categorical_cross_entropy")
    with pytest.raises(DlvizError, match="output units"):
        targets_for(made, classes([0, 1, 2], ("a", "b", "c")))


@pytest.mark.parametrize(
    ("targets", "message"),
    [([[0.5, 0.7]], "sum to 1.*Received: 1.2"), ([[0.0, 2.0]], "between 0 and 1.*Received: 2")],
)
def test_targets_that_are_no_probabilities_are_refused(targets: list[list[float]], message: str) -> None:
    rows = Dataset("t", "regression", np.zeros((1, 2)), np.array(targets), ("a", "b"), ("p", "q"))
    with pytest.raises(DlvizError, match=message):
        targets_for(document(2, "softmax", "categorical_cross_entropy"), rows)


@pytest.mark.parametrize("label", [1.5, -1.0, 2.0])
def test_labels_outside_the_units_are_refused(label: float) -> None:
    rows = Dataset("t", "regression", np.zeros((1, 2)), np.array([[label]]), ("a", "b"), ("y",))
    with pytest.raises(DlvizError, match="Expected whole numbers from 0 to 1"):
        targets_for(document(2, "softmax", "sparse_categorical_cross_entropy"), rows)


def test_one_column_a_class_is_no_label() -> None:
    rows = Dataset("t", "regression", np.zeros((1, 2)), np.array([[0.0, 1.0]]), ("a", "b"), ("p", "q"))
    with pytest.raises(DlvizError, match="one whole number a row"):
        targets_for(document(2, "softmax", "sparse_categorical_cross_entropy"), rows)


def test_hinge_wants_signs() -> None:
    rows = Dataset("t", "regression", np.zeros((2, 2)), np.array([[1.0], [0.0]]), ("a", "b"), ("y",))
    with pytest.raises(DlvizError, match="targets −1 and 1 for hinge. Received: 0"):
        targets_for(document(1, "linear", "hinge"), rows)


@pytest.mark.parametrize("loss", ["hinge", "perceptron"])
def test_labels_zero_and_one_become_signs_where_the_loss_says_so(loss: str) -> None:
    rows = Dataset("t", "regression", np.zeros((2, 2)), np.array([[1.0], [0.0]]), ("a", "b"), ("y",))
    made = document(1, "linear", loss, labels="zero_one")
    assert targets_for(made, rows).tolist() == [[1.0], [-1.0]]
    assert decision_threshold(made) == 0


def test_other_labels_are_not_mapped() -> None:
    rows = Dataset("t", "regression", np.zeros((1, 2)), np.array([[-1.0]]), ("a", "b"), ("y",))
    with pytest.raises(DlvizError, match="labels 0 and 1 for hinge. Received: -1"):
        targets_for(document(1, "linear", "hinge", labels="zero_one"), rows)


@pytest.mark.parametrize(
    ("targets", "loss", "is_label"),
    [
        ([[0], [1], [1]], "binary_cross_entropy", True),
        ([[1, 0, 0], [0, 0, 1]], "categorical_cross_entropy", True),
        ([[1, 0], [0, 1]], "binary_cross_entropy", True),
        ([[-1], [1]], "hinge", True),
        ([[0.2], [1]], "binary_cross_entropy", False),  # probabilities
        ([[1, 1], [0, 1]], "binary_cross_entropy", False),  # several answers a row
        ([[0.5, 0.5], [0, 1]], "categorical_cross_entropy", False),
        ([[0], [1]], "squared_error", False),  # values, for all that is known
    ],
)
def test_a_table_is_of_classes_where_its_loss_reads_them(targets: list[list[float]], loss: str, is_label: bool) -> None:
    assert are_labels(np.array(targets, dtype=float), losses.get(loss)) == is_label
