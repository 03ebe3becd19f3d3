"""An experiment in words: what it is called, how far it has come, and how each of its runs went."""

from dataclasses import dataclass

from dlviz.gui import numbers
from dlviz.gui.run_words import seconds_words
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.vary import Experiment, ExperimentView, Trial, Value
from dlviz.session.vary.recipes import recipes
from dlviz.session.vary.settings import HIDDEN, hyper_at, name_of, words
from dlviz.session.vary.summary import number_of

#: Settings whose whole names leave no room beside a chart.
SHORT = {
    "network.strength": tr("λ"), "data.split.used": tr("share"), "data.seed": tr("data seed"),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What the words of an experiment are made of, found once: looking through a document takes a millisecond.

    names, short: of the varied settings, whole and where there is little room. is_log: whether each is searched by
    its logarithm. has_seeds: whether runs differ in their seeds.
    """

    names: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    is_log: tuple[bool, ...] = ()
    has_seeds: bool = False


def told_of(experiment: Experiment) -> Told:
    """Return what the words of an experiment are made of."""
    document, paths = experiment.document, [each.path for each in experiment.varied]
    hypers = [hyper_at(document, path) for path in paths]
    return Told(
        tuple(name_of(document, path) for path in paths), tuple(short_name(document, path) for path in paths),
        tuple(each.scale == "log" or (hyper is not None and hyper.is_log)
              for each, hyper in zip(experiment.varied, hypers, strict=True)),
        len(experiment.seeds) > 1 or not paths,
    )  # fmt: skip


def title_of(experiment: Experiment) -> str:
    """Return what an experiment is called: its recipe, else the settings that it varies."""
    if experiment.recipe in recipes:
        return tr(recipes.get(experiment.recipe).title)
    names = [short_name(experiment.document, each.path) for each in experiment.varied]
    return " × ".join(names) or tr("Same settings, other seeds")


def short_name(document: Document, path: str) -> str:
    """Return what a setting is called where there is little room: "momentum" for "momentum of the optimizer"."""
    parts = path.split(".")
    if path in SHORT:
        return SHORT[path]
    if path.startswith(f"network.{HIDDEN}."):
        return parts[2].replace("_", " ")
    is_of_plan = parts[0] == "training" and len(parts) == 3 and parts[2] != "lr"
    return parts[2].replace("_", " ") if is_of_plan else name_of(document, path)


def state_words(view: ExperimentView) -> str:
    """Say how far an experiment has come: "12 of 27 done · 1 diverged · 3.2 s"."""
    over = [each for each in view.trials if each.ended is not None or each.status == "failed"]
    counts = {status: sum(each.status == status for each in view.trials) for status in ("diverged", "failed")}
    parts = [tr("{n} of {all} done", n=numbers.count(len(over)), all=numbers.count(len(view.trials)))]
    parts += [tr("{n} diverged", n=numbers.count(counts["diverged"]))] if counts["diverged"] else []
    parts += [tr("{n} failed", n=numbers.count(counts["failed"]))] if counts["failed"] else []
    parts += [tr("cancelled")] if view.stage in ("cancelling", "cancelled") else []
    return " · ".join([*parts, seconds_words(view.seconds)]).removesuffix(" · ")


def short_state(view: ExperimentView) -> str:
    """Say how far an experiment has come where there is little room: "12/27"."""
    return f"{sum(each.ended is not None or each.status == 'failed' for each in view.trials)}/{len(view.trials)}"


def outcome_words(trial: Trial, is_short: bool = False) -> str:
    """Say how a run went, or where it stands, and which run of the session it is once it was opened.

    is_short: without the step at which it diverged.
    """
    words = tr("diverged") if is_short and trial.status == "diverged" else _how_it_went(trial)
    return words if trial.run is None else f"{words} · {tr('Run {n}', n=trial.run)}"


def _how_it_went(trial: Trial) -> str:
    if trial.status == "diverged" and trial.ended is not None and trial.ended.diverged_at is not None:
        return tr("diverged at step {step}", step=numbers.count(trial.ended.diverged_at))
    if trial.status == "running":
        return numbers.percent(round(trial.progress, 2))
    return {
        "waiting": tr("waits"), "done": tr("done"), "diverged": tr("diverged"), "cancelled": tr("cancelled"),
        "stopped": tr("stopped early"), "failed": tr("failed"),
    }[trial.status]  # fmt: skip


def trial_words(told: Told, trial: Trial) -> str:
    """Name a run by its values, and by its seed where there are several: "rate 0.01 · seed 3"."""
    parts = [combination_words(told, trial.values)] if trial.values else []
    return " · ".join([*parts, tr("seed {n}", n=trial.seed)] if told.has_seeds else parts)


def combination_words(told: Told, values: tuple[Value, ...], first: int = 0) -> str:
    """Say values of the varied settings, from the first one on: "rate 0.01 · Adam"."""
    return " · ".join(_setting_words(told.short[place], value) for place, value in enumerate(values, first))


def _setting_words(name: str, value: Value) -> str:
    """Say a value of a varied setting: "rate 0.01", "no batch norm"; an entry of a registry by its name alone."""
    if isinstance(value, bool):
        return name if value else tr("no {name}", name=name)
    return words(value) if number_of(value) is None else f"{name} {words(value)}"
