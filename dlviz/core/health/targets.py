"""Symptom of targets: some that the output units cannot give, whatever their weights."""

import math

from dlviz.core.activations import activations
from dlviz.core.health.kind import Finding, Number, Symptom, Vitals, symptoms
from dlviz.core.inference import bounding_activation

TOLERANCE = 0.01  # of a bounded range; our choice: targets at or just beyond an end are meant to be approached


def _out_of_reach(vitals: Vitals) -> Finding | None:
    """Find the output whose targets lie farthest beyond what its activation can give."""
    worst, far = None, 0.0
    for node, (low, high) in vitals.targets.items():
        chosen = bounding_activation(vitals.network, node)
        if chosen is None:
            continue
        least, most = activations.get(chosen.kind).range_of(chosen.settings)
        allowed = TOLERANCE * (most - least) if math.isfinite(most - least) else 0.0
        gap = max(least - low, high - most)
        if gap > max(allowed, far):
            target, nearest = (low, least) if least - low == gap else (high, most)
            numbers: dict[str, Number] = {
                "layer": node, "activation": chosen.kind.replace("_", " "), "least": least, "most": most,
                "target": target, "nearest": nearest, "squared": gap**2,
            }  # fmt: skip
            worst, far = Finding("out_of_reach", node, numbers=numbers), gap
    return worst


symptoms.add(
    Symptom(
        "out_of_reach", "Targets out of reach",
        "A target is {target}, but {layer} ({activation}) gives numbers between {least} and {most} only.",
        "At best it gives {nearest}, whose squared error for that row is still {squared}.",
        _out_of_reach, ("scale_targets", "linear_output"),
        ("vanishing", "exploding", "saturated", "rate_high", "rate_low", "stalled"),
        "curriculum LOS-15",
    )
)  # fmt: skip
