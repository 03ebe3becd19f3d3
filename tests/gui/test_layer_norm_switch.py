"""Batch norm switched on and off behind a layer, and the biases that do nothing before it."""

import numpy as np
import pytest

from dlviz.core.inference import activation_of
from dlviz.gui.selection import Selected
from dlviz.session.network_presets import batch_norm
from tests.gui.robot import CONTROL, Key, Robot


@pytest.fixture
def robot(robot_on_canvas: Robot) -> Robot:
    return robot_on_canvas


def kinds(robot: Robot) -> list[str]:
    return [layer.kind for layer in robot.running.session.document.network.layers]


def test_batch_norm_is_switched_on_and_off_in_the_menu_of_a_layer(robot: Robot) -> None:
    start = robot.running.session.document
    robot.click_caption("title", "h1")
    robot.choose_in_menu("Batch norm")
    robot.wait(lambda: kinds(robot) == ["dense", "batch_norm", "dense", "dense"])
    network = robot.running.session.document.network
    assert [activation_of(network, layer).kind for layer in ("h1", "norm1")] == ["linear", "tanh"]
    assert robot.message() == "The biases of h1 change nothing: batch norm subtracts the mean."
    robot.settle()
    robot.click(robot.window.centre.bar.button)
    robot.wait(lambda: robot.running.session.document.network.layers[0].settings["bias"] is False)
    robot.settle()
    robot.click_caption("title", "h1")
    robot.choose_in_menu("Batch norm")
    robot.wait(lambda: kinds(robot) == ["dense", "dense", "dense"])
    assert activation_of(robot.running.session.document.network, "h1").kind == "tanh"
    robot.view.setFocus()
    robot.key(Key.Key_Z, CONTROL, times=3)
    assert robot.running.session.document == start


def outputs(robot: Robot) -> np.ndarray:
    """Return what batch norm hands on, at the end of the walk of the batch."""
    robot.wait(lambda: robot.settle().peek is not None or robot.frame.trace is not None)
    trace = robot.frame.trace or robot.frame.peek
    return np.asarray(trace.value("n.a", len(trace.steps)))


def test_adding_7_to_the_bias_before_batch_norm_changes_no_output(robot: Robot) -> None:
    robot.running.session.new(batch_norm())
    robot.settle()
    robot.window.use_workspace("step")
    robot.key(Key.Key_PageDown)
    before = outputs(robot)
    robot.window.context.selection.select(Selected("bias", "h", 0))
    field = robot.panel("inspector").value
    robot.wait(field.isVisible)
    field.setFocus()
    field.selectAll()
    robot.bot.keyClicks(field, "7")
    robot.bot.keyClick(field, Key.Key_Return)
    robot.wait(lambda: robot.settle().parameters is not None and robot.frame.parameters["h.b"][0] == 7.0)
    np.testing.assert_allclose(outputs(robot), before, rtol=0, atol=1e-12)
    robot.wait(lambda: "The biases of h change nothing" in robot.window.status.words.text())
