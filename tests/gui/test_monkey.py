"""Random events with training on: no crash, no uncaught exception, no warning of Qt, no stall."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from dlviz.gui.theme import theme_signals
from tests.gui.monkey import Monkey
from tests.gui.robot import Robot, close_window, no_stall, robot_at_window

EVENTS = int(os.environ.get("DLVIZ_MONKEY", "400"))  # `make monkey` sets 10 000
GUARD = 3.0  # seconds: a whole workspace may be built in one event; the bench measures stalls
REST_MS = 4  # between events, for the window to draw


@pytest.fixture
def robot(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    for asks in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):
        answer = [] if asks.endswith("s") else ""
        monkeypatch.setattr(QFileDialog, asks, lambda *_, _answer=answer, **__: (_answer, ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    made = robot_at_window(qtbot)
    made.answers.path = tmp_path / "document.dlviz"
    yield made.start_on_canvas()
    close_window(made)
    theme_signals.use("light")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_random_events_leave_the_window_alive(robot: Robot, seed: int) -> None:
    robot.running.session.play()
    monkey = Monkey(robot, seed)
    try:
        with no_stall(GUARD):
            for number in range(EVENTS):
                monkey.act()
                robot.bot.wait(REST_MS)
                if number % 100 == 99 and robot.frame.state == "paused":
                    robot.running.session.play()
    except BaseException as error:
        raise AssertionError(f"seed {seed}, after: {monkey.done[-12:]}") from error
    finally:
        monkey.stop()
    serial = robot.frame.serial
    robot.window.live["reset"].trigger()
    robot.wait(lambda: robot.frame.serial > serial)
