"""Commands come out in order; a place that nobody will see any more is not gone to."""

import time

from dlviz.session.commands import WalkTo
from dlviz.session.inbox import Inbox
from dlviz.session.messages import Pause, Play, Seek


def all_of(inbox: Inbox) -> list[object]:
    found = []
    while (command := inbox.take(0.0)) is not None:
        found.append(command)
    return found


def test_of_seeks_in_a_row_only_the_last_is_carried_out() -> None:
    inbox = Inbox()
    for command in (Play(), Seek(1), Seek(2), Seek(3), WalkTo(1), WalkTo(2), Seek(4), Pause(), Pause(), Seek(5)):
        inbox.put(command)
    assert all_of(inbox) == [Play(), Seek(3), WalkTo(2), Seek(4), Pause(), Pause(), Seek(5)]


def test_a_command_that_waits_is_seen_and_stays() -> None:
    inbox = Inbox()
    inbox.put(Play())
    inbox.put(Pause())
    assert inbox.holds(Pause) and not inbox.holds(Seek)
    assert all_of(inbox) == [Play(), Pause()]


def test_an_empty_inbox_waits_no_longer_than_asked() -> None:
    inbox = Inbox()
    began = time.monotonic()
    assert inbox.take(0.02) is None
    assert inbox.take(0.0) is None
    assert 0.015 < time.monotonic() - began < 5


def test_what_is_left_after_a_failure_is_still_there() -> None:
    inbox = Inbox()
    inbox.put(Play())
    inbox.put(Pause())
    assert inbox.take(0.0) == Play()
    inbox.put(Seek(7))
    assert all_of(inbox) == [Pause(), Seek(7)]
