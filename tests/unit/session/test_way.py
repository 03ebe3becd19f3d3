"""A worker that draws numbers without an end leaves the interpreter to other threads."""

import math
import sys
import time
from collections.abc import Iterator

import pytest

from dlviz.session.messages import Play
from dlviz.session.neuron_presets import stochastic_unit
from dlviz.session.playing import Playing
from dlviz.session.session import Session

SWITCH_SECONDS = 0.0002  # as the program sets it
HOGGED, TURNS = 6.0, 300  # seconds that the worker computes, and times that this thread wants to run meanwhile


@pytest.fixture(autouse=True)
def as_in_the_program() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(SWITCH_SECONDS)
    yield
    sys.setswitchinterval(before)


def seconds_for_turns() -> float:
    """Want to run again and again, as a window does that paints."""
    began = time.perf_counter()
    for _ in range(TURNS):
        time.sleep(0)
    return time.perf_counter() - began


def test_a_unit_that_draws_as_fast_as_it_can_leaves_the_window_its_time(monkeypatch: pytest.MonkeyPatch) -> None:
    session, end = Session(stochastic_unit()), time.perf_counter() + HOGGED
    usual = Playing.advance

    def advance(self: Playing) -> bool:
        if time.perf_counter() > end:
            self.become("pause")  # else nothing could end what does not give way
            return True
        return usual(self)

    monkeypatch.setattr(Playing, "advance", advance)
    try:
        session.play("batch")
        time.sleep(0.2)
        assert seconds_for_turns() < HOGGED / 2
    finally:
        session.close()


def test_a_step_that_is_recorded_flat_out_is_followed_by_as_long_a_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    playing = Playing(stochastic_unit(), lambda run: None)
    playing.play(Play("sample", math.inf))
    monkeypatch.setattr(playing.run, "forward", lambda by: time.sleep(0.2))
    playing.advance()
    assert 0 < playing.seconds_to_step < 2
