"""Plan: the trainings of an experiment, one after the other, and the document that each of them trains."""

import math
from dataclasses import replace
from itertools import product

from dlviz.core.errors import SpecError
from dlviz.core.hyper import Hyper
from dlviz.core.randomness import uniforms
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import set_seed
from dlviz.session.prepared import prepared_for
from dlviz.session.vary.edit import vary_path
from dlviz.session.vary.result import Trial
from dlviz.session.vary.settings import hyper_at
from dlviz.session.vary.spec import MOST_LENGTH, MOST_TRIALS, MOST_VARIED, Experiment, Value, Varied

NUMERIC = ("float", "int")  # kinds of settings that can be drawn between two numbers
DRAWN_DIGITS = 4  # significant, of a number that is drawn at random: it can be typed again


def seeds_of(experiment: Experiment) -> tuple[int, ...]:
    """Return the seeds of the trainings; without any the document's own."""
    return experiment.seeds or (experiment.document.seed,)


def configs_of(experiment: Experiment) -> tuple[tuple[Value, ...], ...]:
    """Return the values of every configuration: all combinations, the first setting fastest; or places at random."""
    if experiment.draws:
        columns = [_drawn(experiment, place) for place in range(len(experiment.varied))]
        return tuple(zip(*columns, strict=True)) if columns else ((),)
    grid = product(*(each.values for each in reversed(experiment.varied)))
    return tuple(tuple(reversed(values)) for values in grid)


def _drawn(experiment: Experiment, place: int) -> list[Value]:
    """Return a value of one setting for each place at random. Source: Bergstra & Bengio 2012."""
    varied = experiment.varied[place]
    shares = uniforms(experiment.draw_seed, f"vary {place} {varied.path}", experiment.draws)
    if varied.values:
        return [varied.values[int(share * len(varied.values))] for share in shares]
    hyper = hyper_at(experiment.document, varied.path)
    return [_between(varied, hyper, float(share)) for share in shares]


def _between(varied: Varied, hyper: Hyper | None, share: float) -> Value:
    if varied.scale == "log":
        number = math.exp(math.log(varied.low) + share * (math.log(varied.high) - math.log(varied.low)))
    else:
        number = varied.low + share * (varied.high - varied.low)
    return round(number) if hyper is not None and hyper.kind == "int" else float(f"{number:.{DRAWN_DIGITS}g}")


def trials_of(experiment: Experiment) -> tuple[Trial, ...]:
    """Return all trainings in the order in which they run: every configuration with the first seed, then the next."""
    configs, seeds = configs_of(experiment), seeds_of(experiment)
    pairs = product(seeds, enumerate(configs))
    return tuple(Trial(number, config, values, seed) for number, (seed, (config, values)) in enumerate(pairs))


def document_of(experiment: Experiment, trial: Trial) -> Document:
    """Return the document that a training trains; opened and trained from its start it is that training.

    Another seed than the document's draws all first weights anew, also those that were typed. Raises: DlvizError.
    """
    document = experiment.document
    for varied, value in zip(experiment.varied, trial.values, strict=True):
        document = vary_path(document, varied.path, value)
    if trial.seed == document.seed:
        return document
    return replace(set_seed(document, trial.seed), parameters={})


def check_experiment(experiment: Experiment) -> None:
    """Raise DlvizError, with one sentence, unless every single value fits the document and there are not too many."""
    document = experiment.document
    if document.subject != "network":
        raise SpecError(tr("Expected a document about a network. Received: a {subject}", subject=document.subject))
    if not document.network.layers:
        raise SpecError(tr("Expected a network with a layer. Received: none"), tr("Add a layer first."))
    if prepared_for(document).dataset.is_streamed:
        raise SpecError(tr("Expected data that fit into memory. Received: a set that is streamed from disk"))
    _check_size(experiment)
    paths = [each.path for each in experiment.varied]
    if len(set(paths)) < len(paths):
        raise SpecError(tr("Expected two different settings. Received: {path} twice", path=paths[0]))
    for varied in experiment.varied:
        _check_varied(document, varied, bool(experiment.draws))
    for seed in experiment.seeds:
        set_seed(document, seed)


def _check_size(experiment: Experiment) -> None:
    if len(experiment.varied) > MOST_VARIED:
        raise SpecError(
            tr("Expected at most {most} settings. Received: {n}", most=MOST_VARIED, n=len(experiment.varied))
        )
    counts = [experiment.draws] if experiment.draws else [len(each.values) for each in experiment.varied]
    count = math.prod(counts) * len(seeds_of(experiment))
    if not 1 <= count <= MOST_TRIALS:
        raise SpecError(tr("Expected 1 to {most} trainings. Received: {n}", most=MOST_TRIALS, n=count))
    if not 1 <= experiment.length <= MOST_LENGTH:
        raise SpecError(tr("Expected a length of 1 to {most}. Received: {n}", most=MOST_LENGTH, n=experiment.length))


def _check_varied(document: Document, varied: Varied, is_drawn: bool) -> None:
    values = varied.values
    if is_drawn and not values:
        hyper = hyper_at(document, varied.path)
        if hyper is None or hyper.kind not in NUMERIC:
            raise SpecError(tr("Expected values to draw from where they are no numbers. Received: none"),
                            place=varied.path)  # fmt: skip
        is_finite = math.isfinite(varied.low) and math.isfinite(varied.high)
        if not is_finite or varied.low > varied.high or (varied.scale == "log" and varied.low <= 0):
            raise SpecError(
                tr("Expected numbers from low to high, above 0 for a logarithmic scale. Received: {low} to {high}",
                   low=varied.low, high=varied.high),
                place=varied.path,
            )  # fmt: skip
        values = (_between(varied, hyper, 0.0), _between(varied, hyper, 1.0))
    for value in values:
        vary_path(document, varied.path, value)
