"""Charts of an experiment: curves over steps, a measure against a setting, the rate finder, heat map and histogram."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from dlviz.core.choice import Choice
from dlviz.gui import numbers
from dlviz.gui.panels.runs.vary.chart import PALE, Chart, Cross, Curve, Upright
from dlviz.gui.panels.runs.vary.ends import Ends
from dlviz.gui.panels.runs.vary.heat import Cell, Grid
from dlviz.gui.panels.runs.vary.words import Told, combination_words, outcome_words, trial_words
from dlviz.i18n import tr
from dlviz.session.vary import Experiment, ExperimentView, Trial, Value
from dlviz.session.vary.measures import Measure, is_better_low, measure_name, measure_of, measures_of
from dlviz.session.vary.rate_finding import rate_finding
from dlviz.session.vary.settings import words
from dlviz.session.vary.summary import (
    Band,
    SettingPoint,
    along_setting,
    bands,
    by_config,
    end_losses,
    heat_map,
    number_of,
)

MOST_COLOURS = 10  # curves that can be told apart; of more, the one that is chosen stands out
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
FEWEST_ZEROS = -1  # a power of ten below this one is written by its exponent
LOG_FROM = 10.0  # highest over lowest from which an axis is logarithmic
Ticks = tuple[tuple[float, str], ...]
CURVES: tuple[Measure, ...] = ("train_loss", "validation_loss", "train_score", "validation_score")


def curves_chart(view: ExperimentView, told: Told, measure: Measure, chosen: Sequence[int] = ()) -> Chart:
    """Draw the median of every combination over the steps, in its band of quartiles.

    Where there are more than can be told apart, the best ones stand out, and those of chosen, numbers of trials.
    """
    measure = measure if measure in CURVES else "train_loss"
    found, trials = bands(view, measure), by_config(view)
    is_crowd = len(trials) > MOST_COLOURS
    colours = _colours_of_crowd(view) if is_crowd else {band.config: band.config for band in found}
    named = {view.trials[number].config for number in chosen} | _best_of_each(view, measure, colours)
    curves = tuple(
        _over_steps(told, band, trials[band.config], colours[band.config], is_crowd and band.config not in named)
        for band in found
    )
    title = measure_name(view, measure)
    caption = tr("{measure} against steps{seeds}", measure=title, seeds=_seeds_words(view.experiment))
    return with_log_axis(Chart(caption, tr("step"), title, curves))


def _over_steps(told: Told, band: Band, trials: Sequence[Trial], colour: int, is_thin: bool) -> Curve:
    is_one = len(trials) == 1
    name = trial_words(told, trials[0]) if is_one else combination_words(told, band.values)
    quartiles = None if is_one or is_thin else (band.low, band.high)
    rows = (trials[0].number,) if is_one else ()
    colour = band.config if colour == PALE and not is_thin else colour
    return Curve(name, band.steps.astype(float), band.median, colour, quartiles, is_thin=is_thin, rows=rows)


def _colours_of_crowd(view: ExperimentView) -> dict[int, int]:
    """Return a colour for each of many combinations: that of its second setting, where those can be told apart."""
    seconds = {config: _name(trials[0].values[1:]) for config, trials in by_config(view).items()}
    known = list(dict.fromkeys(seconds.values()))
    is_clear = 1 < len(known) <= MOST_COLOURS
    return {config: known.index(second) if is_clear else PALE for config, second in seconds.items()}


def _best_of_each(view: ExperimentView, measure: Measure, colours: Mapping[int, int]) -> set[int]:
    """Return the combination of each colour that is best by a measure; none of a colour without an end."""
    sign, best = 1.0 if is_better_low(measure) else -1.0, dict[int, tuple[float, int]]()
    for point in along_setting(view, measure):
        if point.config in colours and np.isfinite(point.median):
            colour, ranked = colours[point.config], (sign * point.median, point.config)
            best[colour] = min(best.get(colour, ranked), ranked)
    return {config for _, config in best.values()}


def time_chart(view: ExperimentView, told: Told, measure: Measure, chosen: Sequence[int] = ()) -> Chart:
    """Draw the same curves over computing time: a training's steps take equally long, and seeds their median."""
    chart, trials = curves_chart(view, told, measure, chosen), by_config(view)
    per_step = {config: _seconds_per_step(each) for config, each in trials.items()}
    bands_drawn = bands(view, measure if measure in CURVES else "train_loss")
    curves = tuple(
        replace(curve, x=curve.x * per_step[band.config]) for curve, band in zip(chart.curves, bands_drawn, strict=True)
    )
    caption = tr("{measure} against computing time{seeds}", measure=chart.up, seeds=_seeds_words(view.experiment))
    return replace(chart, caption=caption, across=tr("seconds"), curves=curves)


