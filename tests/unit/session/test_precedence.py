"""A worker lets a window that is late have the computer, and goes on once it is back or gone."""

import itertools
import time
from collections.abc import Callable, Iterator

import pytest

from dlviz.session import precedence as module
from dlviz.session.precedence import LATE_SECONDS, Precedence
from dlviz.session.presets import first_document
from dlviz.session.session import Session
from tests.guards import HANGS_SECONDS, at_once

FOR_EVER = 600.0  # seconds
TICK = 0.016


@pytest.fixture
def late() -> Precedence:
    made = Precedence()
    made.tick()
    time.sleep(2 * LATE_SECONDS)
    return made


def test_it_waits_until_the_window_ticks_again(late: Precedence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SECONDS", FOR_EVER)
    looks = itertools.count(1)

    def look(_seconds: float) -> bool:
        if next(looks) == 4:
            late.tick()
        return False

    late.wait(look)
    assert next(looks) == 5
    late.wait(lambda _: pytest.fail("the window is in time"))


def test_a_command_is_obeyed_at_once(late: Precedence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SECONDS", FOR_EVER)
    with at_once():
        late.wait(lambda _: True)


def test_a_window_that_never_comes_back_is_waited_for_once(late: Precedence, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SECONDS", 3 * LATE_SECONDS)
    with at_once():
        late.wait(lambda seconds: time.sleep(seconds) is not None)
    late.wait(lambda _: pytest.fail("it was given up"))
    late.tick()
    time.sleep(2 * LATE_SECONDS)
    asked = []
    late.wait(lambda seconds: bool(asked.append(seconds) or True))
    assert asked


def test_nobody_is_waited_for_where_no_window_is() -> None:
    Precedence().wait(lambda _: pytest.fail("nobody ticks"))


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    monkeypatch.setattr(module, "MOST_SECONDS", FOR_EVER)
    made = Session(first_document())
    made.play("batch")
    yield made
    with at_once():
        made.close()  # a command, while nothing ticks


def stays(step: Callable[[], int]) -> bool:
    before = step()
    time.sleep(0.1)
    return step() == before


def test_training_waits_for_a_window_that_is_late(session: Session) -> None:
    step, end = lambda: session._worker._run.step, time.perf_counter() + HANGS_SECONDS
    while session.poll() is None or step() == 0:
        session.tick()
        time.sleep(TICK)
    while not stays(step):
        assert time.perf_counter() < end
    before = step()
    while step() == before:
        assert time.perf_counter() < end
        session.tick()
        time.sleep(TICK)
