"""The rows of an experiment's table: settings, how each run went, losses, time and gradient evaluations."""

import math

from dlviz.gui import numbers
from dlviz.gui.panels.runs.vary.outcomes import Cell, Column, Line, Order
from dlviz.gui.panels.runs.vary.values import is_number
from dlviz.gui.panels.runs.vary.views import PREFERRED
from dlviz.gui.panels.runs.vary.words import Told, outcome_words
from dlviz.gui.run_words import seconds_words
from dlviz.i18n import tr
from dlviz.session.vary import ExperimentView, Trial, Value
from dlviz.session.vary.measures import Measure, measure_name, measure_of, measures_of
from dlviz.session.vary.settings import words
from dlviz.session.vary.summary import best

DIGITS = 3
#: Measures that have a column, those by which runs are judged first: many do not fit beside a chart.
SHOWN: tuple[Measure, ...] = (*PREFERRED, "validation_score", "train_score")


def table_of(view: ExperimentView, told: Told, measure: Measure) -> tuple[tuple[Column, ...], tuple[Line, ...]]:
    """Return columns and rows; the best by a measure is marked."""
    shown, winner = _shown(view), best(view, measure)
    lines = [
        Line(trial.number, _cells(view, told, trial, shown), winner is not None and trial.number == winner.number)
        for trial in view.trials
    ]
    return _columns(view, told, shown), tuple(lines)


def _shown(view: ExperimentView) -> tuple[Measure, ...]:
    """Return the measures that have a column: only of rows that there are, and the same before any run is over."""
    split, known = view.experiment.document.data.split, measures_of(view)
    parts = {"train": True, "validation": split.validation > 0}
    return tuple(each for each in SHOWN if each in known or (parts[each.partition("_")[0]] and not known))


def _columns(view: ExperimentView, told: Told, shown: tuple[Measure, ...]) -> tuple[Column, ...]:
    named = zip(view.experiment.varied, told.short, told.names, strict=True)
    varied = [Column(short, tr("{name}: varied", name=name), is_number=all(map(is_number, each.values)))
              for each, short, name in named]  # fmt: skip
    seed = [Column(tr("seed"), tr("From which first weights and batches are drawn"))] if told.has_seeds else []
    measured = [Column(measure_name(view, each), tr("At the end of the run")) for each in shown]
    return (
        *varied, *seed, Column(tr("outcome"), tr("How the run went"), is_number=False, is_between=True), *measured,
        Column(tr("time"), tr("Computing time of the training alone")),
        Column(tr("gradients"), tr("How often the gradient of a batch was worked out")),
    )  # fmt: skip


def _cells(view: ExperimentView, told: Told, trial: Trial, shown: tuple[Measure, ...]) -> tuple[Cell, ...]:
    varied = [Cell(words(value), _order(value), value if isinstance(value, int | float) else "")
              for value in trial.values]  # fmt: skip
    seed = [Cell(str(trial.seed), float(trial.seed), trial.seed)] if told.has_seeds else []
    went, is_bad = outcome_words(trial), trial.status in ("diverged", "failed")
    outcome = Cell(outcome_words(trial, is_short=True), went, trial.message or went, is_bad)
    measured = [_measured(view, trial, each) for each in shown]
    ended = trial.ended
    time = Cell("") if ended is None else Cell(seconds_words(ended.seconds), ended.seconds, ended.seconds)
    evaluations = None if ended is None else ended.gradient_evaluations
    gradients = Cell("") if evaluations is None else Cell(numbers.count(evaluations), evaluations, evaluations)
    return (*varied, *seed, outcome, *measured, time, gradients)


def _measured(view: ExperimentView, trial: Trial, measure: Measure) -> Cell:
    """Return a number of a run; that of a run that diverged comes last wherever it is sorted."""
    value = measure_of(view, trial, measure)
    if math.isnan(value):
        return Cell("")
    is_share = measure.endswith("_score") and 0 <= value <= 1
    told = numbers.percent(value) if is_share else numbers.number(value, DIGITS)
    return Cell(told, math.inf if trial.status == "diverged" else value, value)


def _order(value: Value) -> Order:
    return float(value) if isinstance(value, int | float) else words(value)
