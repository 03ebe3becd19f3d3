"""A network whose hidden units draw their values, walked in the Step workspace: there is no way back through it."""

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from dlviz.core.trace import Trace
from dlviz.gui.panels.formula.panel import FormulaPanel
from dlviz.gui.panels.steps.panel import StepsPanel
from dlviz.gui.selection import Selected
from tests.gui.robot import Key, Robot, close_window, robot_at_window

SENTENCE = "Back-propagation is not defined through sampling"
DOCUMENT = {
    "format": "dlviz", "version": 1, "seed": 3,
    "data": {"kind": "table", "inputs": [[0.5, 1], [0, 1], [1, -1]], "targets": [[1], [0], [1]]},
    "network": {
        "layers": [
            {"id": "h", "kind": "dense", "units": 2, "activation": {"kind": "stochastic", "temperature": 0.5}},
            {"id": "o", "kind": "dense", "activation": "sigmoid"},
        ]
    },
    "training": {"batch_size": 2, "loss": "squared_error"},
}  # fmt: skip


@pytest.fixture
def robot(qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    path = tmp_path / "drawn.json"
    path.write_text(json.dumps(DOCUMENT))
    made = robot_at_window(qtbot)
    made.start_on_canvas("step")
    made.running.session.open(path)
    made.settle()
    yield made
    close_window(made)


def walked(robot: Robot, cursor: int, key: Key = Key.Key_PageDown) -> Trace:
    robot.key(key)
    robot.wait(lambda: robot.frame.trace is not None and robot.frame.cursor == cursor)
    trace = robot.frame.trace
    assert trace is not None
    return trace


def test_every_operation_is_walked_forward_and_back_with_the_same_draws(robot: Robot) -> None:
    formula, steps = robot.panel("formula"), robot.panel("steps")
    assert isinstance(formula, FormulaPanel)
    assert isinstance(steps, StepsPanel)
    told = []
    for cursor in range(1, 5):
        trace = walked(robot, cursor)
        wanted = shown(trace, cursor)
        robot.wait(lambda wanted=wanted: formula.view.narration is not None and formula.view.narration.value == wanted)
        told.append(formula.view.narration.symbols)
    assert [each.split("_")[0] for each in told] == ["z", "p", "u", "a"]
    while robot.frame.cursor < len(trace.steps):
        walked(robot, robot.frame.cursor + 1)
    assert [row.text for row in steps.model.rows if row.is_heading] == ["Forward", "Loss"]
    assert SENTENCE in steps.hint.text()
    for cursor in range(len(trace.steps) - 1, 0, -1):
        again = walked(robot, cursor, Key.Key_PageUp)
        for name in ("h.p", "h.u", "h.a"):
            assert np.array_equal(again.value(name, 7), trace.value(name, 7))


def shown(trace: Trace, cursor: int) -> float:
    """Return what a step wrote for the first unit and example."""
    (values,) = trace.steps[cursor - 1].writes.values()
    return float(values.reshape(-1)[0])


def test_training_and_the_gradient_of_a_weight_say_why_there_is_none(robot: Robot) -> None:
    robot.click_place(Selected("link", "h", 0, "x", 1))
    walked(robot, 1)
    origin = robot.panel("inspector").behind.origin
    robot.wait(lambda: SENTENCE in origin.note.text())
    robot.key(Key.Key_4)
    robot.key(Key.Key_Space)
    robot.wait(lambda: SENTENCE in robot.window.status.words.text())
    assert robot.frame.state == "paused"
