"""Cures: edits of a document that may help against a symptom, offered only where they change something."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from dlviz.core.activations import activations
from dlviz.core.choice import Choice
from dlviz.core.errors import DlvizError
from dlviz.core.health import Finding, symptoms
from dlviz.core.inference import activation_of, bounding_activation, shapes
from dlviz.core.layers.kind import layers as layer_kinds
from dlviz.core.network import LayerSpec, NetworkSpec, output_ids
from dlviz.core.optimizers import lr_of
from dlviz.core.registry import Registry
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.edits import (
    add_layer,
    remove_layer,
    scale_targets,
    set_activation,
    set_clip,
    set_layer_setting,
    set_optimizer,
    set_optimizer_setting,
    set_scaling,
    set_split,
)
from dlviz.session.tasks import TASK_ENDS, known_rows

FACTOR = 10  # by which a cure changes the learning rate; finer steps are a matter of search
MAX_NORM = 1.0  # of a clipped gradient (Pascanu, Mikolov & Bengio 2013 use the order of its usual norm)
SATURATING = ("sigmoid", "tanh")
TRUNCATED_TO = 10  # time steps
NEW_UNITS = 8


@dataclass(frozen=True)
class Cure:
    """An edit: apply(document, finding) returns the document itself where it has nothing to change.

    starts_over: it only shows from new starting weights.
    """

    key: str
    title: str
    apply: Callable[[Document, Finding], Document]
    starts_over: bool = False


@dataclass(frozen=True)
class Offer:
    """A cure for one finding: what to call it, and the document after it."""

    cure: Cure
    label: str
    document: Document


cures: Registry[Cure] = Registry("cure")


def offers(document: Document, finding: Finding) -> tuple[Offer, ...]:
    """Return the cures of a finding that change this document, the most likely first."""
    found = []
    for key in symptoms.get(finding.symptom).cures:
        cure = cures.get(key)
        try:
            cured = cure.apply(document, finding)
        except DlvizError:
            continue  # an edit that this network or plan refuses is no cure for it
        if cured != document:
            found.append(Offer(cure, _label(cure, cured), cured))
    return tuple(found)


def _label(cure: Cure, cured: Document) -> str:
    title = tr(cure.title)
    return title.format(rate=f"{lr_of(cured.training.optimizer):.4g}") if "{rate}" in title else title


def _scaled_rate(factor: float) -> Callable[[Document, Finding], Document]:
    def apply(document: Document, _finding: Finding) -> Document:
        rate = lr_of(document.explicit.training.optimizer) * factor
        return set_optimizer_setting(document, "lr", float(f"{rate:.6g}"))

    return apply


def _hidden(network: NetworkSpec) -> list[LayerSpec]:
    outputs = output_ids(network)
    return [layer for layer in network.layers if layer.id not in outputs]


def _swapped(old: tuple[str, ...], new: str) -> Callable[[Document, Finding], Document]:
    """Return an edit that gives hidden layers with these activations another one."""

    def apply(document: Document, _finding: Finding) -> Document:
        for layer in _hidden(document.network):
            chosen = activation_of(document.network, layer.id)
            if chosen is not None and chosen.kind in old:
                document = set_activation(document, layer.id, new)
        return document

    return apply


def _undrawn(document: Document, _finding: Finding) -> Document:
    """Return a document whose units answer tanh, between the same limits, where they drew −1 or +1."""
    for layer in document.network.layers:
        chosen = activation_of(document.network, layer.id)
        if chosen is not None and activations.get(chosen.kind).draws:
            document = set_activation(document, layer.id, "tanh")
    return document


def _class_output(document: Document, _finding: Finding) -> Document:
    """Return a document whose outputs are probabilities of classes: a sigmoid for two, softmax for more."""
    rows = known_rows(document.data)
    if rows is None or rows.task == "regression":
        return document
    network, training = document.network, document.training
    for output in output_ids(network):
        units = math.prod(shapes(network)[output])
        activation, loss = TASK_ENDS["binary" if units == 1 else "multiclass"]
        layers = tuple(
            replace(layer, settings={**layer.settings, "activation": Choice(activation)})
            if layer.id == output
            else layer
            for layer in network.layers
        )
        network, training = replace(network, layers=layers), replace(training, loss=Choice(loss), losses={})
    return replace(document, network=network, training=training)


def _draw_again(document: Document, _finding: Finding) -> Document:
    """Return a document whose weights are drawn anew: He for ReLU and its kin, Glorot for the rest; biases at 0."""
    for layer in document.network.layers:
        choices = layer_kinds.get(layer.kind).choices
        if "initializer" in choices and layer.kind != "embedding" and not layer.shares:
            document = set_layer_setting(document, layer.id, "initializer", _initializer(document, layer.id))
        if "bias_initializer" in choices and not layer.shares:
            document = set_layer_setting(document, layer.id, "bias_initializer", "zeros")
    return replace(document, parameters={})


def _initializer(document: Document, layer: str) -> str:
    chosen = activation_of(document.network, layer)
    is_open = chosen is not None and activations.get(chosen.kind).range_of(chosen.settings)[1] == float("inf")
    return "he_normal" if is_open and chosen is not None and chosen.kind != "linear" else "glorot_normal"


def _linear_output(document: Document, finding: Finding) -> Document:
    return set_activation(document, finding.layer, "linear")


def _scaled_targets(document: Document, finding: Finding) -> Document:
    """Scale the targets into what the one output can give, and draw the weights anew: the old ones are at a limit."""
    chosen = bounding_activation(document.network, finding.layer)
    if chosen is None or len(output_ids(document.network)) > 1:
        return document
    low, high = activations.get(chosen.kind).range_of(chosen.settings)
    is_bounded = math.isfinite(low) and math.isfinite(high)
    return replace(scale_targets(document, *((low, high) if is_bounded else (0.0, 1.0))), parameters={})


def _is_chain(network: NetworkSpec) -> bool:
    return len(network.inputs) == 1 and not any(layer.inputs or layer.shares for layer in network.layers)


def _batch_norm(document: Document, _finding: Finding) -> Document:
    """Put batch norm behind every dense hidden layer of a chain that has none."""
    network = document.network
    if not _is_chain(network) or any(layer.kind == "batch_norm" for layer in network.layers):
        return document
    hidden = {layer.id for layer in _hidden(network) if layer.kind == "dense"}
    known = {layer.id for layer in network.layers}
    found: list[LayerSpec] = []
    for layer in network.layers:
        norm = LayerSpec(f"{layer.id}_norm", "batch_norm")
        found += [layer, norm] if layer.id in hidden and norm.id not in known else [layer]
    return replace(document, network=replace(network, layers=tuple(found)))


def _fewer_layers(document: Document, finding: Finding) -> Document:
    """Take out the second half of the hidden layers of a chain, but leave one."""
    hidden = [layer.id for layer in _hidden(document.network) if layer.kind == "dense"]
    if not _is_chain(document.network):
        return document
    for layer in hidden[max((len(hidden) + 1) // 2, 1) :]:
        document = remove_layer(document, layer)
    return document


def _wider(document: Document, _finding: Finding) -> Document:
    """Put a hidden layer before the output of a chain."""
    if not _is_chain(document.network):
        return document
    return add_layer(document, len(document.network.layers) - 1, units=NEW_UNITS, activation="tanh")


def _recurrent(change: Callable[[Document, LayerSpec], Document]) -> Callable[[Document, Finding], Document]:
    def apply(document: Document, _finding: Finding) -> Document:
        for layer in document.network.layers:
            document = change(document, layer)
        return document

    return apply


def _to_lstm(document: Document, layer: LayerSpec) -> Document:
    if layer.kind != "simple_rnn":
        return document
    known = {hyper.name for hyper in layer_kinds.get("lstm").settings} | set(layer_kinds.get("lstm").choices)
    settings = {name: value for name, value in layer.settings.items() if name in known}
    lstm = LayerSpec(layer.id, "lstm", layer.inputs, settings, layer.shares)
    layers = tuple(lstm if each.id == layer.id else each for each in document.network.layers)
    kept = {name: held for name, held in document.parameters.items() if not name.startswith(f"{layer.id}.")}
    return replace(document, network=replace(document.network, layers=layers), parameters=kept)


def _truncated(document: Document, layer: LayerSpec) -> Document:
    if not any(hyper.name == "truncation" for hyper in layer_kinds.get(layer.kind).settings) or layer.shares:
        return document
    document = set_layer_setting(document, layer.id, "truncation", "window")
    return set_layer_setting(document, layer.id, "truncation_steps", TRUNCATED_TO)


def _dealt(document: Document, _finding: Finding) -> Document:
    """Return a document whose dev and test rows are dealt at random, where they were the last ones."""
    split = document.data.split
    return document if split.shuffle or split.is_listed else set_split(document, shuffle=True)


for _cure in (
    Cure("lower_rate", "Learning rate {rate}", _scaled_rate(1 / FACTOR)),
    Cure("raise_rate", "Learning rate {rate}", _scaled_rate(FACTOR)),
    Cure("clip", "Clip the gradient at norm 1",
         lambda document, _: set_clip(document, Choice("global_norm", {"max_norm": MAX_NORM}))),
    Cure("adam", "Adam", lambda document, _: document if document.training.optimizer.kind == "adam"
         else set_optimizer(document, "adam")),
    Cure("relu", "ReLU in hidden layers", _swapped(SATURATING, "relu")),
    Cure("no_steps", "Tanh in place of steps", _swapped(("step",), "tanh")),
    Cure("class_output", "Probabilities and cross-entropy", _class_output),
    Cure("tanh", "tanh instead of drawn values", _undrawn),
    Cure("leaky_relu", "Leaky ReLU in hidden layers", _swapped(("relu",), "leaky_relu")),
    Cure("draw_again", "Draw weights anew", _draw_again, starts_over=True),
    Cure("batch_norm", "Add batch norm", _batch_norm),
    Cure("fewer_layers", "Halve the hidden layers", _fewer_layers, starts_over=True),
    Cure("more_units", "One more hidden layer", _wider, starts_over=True),
    Cure("lstm", "LSTM instead of simple recurrence", _recurrent(_to_lstm), starts_over=True),
    Cure("truncate", "Look back 10 time steps only", _recurrent(_truncated)),
    Cure("scale_targets", "Scale the targets", _scaled_targets, starts_over=True),
    Cure("linear_output", "Linear output", _linear_output),
    Cure("deal_rows", "Deal the rows at random", _dealt),
    Cure("scale_data", "Standardise the inputs", lambda document, _: set_scaling(document, "standard")),
):  # fmt: skip
    cures.add(_cure)
