"""What an experiment comes to: one row for every training, as the window sees it."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from dlviz.session.curves import Curves
from dlviz.session.score import Score
from dlviz.session.trained import Trained
from dlviz.session.vary.looks import FirstActivations, FloatArray
from dlviz.session.vary.spec import Experiment, Value

Status = Literal["waiting", "running", "done", "diverged", "stopped", "cancelled", "failed"]
Stage = Literal["running", "cancelling", "done", "cancelled"]


@dataclass(frozen=True, eq=False)
class Ended:
    """A training that is over.

    steps, epochs: how far it came; batches: of an epoch. seconds: that training took, without measuring.
    gradient_evaluations: how often the gradient of a batch was computed. train, validation, test: loss and metrics at
    its end, None without rows. curves: at most `CURVE_POINTS` intervals of batches. diverged_at: the step whose loss or
    weights were not finite; it stands before it. kept: with what its run opens at once; None where all runs together
    would be too large. first: activations at its first weights. fit: inputs and outputs (2, k) of the fitted curve, for
    one input and one measured target. linear_units: share of hidden sums where the activation is nearly straight.
    """

    steps: int
    epochs: int
    batches: int
    seconds: float
    gradient_evaluations: int
    train: Score | None
    validation: Score | None
    test: Score | None
    curves: Curves
    diverged_at: int | None = None
    kept: Trained | None = None
    first: FirstActivations | None = None
    fit: FloatArray | None = None
    linear_units: float = math.nan

    @property
    def seconds_per_epoch(self) -> float:
        """How long an epoch took; NaN before the first step."""
        return self.seconds / self.steps * self.batches if self.steps else math.nan

    @cached_property
    def least_loss(self) -> float:
        """The least loss over all training rows that was measured; NaN if none was finite."""
        known = self.curves.train_loss[np.isfinite(self.curves.train_loss)]
        return float(known.min()) if len(known) else math.nan

    def seconds_until(self, loss: float) -> float:
        """How long training took to come to a loss over all training rows; NaN if it never did."""
        reached = np.flatnonzero(self.curves.train_loss <= loss)
        if not len(reached) or not self.steps:
            return math.nan
        return self.seconds / self.steps * float(self.curves.steps[reached[0]])


@dataclass(frozen=True, eq=False)
class Trial:
    """One training of an experiment: a row of its table.

    number: its place in the experiment, from 0. config: which combination of values; trials of one config differ in
    their seed. values: one for each varied setting. progress: 0…1. message: why it ended early or failed, one sentence.
    ended: None until it is over, and for what was cancelled or failed. run: the uid of the run that it was opened as.
    """

    number: int
    config: int
    values: tuple[Value, ...]
    seed: int
    status: Status = "waiting"
    progress: float = 0.0
    message: str = ""
    ended: Ended | None = None
    run: int | None = None


@dataclass(frozen=True, eq=False)
class ExperimentView:
    """An experiment as far as it has come; a new object whenever something changed.

    serial: counts the experiments of a session. stage: whether it goes on. seconds: since it began. workers: how many
    trainings run at once. message: what happened to the whole, one sentence.
    """

    serial: int
    experiment: Experiment
    trials: tuple[Trial, ...]
    stage: Stage = "running"
    seconds: float = 0.0
    workers: int = 1
    message: str = ""

    @cached_property
    def common_loss(self) -> float:
        """The training loss that every training came to which did not diverge; NaN before one is over."""
        known = [each.ended.least_loss for each in self._sound if each.ended is not None]
        return max((each for each in known if math.isfinite(each)), default=math.nan)

    @cached_property
    def end_losses(self) -> tuple[float, float]:
        """The least and the largest training loss at the end of what did not diverge; NaN before one is over."""
        scores = [each.ended.train for each in self._sound if each.ended is not None]
        known = [float(each.loss) for each in scores if each is not None and math.isfinite(each.loss)]
        return (min(known), max(known)) if known else (math.nan, math.nan)

    @property
    def _sound(self) -> list[Trial]:
        return [each for each in self.trials if each.ended is not None and each.status != "diverged"]

    @property
    def is_over(self) -> bool:
        """Whether nothing runs any more."""
        return self.stage in ("done", "cancelled")

    @property
    def progress(self) -> float:
        """How much of it is done, 0…1."""
        return sum(each.progress for each in self.trials) / max(len(self.trials), 1)
