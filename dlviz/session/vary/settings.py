"""Settings that can be varied: which a document has, what they are called, and the edit that sets each by its path."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from dlviz.core.choice import Choice
from dlviz.core.clipping import clippings
from dlviz.core.errors import SpecError, shown
from dlviz.core.hyper import Hyper, complete, floating, integer
from dlviz.core.layers import layers as layer_kinds
from dlviz.core.losses import losses
from dlviz.core.network import LayerSpec, output_ids
from dlviz.core.optimizers import optimizers
from dlviz.core.registry import Registry
from dlviz.core.schedules import schedules
from dlviz.data.builtin import datasets
from dlviz.i18n import tr
from dlviz.session.differences import known_settings, value_words
from dlviz.session.document import Document
from dlviz.session.edits import (
    set_data_setting,
    set_layer_setting,
    set_scaling,
    set_seed,
    set_split,
    set_training,
)
from dlviz.session.format.choice import BY_LAST_WORD, registry_of
from dlviz.session.vary.spec import Value

HIDDEN = "*"  # stands for every layer before the outputs that has the setting, as in "network.*.units"

#: Parts of a training plan that are entries of a registry.
PLANNED: dict[str, Registry[Any]] = {
    "optimizer": optimizers, "loss": losses, "schedule": schedules, "clip": clippings,
}  # fmt: skip

_COUNTS = (
    integer("batch_size", 10, minimum=1, maximum=1_000_000, is_log=True, help="rows looked at before each update"),
)
_SHARES = (
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
    found = (*_of_training(document), *_of_network(document), *_of_data(document))
    return tuple(
        Settable(path, name_of(document, path), _value_at(document, path), hyper, kinds) for path, hyper, kinds in found
    )


Found = Iterator[tuple[str, Hyper | None, tuple[str, ...]]]


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


def hyper_at(document: Document, path: str) -> Hyper | None:
    """Return the declaration of a setting; None for an entry of a registry, and for what is not declared."""
    first = _spelled(document, path)
    return next((each.hyper for each in settable(document) if each.path == first), None)


def name_of(document: Document, path: str) -> str:
    """Return what to call a setting: "rate", "units of h1"."""
    if path.startswith(f"network.{HIDDEN}."):
        return tr("{name} of hidden layers", name=path.rpartition(".")[2].replace("_", " "))
    known = known_settings(document.explicit)
    if path in known:
        return known[path].name
    name = path.rpartition(".")[2].replace("_", " ")
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
    first = _spelled(document, path)
    if first not in {each.path for each in settable(document)} | known_settings(document.explicit).keys():
        raise _unknown(document, path)
    return _value_at(document, first)


def _value_at(document: Document, path: str) -> Value:
    known, parts = known_settings(document.explicit), path.split(".")
    value: Any
    if parts[0] == "training" and len(parts) == 2 and parts[1] in PLANNED:
        value = getattr(document.explicit.training, parts[1])
    elif parts[0] == "network" and len(parts) == 3:
        value = _of_layer(document, parts[1], parts[2])
    elif path in known:
        value = known[path].value
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


def vary_path(document: Document, path: str, value: Value) -> Document:
    """Return a document with one setting changed.

    Raises: SpecError for a path that is not there, DlvizError for a value that does not fit.
    """
    part, _, rest = path.partition(".")
    setter = _SETTERS.get(part)
    if setter is None or (part != "seed" and not rest):
        raise _unknown(document, path)
    return setter(document, rest, value)


def _set_training(document: Document, place: str, value: Any) -> Document:
    name, _, inner = place.partition(".")
    if not inner:
        return set_training(document, **{name: value})
    chosen = getattr(document.training, name, None)
    if not isinstance(chosen, Choice):
        raise _unknown(document, f"training.{place}")
    return set_training(document, **{name: Choice(chosen.kind, {**chosen.settings, inner: value})})


def _set_network(document: Document, place: str, value: Any) -> Document:
    layer_id, _, setting = place.partition(".")
    if layer_id != HIDDEN:
        return _set_layer(document, layer_id, setting, value)
    found = _hidden_with(document, setting)
    if not found:
        raise _unknown(document, f"network.{place}")
    for layer in found:
        document = _set_layer(document, layer.id, setting, value)
    return document


def _set_layer(document: Document, layer_id: str, setting: str, value: Any) -> Document:
    name, _, inner = setting.partition(".")
    if not inner:
        return set_layer_setting(document, layer_id, name, value)
    layer = next((each for each in document.network.layers if each.id == layer_id), None)
    if layer is None or name not in layer_kinds.get(layer.kind).choices:
        raise _unknown(document, f"network.{layer_id}.{setting}")
    chosen = layer_kinds.get(layer.kind).option(layer, name)
    return set_layer_setting(document, layer_id, name, Choice(chosen.kind, {**chosen.settings, inner: value}))


def _hidden_with(document: Document, setting: str) -> list[LayerSpec]:
    ends, name = output_ids(document.network), setting.partition(".")[0]
    return [
        each for each in document.network.layers
        if each.id not in ends and not each.shares and name in _declared(layer_kinds.get(each.kind))
    ]  # fmt: skip


def _declared(kind: Any) -> set[str]:
    return {*(hyper.name for hyper in kind.settings), *kind.choices}


def _set_data(document: Document, place: str, value: Any) -> Document:
    if place.startswith("split."):
        return set_split(document, **{place.removeprefix("split."): value})
    return set_scaling(document, value) if place == "scaling" else set_data_setting(document, place, value)


def _set_seed(document: Document, place: str, value: Any) -> Document:
    return set_seed(document, value)


_SETTERS: dict[str, Callable[[Document, str, Any], Document]] = {
    "training": _set_training, "network": _set_network, "data": _set_data, "seed": _set_seed,
}  # fmt: skip


def _spelled(document: Document, path: str) -> str:
    """Return the path of one setting, for one that names those of all hidden layers the first of them."""
    if not path.startswith(f"network.{HIDDEN}."):
        return path
    setting = path.removeprefix(f"network.{HIDDEN}.")
    found = _hidden_with(document, setting)
    return f"network.{found[0].id}.{setting}" if found else path


def _unknown(document: Document, path: str) -> SpecError:
    known = ", ".join(list(known_settings(document.explicit))[:12])
    return SpecError(tr("Expected a setting of this document, such as {known}. Received: {path}",
                        known=known, path=shown(path)))  # fmt: skip
