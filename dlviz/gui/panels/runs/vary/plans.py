"""Experiments that are being set up: one without a recipe, why one cannot start, and how much would be trained."""

import math
from dataclasses import replace

from dlviz.core.errors import DlvizError
from dlviz.gui import numbers
from dlviz.gui.panels.runs.vary.values import between_ends, first_values, listed
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.vary import Experiment, Varied
from dlviz.session.vary.plan import check_experiment, seeds_of
from dlviz.session.vary.recipes import usual_length
from dlviz.session.vary.settings import Settable, hyper_at, settable

FIRST_PATH = "training.optimizer.lr"
FIRST_DRAWS = 20  # places at random to begin with


def refusal_of(experiment: Experiment | None) -> str:
    """Say in one sentence why an experiment cannot start; nothing where it can."""
    try:
        if experiment is not None:
            check_experiment(experiment)
    except DlvizError as error:
        return str(error)
    return ""


def own_experiment(document: Document) -> Experiment:
    """Return an experiment to begin with where no recipe is wanted: the rate, if there is one."""
    known = settable(document)
    first = next((each for each in known if each.path == FIRST_PATH), known[0])
    return Experiment(document, (varied_from(first),), length=usual_length(document))


def own_tip() -> str:
    """Say what an experiment without a recipe is."""
    return tr("One setting or two with any values; all else stays as it is.")


def varied_from(known: Settable) -> Varied:
    """Return a setting with values to begin with."""
    is_log = known.hyper is not None and known.hyper.is_log
    return Varied(known.path, first_values(known), scale="log" if is_log else "linear")


def drawn(experiment: Experiment) -> Experiment:
    """Return an experiment that tries places at random, between the ends of the values that it has."""
    hypers = [hyper_at(experiment.document, each.path) for each in experiment.varied]
    varied = tuple(map(between_ends, experiment.varied, hypers))
    return replace(experiment, varied=varied, draws=experiment.draws or FIRST_DRAWS)


def combined(experiment: Experiment) -> Experiment:
    """Return an experiment that tries all combinations, of a few values each."""
    hypers = [hyper_at(experiment.document, each.path) for each in experiment.varied]
    return replace(experiment, varied=tuple(map(listed, experiment.varied, hypers)), draws=0)


def amount_words(experiment: Experiment) -> str:
    """Say how much would be trained: "27 runs of 20 epochs"."""
    combinations = experiment.draws or math.prod(len(each.values) for each in experiment.varied)
    runs, length = combinations * len(seeds_of(experiment)), numbers.count(experiment.length)
    what = tr("{n} epochs", n=length) if experiment.unit == "epoch" else tr("{n} steps", n=length)
    return tr("1 run of {length}", length=what) if runs == 1 else tr("{n} runs of {length}", n=numbers.count(runs),
                                                                    length=what)  # fmt: skip
