"""The window as a process of its own: it ends cleanly when asked to, and nothing is lost in silence."""

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QtMsgType, qInstallMessageHandler
from pytestqt.qtbot import QtBot

from dlviz.gui import hooks
from dlviz.gui.collection import Collection

START_SECONDS, END_SECONDS = 30.0, 10.0  # guards, not figures


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_window_ends_cleanly_when_asked_to(tmp_path: Path, number: signal.Signals) -> None:
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    environment = {**os.environ, **homes, "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen([sys.executable, "-m", "dlviz"], env=environment)
    try:
        crash_log = _wait_for(tmp_path, "crash.log")
        time.sleep(4.0)  # until it is open, on a busy machine too
        while process.poll() is None and not _catches(process.pid, number):
            time.sleep(0.1)
        process.send_signal(number)
        assert process.wait(END_SECONDS) == 0
        assert crash_log.read_text() == ""
        assert list(tmp_path.rglob("settings.json"))
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("seconds", [0.0, 0.3, 0.9])
def test_window_that_is_still_opening_ends_too(tmp_path: Path, seconds: float) -> None:
    homes = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")}
    environment = {**os.environ, **homes, "QT_QPA_PLATFORM": "offscreen"}
    process = subprocess.Popen([sys.executable, "-m", "dlviz"], env=environment)
    try:
        _wait_for(tmp_path, "crash.log")
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        assert process.wait(END_SECONDS) == 0
    finally:
        process.kill()
        process.wait()


PANELS_OF_A_FRESH_WINDOW = """
from dlviz.gui.application import open_window
from dlviz.gui.panel import Panel
running = open_window("light")
running.window.open_panels("step")
print(*sorted(each.key for each in running.window.findChildren(Panel) if each.isVisible()))
running.session.close()
"""


def test_window_opens_its_panels_where_nobody_imported_them_before() -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    words = [sys.executable, "-c", PANELS_OF_A_FRESH_WINDOW]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=START_SECONDS, check=True)
    assert done.stdout.split() == ["canvas", "formula", "steps"]


def _wait_for(folder: Path, name: str) -> Path:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        found = list(folder.rglob(name))
        if found:
            return found[0]
        time.sleep(0.1)
    raise AssertionError(f"Expected {name} within {START_SECONDS} s")


def _catches(pid: int, number: signal.Signals) -> bool:
    """Say whether a process has a handler of its own for a signal, as Linux tells."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return True
    caught = next(line for line in status.read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[BaseException]]:
    for name in ("excepthook", "unraisablehook"):
        monkeypatch.setattr(sys, name, getattr(sys, name))
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    errors: list[BaseException] = []
    yield errors
    qInstallMessageHandler(None)


def test_errors_of_both_hooks_reach_the_window(seen: list[BaseException]) -> None:
    hooks.install(seen.append, lambda: None)
    error = ValueError("in a slot")
    sys.excepthook(ValueError, error, None)
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert seen[0] is error
    assert isinstance(seen[1], ZeroDivisionError)


def test_interrupt_quits_instead_of_being_told(seen: list[BaseException]) -> None:
    quits: list[bool] = []
    hooks.install(seen.append, lambda: quits.append(True))
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert (quits, seen) == ([True], [])


def test_messages_of_qt_go_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "dlviz"):
        hooks.log_qt_message(QtMsgType.QtWarningMsg, None, "something about fonts")  # type: ignore[arg-type]
    assert caplog.records[-1].levelno == logging.WARNING
    assert "something about fonts" in caplog.text


def test_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    assert hooks.open_log(tmp_path / "taken") is None


def test_collection_runs_from_the_timer_only(qtbot: QtBot) -> None:
    owner = QObject()
    collection = Collection(owner)
    collection.start()
    assert not gc.isenabled()
    collection.stop()
    assert gc.isenabled()


def test_the_oldest_garbage_is_collected_once_the_window_is_idle(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, is_idle, collected = QObject(), [False], []
    collection = Collection(owner)
    collection.start(lambda: is_idle[0])
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, 100))
    monkeypatch.setattr(gc, "collect", collected.append)
    collection._collect()
    assert not collected
    is_idle[0] = True
    collection._collect()
    monkeypatch.undo()
    collection.stop()
    assert collected == [2]
