"""Two weights are picked, and the inspector shows the loss of the real network over both."""

import numpy as np
import pytest

from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.inspector.two_weights import TwoWeights
from dlviz.gui.selection import Selected
from dlviz.session.document import Document
from dlviz.session.network_presets import logistic_unit, two_basins
from tests.gui.robot import Robot, no_stall
from tests.gui.test_neuron import rows, standing

FIRST, SECOND = Selected("link", "h", 0, "x", 0), Selected("link", "h", 1, "x", 0)


def pair(robot: Robot) -> TwoWeights:
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    return panel.behind.pair


def pick(robot: Robot, document: Document, first: Selected, second: Selected) -> TwoWeights:
    """Open a document, pin one weight by its button and select another."""
    standing(robot, document, 5)
    robot.window.context.selection.select(first)
    shown = pair(robot)
    robot.wait(shown.pin.isVisible)
    shown.pin.click()
    robot.window.context.selection.select(second)
    robot.wait(lambda: robot.frame.slice is not None and robot.frame.slice.is_finished)
    robot.wait(lambda: "basin" in shown.header.info.text())
    return shown


def test_a_network_of_two_hidden_units_has_two_basins(robot: Robot) -> None:
    shown = pick(robot, two_basins(), FIRST, SECOND)
    assert shown.header.info.text() == "2 basins"
    x, y = shown.plot.bottoms.getData()
    assert sorted(zip(x, y, strict=True)) == [pytest.approx((-2, 3), abs=0.1), pytest.approx((3, -2), abs=0.1)]
    assert [list(part) for part in shown.plot.here.getData()] == [[1.0], [0.5]]
    a = np.tanh(np.array([[x1 + x2 + 0.5, 0.5 * x1 + x2 + 0.5] for x1 in (-1, 0, 1) for x2 in (-1, 0, 1)]))
    b = np.tanh(np.array([[3 * x1 + x2 + 0.5, -2 * x1 + x2 + 0.5] for x1 in (-1, 0, 1) for x2 in (-1, 0, 1)]))
    expected = float(np.mean((a.sum(axis=1) - b.sum(axis=1)) ** 2))
    assert rows(shown.facts)["loss here, 9 rows"] == [pytest.approx(expected, rel=1e-10)]
    assert len(shown.plot.lines.getData()[0]) > 100


def test_the_cost_of_a_logistic_unit_has_one(robot: Robot) -> None:
    places = Selected("link", "o", 0, "x", 0), Selected("link", "o", 0, "x", 1)
    assert pick(robot, logistic_unit(), *places).header.info.text() == "1 basin"


def test_the_dot_follows_the_training_and_the_pin_can_be_let_go(robot: Robot) -> None:
    shown = pick(robot, two_basins(), FIRST, SECOND)
    with no_stall():
        robot.running.session.step("batch")
        robot.running.session.step("batch")
        robot.wait(lambda: robot.frame.slice is not None and robot.frame.slice.here[0] != 1.0)
    robot.wait(lambda: shown.plot.here.getData()[0][0] == robot.frame.slice.here[0])
    assert shown.pin.text() == "Let go of w¹₁₁"
    shown.pin.click()
    robot.wait(lambda: robot.frame.slice is None)
    assert not shown.plot.isVisible()


def test_a_wider_picture_reaches_farther_and_stop_leaves_it_coarse(robot: Robot) -> None:
    shown = pick(robot, two_basins(), FIRST, SECOND)
    shown.reach.setCurrentIndex(2)
    robot.wait(lambda: robot.frame.slice is not None and robot.frame.slice.across[-1] == 21.0)
    shown.stop.click()
    robot.wait(lambda: robot.frame.slice is None)
    assert not shown.stop.isVisible() and shown.plot.isVisible()


def test_nothing_is_shown_of_two_weights_while_results_are_hidden(robot: Robot) -> None:
    shown = pick(robot, two_basins(), FIRST, SECOND)
    robot.window.context.hide_results(True)
    robot.wait(lambda: not shown.isVisible())
