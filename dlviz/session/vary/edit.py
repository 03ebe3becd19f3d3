"""Setting by path: the edit that gives a varied setting its value."""

from collections.abc import Callable
from typing import Any

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.layers import layers as layer_kinds
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import (
    set_augmentation,
    set_data_setting,
    set_layer_setting,
    set_scaling,
    set_split,
    set_training,
)
from dlviz.session.vary.settings import HIDDEN, WHOLE, hidden_with, unknown_setting
from dlviz.session.vary.spec import Value


def vary_path(document: Document, path: str, value: Value) -> Document:
    """Return a document with one setting changed.

    Raises: SpecError for a path that is not there, DlvizError for a value that does not fit.
    """
    part, _, rest = path.partition(".")
    if path == "seed":  # every training has its seed already, which would win
        raise SpecError(tr("Expected seeds beside the varied settings. Received: the seed as one of them"))
    setter = _SETTERS.get(part)
    if setter is None or not rest:
        raise unknown_setting(document, path)
    return setter(document, rest, value)


def _set_training(document: Document, place: str, value: Any) -> Document:
    name, _, inner = place.partition(".")
    if not inner:
        return set_training(document, **{name: value})
    chosen = getattr(document.training, name, None)
    if not isinstance(chosen, Choice):
        raise unknown_setting(document, f"training.{place}")
    return set_training(document, **{name: Choice(chosen.kind, {**chosen.settings, inner: value})})


def _set_network(document: Document, place: str, value: Any) -> Document:
    if place in WHOLE:
        return WHOLE[place].change(document, WHOLE[place].hyper.check(value, f"network.{place}"))
    layer_id, _, setting = place.partition(".")
    if layer_id != HIDDEN:
        return _set_layer(document, layer_id, setting, value)
    found = hidden_with(document, setting)
    if not found:
        raise unknown_setting(document, f"network.{place}")
    for layer in found:
        document = _set_layer(document, layer.id, setting, value)
    return document


def _set_layer(document: Document, layer_id: str, setting: str, value: Any) -> Document:
    name, _, inner = setting.partition(".")
    if not inner:
        return set_layer_setting(document, layer_id, name, value)
    layer = next((each for each in document.network.layers if each.id == layer_id), None)
    if layer is None or name not in layer_kinds.get(layer.kind).choices:
        raise unknown_setting(document, f"network.{layer_id}.{setting}")
    chosen = layer_kinds.get(layer.kind).option(layer, name)
    return set_layer_setting(document, layer_id, name, Choice(chosen.kind, {**chosen.settings, inner: value}))


def _set_data(document: Document, place: str, value: Any) -> Document:
    if place.startswith("augmentation."):
        return set_augmentation(document, place.removeprefix("augmentation."), value)
    if place.startswith("split."):
        return set_split(document, **{place.removeprefix("split."): value})
    return set_scaling(document, value) if place == "scaling" else set_data_setting(document, place, value)


_SETTERS: dict[str, Callable[[Document, str, Any], Document]] = {
    "training": _set_training, "network": _set_network, "data": _set_data,
}  # fmt: skip
