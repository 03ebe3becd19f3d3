"""An experiment in words: what it is called, how far it has come, and how each of its runs went."""

from dlviz.gui import numbers
from dlviz.gui.run_words import seconds_words
from dlviz.i18n import tr
from dlviz.session.vary import Experiment, ExperimentView, Trial
from dlviz.session.vary.recipes import recipes
from dlviz.session.vary.settings import name_of, words


def title_of(experiment: Experiment) -> str:
    """Return what an experiment is called: its recipe, else the settings that it varies."""
    if experiment.recipe in recipes:
        return tr(recipes.get(experiment.recipe).title)
    names = [name_of(experiment.document, each.path) for each in experiment.varied]
    return " × ".join(names) or tr("Same settings, other seeds")


def state_words(view: ExperimentView) -> str:
    """Say how far an experiment has come: "12 of 27 done · 1 diverged · 3.2 s"."""
    over = [each for each in view.trials if each.ended is not None or each.status == "failed"]
    counts = {status: sum(each.status == status for each in view.trials) for status in ("diverged", "failed")}
    parts = [tr("{n} of {all} done", n=numbers.count(len(over)), all=numbers.count(len(view.trials)))]
    parts += [tr("{n} diverged", n=numbers.count(counts["diverged"]))] if counts["diverged"] else []
    parts += [tr("{n} failed", n=numbers.count(counts["failed"]))] if counts["failed"] else []
    parts += [tr("cancelled")] if view.stage in ("cancelling", "cancelled") else []
    return " · ".join([*parts, seconds_words(view.seconds)]).removesuffix(" · ")


def outcome_words(trial: Trial) -> str:
    """Say how a run went, or where it stands, and which run of the session it is once it was opened."""
    words = _how_it_went(trial)
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


def trial_words(experiment: Experiment, trial: Trial) -> str:
    """Name a run by its values, and by its seed where there are several: "rate 0.01 · seed 3"."""
    parts = [setting_words(experiment, each, value) for each, value in enumerate(trial.values)]
    parts += [tr("seed {n}", n=trial.seed)] if len(experiment.seeds) > 1 or not parts else []
    return " · ".join(parts)


def setting_words(experiment: Experiment, place: int, value: object) -> str:
    """Say a value of a varied setting: "rate 0.01"; an entry of a registry by its name alone."""
    told = words(value)  # type: ignore[arg-type]
    is_number = isinstance(value, int | float)
    return f"{name_of(experiment.document, experiment.varied[place].path)} {told}" if is_number else told
