"""Summaries of experiments: medians and quartiles over seeds, as tables and pictures show them. Pure functions.

Trainings that diverged have no end that could be compared: they are counted, and left out of every median.
Quartiles are those of Hyndman & Fan 1996, type 7 (NumPy's default).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.session.vary.measures import Measure, is_better_low, measure_of
from dlviz.session.vary.result import ExperimentView, Trial
from dlviz.session.vary.spec import Value

FloatArray = NDArray[np.float64]
Watched = str  # of the curves: train_loss, validation_loss, train_score, validation_score
CURVES = ("train_loss", "validation_loss", "train_score", "validation_score")
LEAST_BINS, MOST_BINS = 5, 30


@dataclass(frozen=True, eq=False)
class SettingPoint:
    """One configuration: its values, over how many trainings the quartiles are, and how many diverged."""

    config: int
    values: tuple[Value, ...]
    n: int
    low: float
    median: float
    high: float
    diverged: int


@dataclass(frozen=True, eq=False)
class HeatMap:
    """Medians over seeds: rows by the second setting (up), columns by the first (across).

    medians: NaN where nothing is known. diverged, runs: how many trainings of each place diverged, and are over.
    configs: the configuration of each place.
    """

    across: tuple[Value, ...]
    up: tuple[Value, ...]
    medians: FloatArray
    diverged: NDArray[np.int64]
    runs: NDArray[np.int64]
    configs: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Band:
    """A curve of one configuration over seeds: quartiles at steps (k,), over n (k,) trainings each."""

    config: int
    values: tuple[Value, ...]
    steps: NDArray[np.int64]
    low: FloatArray
    median: FloatArray
    high: FloatArray
    n: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Histogram:
    """How often a measure fell between edges (k + 1,): counts (k,). numbers: of all trainings; diverged: how many."""

    edges: FloatArray
    counts: NDArray[np.int64]
    numbers: FloatArray
    diverged: int


def quartiles(numbers: Sequence[float]) -> tuple[float, float, float]:
    """Return lower quartile, median and upper quartile of the finite numbers; NaN where there are none."""
    known = [each for each in numbers if math.isfinite(each)]
    if not known:
        return math.nan, math.nan, math.nan
    low, median, high = np.percentile(known, [25, 50, 75])
    return float(low), float(median), float(high)


def by_config(view: ExperimentView) -> dict[int, list[Trial]]:
    """Return the trainings of each configuration, one for each seed."""
    found: dict[int, list[Trial]] = {}
    for trial in view.trials:
        found.setdefault(trial.config, []).append(trial)
    return found


def along_setting(view: ExperimentView, measure: Measure) -> tuple[SettingPoint, ...]:
    """Return each configuration with the quartiles of a measure over its seeds, in the order of the experiment."""
    return tuple(_point(view, config, trials, measure) for config, trials in by_config(view).items())


def _point(view: ExperimentView, config: int, trials: Sequence[Trial], measure: Measure) -> SettingPoint:
    numbers = [number for trial in trials if math.isfinite(number := _end(view, trial, measure))]
    low, median, high = quartiles(numbers)
    if measure == "reached" and numbers:  # a share is a mean
        low = median = high = sum(numbers) / len(numbers)
    return SettingPoint(config, trials[0].values, len(numbers), low, median, high, _diverged(trials))


def _end(view: ExperimentView, trial: Trial, measure: Measure) -> float:
    return math.nan if trial.status == "diverged" else measure_of(view, trial, measure)


def _diverged(trials: Sequence[Trial]) -> int:
    return sum(trial.status == "diverged" for trial in trials)


def heat_map(view: ExperimentView, measure: Measure) -> HeatMap | None:
    """Return a measure over two settings; None unless every combination of two settings is tried."""
    varied = view.experiment.varied
    if len(varied) != 2 or view.experiment.draws:
        return None
    across, up = (each.values for each in varied)
    shape = len(up), len(across)
    points = along_setting(view, measure)
    over = [sum(trial.ended is not None for trial in trials) for trials in by_config(view).values()]
    return HeatMap(
        across, up, np.array([each.median for each in points]).reshape(shape),
        np.array([each.diverged for each in points], dtype=np.int64).reshape(shape),
        np.array(over, dtype=np.int64).reshape(shape), np.arange(len(points)).reshape(shape),
    )  # fmt: skip


def bands(view: ExperimentView, curve: Watched = "train_loss") -> tuple[Band, ...]:
    """Return for each configuration median and quartiles over seeds of a measured curve; one of `CURVES`.

    At every step over the trainings that came so far.
    """
    return tuple(
        band for config, trials in by_config(view).items() if (band := _band(config, trials, curve)) is not None
    )


def _band(config: int, trials: Sequence[Trial], curve: str) -> Band | None:
    lines = [_line(trial, curve) for trial in trials if trial.ended is not None]
    steps = np.unique(np.concatenate([line[0] for line in lines])) if lines else np.empty(0, np.int64)
    if not len(steps):
        return None
    numbers = np.full((len(lines), len(steps)), np.nan)
    for row, (places, values) in zip(numbers, lines, strict=True):
        row[np.searchsorted(steps, places)] = values
    n = np.isfinite(numbers).sum(axis=0)
    low, median, high = _quartiles_down(numbers, n)
    return Band(config, trials[0].values, steps, low, median, high, n)


def _quartiles_down(numbers: FloatArray, n: NDArray[np.int64]) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return quartiles of every column, (k,) each, over its n (k,) finite numbers: all columns at once, as `quartiles`.

    A call for each column takes a tenth of a millisecond, and there are thousands.
    """
    ordered, columns = np.sort(numbers, axis=0), np.arange(numbers.shape[1])  # NaN comes last
    found = []
    for share in (0.25, 0.5, 0.75):
        at = share * (n - 1)
        below = np.floor(at).astype(np.int64)
        above = np.minimum(below + 1, n - 1)
        left, right, part = ordered[below, columns], ordered[above, columns], at - below
        found.append(left + (right - left) * part)
    return found[0], found[1], found[2]


def _line(trial: Trial, curve: str) -> tuple[NDArray[np.int64], FloatArray]:
    """Return steps and values (k,) of the finite points of a measured curve."""
    assert trial.ended is not None
    curves = trial.ended.curves
    steps = curves.validation_steps if curve.startswith("validation") else curves.steps
    values = np.asarray(getattr(curves, curve), dtype=np.float64)
    known = np.isfinite(values)
    return steps[known], values[known]


def end_losses(view: ExperimentView, measure: Measure = "train_loss") -> Histogram | None:
    """Return a histogram of a measure over all trainings; bins by the square root of their number. None before one."""
    numbers = np.array([number for trial in view.trials if math.isfinite(number := _end(view, trial, measure))])
    if not len(numbers):
        return None
    bins = int(min(max(math.ceil(math.sqrt(len(numbers))), LEAST_BINS), MOST_BINS))
    counts, edges = np.histogram(numbers, bins)
    return Histogram(edges, counts.astype(np.int64), numbers, _diverged(view.trials))


def best(view: ExperimentView, measure: Measure) -> Trial | None:
    """Return the training that is best by a measure; the first of equal ones, none where nothing is known."""
    known = [trial for trial in view.trials if math.isfinite(_end(view, trial, measure))]
    sign = 1.0 if is_better_low(measure) else -1.0
    return min(known, key=lambda trial: sign * _end(view, trial, measure), default=None)


def number_of(value: Value) -> float | None:
    """Return a value as a place on an axis; None for words and entries of a registry."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return None if isinstance(value, Choice) or not is_number else float(value)  # type: ignore[arg-type]
