"""Closing while the network trains: soon, quietly, and with nothing left behind."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import perf_counter

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from pytestqt.qtbot import QtBot

from dlviz.gui.theme import theme_signals
from tests.gui.robot import robot_at_window, starved_seconds

CLOSES = 20
LIMIT_SECONDS = 1.0
START_SECONDS = 60.0  # a guard for a busy machine
ROOT = Path(__file__).parents[2]

# Runs the program itself and closes it by the way named in the first argument once it has trained a little.
PROGRAM = """
import os, signal, sys
from PySide6.QtCore import QTimer
from dlviz.gui import application
from dlviz.gui.main_window import MainWindow

opened = []
original = application.begin

def begin(running, file, workspace):
    original(running, file, workspace)
    opened.append(running)

def look():
    running = opened[0] if opened else None
    latest = running.window.bridge.latest if running else None
    if latest is None or latest.state != "running" or latest.step < 20:
        return
    timer.stop()
    print("training", flush=True)
    if sys.argv[1] == "window":
        running.window.close()

application.begin = begin
app = application.make_application()
timer = QTimer()
timer.timeout.connect(look)
timer.start(5)
sys.exit(application.run())
"""


def environment(folder: Path) -> dict[str, str]:
    """Return an environment in which the program remembers nothing of anybody."""
    folders = {name: str(folder) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME")}
    return {**os.environ, **folders, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen", "PYTHONFAULTHANDLER": "1"}


def close_program(way: str, folder: Path) -> tuple[int, float, str]:
    """Start the program, close it while it trains; return its status, the seconds that took, and what it said."""
    child = subprocess.Popen(
        [sys.executable, "-W", "error", "-c", PROGRAM, way], env=environment(folder), cwd=folder, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        assert child.stdout is not None
        line = child.stdout.readline()
        started = perf_counter()
        if line.strip() == "training" and way != "window":
            child.send_signal({"term": signal.SIGTERM, "int": signal.SIGINT}[way])
        _, said = child.communicate(timeout=START_SECONDS)
    finally:
        child.kill()
    return child.returncode, perf_counter() - started, line + said


@pytest.mark.slow
@pytest.mark.parametrize(("way", "times"), [("term", 2), ("int", 1), ("window", 2)])
def test_program_ends_cleanly_while_training(tmp_path: Path, way: str, times: int) -> None:
    for _ in range(times):
        ends_cleanly(tmp_path, way)


def ends_cleanly(tmp_path: Path, way: str) -> None:
    status, seconds, said = close_program(way, tmp_path)
    assert status == 0, said
    assert said == "training\n"
    assert seconds < 3 * LIMIT_SECONDS, "a guard for a busy machine; 1 s on an idle one"


@pytest.mark.slow
def test_twenty_windows_close_while_training(qtbot: QtBot) -> None:
    worst = 0.0
    for _ in range(CLOSES):
        robot = robot_at_window(qtbot)
        robot.start()
        robot.wait(lambda robot=robot: robot.frame.state == "running" and robot.frame.step > 0)
        started, starved = perf_counter(), starved_seconds()
        robot.window.close()
        worst = max(worst, perf_counter() - started - (starved_seconds() - starved))
        assert not robot.window.isVisible()
        assert [each for each in threading.enumerate() if not each.daemon] == [threading.main_thread()]
        robot.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    theme_signals.use("light")
    assert worst < 3 * LIMIT_SECONDS, "a guard for a busy machine"
