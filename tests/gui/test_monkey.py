"""Random events with training on: no crash, no uncaught exception, no warning of Qt, no stall."""

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from dlviz.gui.collection import Collection
from dlviz.gui.theme import theme_signals
from tests.gui.monkey import Monkey
from tests.gui.robot import Robot, StallGuard, close_window, robot_at_window

EVENTS = int(os.environ.get("DLVIZ_MONKEY", "200"))  # `make monkey` sets 10 000
GUARD = float(os.environ.get("DLVIZ_MONKEY_STALL", "3"))  # seconds; `make monkey` sets 0.25
SEEDS = [int(each) for each in os.environ.get("DLVIZ_MONKEY_SEEDS", "1 2 3").split()]
REST_MS = 4  # between events, for the window to draw
TOLD, RESUMED = 500, 20  # events between two lines of the log, and between two looks whether training is on
log = logging.getLogger("monkey")


@pytest.fixture
def robot(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    for asks in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):
        answer = [] if asks.endswith("s") else ""
        monkeypatch.setattr(QFileDialog, asks, lambda *_, _answer=answer, **__: (_answer, ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_, **__: "")
    made = robot_at_window(qtbot)
    made.answers.path = tmp_path / "document.dlviz"
    collection = Collection(made.window)
    made.start_on_canvas()
    collection.start(made.window.bridge.is_idle)  # as the program does: what it collects, and when, may break too
    yield made
    collection.stop()
    gc.disable()
    close_window(made)
    theme_signals.use("light")


class Tally:
    """How long the window stood still in each event, and what it was."""

    def __init__(self, seed: int) -> None:
        self.seed, self.guard = seed, StallGuard()
        self.count, self.long = 0, []
        self.worst, self.worst_act = 0.0, "nothing"

    def note(self, act: str) -> None:
        """Note an event that is over."""
        late, self.guard.latest = self.guard.latest, 0.0
        self.count += 1
        log.debug("%d: %s, %.0f ms", self.count, act, 1000 * late)
        if late > self.worst:
            self.worst, self.worst_act = late, act
        if late >= GUARD:
            self.long.append(f"{1000 * late:.0f} ms in event {self.count}, {act}")
            log.warning("seed %d: %s", self.seed, self.long[-1])
        if self.count % TOLD == 0:
            worst = f"{1000 * self.worst:.0f} ms in {self.worst_act}"
            log.info("seed %d: %d events, worst %s", self.seed, self.count, worst)


def keep_training(robot: Robot) -> None:
    """Let training go on where an event has stopped or broken it, or left it for a sheet or a rule."""
    if robot.running.session.document.subject != "network" or robot.frame.state == "failed":
        robot.window.live["learn_watch"].trigger()
    elif robot.frame.state == "paused":
        robot.running.session.play()


@pytest.mark.parametrize("seed", SEEDS)
def test_random_events_leave_the_window_alive(robot: Robot, qtlog: Any, seed: int) -> None:
    robot.running.session.play()
    monkey, tally = Monkey(robot, seed), Tally(seed)
    try:
        with robot.bot.captureExceptions() as raised:
            for number in range(EVENTS):
                monkey.act()
                robot.bot.wait(REST_MS)
                tally.note(monkey.done[-1])
                assert not raised, raised
                assert not [
                    each.message for each in qtlog.records if each.matches_level("WARNING") and not each.ignored
                ]
                if number % RESUMED == RESUMED - 1:
                    keep_training(robot)
                    robot.bot.wait(REST_MS)  # else its time would be counted with that of the next event
    except BaseException as error:
        raise AssertionError(f"seed {seed}, event {tally.count}, after: {monkey.done[-12:]}") from error
    finally:
        monkey.stop()
        tally.guard.stop()
    serial = robot.frame.serial
    robot.window.live["reset"].trigger()
    robot.wait(lambda: robot.frame.serial > serial)
    assert not tally.long
