"""What a run whose rate grew from batch to batch says about the rate to choose."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.optimizers import lr_of
from dlviz.core.schedules import Curve
from dlviz.i18n import tr
from dlviz.session.vary.plan import document_of
from dlviz.session.vary.result import ExperimentView, Trial

KEPT_SHARE = 0.9  # of the running mean after every batch
BREAKS_AT = 4.0  # times the lowest smoothed loss: from there on it does not learn any more
TENTH = 0.1  # the suggested rate is so much of that of the lowest loss, as `rule` says
SOURCE = "L. N. Smith, Cyclical learning rates for training neural networks, 2017, section 3.3; S. Gugger 2018"
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class RateFinding:
    """Loss against rate, (k,) each, up to where it breaks.

    losses: of single batches. smoothed: their running mean, corrected for its start. lowest: the rate of the lowest
    smoothed loss. suggested: the rate to begin with, None where the loss never fell. breaks_at: the rate at which the
    loss was no number any more or a multiple of the lowest, None where it never was. rule: how it is chosen, in words.
    """

    rates: FloatArray
    losses: FloatArray
    smoothed: FloatArray
    lowest: float
    suggested: float | None
    breaks_at: float | None
    rule: str
    source: str = SOURCE


def rate_finding(view: ExperimentView) -> RateFinding | None:
    """Return what the first training with a growing rate found; None before it is over, or where there is none."""
    return next((_found(view, trial) for trial in view.trials if _is_sweep(view, trial)), None)


def _is_sweep(view: ExperimentView, trial: Trial) -> bool:
    schedule = view.experiment.document.training.schedule
    is_growing = schedule is not None and schedule.kind == "rate_sweep"
    return is_growing and trial.ended is not None and len(trial.ended.curves.batch_steps) > 1


def _found(view: ExperimentView, trial: Trial) -> RateFinding:
    assert trial.ended is not None
    plan = document_of(view.experiment, trial).explicit.training
    assert plan.schedule is not None
    steps, losses = trial.ended.curves.batch_steps, np.asarray(trial.ended.curves.batch_mean, dtype=np.float64)
    curve = Curve(plan.schedule, lr_of(plan.optimizer))
    rates = np.array([curve.rate(*divmod(int(step) - 1, trial.ended.batches), trial.ended.batches) for step in steps])
    return read_rates(rates, losses, trial.status == "diverged")


def read_rates(rates: FloatArray, losses: FloatArray, is_diverged: bool) -> RateFinding:
    """Return what losses (k,) of batches at growing rates (k,) say. is_diverged: the next one was no number."""
    smooth = smoothed(losses)
    end = _end(smooth)
    lowest = int(np.argmin(smooth[:end]))
    breaks_at = float(rates[end]) if end < len(rates) else float(rates[-1]) if is_diverged else None
    has_fallen = lowest > 0 and smooth[lowest] < smooth[0]
    suggested = float(f"{rates[lowest] * TENTH:.2g}") if has_fallen else None
    rule = tr(
        "a tenth of the rate with the lowest smoothed loss; smoothed with {share:g} of the mean kept at every "
        "batch, looked at up to {times:g} times the lowest",
        share=KEPT_SHARE, times=BREAKS_AT,
    )  # fmt: skip
    return RateFinding(rates[:end], losses[:end], smooth[:end], float(rates[lowest]), suggested, breaks_at, rule)


def smoothed(losses: FloatArray) -> FloatArray:
    """Return the exponentially weighted mean of losses up to each of them, corrected for its start at 0."""
    mean, found = 0.0, []
    for number, loss in enumerate(losses, 1):
        mean = KEPT_SHARE * mean + (1 - KEPT_SHARE) * float(loss)
        found.append(mean / (1 - math.pow(KEPT_SHARE, number)))
    return np.array(found)


def _end(smooth: FloatArray) -> int:
    """Return the place of the first loss that is BREAKS_AT times the lowest before it, or the end."""
    lowest = np.minimum.accumulate(smooth)
    broken = np.flatnonzero(smooth > BREAKS_AT * np.maximum(lowest, 0.0)) if smooth[0] > 0 else np.array([], int)
    return int(broken[0]) if len(broken) else len(smooth)
