"""Hundreds of broken and odd data files through the real open action of the window: each ends as was said before.

Nothing stands still, memory stays, nothing is run, nothing else is opened; reader processes are watched as well.
"""

import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QTimer, Slot
from pytestqt.qtbot import QtBot

from dlviz.core.errors import DlvizError
from dlviz.gui.panels.data.importing import ImportView
from tests.gui.robot import Robot, close_window, no_stall, robot_at_window
from tests.hostile import arrays, idx, lines, pictures, places, tables
from tests.hostile.odd import Odd
from tests.hostile.watch import Watch

CORPUS = {
    "tables": tables.CASES, "arrays": arrays.CASES, "idx": idx.CASES, "lines": lines.CASES,
    "pictures": pictures.CASES, "places": places.CASES,
}  # fmt: skip
BUSY_SECONDS = 1.0  # of the processor, between two looks at the window: a guard, for busy machines share caches
STUCK_SECONDS = 5.0  # by the clock, which other programs and new processes of ours hold up on a busy machine
AT_ONCE = 4  # dialogs that read beside each other
GROWTH_BYTES = 300 << 20
LONGEST = 400  # letters of a sentence
WATCH = Watch((sys.executable, "-P", "-m"))


def test_there_are_three_hundred_files_of_all_kinds() -> None:
    outcomes = Counter(odd.outcome for cases in CORPUS.values() for odd in cases)
    assert sum(outcomes.values()) >= 300, outcomes
    assert min(outcomes.values()) >= 60, outcomes
    for cases in CORPUS.values():
        assert len({odd.name for odd in cases}) == len(cases)


class Opened:
    """A file on its way through the window, and what became of it."""

    def __init__(self, robot: Robot, odd: Odd, path: Path) -> None:
        self.odd, self.path = odd, path
        self.sentence = ""
        self.notes: tuple[str, ...] = ()
        self.rows = -1
        robot.window.files.take(path)
        views = robot.window.findChildren(ImportView)
        self.view: ImportView | None = next(view for view in views if view._path == path)
        self.view._reading.failed.connect(self.hear)

    def is_over(self) -> bool:
        """Look whether the dialog has read its file, and put it away then."""
        if self.sentence:
            return True
        view = self.view
        if view is None or view._pages.currentWidget() is not view.page:
            return view is None
        table = view.page._table
        assert table is not None
        self.notes, self.rows = table.info.notes, table.info.n_rows
        self.view = None
        view.reject()
        return True

    def hear(self, error: DlvizError) -> None:
        """Take the message that refused the file."""
        self.sentence, self.view = str(error), None

    def complaint(self) -> str:
        """Return what is not as it was said before, or nothing."""
        odd, place = self.odd, f"{self.odd.name}: "
        if odd.outcome == "refused":
            if not self.sentence:
                return f"{place}loaded, {self.rows} rows, {self.notes}"
            is_sentence = "Expected" in self.sentence and "Received" in self.sentence and len(self.sentence) < LONGEST
            if not is_sentence or "Traceback" in self.sentence or "\n" in self.sentence:
                return f"{place}no sentence: {self.sentence!r:.300}"
            return "" if odd.says in self.sentence else f"{place}said {self.sentence!r:.200}"
        if self.sentence:
            return f"{place}refused: {self.sentence!r:.200}"
        if odd.outcome == "loaded" and any(is_warning(note) for note in self.notes):
            return f"{place}noted: {self.notes}"
        if odd.outcome == "noted" and not any(odd.says in note for note in self.notes):
            return f"{place}notes are {self.notes}"
        return "" if odd.rows in (-1, self.rows) else f"{place}{self.rows} rows"


def is_warning(note: str) -> bool:
    """Say whether a note tells that something is not as the file has it; how words are counted is no change of it."""
    return "without regard to capital letters" not in note


class BusyGuard(QObject):
    """Notes how long the window's thread computes without looking at events, whatever else the machine does."""

    def __init__(self) -> None:
        super().__init__()
        self.worst, self._last = 0.0, time.thread_time()
        self._timer = QTimer(self)
        self._timer.setInterval(10)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    @Slot()
    def look(self) -> None:
        """Take the time since the last look."""
        now = time.thread_time()
        self.worst, self._last = max(self.worst, now - self._last), now


