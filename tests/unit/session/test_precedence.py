"""A worker lets a window that is late have the computer, and goes on once it is back or gone."""

import time
from collections.abc import Callable, Iterator

import pytest

from dlviz.session import precedence as module
from dlviz.session.precedence import LATE_SECONDS, LOOK_SECONDS, MOST_SECONDS, SAVED_SECONDS, SHARE, Precedence
from dlviz.session.presets import first_document
from dlviz.session.session import Session
from tests.guards import HANGS_SECONDS, at_once

FOR_EVER = 600.0  # seconds
TICK = 0.016


class Clock:
    """A clock that only stands or is set on; a worker that looks at it waits."""

    def __init__(self) -> None:
        self.now, self.looks = 100.0, 0

    def perf_counter(self) -> float:
        return self.now

    def look(self, seconds: float) -> bool:
        self.looks += 1
        self.now += seconds
        return False


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(module, "time", made)
    return made


def late(clock: Clock, seconds: float = 2 * LATE_SECONDS) -> Precedence:
    """Return the precedence of a window that ticked so many seconds ago."""
    made = Precedence()
    made.tick()
    clock.now += seconds
    return made


def test_it_waits_until_the_window_ticks_again(clock: Clock) -> None:
    precedence = late(clock)

    def look(seconds: float) -> bool:
        clock.look(seconds)
        if clock.looks == 4:
            precedence.tick()
        return False

    precedence.wait(look)
    precedence.wait(look)  # the window is in time
    assert clock.looks == 4


def test_a_window_in_time_is_not_waited_for(clock: Clock) -> None:
    late(clock, 0.9 * LATE_SECONDS).wait(clock.look)
    assert clock.looks == 0


def test_a_command_is_obeyed_at_once(clock: Clock) -> None:
    asked: list[float] = []
    late(clock).wait(lambda seconds: not asked.append(seconds))
    assert len(asked) == 1


def test_a_window_that_never_comes_back_is_waited_for_once(clock: Clock) -> None:
    precedence, began = late(clock), clock.now
    precedence.wait(clock.look)
    assert MOST_SECONDS / 2 < clock.now - began <= MOST_SECONDS + LOOK_SECONDS
    clock.now, clock.looks = clock.now + 100, 0
    precedence.wait(clock.look)
    precedence.wait(clock.look)
    assert clock.looks == 0
    precedence.tick()
    clock.now += 2 * LATE_SECONDS
    precedence.wait(clock.look)
    assert clock.looks > 0


def test_a_slow_window_takes_a_fifth_of_the_time_and_no_more(clock: Clock) -> None:
    precedence, waited, began = Precedence(), 0.0, clock.now
    while clock.now < began + 60:  # it ticks ten times a second; the worker computes for 4 ms in between
        precedence.tick()
        until = clock.now + 0.1
        while clock.now < until:
            clock.now += 0.004
            before = clock.now
            precedence.wait(lambda seconds, until=until: clock.look(seconds) or clock.now >= until)
            waited += clock.now - before
    assert 0.5 * SHARE * 60 < waited < SHARE * 61 + SAVED_SECONDS


def test_what_a_window_draws_itself_waits_for_its_next_tick(clock: Clock) -> None:
    precedence = late(clock, 0.001)

    def look(seconds: float) -> bool:
        clock.look(seconds)
        if clock.looks == 3:
            precedence.tick()
        return False

    precedence.wait_for_tick(look)
    assert clock.looks == 3
    began = clock.now
    precedence.wait_for_tick(clock.look)  # it does not tick again
    assert clock.now - began == pytest.approx(MOST_SECONDS, abs=2 * LOOK_SECONDS)
    clock.looks = 0
    precedence.wait_for_tick(lambda seconds: not clock.look(seconds))
    assert clock.looks == 1
    Precedence().wait_for_tick(clock.look)  # no window
    assert clock.looks == 1


def test_nobody_is_waited_for_where_no_window_is(clock: Clock) -> None:
    Precedence().wait(clock.look)
    assert clock.looks == 0


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    for name in ("MOST_SECONDS", "SAVED_SECONDS"):
        monkeypatch.setattr(module, name, FOR_EVER)
    made = Session(first_document())
    made.play("batch")
    yield made
    made.close()


def stays(step: Callable[[], int]) -> bool:
    before = step()
    time.sleep(0.1)
    return step() == before


def test_training_waits_for_a_window_that_is_late_and_a_command_does_not(session: Session) -> None:
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
    time.sleep(3 * LATE_SECONDS)
    with at_once():
        assert session.close()
