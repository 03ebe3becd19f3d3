"""One training of an experiment, from its document to what is told of it, in whichever process or thread it runs."""

import math
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DlvizError
from dlviz.core.layout import layout
from dlviz.session.document import Document
from dlviz.session.history import History
from dlviz.session.pictures import Pictures
from dlviz.session.plan import kept_parameters
from dlviz.session.run import Run
from dlviz.session.score import score_rows
from dlviz.session.trained import Trained
from dlviz.session.vary.board import Place
from dlviz.session.vary.curves import thinned
from dlviz.session.vary.looks import first_activations, fitted_curve, linear_share
from dlviz.session.vary.result import Ended, Status
from dlviz.session.vary.spec import LengthUnit

MEASURED = 64  # points at which loss and score over all rows are measured; fewer where that would take long
MEASURED_ROWS = 200_000  # so many may be measured in all, or as many as MEASURED_SHARE of those trained on
MEASURED_SHARE = 0.25
CHUNK, CHUNK_NUMBERS = 64, 2_000_000  # batches between two looks at the board; parameters × rows in them


@dataclass(frozen=True)
class Task:
    """What one training is told. board, place: where it says how far it is. most_bytes: of what is kept of it."""

    document: Document
    length: int
    unit: LengthUnit
    board: str
    place: int
    most_bytes: int


@dataclass(frozen=True, eq=False)
class Result:
    """What came of a training: done, diverged, stopped by a rule, cancelled or failed, and why."""

    status: Status
    message: str = ""
    ended: Ended | None = None


def train(task: Task) -> Result:
    """Train as a task says; it ends within a chunk where the board says so."""
    place = Place(task.board, task.place)
    if place.is_over:
        return Result("cancelled")
    place.tell(0.0)
    try:
        return _Training(task, place).result()
    except DlvizError as error:
        return Result("failed", str(error))


class _Training:
    """A run that goes its way; how it is cut into chunks depends on its sizes alone, and so does every number of it."""

    def __init__(self, task: Task, place: Place) -> None:
        self._task, self._place = task, place
        self._run = Run(task.document)
        if self._run.problem is not None:
            raise self._run.problem
        if self._run.refusal is not None:
            raise self._run.refusal
        self._trainer = self._run.network
        batches = self._trainer.batches_per_epoch
        self._steps = task.length * (batches if task.unit == "epoch" else 1)
        size = layout(kept_parameters(task.document)).size * task.document.training.batch_size
        self._chunk = max(1, min(CHUNK, CHUNK_NUMBERS // max(size, 1)))
        self._pictures = Pictures()
        with np.errstate(all="ignore"):
            self._first = first_activations(self._trainer)
        self._seconds = 0.0

    def result(self) -> Result:
        """Train to the end, or as far as it goes."""
        status: Status = "done"
        self._measure()
        for mark in marks(self._steps, self._trainer.batches_per_epoch, len(self._trainer.prepared.train)):
            status = self._go_to(mark)
            if status == "cancelled":
                return Result("cancelled")
            if status != "diverged":  # which stands within the batch that breaks
                self._measure()
            if status != "done":
                break
        stopped = self._run.stopped if status == "stopped" else None
        return Result(status, "" if stopped is None else stopped.reason, self._ended(status))

    def _go_to(self, mark: int) -> Status:
        while self._run.step < mark:
            began = perf_counter()
            _, broken = self._run.advance(min(self._chunk, mark - self._run.step))
            self._seconds += perf_counter() - began
            self._place.tell(self._run.step / self._steps)
            if broken is not None:
                return "diverged"
            if self._run.stopped is not None:
                return "stopped"
            if self._place.is_over:
                return "cancelled"
        return "done"

    @np.errstate(all="ignore")
    def _measure(self) -> None:
        self._pictures.follow(self._run)
        self._run.history.measured.add(self._run.step, self._pictures.measure(self._run))

    def _ended(self, status: Status) -> Ended:
        run, trainer = self._run, self._trainer
        end = run.timeline.end
        if run.stopped is not None and run.stopped.best_step is not None:
            run.seek(run.stopped.best_step)
        state = run.state()
        trainer.restore(state)
        values, rows = trainer.memory.read(), trainer.prepared
        with np.errstate(all="ignore"):
            train, validation, test = (
                score_rows(trainer, values, part) for part in (rows.train, rows.validation, rows.test)
            )
        return Ended(
            end, end // trainer.batches_per_epoch, trainer.batches_per_epoch, self._seconds,
            end + (status == "diverged"), train, validation, test, thinned(run.history),
            end if status == "diverged" else None, self._kept(run, end), self._first, fitted_curve(trainer),
            linear_share(trainer),
        )  # fmt: skip

    def _kept(self, run: Run, end: int) -> Trained | None:
        history = run.history
        kept = Trained(
            end, run.state(), history.losses.first, history.losses.stride, history.losses.table(),
            measured_table(history), history.watched,
        )  # fmt: skip
        return kept if kept.nbytes <= self._task.most_bytes else None


def measured_table(history: History) -> NDArray[np.float64]:
    """Return steps and measurements, (m, 6), as `Measurements.from_table` takes them."""
    return np.column_stack([np.array(history.measured.steps, dtype=np.float64), history.measured.table()])


def marks(steps: int, batches: int, n: int) -> tuple[int, ...]:
    """Return the steps at which a training is measured: evenly, and closer at the start; the last one is the end.

    batches: of an epoch. n: rows that are measured.
    """
    most = max(MEASURED_ROWS, MEASURED_SHARE * n * steps / batches) / max(n, 1)
    count = int(min(max(most, 2), MEASURED, steps))
    even = {round(steps * part / count) for part in range(1, count + 1)}
    early = {2**power for power in range(int(math.log2(max(steps / count, 1))))} if count == MEASURED else set()
    return tuple(sorted(even | early))