@contextmanager
def never_busy() -> Iterator[None]:
    """Fail if the window's thread computes longer than a person bears."""
    guard = BusyGuard()
    yield
    guard.look()
    guard.deleteLater()
    assert guard.worst < BUSY_SECONDS, f"the window computed for {1000 * guard.worst:.0f} ms"


def resident_bytes() -> int:
    """Return the memory of this process."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")


@pytest.fixture
def robot(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Robot]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = robot_at_window(qtbot)
    yield made
    close_window(made)


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Let readers work in a folder of the test, and let reader processes watch themselves."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    spies = tmp_path / "spies"
    spies.mkdir()
    log = tmp_path / "events.jsonl"
    (spies / "sitecustomize.py").write_text(SPY.format(root=str(Path(__file__).parents[2]), log=str(log)))
    monkeypatch.setenv("PYTHONPATH", str(spies))
    return folder


#: Runs in every reader process: it looks from the moment on when the request is opened.
SPY = """
import atexit, json, os, sys
sys.path.append({root!r})
from tests.hostile.watch import Watch
watch = Watch()
def arm(event, arguments):
    if event == "open" and str(arguments[0]).endswith("request.json"):
        folder = os.path.dirname(os.path.realpath(arguments[0]))
        watch.ours, watch.is_on = (folder, {log!r}), True
    if event == "os.scandir":
        watch.places = (*watch.places, os.path.realpath(arguments[0]))
sys.addaudithook(arm)
def end():
    watch.is_on = False
    with open({log!r}, "a") as file:
        file.write(json.dumps(watch.seen) + "\\n")
atexit.register(end)
"""


def made(cases: tuple[Odd, ...], folder: Path) -> list[tuple[Odd, Path]]:
    """Write all files of a kind, each into a folder of its own."""
    found = []
    for number, odd in enumerate(cases):
        own = folder / f"{number}"
        own.mkdir()
        found.append((odd, odd.make(own)))
    return found


@pytest.mark.parametrize("kind", CORPUS)
def test_every_file_ends_as_was_said_before(robot: Robot, kind: str, scratch: Path, tmp_path: Path) -> None:
    files = tmp_path / "files"
    files.mkdir()
    made_files = made(CORPUS[kind], files)
    before, listed = robot.running.session.document, sorted(files.rglob("*"))
    opened: list[Opened] = []

    told: list[str] = []
    robot.window.context.notify = lambda what, *_more: told.append(str(what))
    robot.start_on_canvas()
    start = resident_bytes()
    highest = start
    given = (os.path.realpath(path) for _, path in made_files)  # a link may name a device, which is then refused
    WATCH.places, WATCH.seen = (str(files.resolve()), *given), []
    WATCH.ours = (str(scratch.resolve()), str(tmp_path / "cache"))
    WATCH.is_on = True
    with no_stall(STUCK_SECONDS), never_busy():
        for odd, path in made_files:
            robot.wait(lambda: sum(not each.is_over() for each in opened) < AT_ONCE)
            opened.append(Opened(robot, odd, path))
            highest = max(highest, resident_bytes())
        robot.wait(lambda: all(each.is_over() for each in opened), seconds=30)
    WATCH.is_on = False
    complaints = [word for word in (each.complaint() for each in opened) if word]
    assert not complaints, "\n".join(complaints)
    assert sorted(told) == sorted(each.sentence for each in opened if each.sentence)  # one message each
    assert highest - start < GROWTH_BYTES
    assert robot.running.session.document is before
    assert sorted(files.rglob("*")) == listed and not list(tmp_path.rglob("SENTINEL_*"))
    assert not WATCH.seen
    assert not said_by_readers(tmp_path / "events.jsonl", files)


def said_by_readers(log: Path, files: Path) -> list[str]:
    """Return what reader processes did besides reading the files they were given."""
    lines = log.read_text().splitlines() if log.exists() else []
    return [word for line in lines for word in json.loads(line) if str(files) not in word or word.startswith("write")]
