"""Moments: where runs stood before each change, for undo and redo, under a byte budget."""

from dlviz.session.runs import Standing
from dlviz.session.snapshots import MIB

MAX_MOMENTS = 600  # undo entries whose past is kept exactly
BYTES = 128 * MIB  # of states that edits began with, and of curves that they parted from


class Moments:
    """Standings by token; over the budget the oldest go, and undo then goes on from where the run stands."""

    def __init__(self, budget: int = BYTES) -> None:
        self._budget = budget
        self._kept: dict[int, Standing] = {}
        self._sizes: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def keep(self, token: int, standing: Standing) -> None:
        """Keep a standing under its token."""
        moment = standing.moment
        self._kept[token] = standing
        self._sizes[token] = moment.timeline.segments[-1].start.kept.nbytes + moment.history.nbytes
        while len(self._kept) > 1 and (len(self._kept) > MAX_MOMENTS or sum(self._sizes.values()) > self._budget):
            oldest = min(self._kept)
            del self._kept[oldest], self._sizes[oldest]

    def get(self, token: int) -> Standing | None:
        """Return the standing of a token; None if it is gone."""
        return self._kept.get(token)
