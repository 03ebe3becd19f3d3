"""A hidden unit of an image network in the real window: its weight image and strongest inputs, layer by layer."""

import numpy as np
import pytest

from dlviz.gui.panels.inspector.portrait import UnitPortrait
from dlviz.gui.selection import Selected
from dlviz.session.presets import document_for
from tests.gui.robot import LEFT, NONE, Key, Robot


@pytest.fixture
def robot(robot_at_digits: Robot) -> Robot:
    return robot_at_digits


def portrait_of(robot: Robot, layer: str, unit: int) -> UnitPortrait:
    robot.window.context.selection.select(Selected("unit", layer, unit))
    section: UnitPortrait = robot.panel("inspector").portrait  # type: ignore[attr-defined]
    robot.wait(section.isVisible)
    robot.wait(lambda: len(section.images.places) == 8 and section.said.text() != "…")
    return section


def test_a_hidden_unit_shows_its_weight_image_and_the_inputs_that_activate_it_most(robot: Robot) -> None:
    robot.wait(lambda: robot.frame.state == "paused" or robot.frame.step > 20)
    if robot.frame.state == "running":
        robot.pause()
    session = robot.running.session
    first = session.document.network.layers[0].id
    section = portrait_of(robot, first, 3)
    robot.wait(lambda: robot.frame.portrait is not None and robot.frame.parameters is not None)
    assert robot.frame.parameters is not None
    wanted = robot.frame.parameters[f"{first}.W"][3].reshape(1, 8, 8)
    np.testing.assert_array_equal(section.weights.planes, wanted)
    assert section.weights.isVisible()
    weights, bias = robot.frame.parameters[f"{first}.W"], robot.frame.parameters[f"{first}.b"]
    known = np.sort(np.concatenate([session.prepared.train, session.prepared.validation]))
    z = session.prepared.inputs[known] @ weights[3] + bias[3]
    assert section.images.places == known[np.argsort(-z, kind="stable")[:8]].tolist()


def test_deeper_units_show_their_strongest_inputs_alone(robot: Robot) -> None:
    session = robot.running.session
    last = session.document.network.layers[-1].id
    section = portrait_of(robot, last, 7)
    assert not section.weights.isVisible()
    assert section.said.text().startswith("It reads other units, not pixels")
    first = portrait_of(robot, session.document.network.layers[0].id, 0)
    assert first.weights.isVisible()


def test_an_image_is_selected_everywhere_by_click_and_by_keys(robot: Robot) -> None:
    section = portrait_of(robot, robot.running.session.document.network.layers[0].id, 0)
    images, selection = section.images, robot.window.context.selection
    robot.panel("inspector").page.ensureWidgetVisible(images)  # type: ignore[attr-defined]
    robot.bot.mouseClick(images, LEFT, NONE, images.box(2).center().toPoint())
    assert selection.rows == {images.places[2]}
    assert selection.current.kind == "unit", "the unit stays in view"
    images.setFocus()
    robot.key(Key.Key_Right)
    robot.key(Key.Key_Return)
    assert selection.rows == {images.places[3]}


def test_it_follows_training(robot: Robot) -> None:
    section = portrait_of(robot, robot.running.session.document.network.layers[0].id, 2)
    before = section.weights.planes.copy()
    robot.window.run.play()
    robot.wait(lambda: not np.array_equal(section.weights.planes, before))


def test_units_of_other_data_have_no_portrait(robot: Robot) -> None:
    robot.running.session.start_over(document_for("iris"), "Iris")
    robot.settle()
    robot.window.context.selection.select(Selected("unit", robot.running.session.document.network.layers[0].id, 0))
    section = robot.panel("inspector").portrait  # type: ignore[attr-defined]
    robot.bot.wait(100)
    assert not section.isVisible()
