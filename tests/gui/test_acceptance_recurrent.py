"""An LSTM from a file: opened, walked through time operation by operation, and trained."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from dlviz.gui.theme import theme_signals
from tests.gui.robot import Key, Robot, close_window, robot_at_window

DOCUMENT = {
    "format": "dlviz", "version": 1, "seed": 3,
    "data": {"kind": "table", "inputs": [[0.1, 0.2, 0.3], [0.9, 0.1, 0.9]], "targets": [[1], [0]]},
    "network": {
        "inputs": [{"id": "x", "shape": [3, 1]}],
        "layers": [{"id": "r", "kind": "lstm", "units": 2}, {"id": "o", "kind": "dense"}],
    },
    "training": {"batch_size": 2, "optimizer": {"kind": "adam"}},
}  # fmt: skip


@pytest.fixture
def robot(qtbot: QtBot, tmp_path: Path) -> Iterator[Robot]:
    path = tmp_path / "lstm.json"
    path.write_text(json.dumps(DOCUMENT))
    made = robot_at_window(qtbot)
    made.start("step", path)
    yield made
    close_window(made)
    theme_signals.use("light")


def test_every_operation_of_an_lstm_can_be_walked(robot: Robot) -> None:
    robot.wait(lambda: robot.frame.peek is not None or robot.frame.trace is not None)
    robot.key(Key.Key_1)
    robot.key(Key.Key_PageDown)
    robot.wait(lambda: robot.frame.trace is not None)
    trace = robot.frame.trace
    assert trace is not None
    for cursor in range(robot.frame.cursor + 1, len(trace.steps)):
        robot.key(Key.Key_PageDown)
        robot.wait(lambda wanted=cursor: robot.frame.cursor == wanted)
    assert [step.time_step for step in trace.steps if step.op == "cell_update"] == [1, 2, 3]
    assert robot.message() == ""


def test_an_lstm_trains_in_the_window(robot: Robot) -> None:
    robot.key(Key.Key_4)
    robot.key(Key.Key_Space)
    robot.wait(lambda: robot.frame.step > 50)
    robot.pause()
    assert robot.message() == ""
