"""What an experiment comes to: one row for every training, as the window sees it."""

from dataclasses import dataclass
from typing import Literal

from dlviz.session.curves import Curves
from dlviz.session.score import Score
from dlviz.session.trained import Trained
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
    would be too large.
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

    @property
    def is_over(self) -> bool:
        """Whether nothing runs any more."""
        return self.stage in ("done", "cancelled")

    @property
    def progress(self) -> float:
        """How much of it is done, 0…1."""
        return sum(each.progress for each in self.trials) / max(len(self.trials), 1)
