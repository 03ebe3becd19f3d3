"""Playing: the runs of a session in motion; how fast they train, where they pause, and what is said of that."""

import math
import time
from collections.abc import Callable

from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.messages import Granularity, Play, State
from dlviz.session.pace import Pace
from dlviz.session.playhead import MAX_CHUNK
from dlviz.session.run import Run
from dlviz.session.runs import Runs
from dlviz.session.state import Event, next_state
from dlviz.session.walk import Divergence
from dlviz.session.watcher import Stop

RECORDED_RATE = 30.0  # steps a second up to which played batches are recorded, so that they can be walked
LATE_SECONDS = 0.016  # of steps that were due; older ones are dropped


class Playing:
    """The runs, and the state in which the current one is.

    message: why it stands still; "" where there is nothing to say.
    until: the step at which a run beside another has come as far as that one, None where none was begun so.
    may_measure: whether loss and score may be measured between frames.
    """

    def __init__(self, document: Document, measure: Callable[[Run], None]) -> None:
        self.runs = Runs(document, measure)
        self.state: State = "idle"
        self.message = ""
        self.until: int | None = None
        self.may_measure = False
        self._measure = measure
        self._play = Play()
        self._pace = Pace()
        self._next_step = 0.0

    @property
    def run(self) -> Run:
        """The current run."""
        return self.runs.run

    @property
    def is_flat_out(self) -> bool:
        """Whether it is played as fast as it can be."""
        return math.isinf(self._play.rate)

    @property
    def steps_per_second(self) -> float:
        """How fast it trains; a speed that was only asked for says nothing once the run pauses."""
        return self._pace.rate if self.is_flat_out or self.state == "running" else 0.0

    @property
    def seconds_to_step(self) -> float:
        """Seconds until the next step is due."""
        return max(self._next_step - time.monotonic(), 0.0)

    def become(self, event: Event) -> None:
        """Go over to another state."""
        self.state = next_state(self.state, event)

    def fail(self, message: str) -> None:
        """Stand still with an error."""
        self.message = message
        if self.state != "closing":
            self.become("fail")

    def play(self, command: Play) -> None:
        """Run on as the command says."""
        self._play, self.message, self.until = command, "", None
        self._pace.begin()
        self._next_step = time.monotonic()
        self.become("play")

    def play_until(self, end: int) -> None:
        """Train a run that begins as far as another one has come."""
        is_able = self.run.problem is None and self.run.refusal is None
        if end and is_able and self.state != "running":
            if self._play.by not in ("batch", "epoch"):
                self._play = Play()
            self._next_step, self.until = time.monotonic(), end
            self.become("play")

    def pause_for_time(self) -> None:
        """Pause because somebody goes through time by hand."""
        self.message = ""
        self.become("pause")

    def step(self, by: Granularity, direction: int) -> None:
        """Go one step of this size forward (+1) or back (-1)."""
        self.pause_for_time()
        move = self.run.forward if direction > 0 else self.run.back
        move(by)
        if self.run.stopped and direction > 0:
            self.message = self.run.stopped.reason

    def begun(self) -> None:
        """Forget what was said and measured of the run before."""
        self.message, self._pace.rate = "", 0.0
        self._pace.begin()
        if self.state == "failed":
            self.become("pause")

    def open(self, document: Document) -> None:
        """Take up another document, without any run of the one before."""
        self.until = None
        self.begun()
        self.runs = Runs(document, self._measure)

    def advance(self) -> bool:
        """Run on as far as is due, and say whether there is anything new to see."""
        refusal = self.run.refusal
        if refusal is not None and self._play.by in ("batch", "epoch"):
            self.become("pause")
            self.message = refusal.hint
            return True
        if self._next_step > time.monotonic():
            return False
        began, end = time.perf_counter(), self.run.timeline.end
        self._go_on()
        if self.run.timeline.end > end:
            self.runs.spend(time.perf_counter() - began)
        self._look_beside()
        return True

    def _go_on(self) -> None:
        if self.is_flat_out and self._play.by in ("batch", "epoch"):
            self._advance_chunk()
        elif self._play.by == "batch" and self._play.rate > RECORDED_RATE:
            self._advance_some()
        else:
            self._advance_once()

    def _look_beside(self) -> None:
        """Pause a run that was begun beside another where it has come as far."""
        if self.until is not None and self.run.step >= self.until and self.state == "running":
            self.message = tr("It has come as far as the run beside it, batch {step}.", step=self.until)
            self.until = None
            self.become("pause")

    def _room(self) -> int:
        """Return how many batches may run before somebody has to look."""
        step = self.run.step
        return min(self._pace.room(step), MAX_CHUNK if self.until is None else max(self.until - step, 1))

    def _advance_chunk(self) -> None:
        began = time.perf_counter()
        done = self._train(self._pace.chunk)
        self._pace.trained(done, time.perf_counter() - began)
        self._measure_between()

    def _measure_between(self) -> None:
        """Measure loss and score between frames where it is due; the first frame of a run makes what measures it."""
        steps = self.run.history.measured.steps
        if self.may_measure and self._pace.is_due(self.run.step, steps[-1] if steps else 0):
            began = time.perf_counter()
            self._measure(self.run)
            self._pace.measured(time.perf_counter() - began)

    def _train(self, count: int) -> int:
        done, divergence = self.run.advance(min(count, self._room()))
        if divergence:
            self._diverged(divergence)
        elif self.run.stopped:
            self._stop(self.run.stopped)
        elif self.run.is_at_end:
            self.become("pause")
            self.run.settle()
        return done

    def _stop(self, stop: Stop) -> None:
        """Stand still where a rule holds, or where it sends the run back to."""
        self.become("pause")
        self.message = stop.reason
        if stop.best_step is not None:
            self.run.seek(stop.best_step)
            self.message += " " + tr("The weights after batch {step} are back.", step=stop.best_step)

    def _advance_some(self) -> None:
        """Train as many batches as are due; nobody can follow single ones at this speed."""
        now = time.monotonic()
        due = min(int((now - self._next_step) * self._play.rate) + 1, self._pace.chunk)
        self._next_step = max(self._next_step + due / self._play.rate, now - LATE_SECONDS)
        self._train(due)
        self._pace.rate = self._play.rate

    def _advance_once(self) -> None:
        began, before = time.monotonic(), self.run.moment()
        self.run.forward(self._play.by)
        if self.is_flat_out:  # then half of the time is the window's: nobody sees more recorded steps than frames
            now = time.monotonic()
            self._next_step, self._pace.rate = now + (now - began), 0.0
        else:
            self._next_step = max(self._next_step + 1 / self._play.rate, began)
            self._pace.rate = self._play.rate
        walk = self.run.walk
        if self.run.stopped:
            self._stop(self.run.stopped)
            return
        is_stuck = self.run.moment() == before
        if is_stuck or (walk and walk.is_done and not self.run.trainer.is_finite()):
            self.become("pause")

    def _diverged(self, divergence: Divergence) -> None:
        self.become("pause")
        self.message = tr(
            "Batch {step} is not finite any more, first in {formula}. The last finite weights are kept. "
            "Try a smaller learning rate.",
            step=divergence.step + 1,
            formula=self.run.document.formula_of(divergence),
        )
