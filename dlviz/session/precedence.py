"""Precedence: what takes a window longer than a tick has the interpreter to itself."""

import time
from collections.abc import Callable

LATE_SECONDS = 0.035  # since its last tick; they come every 0.016 s, and up to 0.013 s late while it only draws frames
MOST_SECONDS = 0.3  # that are waited in a row: then the window is no longer waited for, until it ticks again
SHARE, SAVED_SECONDS = 0.2, 1.0  # of all time that may be waited, and how much of it: a slow window ends no training
LOOK_SECONDS = 0.002  # between two looks whether the window is back


class Precedence:
    """Knows when a window was last awake, and waits while it is late.

    Whenever Qt calls back into Python the window's thread must get the interpreter back from a worker that computes
    without a pause. A change of theme calls back some thousand times: it took three times as long beside training.
    """

    def __init__(self) -> None:
        self._ticked = self._given_up = 0.0  # the last tick, and the one after which no other is waited for
        self._left, self._counted = SAVED_SECONDS, 0.0  # seconds that may be waited, and when that was worked out

    def tick(self) -> None:
        """Note that the window is awake; called by its thread."""
        self._ticked = time.perf_counter()

    def wait(self, is_wanted: Callable[[float], bool]) -> None:
        """Wait while the window is late, if one ticks at all; called by the worker.

        is_wanted: waits so many seconds, and says whether there is something to do that does not wait.
        """
        ticked = self._ticked
        while ticked == self._ticked != self._given_up and time.perf_counter() - ticked > LATE_SECONDS:
            if time.perf_counter() - ticked > MOST_SECONDS + LATE_SECONDS:
                self._given_up = ticked
            elif not self._may_wait() or is_wanted(LOOK_SECONDS):
                return

    def wait_for_tick(self, is_wanted: Callable[[float], bool]) -> None:
        """Wait for the next tick of a window that has just asked for what it draws itself meanwhile.

        Another network takes both some 0.1 s; at the same time, in one interpreter, each would take twice as long.
        """
        ticked, end = self._ticked, time.perf_counter() + MOST_SECONDS
        while ticked == self._ticked != self._given_up and time.perf_counter() < end:
            if is_wanted(LOOK_SECONDS):
                return

    def _may_wait(self) -> bool:
        """Spend a look, and say whether there was time for it; what was spent comes back as time goes by."""
        now = time.perf_counter()
        self._left = min(self._left + SHARE * (now - self._counted), SAVED_SECONDS)
        self._counted = now
        if self._left < LOOK_SECONDS:
            return False
        self._left -= LOOK_SECONDS
        return True
