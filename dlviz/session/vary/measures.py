"""Measures: the numbers by which the trainings of an experiment are compared."""

import math
from typing import Literal, get_args

from dlviz.core.metrics import metrics
from dlviz.i18n import tr
from dlviz.session.score import Score
from dlviz.session.vary.result import ExperimentView, Trial

Measure = Literal[
    "train_loss", "validation_loss", "test_loss", "train_score", "validation_score", "test_score", "seconds", "steps",
    "gradient_evaluations",
]  # fmt: skip
MEASURES: tuple[Measure, ...] = get_args(Measure)
NAMES = {
    "train_loss": "training loss", "validation_loss": "dev loss", "test_loss": "test loss",
    "seconds": "seconds", "steps": "steps", "gradient_evaluations": "gradient evaluations",
}  # fmt: skip


def measure_of(trial: Trial, measure: Measure) -> float:
    """Return a measure of a training at its end; NaN where it has none. Of a diverged one: at its last finite step."""
    if trial.ended is None:
        return math.nan
    part, _, kind = measure.partition("_")
    if part not in ("train", "validation", "test"):
        return float(getattr(trial.ended, measure))
    score: Score | None = getattr(trial.ended, part)
    if score is None:
        return math.nan
    return float(score.loss) if kind == "loss" else _first(score)


def _first(score: Score) -> float:
    """Return accuracy, or R² for values."""
    value = next(iter(score.metrics.values()), math.nan)
    return float(value) if isinstance(value, int | float) else math.nan


def measures_of(view: ExperimentView) -> tuple[Measure, ...]:
    """Return the measures that at least one training has; none before the first is over."""
    return tuple(each for each in MEASURES if any(not math.isnan(measure_of(trial, each)) for trial in view.trials))


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
    title = tr(metrics.get(key).title) if key in metrics else tr("score")
    return tr("{title} ({part})", title=title, part=tr({"train": "training", "validation": "dev"}.get(part, part)))


def is_better_low(measure: Measure) -> bool:
    """Say whether smaller is better."""
    return not measure.endswith("_score")
