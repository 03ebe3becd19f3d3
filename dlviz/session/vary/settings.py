"""Settings that can be varied: which a document has by their paths, what they are called, and their values."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from dlviz.core.choice import Choice
from dlviz.core.clipping import clippings
from dlviz.core.errors import SpecError, shown
from dlviz.core.hyper import Hyper, complete, flag, floating, integer
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.losses import losses
from dlviz.core.network import LayerSpec, output_ids
from dlviz.core.optimizers import optimizers
from dlviz.core.registry import Registry
from dlviz.core.schedules import schedules
from dlviz.data.augmentation import SETTINGS as AUGMENTATION
from dlviz.data.builtin import datasets
from dlviz.i18n import tr
from dlviz.session.differences import Settings, known_settings, value_words
from dlviz.session.document import Document
from dlviz.session.edits.whole import (
    DEEPEST,
    depth,
    dropout_rate,
    has_batch_norm,
    has_chain,
    has_hidden_chain,
    has_weights,
    penalty_strength,
    set_batch_norm,
    set_depth,
    set_dropout,
    set_penalty_strength,
)
from dlviz.session.format.choice import BY_LAST_WORD, registry_of
from dlviz.session.vary.spec import Value

OF_HIDDEN = ("units", "activation", "initializer")
VARIED_IMAGES = "data.augmentation."  # where the settings of augmentation are
HIDDEN = "*"  # stands for every layer before the outputs that has the setting, as in "network.*.units"


@dataclass(frozen=True, eq=False)
class Whole:
    """A setting of a network as a whole: how it is read and set. applies: whether a document can have it."""

    hyper: Hyper
    words: str
    read: Callable[[Document], Value]
    change: Callable[[Document, Any], Document]
    applies: Callable[[Document], bool]


#: Settings of all hidden layers at once, by what stands behind "network.".
WHOLE: dict[str, Whole] = {
    "depth": Whole(
        integer("depth", 1, minimum=0, maximum=DEEPEST, help="how many hidden layers there are"),
        "hidden layers", depth, set_depth, has_chain,
    ),
    "batch_norm": Whole(
        flag("batch_norm", False, "batch norm behind every hidden layer"),
        "batch norm", has_batch_norm, set_batch_norm, has_hidden_chain,
    ),
    "dropout": Whole(
        floating("dropout", 0.0, minimum=0, maximum=1, is_open_maximum=True,
                 help="share of the units of every hidden layer that is dropped"),
        "dropout", dropout_rate, set_dropout, has_hidden_chain,
    ),
    "strength": Whole(
        floating("strength", 0.0, minimum=0, maximum=1e6, help="λ of the penalty on all weights, L2 if none is chosen"),
        "λ of all weights", penalty_strength, set_penalty_strength, has_weights,
    ),
}  # fmt: skip

#: Parts of a training plan that are entries of a registry.
PLANNED: dict[str, Registry[Any]] = {
    "optimizer": optimizers, "loss": losses, "schedule": schedules, "clip": clippings,
}  # fmt: skip

_COUNTS = (
    integer("batch_size", 10, minimum=1, maximum=1_000_000, is_log=True, help="rows looked at before each update"),
)
_SHARES = (
    floating("used", 1.0, minimum=0, is_open_minimum=True, maximum=1, help="share of the training rows that are used"),
    floating("test", 0.0, minimum=0, maximum=0.9, help="share of rows that are held out"),
    floating("validation", 0.0, minimum=0, maximum=0.9, help="share of rows that are kept for choosing"),
)


@dataclass(frozen=True, eq=False)
class Settable:
    """A setting that can be varied: its path, what to call it, and its value now.

    hyper: its limits, None for an entry of a registry, which is one of kinds.
    """

    path: str
    name: str
    value: Value
    hyper: Hyper | None = None
    kinds: tuple[str, ...] = ()


def settable(document: Document) -> tuple[Settable, ...]:
    """Return what can be varied in a document, in the order of a document; nothing where there is no network."""
    if document.subject != "network":
        return ()
    document, known = document.explicit, known_settings(document.explicit)
    return tuple(
        Settable(path, _name(known, path), _value_at(document, known, _spelled(document, path)), hyper, kinds)
        for path, hyper, kinds in _declared_in(document)
    )


Found = Iterator[tuple[str, Hyper | None, tuple[str, ...]]]


def _declared_in(document: Document) -> Found:
    yield from _of_training(document)
    for name, whole in WHOLE.items():
        if whole.applies(document):
            yield f"network.{name}", whole.hyper, ()
    yield from _of_hidden(document)
    yield from _of_network(document)
    yield from _of_data(document)


def _of_training(document: Document) -> Found:
    for name, registry in PLANNED.items():
        if name == "loss" and document.training.losses:
            continue
        yield f"training.{name}", None, registry.keys()
        chosen = getattr(document.training, name)
        for hyper in () if chosen is None else registry.get(chosen.kind).settings:
            yield f"training.{name}.{hyper.name}", hyper, ()
    for hyper in _COUNTS:
        yield f"training.{hyper.name}", hyper, ()


def _of_hidden(document: Document) -> Found:
    """Give what several hidden layers have in common and is often varied for all of them."""
    for name in OF_HIDDEN:
        found = hidden_with(document, name)
        if len(found) > 1:
            kind = layer_kinds.get(found[0].kind)
            hyper = next((each for each in kind.settings if each.name == name), None)
            yield f"network.{HIDDEN}.{name}", hyper, () if hyper is not None else registry_of(name).keys()


def _of_network(document: Document) -> Found:
    ends = output_ids(document.network)
    for layer in document.network.layers:
        if layer.shares:
            continue
        kind = layer_kinds.get(layer.kind)
        for hyper in kind.settings:
            if layer.id not in ends or hyper.name != "units":  # how many an output has is the data's to say
                yield f"network.{layer.id}.{hyper.name}", hyper, ()
        for name in kind.choices:
            yield f"network.{layer.id}.{name}", None, registry_of(name).keys()
            for hyper in registry_of(name).get(kind.option(layer, name).kind).settings:
                yield f"network.{layer.id}.{name}.{hyper.name}", hyper, ()


def _of_data(document: Document) -> Found:
    for hyper in datasets.get(document.data.kind).settings if document.data.kind in datasets else ():
        yield f"data.{hyper.name}", hyper, ()
    for hyper in _SHARES:
        yield f"data.split.{hyper.name}", hyper, ()
    for hyper in AUGMENTATION if _has_images(document) else ():
        yield f"{VARIED_IMAGES}{hyper.name}", hyper, ()


def _has_images(document: Document) -> bool:
    data = document.data
    known = datasets.get(data.kind).modality if data.kind in datasets else data.dataset and data.dataset.modality
    return known == "image"


def hyper_at(document: Document, path: str) -> Hyper | None:
    """Return the declaration of a setting; None for an entry of a registry, and for what is not declared."""
    first = _spelled(document, path)
    return next((hyper for place, hyper, _ in _declared_in(document) if place == first), None)


def name_of(document: Document, path: str) -> str:
    """Return what to call a setting: "rate", "units of h1"."""
    return _name(known_settings(document.explicit), path)


def _name(known: Settings, path: str) -> str:
    if path in known:
        return known[path].name
    if (whole := WHOLE.get(path.removeprefix("network."))) is not None:
        return tr(whole.words)
    name = path.rpartition(".")[2].replace("_", " ")
    if path.startswith(f"network.{HIDDEN}."):
        return tr("{name} of hidden layers", name=name)
    return tr("{name} of the data", name=name) if path.startswith("data.") else name


def words(value: Value) -> str:
    """Return a value as a table shows it: "0.01", "Adam, rate 0.02"."""
    if not isinstance(value, Choice):
        return value_words(value)
    told = [_told(name, each) for name, each in value.settings.items()]
    registries = (*PLANNED.values(), *BY_LAST_WORD.values())
    entry = next((each.get(value.kind) for each in registries if value.kind in each), None)
    return ", ".join([tr(entry.title) if entry else value.kind, *told])


def _told(name: str, value: Any) -> str:
    shown = value_words(value)
    return tr("rate {value}", value=shown) if name == "lr" else f"{name.replace('_', ' ')} {shown}"


def read_path(document: Document, path: str) -> Value:
    """Return the value of a setting in a document. Raises: SpecError for a path that is not there."""
    document, known = document.explicit, known_settings(document.explicit)
    first = _spelled(document, path)
    if first not in known and first not in {place for place, _, _ in _declared_in(document)}:
        raise unknown_setting(document, path)
    return _value_at(document, known, first)


def _value_at(document: Document, known: Settings, path: str) -> Value:
    parts = path.split(".")
    value: Any
    if parts[0] == "training" and len(parts) == 2 and parts[1] in PLANNED:
        value = getattr(document.training, parts[1])
    elif parts[0] == "network" and len(parts) == 2:
        value = WHOLE[parts[1]].read(document)
    elif parts[0] == "network" and len(parts) == 3:
        value = _of_layer(document, parts[1], parts[2])
    elif path in known:
        value = known[path].value
    elif path.startswith(VARIED_IMAGES):
        value = next(hyper.default for hyper in AUGMENTATION if hyper.name == path.removeprefix(VARIED_IMAGES))
    else:
        declared = datasets.get(document.data.kind).settings
        value = next(hyper.default for hyper in declared if f"data.{hyper.name}" == path)
    return cast("Value", value)


def _of_layer(document: Document, layer_id: str, name: str) -> Value:
    layer = next(each for each in document.network.layers if each.id == layer_id)
    kind = layer_kinds.get(layer.kind)
    if name in kind.choices:
        return cast("Value", kind.option(layer, name))
    own = {key: each for key, each in layer.settings.items() if key not in kind.choices}
    return cast("Value", complete(own, kind.settings)[name])


def hidden_with(document: Document, setting: str) -> list[LayerSpec]:
    """Return the layers before the outputs that have a setting, shared ones left out."""
    ends, name = output_ids(document.network), setting.partition(".")[0]
    return [
        each for each in document.network.layers
        if each.id not in ends and not each.shares and name in _declared(layer_kinds.get(each.kind))
    ]  # fmt: skip


def _declared(kind: Any) -> set[str]:
    return {*(hyper.name for hyper in kind.settings), *kind.choices}


def _spelled(document: Document, path: str) -> str:
    """Return the path of one setting, for one that names those of all hidden layers the first of them."""
    if not path.startswith(f"network.{HIDDEN}."):
        return path
    setting = path.removeprefix(f"network.{HIDDEN}.")
    found = hidden_with(document, setting)
    return f"network.{found[0].id}.{setting}" if found else path


def unknown_setting(document: Document, path: str) -> SpecError:
    """Return the error of a path that is not there."""
    known = ", ".join(list(known_settings(document.explicit))[:12])
    return SpecError(tr("Expected a setting of this document, such as {known}. Received: {path}",
                        known=known, path=shown(path)))  # fmt: skip
