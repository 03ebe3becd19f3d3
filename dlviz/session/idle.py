"""Settings of a document that change nothing beside its others: each is said in one sentence."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields

from dlviz.core.errors import DlvizError
from dlviz.core.freezing import parsed_entry
from dlviz.core.inference import parameters
from dlviz.core.layers import ParameterSpec, layers
from dlviz.core.network import LayerSpec
from dlviz.core.optimizers import resolve as resolve_optimizer
from dlviz.core.regularizers import resolve as resolve_regularizer
from dlviz.core.sampling import no_way_back
from dlviz.core.slips import slips
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.edits import redundant_biases
from dlviz.session.lowered import lowered
from dlviz.session.prepared import prepared_for

SLIP = "training.slip"
#: Settings of a layer that mean something only where another one does not have this value.
DEPENDENT: Mapping[str, tuple[str, object]] = {
    "bias_initializer": ("bias", False),
    "gamma_initializer": ("affine", False),
    "beta_initializer": ("affine", False),
    "truncation_steps": ("truncation", "none"),
}


@dataclass(frozen=True)
class Idle:
    """A setting that changes nothing: where it stands in the document, and why, in one sentence."""

    place: str
    sentence: str


def idle_settings(document: Document) -> tuple[Idle, ...]:
    """Return the settings that change nothing; none where the document cannot be used at all."""
    try:
        if document.subject != "network":
            return tuple(_of_subject(document))
        return tuple(_of_network(document)) if document.network.layers else ()
    except DlvizError:
        return ()  # what is wrong with it is said where it is used


def _of_network(document: Document) -> Iterator[Idle]:
    yield from _slip(document)
    if no_way_back(document.network) is None:  # else nothing of the plan counts, which is said already
        for check in (_of_optimizer, _of_frozen, _order):
            yield from check(document)
    for layer in document.network.layers:
        yield from _of_layer(layer)
    yield from _of_biases(document)


def _slip(document: Document) -> Iterator[Idle]:
    chosen = document.training.slip
    if chosen is None:
        return
    entry, n = slips.get(chosen.kind), min(document.training.batch_size, len(prepared_for(document).train))
    if n < entry.fewest or not lowered(document).slips:
        yield Idle(SLIP, tr("{title}: it changes nothing in this network.", title=tr(entry.title)))


def _of_optimizer(document: Document) -> Iterator[Idle]:
    plan = document.explicit.training
    entry, settings = resolve_optimizer(plan.optimizer)
    title = tr(entry.title)
    if "decays" in document.training.optimizer.settings and settings["weight_decay"] == 0:
        yield Idle("training.optimizer", tr("decays changes nothing: the weight decay is 0."))
    if entry.reads_size:
        return
    if plan.schedule is not None and plan.schedule.kind != "constant":
        sentence = tr("The schedule changes nothing: {title} reads the learning rate at its start alone.", title=title)
        yield Idle("training.schedule", sentence)
    if plan.clip is not None:
        sentence = tr("Clipping changes nothing: {title} reads the signs of the gradient alone.", title=title)
        yield Idle("training.clip", sentence)


def _of_frozen(document: Document) -> Iterator[Idle]:
    names = dict.fromkeys(document.training.frozen)
    specs = [each for each in parameters(document.explicit.network) if each.is_trainable]
    still = [each for each in specs if each.name in names or each.layer in names]
    for name in names:
        entry = parsed_entry(name)
        if not any((entry[0] if entry else name) in (each.name, each.layer) for each in specs):
            yield Idle("training.frozen", tr("Freezing {name} changes nothing: training never moves it.", name=name))
    if specs and len(still) == len(specs):
        yield Idle("training.frozen", tr("Every parameter is frozen: training changes nothing."))
    for layer in _layers(still, specs):
        own = [each for each in still if each.layer == layer]
        if any(each.lr_scale != 1 for each in own):
            yield Idle(layer, tr("The rate of {layer} changes nothing: it is frozen.", layer=layer))
        if any(resolve_regularizer(each.regularizer, layer)[0].limit is not None for each in own):
            yield Idle(layer, tr("The limit of {layer} changes nothing: it is frozen.", layer=layer))


def _of_biases(document: Document) -> Iterator[Idle]:
    for layer in redundant_biases(document.network):
        sentence = tr("The biases of {layer} change nothing: batch norm subtracts the mean of its sums.", layer=layer)
        yield Idle(layer, sentence)


def _layers(still: Iterable[ParameterSpec], specs: Iterable[ParameterSpec]) -> list[str]:
    """Return the layers of which every parameter is frozen, in order."""
    open_ = {each.layer for each in specs if each not in still}
    return [layer for layer in dict.fromkeys(each.layer for each in still) if layer not in open_]


def _order(document: Document) -> Iterator[Idle]:
    plan = document.explicit.training
    if plan.replacement and not plan.shuffle:
        sentence = tr("Leaving rows unshuffled changes nothing: they are drawn with replacement.")
        yield Idle("training.shuffle", sentence)


def _of_layer(layer: LayerSpec) -> Iterator[Idle]:
    kind = layers.get(layer.kind)
    defaults = {each.name: each.default for each in kind.settings} | dict(kind.choices)
    for name, (master, off) in DEPENDENT.items():
        is_set = name in layer.settings and layer.settings[name] != defaults.get(name)
        if is_set and kind.option(layer, master) == off:
            words = {"name": name, "layer": layer.id, "master": master, "value": "false" if off is False else off}
            yield Idle(layer.id, tr("{name} of {layer} changes nothing: {master} is {value}.", **words))


def _of_subject(document: Document) -> Iterator[Idle]:
    """Name what is set of a plan for networks beside a learning rule or a formula."""
    own, usual = document.training, TrainingSpec()
    names = [each.name for each in fields(usual) if getattr(own, each.name) != getattr(usual, each.name)]
    listed = ", ".join(f"training.{name}" for name in names)
    if names and document.subject == "rule":
        yield Idle(
            "training", tr("A rule has its own settings and takes row by row: {names} changes nothing.", names=listed)
        )
    elif names:
        yield Idle("training", tr("Nothing is learnt here: {names} changes nothing.", names=listed))
