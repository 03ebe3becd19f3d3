"""Stepping forward and back by keys in every size, and predicting what is hidden."""

import numpy as np
import pytest
from PySide6.QtCore import Qt

from dlviz.gui import numbers
from dlviz.gui.panel import Panel
from dlviz.gui.selection import Selected
from dlviz.gui.typeset.view import FormulaView
from dlviz.session.messages import Frame
from tests.gui.hiding import drawn, leaks, results
from tests.gui.robot import CONTROL, SHIFT, Key, Robot, no_stall

PAST_STEPS = 40


def trained_and_paused(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.wait(lambda: robot.frame.step > PAST_STEPS)
    robot.pause()
    robot.wait(lambda: robot.frame.parameters is not None)


def place(frame: Frame) -> tuple[int, int, int]:
    """Return where a frame stands: batches done, steps of the batch done, and the sample looked at."""
    return frame.step, frame.cursor, frame.sample


def go(robot: Robot, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> tuple[int, int, int]:
    """Press a key and return where the window stands once it has moved."""
    before = place(robot.frame)
    robot.key(key, modifier)
    robot.wait(lambda: place(robot.frame) != before)
    return place(robot.frame)


@pytest.mark.parametrize(("key", "size"), [(Key.Key_1, "operation"), (Key.Key_2, "layer"), (Key.Key_3, "sample"),
                                           (Key.Key_4, "batch"), (Key.Key_5, "epoch")])  # fmt: skip
def test_forward_and_back_return_bit_for_bit(robot: Robot, key: Key, size: str) -> None:
    trained_and_paused(robot)
    robot.key(key)
    assert robot.window.transport.step_size.key() == size
    start = go(robot, Key.Key_PageDown)  # to the end of the epoch, batch or layer in hand
    weights = {name: np.array(array) for name, array in (robot.frame.parameters or {}).items()}
    with no_stall():
        places = [go(robot, Key.Key_PageDown) for _ in range(4)]
        assert len({start, *places}) == 5, "every press of PgDn moves on"
        back = [go(robot, Key.Key_PageUp) for _ in range(4)]
    is_within = size in ("operation", "layer", "sample")
    passed = [start, *places[:3]]
    assert [each if is_within else each[0] for each in back] == [
        each if is_within else each[0] for each in passed[::-1]
    ]
    assert robot.frame.parameters is not None
    assert all(np.array_equal(robot.frame.parameters[name], weights[name]) for name in weights)


def test_start_and_end_of_the_record(robot: Robot) -> None:
    trained_and_paused(robot)
    last = robot.frame.last_step
    assert go(robot, Key.Key_Home)[0] == 0
    assert go(robot, Key.Key_End)[0] == last


def test_finish_this_phase(robot: Robot) -> None:
    robot.start_on_canvas("step")
    robot.wait(lambda: robot.frame.peek is not None or robot.frame.trace is not None)
    go(robot, Key.Key_PageDown)
    trace = robot.frame.trace
    assert trace is not None
    phases = [step.phase for step in trace.steps]
    for phase in ("forward", "loss", "backward", "update"):
        end = max(index for index, each in enumerate(phases, 1) if each == phase)
        if robot.frame.cursor < end:
            robot.key(Key.Key_PageDown, SHIFT)
            robot.wait(lambda end=end: robot.frame.cursor == end)


def test_hidden_results_cannot_be_read_until_the_next_step(robot: Robot) -> None:
    robot.start_on_canvas("step")
    robot.wait(lambda: robot.frame.peek is not None or robot.frame.trace is not None)
    n_steps = 0
    while n_steps < 11:
        before = drawn(robot, lambda: True)
        go(robot, Key.Key_PageDown)
        n_steps += 1
        robot.key(Key.Key_H)
        assert robot.window.context.is_hidden
        shown = drawn(robot, lambda: "?" in robot.window.findChild(FormulaView).text())
        assert leaks(robot, before) == [], f"after step {n_steps}: {shown[:0]}"
        cursor = robot.frame.cursor
        robot.key(Key.Key_PageDown)
        assert not robot.window.context.is_hidden
        assert robot.frame.cursor == cursor, "the first PgDn uncovers"
    assert robot.frame.cursor == n_steps


def test_first_number_of_a_step_is_readable_once_uncovered(robot: Robot) -> None:
    robot.start_on_canvas("step")
    robot.wait(lambda: robot.frame.peek is not None or robot.frame.trace is not None)
    go(robot, Key.Key_PageDown)
    go(robot, Key.Key_PageDown)
    value = numbers.number(results(robot.frame)[0], 4)
    assert len(value) >= 6, "a number that stands nowhere else"
    robot.key(Key.Key_H)
    assert value not in drawn(robot, lambda: robot.window.context.is_hidden)
    robot.key(Key.Key_PageDown)
    assert value in drawn(robot, lambda: not robot.window.context.is_hidden)


def test_space_and_workspaces_keep_the_place(robot: Robot) -> None:
    trained_and_paused(robot)
    here = robot.frame.step
    robot.key(Key.Key_2, CONTROL)
    robot.key(Key.Key_1, CONTROL)
    robot.wait(lambda: robot.window.context.workspace == "network")
    assert robot.frame.step == here


def visible(robot: Robot) -> list[str]:
    return sorted(panel.key for panel in robot.window.findChildren(Panel) if panel.isVisible())


def test_each_workspace_shows_its_own_panels_however_one_gets_there(robot: Robot) -> None:
    robot.start_on_canvas()
    network = visible(robot)
    robot.key(Key.Key_2, CONTROL)
    robot.wait(lambda: visible(robot) == ["canvas", "formula", "steps"])
    robot.key(Key.Key_1, CONTROL)
    robot.wait(lambda: visible(robot) == network)
    robot.click(robot.window.centre.cards.step)
    robot.wait(lambda: robot.window.context.workspace == "step")
    assert visible(robot) == ["canvas", "formula", "steps"]


def status(robot: Robot) -> str:
    return robot.window.status.words.text()


def test_status_says_that_it_trains_while_the_inspector_is_open(robot: Robot) -> None:
    robot.start_on_canvas()
    robot.wait(lambda: robot.frame.state == "running")
    robot.click_place(Selected("unit", "h1", 0))
    robot.wait(lambda: robot.panel("inspector").isVisible())
    serial = robot.frame.serial
    robot.wait(lambda: robot.frame.serial > serial + 10)
    assert "Training" in status(robot)