def _seconds_per_step(trials: Sequence[Trial]) -> float:
    ended = [trial.ended for trial in trials if trial.ended is not None and trial.ended.steps]
    return float(np.median([each.seconds / each.steps for each in ended])) if ended else 0.0


def setting_chart(view: ExperimentView, told: Told, measure: Measure) -> Chart:
    """Draw a measure at the end of runs against the first setting; one curve for each value of the second."""
    experiment, points = view.experiment, along_setting(view, measure)
    ticks = _ticks(points)
    groups: dict[tuple[str, ...], list[SettingPoint]] = {}
    for point in points:
        groups.setdefault(() if experiment.draws else _name(point.values[1:]), []).append(point)
    first = {config: trials[0].number for config, trials in by_config(view).items()}
    curves = tuple(_against(told, group, ticks, place, first) for place, group in enumerate(groups.values()))
    if len(experiment.varied) == 1 and not experiment.draws:
        curves = (*curves, *_other_part(view, told, measure, ticks, first))
        curves = (replace(curves[0], words=_part_words(measure)), *curves[1:]) if len(curves) > 1 else curves
    if experiment.draws:  # places at random lie on no line
        curves = tuple(replace(curve, words="", has_line=False) for curve in curves)
    title, across = measure_name(view, measure), told.short[0]
    caption = tr("{measure} against {setting}{seeds}", measure=title, setting=across, seeds=_seeds_words(experiment))
    crosses = tuple(
        Cross(_place(trial.values[0], ticks), " · ".join((trial_words(told, trial), outcome_words(trial))),
              trial.number)
        for trial in view.trials if trial.status == "diverged"
    )  # fmt: skip
    is_log = told.is_log[0] and _spans_decades(view, ticks)
    return with_log_axis(Chart(caption, across, title, curves, crosses, ticks=ticks, is_log_x=is_log))


def _other_part(
    view: ExperimentView, told: Told, measure: Measure, ticks: Ticks, first: Mapping[int, int]
) -> Iterator[Curve]:
    """Give the same measure on the training rows beside that on the dev rows, or the other way round."""
    part, _, kind = measure.partition("_")
    other = {"train": "validation", "validation": "train"}.get(part)
    wanted = next((each for each in measures_of(view) if each == f"{other}_{kind}"), None)
    if wanted is not None:
        curve = _against(told, along_setting(view, wanted), ticks, 1, first)
        yield replace(curve, words=_part_words(wanted))


def _part_words(measure: Measure) -> str:
    return tr("training") if measure.startswith("train") else tr("dev")


def _against(told: Told, points: Sequence[SettingPoint], ticks: Ticks, colour: int, first: Mapping[int, int]) -> Curve:
    """Return the curve of one value of the second setting, or of the only one; first: a trial of each configuration."""
    points = sorted(points, key=lambda point: _place(point.values[0], ticks))
    x = np.array([_place(point.values[0], ticks) for point in points])
    low, median, high = (np.array([getattr(point, name) for point in points]) for name in ("low", "median", "high"))
    band = (low, high) if any(point.n > 1 for point in points) else None
    name = combination_words(told, points[0].values[1:], first=1)
    rows = tuple(first[point.config] for point in points)
    has_line = not ticks or all(number_of(point.values[0]) is not None for point in points)
    return Curve(name, x, median, colour, band, has_points=True, has_line=has_line, rows=rows)


def _name(values: tuple[Value, ...]) -> tuple[str, ...]:
    """Return values as words, by which they can be looked up: a chosen entry has settings, and no hash."""
    return tuple(map(words, values))


def rate_chart(view: ExperimentView) -> Chart:
    """Draw the loss while the rate rises, as met and smoothed, with the rate that is suggested."""
    found = rate_finding(view)
    caption = tr("loss while the rate rises")
    if found is None:
        return Chart(caption, tr("rate"), tr("loss"))
    met = Curve(tr("as met"), found.rates, found.losses, PALE)
    smooth = Curve(tr("smoothed"), found.rates, found.smoothed)
    at = None if found.suggested is None else Upright(found.suggested, numbers.number(found.suggested, 3))
    return with_log_axis(Chart(caption, tr("rate"), tr("loss"), (met, smooth), upright=at, is_log_x=True))


