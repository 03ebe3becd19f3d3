"""Measures: the numbers by which the trainings of an experiment are compared."""

import math
from collections.abc import Callable
from typing import Literal, get_args

from dlviz.core.metrics import metrics
from dlviz.i18n import tr
from dlviz.session.score import Score
from dlviz.session.vary.result import ExperimentView, Trial

Measure = Literal[
    "train_loss", "validation_loss", "test_loss", "train_score", "validation_score", "test_score", "seconds", "steps",
    "gradient_evaluations", "seconds_per_epoch", "seconds_to_common", "first_saturated", "reached",
    "linear_units",
]  # fmt: skip
MEASURES: tuple[Measure, ...] = get_args(Measure)
NAMES = {
    "train_loss": "training loss", "validation_loss": "dev loss", "test_loss": "test loss",
    "seconds": "seconds", "steps": "steps", "gradient_evaluations": "gradient evaluations",
    "seconds_per_epoch": "seconds an epoch", "seconds_to_common": "seconds to the loss all reach",
    "first_saturated": "saturated at the start", "reached": "share that reached the best",
    "linear_units": "nearly linear at the end",
}  # fmt: skip


FEWEST_TO_SHARE = 4  # trainings from which a share says something
NEAR = 0.1  # of the way from the best loss of all to the worst: a training within it reached the best
SHORT = {"r2": "R²"}  # whose title is wider than a column


def measure_of(view: ExperimentView, trial: Trial, measure: Measure) -> float:
    """Return a measure of a training at its end; NaN where it has none. Of a diverged one: at its last finite step."""
    ended = trial.ended
    if ended is None:
        return math.nan
    own: dict[str, Callable[[], float]] = {
        "seconds_to_common": lambda: ended.seconds_until(view.common_loss),
        "first_saturated": lambda: math.nan if ended.first is None else ended.first.saturated,
        "reached": lambda: _reached(view, trial),
    }
    if measure in own:
        return own[measure]()
    part, _, kind = measure.partition("_")
    if part not in ("train", "validation", "test"):
        return float(getattr(ended, measure))
    score: Score | None = getattr(ended, part)
    if score is None:
        return math.nan
    return float(score.loss) if kind == "loss" else _first(score)


def _reached(view: ExperimentView, trial: Trial) -> float:
    """Return 1 for a training that ended near the best loss of all, 0 for others; its mean over seeds is a share."""
    best, worst = view.end_losses
    if len(view.trials) < FEWEST_TO_SHARE or trial.ended is None or trial.ended.train is None:
        return math.nan
    return float(trial.status != "diverged" and trial.ended.train.loss <= best + NEAR * (worst - best))


def _first(score: Score) -> float:
    """Return accuracy, or R² for values."""
    value = next(iter(score.metrics.values()), math.nan)
    return float(value) if isinstance(value, int | float) else math.nan


def measures_of(view: ExperimentView) -> tuple[Measure, ...]:
    """Return the measures that at least one training has; none before the first is over."""
    return tuple(
        each for each in MEASURES if any(not math.isnan(measure_of(view, trial, each)) for trial in view.trials)
    )


def judged_by(view: ExperimentView) -> tuple[Measure, ...]:
    """Return the measures that may choose between trainings: never by test rows."""
    return tuple(each for each in measures_of(view) if not each.startswith("test"))


def measure_name(view: ExperimentView, measure: Measure) -> str:
    """Return what to call a measure: "test loss", "accuracy (test)"."""
    part, _, kind = measure.partition("_")
    if kind != "score":
        return tr(NAMES[measure])
    found = (getattr(trial.ended, part) for trial in view.trials if trial.ended is not None)
    key = next((next(iter(score.metrics), "") for score in found if score is not None), "")
    title = SHORT.get(key) or (tr(metrics.get(key).title) if key in metrics else tr("score"))
    return tr("{title} ({part})", title=title, part=tr({"train": "training", "validation": "dev"}.get(part, part)))


def is_better_low(measure: Measure) -> bool:
    """Say whether smaller is better."""
    return not measure.endswith("_score") and measure != "reached"
