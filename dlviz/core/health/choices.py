"""Symptoms of activations that do not suit their place: seen in the network itself, before anything is trained."""

import math

from dlviz.core.activations import activations, resolve
from dlviz.core.health.kind import Finding, Number, Symptom, Vitals, symptoms
from dlviz.core.health.vitals import hidden_layers
from dlviz.core.inference import activation_of, bounding_activation
from dlviz.core.network import NetworkSpec, output_ids

MANY = 3  # hidden layers of sigmoids; our choice: they leave 1/64 of a gradient at best
BEST = 0.25  # the steepest slope of a sigmoid


def _hidden(network: NetworkSpec) -> dict[str, str]:
    """Return the activation of every hidden layer that has one, by its id."""
    layers = hidden_layers(network) if network.layers else []
    return {layer: chosen.kind for layer in layers if (chosen := activation_of(network, layer)) is not None}


def _no_slope(vitals: Vitals) -> Finding | None:
    for layer, kind in _hidden(vitals.network).items():
        entry = activations.get(kind)
        if not entry.has_gradient and not entry.draws:
            numbers: dict[str, Number] = {"layer": layer, "here": vitals.gradients.get(layer, 0.0)}
            return Finding("no_slope", layer, numbers=numbers)
    return None


def _many_sigmoids(vitals: Vitals) -> Finding | None:
    found = [layer for layer, kind in _hidden(vitals.network).items() if kind == "sigmoid"]
    if len(found) < MANY:
        return None
    return Finding("many_sigmoids", found[0], numbers={"count": str(len(found)), "left": BEST ** len(found)})


def _open_output(vitals: Vitals) -> Finding | None:
    """Look for an output that should be a probability but has one limit only, as ReLU and its kin have."""
    if not vitals.has_classes:
        return None
    for output in output_ids(vitals.network):
        chosen = bounding_activation(vitals.network, output)
        if chosen is None:
            continue
        entry, settings = resolve(chosen, output)
        low, high = entry.range_of(settings)
        if math.isfinite(low) and not math.isfinite(high):
            return Finding("open_output", output, numbers={"layer": output, "activation": entry.title})
    return None


symptoms.add(
    Symptom(
        "no_slope", "Steps in a hidden layer",
        "Units of {layer} answer by a step, whose slope is 0 wherever it exists: no gradient passes, and neither "
        "{layer} nor the layers before it learn.",
        "RMS of dL/dw in {layer}: {here}.",
        _no_slope, ("no_steps",), ("vanishing", "dead", "saturated", "symmetric", "rate_low", "stalled"),
        "curriculum ACT-02: a factor 0 in every product of the chain rule",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "many_sigmoids", "Sigmoids in many hidden layers",
        "{count} hidden layers are sigmoids: each passes at most a quarter of a gradient on. ReLU is the usual choice, "
        "and tanh where values around 0 are wanted.",
        "At best {left} of a gradient reaches the first of them.",
        _many_sigmoids, ("relu",), ("rate_low", "stalled"),
        "curriculum ACT-12; LeCun et al. 1998, section 4.4",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "open_output", "Probabilities without an upper limit",
        "The output {layer} stands for classes, but {activation} has no upper limit, and no slope where it is 0: "
        "a sigmoid gives probabilities of two classes, softmax of more.",
        "Suits values that are never negative, not probabilities.",
        _open_output, ("class_output",), ("rate_high", "rate_low", "stalled", "exploding"),
        "curriculum ACT-12, CON-08",
    )
)  # fmt: skip
