"""How a training fares: sizes of weights, gradients and updates, and units that learn nothing."""

import math
from collections.abc import Callable, Mapping

import numpy as np

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.choice import Choice
from dlviz.core.hyper import choice, floating
from dlviz.core.inference import activation_of
from dlviz.core.metrics.kind import Arrays, Metric, Observed, Settings, metrics

LAYER, PARAMETER = "layer", "parameter"
BY = choice("by", LAYER, (LAYER, PARAMETER), "one number a layer, or one a parameter")
NORM = "Goodfellow, Bengio & Courville 2016, section 2.5"  # the L2 norm
MARGIN = floating(
    "margin", 0.05, minimum=0, maximum=0.5, help="how near to its limits a unit is saturated, as a share of its range"
)


def norms(arrays: Arrays, by: str) -> dict[str, float]:
    """Return the L2 norm of arrays by parameter name, or of all parameters of a layer together."""
    found: dict[str, float] = {}
    for name, array in arrays.items():
        group = name.rpartition(".")[0] if by == LAYER else name
        found[group] = math.hypot(found.get(group, 0.0), float(np.linalg.norm(np.asarray(array, dtype=np.float64))))
    return found


def _norms_of(part: str) -> Callable[[Observed, Settings], Mapping[str, float]]:
    return lambda observed, settings: norms(getattr(observed, part), settings["by"])


def _ratio(observed: Observed, settings: Settings) -> dict[str, float]:
    """Return |Δw|/|w|; NaN where all weights are 0."""
    weights = norms(observed.parameters, settings["by"])
    updates = norms(observed.updates, settings["by"])
    return {name: size / weights[name] if weights[name] else float("nan") for name, size in updates.items()}


def _dead(observed: Observed, settings: Settings) -> dict[str, float]:
    """Return by layer the share of ReLU units that are 0 for every row: no gradient reaches their weights."""
    return {
        layer: float(np.mean((values <= 0).all(axis=1)))
        for layer, values in observed.activations.items()
        if _kind(observed, layer) == "relu" and values.size
    }


def _saturated(observed: Observed, settings: Settings) -> dict[str, float]:
    """Return by layer the share of activations near a limit of their function, where its slope is small."""
    found = {}
    for layer, values in observed.activations.items():
        chosen = activation_of(observed.network, layer) or Choice("linear")
        entry, own = resolve_activation(chosen, layer)
        low, high = entry.range_of(own)
        if entry.is_elementwise and math.isfinite(low) and math.isfinite(high) and values.size:
            near = settings["margin"] * (high - low)
            found[layer] = float(np.mean((values <= low + near) | (values >= high - near)))
    return found


def _kind(observed: Observed, layer: str) -> str:
    chosen = activation_of(observed.network, layer)
    return chosen.kind if chosen else ""


for _part, _title, _formula in (
    ("parameters", "Norm of the weights", r"\lVert w \rVert_2"),
    ("gradients", "Norm of the gradient", r"\lVert \partial L / \partial w \rVert_2"),
    ("updates", "Norm of the update", r"\lVert \Delta w \rVert_2"),
):
    _key = {"parameters": "weight_norm", "gradients": "gradient_norm", "updates": "update_norm"}[_part]
    metrics.add(Metric(_key, _title, _formula, _norms_of(_part), "step", settings=(BY,), source=NORM))
metrics.add(
    Metric(
        "update_ratio", "Update against weight", r"\frac{\lVert \Delta w \rVert_2}{\lVert w \rVert_2}", _ratio,
        "step", settings=(BY,), source="about 0.001 is usual: Bottou 2012, section 5.3",
    )
)  # fmt: skip
metrics.add(
    Metric(
        "dead_units", "Dead ReLU units", r"\frac{1}{m} \sum_j [a_j(x) = 0 \text{ for every } x]", _dead,
        "activations", source="Maas et al. 2013, section 2",
    )
)  # fmt: skip
metrics.add(
    Metric(
        "saturated_units", "Saturated activations", r"\text{share of } a \text{ near a limit of } \phi", _saturated,
        "activations", settings=(MARGIN,), source="Glorot & Bengio 2010, section 3",
    )
)  # fmt: skip
