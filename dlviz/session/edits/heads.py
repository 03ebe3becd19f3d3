"""Other heads on the same sum: one neuron as perceptron, logistic unit, line, or softmax of two units."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.inference import activation_of, shapes
from dlviz.core.network import LayerSpec, output_ids
from dlviz.core.registry import Registry
from dlviz.i18n import tr
from dlviz.session.document import Document, handle
from dlviz.session.edits.network import checked_layer
from dlviz.session.fitting import fitting
from dlviz.session.tasks import known_rows

Current = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Head:
    """An output activation with its loss. units: of the output layer."""

    key: str
    title: str
    activation: str
    loss: str
    units: int = 1


heads: Registry[Head] = Registry("head")
for _head in (
    Head("perceptron", "Perceptron", "linear", "hinge"),
    Head("logistic", "Logistic", "sigmoid", "binary_cross_entropy"),
    Head("linear", "Linear", "linear", "squared_error"),
    Head("softmax", "Softmax of two", "softmax", "categorical_cross_entropy", 2),
):
    heads.add(_head)


def can_change_head(document: Document, layer_id: str) -> bool:
    """Say whether a layer is the only output, a dense one with one unit or two of a softmax, and tells two classes."""
    network, rows = document.network, known_rows(document.data)
    if not network.layers or output_ids(network) != (layer_id,) or rows is None or rows.task != "binary":
        return False
    layer = _layer(document, layer_id)
    chosen, units = activation_of(network, layer_id), math.prod(shapes(network)[layer_id])
    is_one = chosen is not None and (units == 1 or (units == 2 and chosen.kind == "softmax"))
    return layer.kind == "dense" and not layer.shares and is_one


def head_of(document: Document, layer_id: str) -> str:
    """Return the key of the head that a document has, or an empty text."""
    chosen, loss = activation_of(document.network, layer_id), document.training.loss.kind
    for head in heads:
        if chosen is not None and (head.activation, head.loss) == (chosen.kind, loss):
            return head.key
    return ""


def set_head(document: Document, layer_id: str, key: str, current: Current) -> Document:
    """Change activation and loss of the output, so that its sum stays what it was.

    A softmax of two units gets the sum and 0: then its probability of the second class is the sigmoid of the sum.
    Back again the sum is the difference of both. current: parameters as they stand, by name. Raises: SpecError.
    """
    if not can_change_head(document, layer_id):
        expected = tr("an output of one unit, or of two by softmax, that tells two classes apart")
        raise SpecError(tr("Expected {expected}. Received: {id!r}", expected=expected, id=layer_id), place=layer_id)
    head = heads.get(key)
    held = dict(document.parameters)
    for name in (f"{layer_id}.W", f"{layer_id}.b"):
        if name in current:
            held[name] = handle(_of_units(_score(document, layer_id, np.asarray(current[name])), head.units))
    old = _layer(document, layer_id)
    settings = {**old.settings, "units": head.units, "activation": Choice(head.activation)}
    new = checked_layer(replace(old, settings=settings))
    layers = tuple(new if each.id == layer_id else each for each in document.network.layers)
    training = replace(document.training, loss=_loss(document, head), losses={})
    return fitting(replace(document, parameters=held, training=training), replace(document.network, layers=layers))


def _layer(document: Document, layer_id: str) -> LayerSpec:
    return next(each for each in document.network.layers if each.id == layer_id)


def _score(document: Document, layer_id: str, values: NDArray[Any]) -> NDArray[Any]:
    """Return weights or bias (1, …) of the sum that decides between the two classes."""
    chosen = activation_of(document.explicit.network, layer_id)
    assert chosen is not None
    if len(values) == 2:
        return np.asarray((values[1:] - values[:1]) / float(chosen.settings.get("temperature", 1.0)))
    slope = float(chosen.settings.get("slope", 1.0)) if chosen.kind == "sigmoid" else 1.0
    return np.asarray(values * slope)


def _of_units(score: NDArray[Any], units: int) -> NDArray[Any]:
    return score if units == 1 else np.concatenate([np.zeros_like(score), score])


def _loss(document: Document, head: Head) -> Choice:
    """Return the loss of a head with the reduction that is in force; outputs are summed, as one has no mean."""
    old = document.explicit.training.loss
    kept = {name: old.settings[name] for name in ("factor", "reduction", "base") if name in old.settings}
    if head.loss in ("hinge", "squared_error"):
        kept.pop("base", None)
    labels = {"labels": "zero_one"} if head.loss == "hinge" else {}
    return Choice(head.loss, {**kept, **labels, "outputs": "sum"})
