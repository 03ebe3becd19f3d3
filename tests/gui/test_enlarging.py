"""Four ways to enlarge a network by a +: hidden units, inputs, outputs and hidden layers."""

import numpy as np
import pytest

from dlviz.core.errors import SpecError
from dlviz.core.inference import shapes
from dlviz.core.network import output_ids
from dlviz.session import edits
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import document_for, first_document
from tests.gui.robot import CONTROL, Key, Robot


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


def sizes(robot: Robot) -> dict[str, int]:
    return {node: int(np.prod(shape)) for node, shape in shapes(robot.running.session.document.network).items()}


def test_units_inputs_outputs_and_layers_grow_by_a_plus(robot: Robot) -> None:
    start = robot.running.session.document
    robot.click_caption("plus", "h1")
    robot.wait(lambda: sizes(robot)["h1"] == 5)
    robot.click_caption("features", "x")
    robot.choose_in_menu("x1·x2")
    robot.wait(lambda: sizes(robot)["x"] == 3)
    dataset = prepared_for(robot.running.session.document).dataset
    assert dataset.input_names == ("x1", "x2", "x1·x2")
    np.testing.assert_array_equal(dataset.inputs[:, 2], dataset.inputs[:, 0] * dataset.inputs[:, 1])
    robot.settle()
    robot.click_caption("insert", "h2")
    robot.choose_in_menu("Dense")
    robot.wait(lambda: len(sizes(robot)) == 5)
    robot.settle()
    robot.click_caption("outputs", "o")
    robot.wait(lambda: len(output_ids(robot.running.session.document.network)) == 2)
    robot.settle()
    robot.view.setFocus()
    robot.key(Key.Key_Z, CONTROL, times=4)
    assert robot.running.session.document == start


def test_a_column_is_not_read_any_more(robot: Robot) -> None:
    robot.click_caption("features", "x")
    robot.choose_in_menu("x2")
    robot.wait(lambda: sizes(robot)["x"] == 1)
    dataset = prepared_for(robot.running.session.document).dataset
    assert dataset.input_names == ("x1",)
    assert dataset.notes[-1] == "x2 is not read any more."
    with pytest.raises(SpecError, match="at least one"):
        edits.remove_feature(robot.running.session.document, "x1")


def test_features_are_squares_products_and_sines_of_plain_columns() -> None:
    document = edits.add_feature(first_document(), "sin(x1)")
    rows = prepared_for(document).dataset
    np.testing.assert_array_equal(rows.inputs[:, 2], np.sin(rows.inputs[:, 0]))
    assert [each.name for each in edits.features_for(rows)] == ["x1²", "x2²", "x1·x2", "sin(x2)"]
    assert len(edits.features_for(prepared_for(document_for("wine")).dataset)) == 24
    with pytest.raises(SpecError, match="Expected a feature among"):
        edits.add_feature(document, "sin(x1)")


def test_the_column_that_goes_is_taken_from_the_input_that_reads_it() -> None:
    iris = document_for("iris")
    two = edits.split_inputs(iris, [2, 2])
    name = prepared_for(two).dataset.input_names[3]
    less = edits.remove_feature(two, name)
    more = edits.add_feature(less, f"{prepared_for(less).dataset.input_names[0]}²")
    assert [node.shape for node in more.network.inputs] == [(2,), (2,)]
