"""Which charts suit an experiment, and which is shown first."""

from collections.abc import Sequence

from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.prepared import known_prepared
from dlviz.session.vary import ExperimentView
from dlviz.session.vary.looks import is_curve
from dlviz.session.vary.measures import Measure
from dlviz.session.vary.recipes import recipes

FEWEST_ENDS = 4  # runs from which a histogram says something
#: By the rows that no training has seen, never by test rows: what is chosen by them is no estimate any more.
PREFERRED: tuple[Measure, ...] = ("validation_loss", "train_loss")
SAME = {"band": "curves"}  # what a recipe calls otherwise than it is called here


def view_titles() -> dict[str, str]:
    """Return what the charts are called."""
    return {
        "table": tr("table"), "curves": tr("curves"), "setting": tr("setting"), "heat_map": tr("map"),
        "histogram": tr("ends"), "rate": tr("rates"), "time": tr("time"), "layers": tr("layers"), "fits": tr("fits"),
    }  # fmt: skip


def views_of(view: ExperimentView) -> tuple[str, ...]:
    """Return the charts that suit an experiment, those that its recipe is meant for first."""
    experiment = view.experiment
    fits = {
        "table": True, "curves": True, "setting": bool(experiment.varied),
        "heat_map": len(experiment.varied) == 2 and not experiment.draws,
        "histogram": len(view.trials) >= FEWEST_ENDS and not experiment.varied,
        "rate": experiment.recipe == "rate_finder",
        "time": "time" in _meant(experiment.recipe),
        "layers": "layers" in _meant(experiment.recipe),
        "fits": "fits" in _meant(experiment.recipe) and _is_curve(experiment.document),
    }  # fmt: skip
    return tuple(key for key in dict.fromkeys((*_meant(experiment.recipe), *fits)) if fits.get(key))


def _is_curve(document: Document) -> bool:
    prepared = known_prepared(document)
    return prepared is not None and is_curve(prepared.dataset)


def first_view(view: ExperimentView, is_wide: bool) -> str:
    """Return the chart to begin with; the table stands beside it where there is room."""
    return next(key for key in views_of(view) if key != "table" or not is_wide)


def preferred_measure(known: Sequence[Measure]) -> Measure:
    """Return by what runs are judged at first: rows that no training has seen, where there are any."""
    return next((each for each in PREFERRED if each in known), "train_loss")


def _meant(recipe: str) -> tuple[str, ...]:
    shows = recipes.get(recipe).pictures if recipe in recipes else ()
    return tuple(SAME.get(key, key) for key in shows)
