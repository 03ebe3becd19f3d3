"""Recipes: experiments that are asked for often, with defaults that suit the document at hand.

A recipe is one entry: what it varies (make), for which documents it makes sense (refuse), and which pictures tell it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.inference import parameters
from dlviz.core.optimizers import lr_of, optimizers
from dlviz.core.registry import Registry
from dlviz.core.sampling import no_way_back
from dlviz.i18n import tr
from dlviz.session.batches import n_batches
from dlviz.session.document import Document
from dlviz.session.edits import set_training
from dlviz.session.prepared import known_prepared
from dlviz.session.race import RaceSpec, first_rate
from dlviz.session.vary.spec import Experiment, Varied

Picture = Literal["table", "curves", "band", "heat_map", "rate", "histogram", "setting"]

LOWEST_RATE, HIGHEST_RATE = 1e-6, 10.0  # between which the rate finder looks
SWEEP_STEPS = 300  # about: whole epochs of them
RATES = (1 / 16, 1 / 8, 1 / 4, 1 / 2, 1.0, 2.0, 4.0, 8.0, 16.0)  # times the document's own
MOMENTA = (0.0, 0.5, 0.9)
COMPARED = ("sgd", "momentum", "nesterov", "rmsprop", "adam")
RESTARTS = 20
STEPS = 4_000  # of each training, about: whole epochs of them, at least MIN_EPOCHS
MIN_EPOCHS, MOST_EPOCHS = 5, 200


@dataclass(frozen=True)
class Recipe:
    """An experiment to start from.

    tip: what it shows, one sentence. make: what it does with a document. refuse: why it does not apply to one, one
    sentence, or "". pictures: what tells its results, the best one first. source: where it comes from.
    """

    key: str
    title: str
    tip: str
    make: Callable[[Document], Experiment]
    refuse: Callable[[Document], str]
    pictures: tuple[Picture, ...]
    source: str = ""


recipes: Registry[Recipe] = Registry("recipe")


@dataclass(frozen=True)
class Offer:
    """A recipe, and why it does not apply to the document at hand; "" where it does."""

    recipe: Recipe
    refusal: str


def offers(document: Document) -> tuple[Offer, ...]:
    """Return all recipes, each with what speaks against it here."""
    return tuple(Offer(each, refusal(each, document)) for each in recipes)


def refusal(recipe: Recipe, document: Document) -> str:
    """Return why a recipe does not apply to a document, one sentence; "" where it does."""
    if document.subject != "network":
        return tr("Recipes train networks; this document is about a {subject}.", subject=document.subject)
    if not document.network.layers:
        return tr("The network has no layer yet.")
    if not parameters(document.network):
        return tr("The network has no weights to train.")
    prepared = known_prepared(document)
    if prepared is None:
        return tr("The data cannot be read yet.")
    if prepared.dataset.is_streamed:
        return tr("The data are streamed from disk; experiments need them in memory.")
    forward_only = no_way_back(document.network)
    return str(forward_only) if forward_only is not None else recipe.refuse(document)


def experiment_of(key: str, document: Document) -> Experiment:
    """Return a recipe's experiment on a document. Raises: SpecError where it does not apply."""
    recipe = recipes.get(key)
    why_not = refusal(recipe, document)
    if why_not:
        raise SpecError(why_not)
    return recipe.make(document)


def batches_per_epoch(document: Document) -> int:
    """Return how many batches an epoch of a document has; 1 where its data cannot be read."""
    prepared = known_prepared(document)
    return 1 if prepared is None else n_batches(len(prepared.train), document.training.batch_size)


def usual_length(document: Document) -> int:
    """Return for how many epochs a training of a recipe runs."""
    return min(max(round(STEPS / batches_per_epoch(document)), MIN_EPOCHS), MOST_EPOCHS)


def _never(document: Document) -> str:
    return ""


def _rate_finder(document: Document) -> Experiment:
    epochs = max(round(SWEEP_STEPS / batches_per_epoch(document)), 1)
    plan = document.training
    optimizer = Choice(plan.optimizer.kind, {**plan.optimizer.settings, "lr": LOWEST_RATE})
    sweep = chosen("rate_sweep", epochs=epochs, factor=HIGHEST_RATE / LOWEST_RATE)
    base = set_training(document, optimizer=optimizer, schedule=sweep, callbacks=())
    return Experiment(base, length=epochs, recipe="rate_finder")


recipes.add(
    Recipe(
        "rate_finder", "Find a learning rate",
        "The rate grows from batch to batch within one run; the loss against it shows where it learns and breaks.",
        _rate_finder, _never, ("rate", "curves", "table"), "Smith 2017, section 3.3",
    )
)  # fmt: skip


def _no_momentum(document: Document) -> str:
    entry = optimizers.get(document.training.optimizer.kind)
    if any(hyper.name == "momentum" for hyper in entry.settings):
        return ""
    return tr("{optimizer} has no setting called momentum; choose gradient descent with momentum.",
              optimizer=tr(entry.title))  # fmt: skip


def _rate_momentum(document: Document) -> Experiment:
    lr = lr_of(document.training.optimizer)
    rates = tuple(float(f"{lr * factor:.3g}") for factor in RATES)
    varied = (Varied("training.optimizer.lr", rates), Varied("training.optimizer.momentum", MOMENTA))
    return Experiment(document, varied, length=usual_length(document), recipe="rate_momentum")


recipes.add(
    Recipe(
        "rate_momentum", "Rate and momentum",
        "Every rate with every momentum: which of them learn, and along which line they break.",
        _rate_momentum, _no_momentum, ("heat_map", "setting", "band", "table"), "Goh 2017, Why momentum really works",
    )
)  # fmt: skip


def compared_optimizers(document: Document) -> tuple[Choice, ...]:
    """Return the document's own optimizer as it is, and the usual others at a rate to begin with."""
    own = document.training.optimizer
    on_network = RaceSpec(on="network")
    others = (chosen(kind, lr=first_rate(on_network, kind)) for kind in COMPARED if kind != own.kind)
    return (own, *others)


def _optimizers(document: Document) -> Experiment:
    varied = (Varied("training.optimizer", compared_optimizers(document)),)
    return Experiment(document, varied, length=usual_length(document), recipe="optimizers")


recipes.add(
    Recipe(
        "optimizers", "Optimizers on this network",
        "All begin at the same weights and meet the same batches; losses, times and gradient evaluations side by side.",
        _optimizers, _never, ("curves", "table", "setting"), "Schmidt, Schneider & Hennig 2021",
    )
)  # fmt: skip


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
