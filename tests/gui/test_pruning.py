"""Taking weights and units of a trained network out, one by one or at random, and training on."""

from collections.abc import Iterator

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.freezing import entry_name
from dlviz.gui.selection import Selected
from dlviz.session.edits.pruning import victims
from dlviz.session.prepared import prepared_for
from tests.gui.robot import CONTROL, Key, Robot, close_window, robot_at_window


@pytest.fixture
def robot(qtbot: QtBot) -> Iterator[Robot]:
    made = robot_at_window(qtbot)
    made.start_on_canvas()
    made.wait(lambda: made.frame.step > 300)
    made.pause()
    yield made
    close_window(made)


def parameters(robot: Robot) -> dict[str, np.ndarray]:
    robot.wait(lambda: robot.settle().parameters is not None)
    return {name: np.array(values) for name, values in (robot.frame.parameters or {}).items()}


def opened(robot: Robot, layer: str):  # type: ignore[no-untyped-def]
    robot.window.context.selection.select(Selected("layer", layer))
    fold = robot.panel("inspector").behind.pruning
    robot.wait(fold.isVisible)
    fold.heading.click()
    robot.wait(lambda: "gone" in fold.words.text())
    assert not fold.grab().isNull()  # every part of it can be painted, in view or not
    return fold


def accuracy(robot: Robot, values: dict[str, np.ndarray]) -> float:
    """Work the accuracy on the dev rows out by hand: tanh layers, the sign of the output."""
    prepared = prepared_for(robot.running.session.document)
    rows = prepared.validation if len(prepared.validation) else prepared.train
    a = prepared.inputs[rows].T
    for layer in ("h1", "h2", "o"):
        a = np.tanh(values[f"{layer}.W"] @ a + values[f"{layer}.b"][:, None])
    labels = np.asarray(prepared.dataset.targets)[rows]
    return float(np.mean((a[0] > 0) == (labels > 0)))


@pytest.mark.parametrize("what", ["weights", "units"])
def test_accuracy_over_the_share_taken_out_is_that_of_the_network(robot: Robot, what: str) -> None:
    before, network = parameters(robot), robot.running.session.document.network
    fold = opened(robot, "h1")
    if what == "units":
        fold.what.setCurrentIndex(1)
        robot.wait(lambda: fold._found() is not None and fold._found().question.what == "units")
    shares, scores = fold.curve.getData()
    for place in (0, 6, 13, 20):
        gone = victims(network, "h1", float(shares[place]), what, 0)
        left = {name: np.where(gone[name], 0, each) if name in gone else each for name, each in before.items()}
        assert scores[place] == pytest.approx(accuracy(robot, left), abs=1e-12)
    assert scores[0] > scores[-1]


def test_pruning_is_undone_and_training_goes_on(robot: Robot) -> None:
    before = parameters(robot)
    fold = opened(robot, "h1")
    robot.click(fold.button)
    robot.wait(lambda: int((parameters(robot)["h1.W"] == 0).sum()) == round(0.3 * before["h1.W"].size))
    kept = parameters(robot)["h1.W"] != 0
    np.testing.assert_array_equal(parameters(robot)["h1.W"][kept], before["h1.W"][kept])
    robot.view.setFocus()
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.state == "running")
    robot.wait(lambda: bool((robot.frame.parameters or before)["h1.W"].all()))
    robot.pause()
    robot.key(Key.Key_Z, CONTROL)
    np.testing.assert_array_equal(parameters(robot)["h1.W"], before["h1.W"])


def test_weights_that_are_held_stay_at_0_while_the_others_learn(robot: Robot) -> None:
    fold = opened(robot, "h2")
    fold.is_held.setChecked(True)
    robot.click(fold.button)
    robot.wait(lambda: bool((parameters(robot)["h2.W"] == 0).any()))
    after = parameters(robot)["h2.W"]
    step = robot.frame.step
    robot.view.setFocus()
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.step > step + 200)
    robot.pause()
    trained = parameters(robot)["h2.W"]
    assert (trained[after == 0] == 0).all()
    assert (trained[after != 0] != after[after != 0]).all()


def test_a_selected_weight_is_pruned_by_a_key_and_learns_again_on_undo(robot: Robot) -> None:
    start = robot.running.session.document
    robot.click_place(Selected("link", "h1", 2, "x", 1))
    robot.key(Key.Key_Delete)
    name = entry_name("h1.W", (2, 1))
    robot.wait(lambda: robot.running.session.document.training.frozen == (name,))
    assert parameters(robot)["h1.W"][2, 1] == 0
    robot.wait(lambda: "frozen, never updated" in robot.panel("inspector").facts.words())
    robot.key(Key.Key_Z, CONTROL)
    assert robot.running.session.document == start


def test_what_is_held_at_0_has_a_cross_on_the_canvas_until_it_is_released(robot: Robot) -> None:
    cuts, legend = robot.view.network_scene.cuts, robot.panel("canvas").legend
    assert cuts.points == () and "held" not in legend.texts()[2]
    fold = opened(robot, "h1")
    fold.is_held.setChecked(True)
    robot.click(fold.button)
    robot.wait(lambda: len(cuts.points) == round(0.3 * 8))
    assert "× = held at 0" in legend.texts()[2] and legend.width() >= legend.sizeHint().width()
    scene = robot.view.network_scene
    for point in cuts.points:
        place = scene.place_at(point)
        assert place.kind == "link"
        assert (robot.frame.parameters or {})["h1.W"][place.unit, place.source] == 0
    marks = [mark.label for mark in robot.frame.marks]
    assert marks == ["Prune 30 % of h1"]
    robot.view.setFocus()
    robot.key(Key.Key_Z, CONTROL)
    robot.wait(lambda: cuts.points == ())
    assert "held" not in legend.texts()[2]