def grid_of(view: ExperimentView, told: Told, measure: Measure) -> Grid:
    """Return the heat map of two settings: in every cell the median over seeds."""
    found, names, title = heat_map(view, measure), told.short, measure_name(view, measure)
    if found is None:
        return Grid(title, "", "", (), (), ())
    columns, rows = (tuple(map(words, values)) for values in (found.across, found.up))
    first = {config: trials[0].number for config, trials in by_config(view).items()}
    cells = tuple(
        tuple(
            _cell(
                f"{names[0]} {columns[column]} · {names[1]} {rows[row]}", title, float(found.medians[row, column]),
                int(found.diverged[row, column]), int(found.runs[row, column]),
                first[int(found.configs[row, column])],
            )
            for column in range(len(columns))
        )
        for row in range(len(rows))
    )  # fmt: skip
    return Grid(title, names[0], names[1], columns, rows, cells, is_better_low(measure))


def _cell(name: str, title: str, median: float, diverged: int, runs: int, row: int | None) -> Cell:
    value = median if np.isfinite(median) else None
    parts = [name]
    parts += [tr("not computed")] if value is None and not diverged else []
    parts += [f"{title} {numbers.number(value)}"] if value is not None else []
    parts += [tr("{n} of {runs} diverged", n=diverged, runs=runs)] if diverged else []
    return Cell(" · ".join(parts), value, diverged, row)


def ends_of(view: ExperimentView, measure: Measure) -> Ends:
    """Return how many runs ended at which value of a measure."""
    found, title = end_losses(view, measure), measure_name(view, measure)
    if found is None:
        return Ends(title)
    known = [each for each in view.trials if each.status != "diverged" and np.isfinite(measure_of(view, each, measure))]
    edges, counts = tuple(found.edges.tolist()), tuple(found.counts.tolist())
    return Ends(title, edges, counts, tuple(found.numbers.tolist()), tuple(each.number for each in known),
                found.diverged)  # fmt: skip


def with_log_axis(chart: Chart) -> Chart:
    """Make the axis of values logarithmic where its numbers span decades."""
    parts = [np.ravel(curve.y) for curve in chart.curves]
    whole = np.concatenate(parts) if parts else np.empty(0)
    known = whole[np.isfinite(whole)]
    is_log = bool(len(known) and known.min() > 0 and known.max() / known.min() >= LOG_FROM)
    return replace(chart, is_log_y=is_log)


def _seeds_words(experiment: Experiment) -> str:
    n = len(experiment.seeds)
    return tr("; median and quartiles of {n} seeds", n=n) if n > 1 and experiment.varied else ""


def _ticks(points: Sequence[SettingPoint]) -> Ticks:
    """Return the words of places where values are no numbers; nothing where they are."""
    values = [point.values[0] for point in points]
    numbers_known = [number for number in map(number_of, values) if number is not None]
    if len(numbers_known) == len(values) and not _is_zero_and_decades(numbers_known):
        return ()
    if len(numbers_known) == len(values):
        return tuple((float(place), _power_words(each)) for place, each in enumerate(sorted(set(numbers_known))))
    told = list(dict.fromkeys(map(words, values)))
    short = list(dict.fromkeys(map(_kind_words, values)))
    return tuple((float(place), name) for place, name in enumerate(short if len(short) == len(told) else told))


def _is_zero_and_decades(values: Sequence[float]) -> bool:
    """Say whether values fit on no axis of numbers: zero beside powers of ten."""
    above = [each for each in values if each > 0]
    return min(values) == 0 and bool(above) and max(above) / min(above) >= LOG_FROM**2


def _power_words(number: float) -> str:
    """Write a number in little room, small powers of ten by their exponent alone."""
    power = round(math.log10(number)) if number > 0 else 0
    if power < FEWEST_ZEROS and math.isclose(number, 10.0**power, rel_tol=1e-9):
        return f"10{str(power).translate(RAISED)}"
    return numbers.number(number)


def _kind_words(value: Value) -> str:
    """Return an entry of a registry without its settings, in words."""
    return words(Choice(value.kind)) if isinstance(value, Choice) else words(value)


def _place(value: Value, ticks: Ticks) -> float:
    """Return where a value stands along the axis."""
    number = number_of(value)
    if ticks and number is not None:
        return next(at for at, name in ticks if name == _power_words(number))
    if ticks or number is None:
        told = (words(value), _kind_words(value))
        return next(at for at, name in ticks if name in told)
    return number


def _spans_decades(view: ExperimentView, ticks: Ticks) -> bool:
    """Whether all values of the first setting are above zero, and far apart."""
    places = [number_of(trial.values[0]) or 0.0 for trial in view.trials]
    return not ticks and min(places) > 0 and max(places) / min(places) >= LOG_FROM
