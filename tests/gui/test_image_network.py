"""A network of images in the real window: opened, walked operation by operation, selected, edited and trained."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.errors import ShapeError
from dlviz.gui.panels.inspector.card import Scene
from dlviz.gui.panels.inspector.facts import card
from dlviz.gui.selection import Selected
from dlviz.session import edits
from tests.gui.robot import Key, Robot, close_window, robot_at_window

DOCUMENT = {
    "format": "dlviz", "version": 1, "title": "Digits", "seed": 3,
    "data": {"kind": "digits"},
    "network": {
        "inputs": [{"id": "x", "shape": [1, 8, 8]}],
        "layers": [
            {"id": "c", "kind": "conv2d", "filters": 4, "kernel": 3, "activation": "relu"},
            {"id": "p", "kind": "max_pool"},
            {"id": "f", "kind": "flatten"},
            {"id": "o", "kind": "dense", "units": 10, "activation": "softmax"},
        ],
    },
    "training": {"loss": "categorical_cross_entropy", "optimizer": "adam", "batch_size": 32},
}  # fmt: skip


@pytest.fixture
def robot(qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    file = tmp_path / "digits.json"
    file.write_text(json.dumps(DOCUMENT))
    made = robot_at_window(qtbot)
    made.start("step", file)
    yield made
    close_window(made)


@pytest.mark.parametrize("selected", [Selected(), Selected("unit", "c", 77), Selected("unit", "p", 5)], ids=str)
def test_every_operation_is_told(robot: Robot, selected: Selected) -> None:
    robot.window.context.selection.select(selected)
    robot.key(Key.Key_1)
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.trace is not None)
    trace = robot.frame.trace
    assert trace is not None
    for cursor in range(2, len(trace.steps)):
        robot.key(Key.Key_PageDown)
        robot.wait(lambda wanted=cursor: robot.frame.cursor == wanted)  # type: ignore[misc]
    assert [step.op for step in trace.steps][:4] == ["convolve", "activate", "max_pool", "flatten"]


@pytest.mark.parametrize(
    "selected",
    [Selected("unit", "c", 143), Selected("layer", "c"), Selected("unit", "p", 35), Selected("layer", "p"),
     Selected("unit", "f", 3), Selected("link", "o", 2, "f", 1)],
    ids=str,
)  # fmt: skip
def test_everything_can_be_looked_at_and_trained(robot: Robot, selected: Selected) -> None:
    robot.window.context.selection.select(selected)
    before = robot.frame.step
    robot.key(Key.Key_4)
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.step > before + 2)
    robot.pause()
    robot.wait(lambda: robot.frame.parameters is not None)
    assert robot.window.context.selection.current == selected


def test_a_kernel_can_be_edited_and_what_does_not_fit_is_refused(robot: Robot) -> None:
    session = robot.window.context.session
    robot.window.context.selection.select(Selected("unit", "c", 143))
    session.edit(edits.set_layer_setting(session.document, "c", "kernel", (5, 2)), "Change a layer")
    robot.wait(lambda: np.shape((robot.frame.parameters or {}).get("c.W")) == (4, 1, 5, 2))
    with pytest.raises(ShapeError, match="Expected a window inside 8 × 8 numbers"):
        edits.set_layer_setting(session.document, "c", "kernel", 9)


@pytest.mark.parametrize("node", ["p", "f"])
def test_a_unit_without_a_sum_shows_what_it_hands_on_alone(robot: Robot, node: str) -> None:
    session = robot.window.context.session
    facts = card(Scene(Selected("unit", node, 5), session.document, session.dataset, robot.frame)).facts
    assert [fact.label.partition(",")[0] for fact in facts] == ["a", "∂L/∂a"]
