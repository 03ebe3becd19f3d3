"""Pinned weights over a run, from the states that are kept of it and where it stands."""

import time

from dlviz.core.explain import Weight
from dlviz.session.explainer import kept_values
from dlviz.session.explanation import Kept
from dlviz.session.run import Run

RUNNING_SECONDS = 0.25  # between two looks at all states of a run that goes on


class Traces:
    """The traces told last, which are good enough for a moment while training runs on."""

    def __init__(self) -> None:
        self._told: tuple[Kept, ...] = ()
        self._of: tuple[tuple[Weight, ...], int] | None = None
        self._due = 0.0

    def look(self, run: Run, pinned: tuple[Weight, ...], is_running: bool) -> tuple[Kept, ...]:
        """Return a trace for each pinned weight; empty for one that the network does not have any more."""
        about = (pinned, run.segment.uid)
        if not is_running or about != self._of or time.monotonic() >= self._due:
            self._told, self._of = tuple(kept_values(run, each) for each in pinned), about
            self._due = time.monotonic() + RUNNING_SECONDS
        return self._told
