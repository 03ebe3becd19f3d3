"""What a recipe is, and the registry of all of them.

A recipe is one entry: what it varies (make), for which documents it makes sense (refuse), and which pictures tell it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dlviz.core.errors import SpecError
from dlviz.core.inference import parameters
from dlviz.core.registry import Registry
from dlviz.core.sampling import no_way_back
from dlviz.i18n import tr
from dlviz.session.batches import n_batches
from dlviz.session.document import Document
from dlviz.session.prepared import known_prepared
from dlviz.session.vary.spec import Experiment

Picture = Literal["table", "curves", "band", "heat_map", "rate", "histogram", "setting", "time", "layers", "fits"]

STEPS = 4_000  # of each training, about: whole epochs of them, at least MIN_EPOCHS
MIN_EPOCHS, MOST_EPOCHS = 5, 200
SEEDS = 3


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


def seeds_from(document: Document, count: int = SEEDS) -> tuple[int, ...]:
    """Return seeds to repeat every training with, the document's own first."""
    return tuple(range(document.seed, document.seed + count))


def never(document: Document) -> str:
    """Refuse no document."""
    return ""
