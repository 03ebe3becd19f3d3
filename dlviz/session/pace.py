"""Pace: how many batches a run trains at a stretch, how fast that is, and when it is measured in between."""

from dlviz.session.playhead import MAX_CHUNK

CHUNK_SECONDS = 0.003  # how long one call of the trainer runs: the reaction time to a command
FIRST_CHUNK = 16  # batches
CHUNKS = 50  # looks at a run in e times as many steps as it has done
MEASURED_SHARE = 0.03  # of the time spent training


class Pace:
    """Adapts to the network that is trained.

    chunk: batches that fill the time of one. rate: batches a second, smoothed.
    Loss and score are measured oftener than frames are made, so that curves of fast runs have no corners: evenly on a
    logarithmic axis of steps, for a small share of the time.
    """

    def __init__(self) -> None:
        self.chunk = FIRST_CHUNK
        self.rate = 0.0
        self._saved = 0.0  # seconds that may be spent on measuring

    def begin(self) -> None:
        """Measure the first batches of a run closely."""
        self._saved = CHUNK_SECONDS

    def room(self, step: int) -> int:
        """Return how many batches may run from a step on before somebody has to look."""
        return min(max(step // CHUNKS, FIRST_CHUNK), MAX_CHUNK)

    def trained(self, done: int, seconds: float) -> None:
        """Take note of so many batches in so many seconds."""
        seconds = max(seconds, 1e-6)
        self.rate += 0.1 * (done / seconds - self.rate) if self.rate else done / seconds
        self.chunk = max(1, min(MAX_CHUNK, int(self.chunk * min(2.0, CHUNK_SECONDS / seconds)) or 1))
        self._saved = min(self._saved + MEASURED_SHARE * seconds, CHUNK_SECONDS)

    def is_due(self, step: int, measured: int) -> bool:
        """Say whether to measure at a step, after that of the last measurement."""
        return self._saved > 0 and (step - measured) * CHUNKS >= step

    def measured(self, seconds: float) -> None:
        """Take note of a measurement that took so many seconds."""
        self._saved -= seconds
