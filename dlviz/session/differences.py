"""Differences of settings: what one document says otherwise than another, in words, and nothing else."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlviz.core.callbacks import callbacks
from dlviz.core.choice import Choice
from dlviz.core.clipping import clippings
from dlviz.core.hyper import Hyper, complete
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.losses import losses
from dlviz.core.metrics import metrics
from dlviz.core.network import LayerSpec, sources
from dlviz.core.optimizers import optimizers
from dlviz.core.registry import Registry
from dlviz.core.rules import rules
from dlviz.core.schedules import schedules
from dlviz.core.slips import slips
from dlviz.data.builtin import datasets
from dlviz.i18n import tr
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.format.choice import registry_of

NOTHING = "–"  # where a document has no such setting
MAX_TOLD = 2  # differences that a change in words names; more are counted


@dataclass(frozen=True)
class Difference:
    """One setting: where it is ("training.optimizer.lr"), what to call it, and both values in words."""

    place: str
    name: str
    before: str
    after: str

    @property
    def words(self) -> str:
        """Say it in one line: "rate 0.1 → 0.5", "frozen h1" for what was not there before."""
        if self.before == NOTHING:
            return f"{self.name} {self.after}"
        return f"{self.name} {self.before} → {self.after}"


@dataclass(frozen=True)
class Setting:
    """A setting as it is compared (value) and as it is told (name, shown)."""

    name: str
    value: object
    shown: str


Settings = dict[str, Setting]


def differences(one: Document, other: Document) -> tuple[Difference, ...]:
    """Return the settings in which two documents differ, in the order of a document; left out is the default.

    Where two entries of a registry were chosen ("sgd", "adam"), only settings that both have are compared beside them.
    """
    if one is other:
        return ()
    before, after = known_settings(one.explicit), known_settings(other.explicit)
    changed = [place for place in {**before, **after} if _value(before, place) != _value(after, place)]
    other_kinds = {place for place in changed if place in before and place in after}
    told = [place for place in changed if not _is_implied(place, before, after, other_kinds)]
    return tuple(_difference(place, before.get(place), after.get(place)) for place in told)


def change_words(old: Document, new: Document, label: str) -> str:
    """Say in a few words what an edit changed; label, if there is one, where the hand was in rows or weights."""
    found = differences(old, new)
    if not found or (label and _is_by_hand(new, {each.place for each in found})):
        return label
    told = ", ".join(each.words for each in found[:MAX_TOLD])
    return told if len(found) <= MAX_TOLD else tr("{told} and {n} more", told=told, n=len(found) - MAX_TOLD)


def _is_by_hand(new: Document, places: set[str]) -> bool:
    """Say whether rows were painted or typed, or weights typed or taken out: no setting tells that."""
    weights = {place for place in places if place.startswith("parameters.")}
    is_in_rows = new.data.kind == "table" and places == {"data"}
    return is_in_rows or (bool(weights) and places - weights <= {"training.frozen"})


def _value(settings: Settings, place: str) -> object:
    return settings[place].value if place in settings else None


def _is_implied(place: str, before: Settings, after: Settings, changed: set[str]) -> bool:
    """Say whether a setting is only there, or only gone, because the entry that it belongs to is another one."""
    parent = place.rpartition(".")[0]
    is_one_sided = place not in before or place not in after
    return is_one_sided and (parent in changed or (parent in before) != (parent in after))


def _difference(place: str, before: Setting | None, after: Setting | None) -> Difference:
    known = after or before
    assert known is not None
    return Difference(place, known.name, before.shown if before else NOTHING, after.shown if after else NOTHING)


def known_settings(document: Document) -> Settings:
    """Return every setting of a document by its place, in the order of a document."""
    found: Settings = {}
    for place, setting in (
        *_data(document), *_network(document), *_training(document.training), *_subject(document), *_values(document)
    ):  # fmt: skip
        found[place] = setting
    return found


Found = Iterator[tuple[str, Setting]]


def _data(document: Document) -> Found:
    spec = document.data
    rows = spec.dataset
    identity = (spec.kind, id(rows) if rows is not None and spec.kind == "table" else None)
    shown = (
        rows.title if rows is not None else tr(datasets.get(spec.kind).title) if spec.kind in datasets else spec.kind
    )
    yield "data", Setting(tr("data"), identity, shown)
    for name, value in spec.settings.items():
        yield f"data.{name}", _plain(tr("{name} of the data", name=_spaced(name)), value)
    yield "data.split.used", _plain(tr("share of training rows"), spec.split.used)
    for name in ("validation", "test", "seed", "stratify", "shuffle"):
        yield f"data.split.{name}", _plain(tr("{name} of the split", name=name), getattr(spec.split, name))
    for name, value in spec.augmentation.items():
        yield f"data.augmentation.{name}", _plain(tr("{name} of the augmentation", name=_spaced(name)), value)
    for name, role in spec.roles.items():
        yield f"data.roles.{name}", _plain(tr("role of {name}", name=name), role)
    yield "data.scaling", _plain(tr("scaling"), spec.scaling)


def _network(document: Document) -> Found:
    spec = document.network
    if document.subject != "network":
        return
    yield "network", _plain(tr("layers"), [layer.id for layer in spec.layers])
    for layer in spec.layers:
        yield from _layer(document, layer)


def _layer(document: Document, layer: LayerSpec) -> Found:
    kind = layer_kinds.get(layer.kind)
    place = f"network.{layer.id}"
    yield place, Setting(layer.id, (layer.kind, layer.shares), tr(kind.title))
    yield f"{place}.inputs", _plain(tr("{layer} reads", layer=layer.id), list(sources(document.network, layer)))
    scalars = {name: value for name, value in layer.settings.items() if name not in kind.choices}
    for name, value in complete(scalars, kind.settings, layer.id).items():
        yield f"{place}.{name}", _plain(tr("{name} of {layer}", name=_spaced(name), layer=layer.id), value)
    for name in kind.choices:
        chosen = kind.option(layer, name)
        title = tr("{name} of {layer}", name=_spaced(name), layer=layer.id)
        yield from _choice(f"{place}.{name}", title, chosen, registry_of(name), of=layer.id)


def _training(plan: TrainingSpec) -> Found:
    yield from _choice("training.optimizer", tr("optimizer"), plan.optimizer, optimizers)
    if not plan.losses:
        yield from _choice("training.loss", tr("loss"), plan.loss, losses)
    for output, own in plan.losses.items():
        yield from _choice(f"training.losses.{output}", tr("loss of {output}", output=output), own.choice, losses)
    for name, title, chosen, registry in (
        ("schedule", tr("schedule"), plan.schedule, schedules), ("clip", tr("clipping"), plan.clip, clippings),
        ("slip", tr("slip"), plan.slip, slips),
    ):  # fmt: skip
        yield from _choice(f"training.{name}", title, chosen or Choice("none"), registry)
    for name, title in (
        ("batch_size", tr("batch")), ("epochs", tr("epochs")), ("shuffle", tr("shuffling")),
        ("replacement", tr("drawing with replacement")),
    ):  # fmt: skip
        yield f"training.{name}", _plain(title, getattr(plan, name))
    yield "training.frozen", _plain(tr("frozen"), list(plan.frozen))
    yield "training.metrics", _listed(tr("metrics"), plan.metrics, metrics)
    yield "training.callbacks", _listed(tr("stop rules"), plan.callbacks, callbacks)


def _subject(document: Document) -> Found:
    if document.rule is not None:
        yield from _choice("rule", tr("rule"), document.rule, rules)
    if document.formula is not None:
        yield "formula", _plain(tr("formula"), document.formula.text)
    if document.sheet is not None:
        yield "sheet", _plain(tr("sheet"), document.sheet.sheet.title)
        for name, value in document.sheet.sheet.filled(document.sheet.inputs).items():
            yield f"sheet.{name}", _plain(name, list(value) if isinstance(value, tuple) else value)


def _values(document: Document) -> Found:
    yield "seed", _plain(tr("seed"), document.seed)
    yield "dtype", _plain(tr("precision"), document.dtype)
    for name, handle in document.parameters.items():
        yield f"parameters.{name}", Setting(tr("start of {name}", name=name), handle.digest, tr("typed in"))


def _choice(place: str, title: str, chosen: Choice, registry: Registry[Any], of: str = "") -> Found:
    """Give a chosen entry and its settings, those left out at their defaults."""
    if chosen.kind not in registry:
        yield place, Setting(title, chosen.kind, NOTHING)
        return
    entry = registry.get(chosen.kind)
    yield place, Setting(title, chosen.kind, tr(entry.title))
    declared: Sequence[Hyper] = entry.settings
    for name, value in complete(chosen.settings, declared).items():
        yield f"{place}.{name}", _plain(_setting_words(name, title, of), value)


def _setting_words(name: str, title: str, of: str) -> str:
    if name == "lr":
        return tr("rate")
    if of:
        return tr("{name} of {layer}", name=_spaced(name), layer=of)
    return tr("{name} of the {what}", name=_spaced(name), what=title)


def _listed(title: str, chosen: Sequence[Choice], registry: Registry[Any]) -> Setting:
    shown = ", ".join(tr(registry.get(each.kind).title) for each in chosen)
    value = [(each.kind, complete(each.settings, registry.get(each.kind).settings)) for each in chosen]
    return Setting(title, value, shown or NOTHING)


def _plain(name: str, value: object) -> Setting:
    return Setting(name, value, value_words(value))


def value_words(value: object) -> str:
    """Write a value as people read it: "0.1", "yes"."""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    if isinstance(value, float | int):
        return f"{value:.6g}".replace("-", "−")
    if isinstance(value, list | tuple):
        return ", ".join(value_words(each) for each in value) or NOTHING
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {value_words(each)}" for name, each in value.items())
    return NOTHING if value is None else str(value)


def _spaced(name: str) -> str:
    return name.replace("_", " ")
