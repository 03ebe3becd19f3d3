"""Checking: compares gradients with central differences a slice at a time, on the worker's thread."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from dlviz.core.errors import DlvizError
from dlviz.core.explain import recorded_batch
from dlviz.core.gradcheck import GradCheck
from dlviz.core.probe import Check
from dlviz.core.trace import Trace
from dlviz.session.gradient_check import GradientCheck, notes_about, notes_after
from dlviz.session.run import Run

SLICE_SECONDS = 0.008  # between two looks at the queue of commands
MOST_ENTRIES = 500  # of a parameter that are compared: a large layer would take minutes


@dataclass(frozen=True)
class CheckGradients:
    """Check the gradients of the batch in hand, or of the next one. holds_draws: with one mask of dropout."""

    holds_draws: bool = False


@dataclass(frozen=True)
class CancelCheck:
    """Stop comparing; what was found so far stays."""


class Checking:
    """At most one check; it belongs to the generation of the run that it was begun in."""

    def __init__(self) -> None:
        self._generation = -1
        self._check: GradCheck | None = None
        self._now: GradientCheck | None = None

    @property
    def is_busy(self) -> bool:
        """Whether there is something to compare."""
        return self._check is not None

    def begin(self, run: Run, peek: Callable[[], Trace], holds_draws: bool, generation: int) -> None:
        """Start with the batch that is walked, else with the next one, which `peek` gives."""
        self._generation, self._check = generation, None
        eps = float(run.document.conventions.values["gradcheck_eps"])
        try:
            trace = run.walk.trace if run.walk else peek()
        except DlvizError as error:
            self._now = GradientCheck(run.step + 1, eps, 0, problem=error.sentence)
            return
        self._now = GradientCheck(trace.global_step + 1, eps, len(trace.rows))
        document, trainer = run.network.document, run.network
        number = trace.epoch * trainer.batches_per_epoch + trace.batch
        how = Check(eps, holds_draws, document.training.slip, MOST_ENTRIES, document.seed, number)
        notes = notes_about(document, how, len(trace.rows), trainer.dtype)
        try:
            values, inputs, targets = recorded_batch(document.network, trace)
            self._check = GradCheck(document.network, document.training.objective, values, inputs, targets, how)
        except DlvizError as error:
            draws = trainer.program.draws and not holds_draws
            self._now = replace(self._now, problem=error.sentence, can_hold=draws)
            return
        self._now = replace(self._now, total=self._check.total, notes=notes)

    def work(self) -> None:
        """Compare entries for a few milliseconds."""
        check = self._check
        assert check is not None and self._now is not None
        until = time.perf_counter() + SLICE_SECONDS
        while check.done < check.total and time.perf_counter() < until:
            check.advance()
        self._now = replace(self._now, done=check.done)
        if check.done == check.total:
            self._finish(check)

    def cancel(self) -> None:
        """Stop, and keep what was compared."""
        if self._check is not None and self._now is not None:
            self._now = replace(self._now, is_cancelled=True)
            self._finish(self._check)

    def _finish(self, check: GradCheck) -> None:
        assert self._now is not None
        report = check.report()
        self._check = None
        self._now = replace(self._now, report=report, notes=(*self._now.notes, *notes_after(report)))

    def of(self, generation: int) -> GradientCheck | None:
        """Return the check of this generation of the run; one of an earlier generation is let go."""
        if generation != self._generation:
            self._check = self._now = None
        return self._now
