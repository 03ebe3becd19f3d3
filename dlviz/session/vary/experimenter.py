"""Experimenter: hands the trainings of an experiment to an executor, a few at a time, and gathers what they give."""

import math
import time
from collections import deque
from collections.abc import Iterable
from concurrent.futures import BrokenExecutor, Executor, Future
from dataclasses import replace

from dlviz.core.errors import DlvizError
from dlviz.i18n import tr
from dlviz.session.vary.board import Board
from dlviz.session.vary.plan import document_of, trials_of
from dlviz.session.vary.pool import Executors, end, processes
from dlviz.session.vary.result import ExperimentView, Stage, Trial
from dlviz.session.vary.spec import Experiment
from dlviz.session.vary.train import Result, Task, train

LOOK_SECONDS = 0.1  # between two looks at the trainings
GRACE_SECONDS = 0.5  # after cancelling: what has not ended by itself then is ended
REST_SECONDS = 60.0  # after which processes with nothing to do are let go: each takes about 100 MB
AHEAD = 8  # trainings more than can run at once are handed over, so that no process waits for the next look
KEPT_BYTES = 128 * 2**20  # of what all trainings keep, to be opened at once


class Experimenter:
    """One experiment at a time. It never waits: `work` looks at what is over and hands over what comes next.

    A process that dies takes nothing with it but its own training: those that it may have been working on run again,
    one at a time, and the one that ends its process again is given up.
    """

    def __init__(self, executors: Executors | None = None) -> None:
        self._executors = executors or processes()
        self._executor: Executor | None = None
        self._board: Board | None = None
        self._view: ExperimentView | None = None
        self._trials: list[Trial] = []
        self._waiting: deque[int] = deque()
        self._suspects: deque[int] = deque()
        self._running: dict[int, Future[Result]] = {}
        self._alone: int | None = None  # the training under suspicion that runs now
        self._began = self._next_look = self._deadline = 0.0
        self._serial = 0

    @property
    def view(self) -> ExperimentView | None:
        """The experiment as it was at the last look; None before the first."""
        return self._view

    @property
    def is_busy(self) -> bool:
        """Whether `work` has something to do."""
        return self._view is not None and not self._view.is_over

    @property
    def seconds_to_look(self) -> float:
        """How long there is nothing to look at; inf where nothing will ever be, unless something begins."""
        if not self.is_busy and self._executor is None:
            return math.inf
        return max(self._next_look - time.monotonic(), 0.0)

    def begin(self, experiment: Experiment) -> None:
        """Begin an experiment in the place of the one before."""
        self._leave()
        self._trials = list(trials_of(experiment))
        self._waiting, self._suspects, self._alone = deque(range(len(self._trials))), deque(), None
        self._serial += 1
        self._began = time.monotonic()
        self._next_look = 0.0
        self._view = ExperimentView(self._serial, experiment, tuple(self._trials), workers=self._executors.workers)
        try:
            self._board = Board(len(self._trials))
        except OSError as error:
            self._refuse(error)
            self._show("done")

    def cancel(self) -> None:
        """Let no further training begin, and those that run end; what is over stays."""
        if self._view is None or self._view.stage != "running" or self._board is None:
            return
        self._board.end()
        self._call_off((*self._waiting, *self._suspects))
        self._waiting.clear()
        self._suspects.clear()
        for future in self._running.values():
            future.cancel()
        self._deadline = time.monotonic() + GRACE_SECONDS
        self._next_look = 0.0
        self._show("cancelling")

    def clear(self) -> None:
        """Forget the experiment."""
        self._leave()
        self._view = None
        self._rest()

    def close(self) -> None:
        """End what runs, and the executor."""
        self.clear()
        self._end_executor()

    def _leave(self) -> None:
        """Let what runs end, whoever may wait for it."""
        for future in self._running.values():
            future.cancel()
        self._running.clear()
        if self._board is not None:
            self._board.remove()
            self._board = None

    def _end_executor(self) -> None:
        if self._executor is not None:
            end(self._executor)
            self._executor = None

    def opened(self, trial: Trial, uid: int) -> None:
        """Note that a training was opened as a run."""
        if self._has(trial) and self._view is not None:
            self._trials[trial.number] = replace(self._trials[trial.number], run=uid)
            self._show(self._view.stage)

    def run_of(self, trial: Trial) -> int | None:
        """Return the uid of the run that a training was opened as, if it was."""
        return self._trials[trial.number].run if self._has(trial) else None

    def _has(self, trial: Trial) -> bool:
        """Say whether a training is one of this experiment: another may have taken its place since it was shown."""
        return trial.number < len(self._trials) and self._trials[trial.number].ended is trial.ended

    def work(self) -> bool:
        """Look at the trainings, if it is time to; say whether there is something new to show."""
        if self.seconds_to_look:
            return False
        if not self.is_busy:
            self._end_executor()
            return False
        assert self._view is not None
        self._next_look = time.monotonic() + LOOK_SECONDS
        self._gather()
        if self._view.stage == "cancelling":
            if self._running and time.monotonic() > self._deadline:
                self._give_up()
        else:
            self._hand_over()
        is_over = not (self._running or self._waiting or self._suspects)
        over: Stage = "cancelled" if self._view.stage == "cancelling" else "done"
        self._view = replace(self._view, seconds=time.monotonic() - self._began)
        self._show(over if is_over else self._view.stage)
        if is_over:
            self._rest()
        return True

    def _rest(self) -> None:
        """Let the board go, and the executor as well unless there is something to do for it soon."""
        if self._board is not None:
            self._board.remove()
        self._next_look = time.monotonic() + REST_SECONDS

    def _show(self, stage: Stage) -> None:
        assert self._view is not None
        self._view = replace(self._view, trials=tuple(self._trials), stage=stage)

    def _gather(self) -> None:
        """Take what is over; where a process died all that were handed over come back."""
        assert self._board is not None
        lost = []
        for number, future in list(self._running.items()):
            if not future.done():
                self._follow(number, self._board.progress(number))
                continue
            del self._running[number]
            if future.cancelled():
                self._call_off([number])
            elif isinstance(future.exception(), BrokenExecutor):
                lost.append(number)
            else:
                self._take(number, future)
        if lost:
            self._recover([*lost, *self._running])

    def _follow(self, number: int, share: float | None) -> None:
        if share is not None:
            self._trials[number] = replace(self._trials[number], status="running", progress=share)

    def _take(self, number: int, future: Future[Result]) -> None:
        error = future.exception()
        if error is not None:
            self._fail(number, tr("The training stopped: {error}", error=repr(error)))
            return
        result = future.result()
        progress = self._trials[number].progress if result.status == "cancelled" else 1.0
        self._trials[number] = replace(
            self._trials[number], status=result.status, message=result.message, ended=result.ended, progress=progress
        )

    def _fail(self, number: int, message: str) -> None:
        self._trials[number] = replace(self._trials[number], status="failed", message=message, progress=1.0)

    def _recover(self, lost: list[int]) -> None:
        """Go on after a process died: those that had begun run again one by one, the others as before."""
        assert self._board is not None and self._view is not None
        self._running.clear()
        self._end_executor()
        begun = [number for number in sorted(lost) if self._board.progress(number) is not None]
        for number in lost:
            self._board.clear(number)
            self._trials[number] = replace(self._trials[number], status="waiting", progress=0.0)
        if self._view.stage == "cancelling":
            self._call_off(lost)
        elif self._alone in lost:
            self._fail(self._alone, tr("The process that trained it ended, twice."))
        else:
            self._suspects.extend(begun or sorted(lost))
            others = [number for number in sorted(lost, reverse=True) if number not in self._suspects]
            self._waiting.extendleft(others)
            message = tr("A process ended; what it trained begins again.")
            self._view = replace(self._view, message=message)
        self._alone = None

    def _call_off(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._trials[number] = replace(self._trials[number], status="cancelled")

    def _give_up(self) -> None:
        """End trainings that do not look at the board, with their processes."""
        self._end_executor()
        self._call_off(self._running)
        self._running.clear()

    def _hand_over(self) -> None:
        """Keep the executor busy; a training under suspicion runs alone."""
        try:
            while self._has_room():
                self._submit_next()
        except BrokenExecutor:  # those that run will say so at the next look
            if not self._running:
                self._end_executor()
        except (OSError, RuntimeError) as error:
            self._end_executor()
            self._refuse(error)

    def _refuse(self, error: Exception) -> None:
        """Give up all that is not over: this machine does not let them run."""
        for number in (*self._running, *self._suspects, *self._waiting):
            self._fail(number, tr("No training could be started: {error}", error=error))
        self._running.clear()
        self._waiting.clear()
        self._suspects.clear()

    def _has_room(self) -> bool:
        if self._suspects or self._alone in self._running:
            return bool(self._suspects) and not self._running
        return bool(self._waiting) and len(self._running) < self._executors.workers + AHEAD

    def _submit_next(self) -> None:
        """Hand over the next training; it stays where it is if that fails."""
        queue = self._suspects or self._waiting
        number = queue[0]
        task = self._task(number)
        if task is not None:
            if self._executor is None:
                self._executor = self._executors.make()
            self._running[number] = self._executor.submit(train, task)
            self._alone = number if queue is self._suspects else None
        queue.popleft()

    def _task(self, number: int) -> Task | None:
        """Return what a training is told; None for one that cannot be, which is then over."""
        assert self._view is not None and self._board is not None
        experiment = self._view.experiment
        try:
            # A copy leaves behind what the document worked out for itself, which need not travel.
            document = replace(document_of(experiment, self._trials[number]))
        except DlvizError as error:
            self._fail(number, str(error))
            return None
        share = KEPT_BYTES // len(self._trials)
        return Task(document, experiment.length, experiment.unit, str(self._board.path), number, share)
