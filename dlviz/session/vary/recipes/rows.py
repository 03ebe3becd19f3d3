"""Recipes about chance and rows: other first weights, fewer rows, other rows."""

from dlviz.core.inference import parameters
from dlviz.data.builtin import datasets
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits.whole import depth, has_chain, hidden_dense
from dlviz.session.prepared import known_prepared
from dlviz.session.vary.recipes.kind import Recipe, recipes, seeds_from, usual_length
from dlviz.session.vary.spec import Experiment, Value, Varied

RESTARTS = 20
SHARES = (0.05, 0.1, 0.2, 0.4, 0.7, 1.0)  # of the training rows
FEWEST_ROWS = 4  # of the smallest share
DEEPER = 2  # layers that the larger network has more
RESAMPLES = 8
LEAST_UNITS, MOST_UNITS = 1, 32


def _no_draws(document: Document) -> str:
    drawn = [each for each in parameters(document.network) if each.initializer.kind not in ("zeros", "constant")]
    return "" if drawn else tr("No weight is drawn at random here, so every start is the same.")


def _restarts(document: Document) -> Experiment:
    seeds = tuple(range(document.seed + 1, document.seed + 1 + RESTARTS))
    return Experiment(document, seeds=seeds, length=usual_length(document), recipe="restarts")


recipes.add(
    Recipe(
        "restarts", "Random restarts",
        "The same training from other first weights: how much of the result is luck.",
        _restarts, _no_draws, ("histogram", "band", "table"), "Bouthillier et al. 2021",
    )
)  # fmt: skip


def _nothing_held_out(document: Document) -> str:
    prepared = known_prepared(document)
    if prepared is None or not len(prepared.validation):
        return tr("Hold out dev rows first: on training rows more data never look better.")
    return "" if len(prepared.train) >= 2 * FEWEST_ROWS else tr("There are too few rows to train on shares of them.")


def _training_size(document: Document) -> Experiment:
    prepared = known_prepared(document)
    n = 0 if prepared is None else len(prepared.train)
    shares = tuple(share for share in SHARES if round(share * n) >= FEWEST_ROWS)
    now = depth(document)
    depths: tuple[Value, ...] = tuple(dict.fromkeys((0, now, now + DEEPER)))
    networks = (Varied("network.depth", depths),) if has_chain(document) else ()
    varied = (Varied("data.split.used", shares), *networks)
    return Experiment(document, varied, seeds_from(document), length=usual_length(document), recipe="training_size")


recipes.add(
    Recipe(
        "training_size", "More rows to learn from",
        "Growing parts of the training rows: without hidden layers (a classical linear model), as drawn, and deeper.",
        _training_size, _nothing_held_out, ("setting", "heat_map", "table"), "Hestness et al. 2017",
    )
)  # fmt: skip


def _not_resampled(document: Document) -> str:
    kind = datasets.get(document.data.kind) if document.data.kind in datasets else None
    if kind is None or not any(hyper.name == "seed" for hyper in kind.settings):
        return tr("Only data that are generated can be drawn anew; choose one of the pictures under Data.")
    if not has_chain(document) or not hidden_dense(document.network):
        return tr("Give the network a hidden layer first.")
    return ""


def _resamples(document: Document) -> Experiment:
    first = int(document.data.settings.get("seed", 0))
    draws = Varied("data.seed", tuple(range(first, first + RESAMPLES)))
    units = Varied("network.*.units", (LEAST_UNITS, MOST_UNITS))
    return Experiment(document, (draws, units), length=usual_length(document), recipe="resamples")


recipes.add(
    Recipe(
        "resamples", "Under- and overfitting on new rows",
        "New rows from the same source: a small network fits all alike and badly, a large one each its own way.",
        _resamples, _not_resampled, ("fits", "setting", "heat_map", "table"), "Geman, Bienenstock & Doursat 1992",
    )
)  # fmt: skip
