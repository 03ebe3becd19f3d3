"""Giving way: a thread that computes without an end lets another one have the interpreter for a moment."""

import time

LEAST_HELD, MOST_HELD = 0.00025, 0.004  # seconds between two times: while another thread is at work, and else
WAY_SECONDS = 5e-5  # asleep, which takes about 0.0001: whoever waits takes over
TAKEN_SECONDS = 0.0002  # asleep for longer, somebody had the interpreter meanwhile


class Way:
    """Sleeps for an instant where that is due.

    A thread that waits for the interpreter demands it after `sys.getswitchinterval()`, counted anew each time that it
    is let go. Work that lets go of it for a few microseconds again and again, as NumPy does for every draw, takes it
    back before the other is awake, and could keep a window waiting for minutes.
    """

    def __init__(self) -> None:
        self._given, self._held = 0.0, MOST_HELD

    def give(self) -> None:
        """Let others run, if it is time."""
        now = time.perf_counter()
        if now - self._given < self._held:
            return
        time.sleep(WAY_SECONDS)
        self._given = time.perf_counter()
        self._held = LEAST_HELD if self._given - now > TAKEN_SECONDS else min(2 * self._held, MOST_HELD)
