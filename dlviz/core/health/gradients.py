"""Symptoms of gradients on their way back: they fade, they grow, or they stop being numbers."""

from collections.abc import Mapping

from dlviz.core.health.kind import Finding, Number, Symptom, Vitals, symptoms
from dlviz.core.sampling import sampler

#: What five sigmoids in a row leave of a gradient at best, each with its steepest slope of ¼ (curriculum DIA-01).
FADED = 0.25**5
#: As much above 1 as five sigmoids are below it (curriculum DIA-02: a product of factors above 1).
GROWN = 1 / FADED
NOTICEABLE = 1e-8  # a gradient below this at the end has nothing left to fade, and little that could grow


def _against_last(sizes: Mapping[str, float]) -> tuple[str, dict[str, float]]:
    """Return the last place, and the sizes at those before it as multiples of its own."""
    places = list(sizes)
    if len(places) < 2 or sizes[places[-1]] <= NOTICEABLE:
        return "", {}
    last = places[-1]
    return last, {place: sizes[place] / sizes[last] for place in places[:-1]}


def _fading(vitals: Vitals) -> Finding | None:
    last, shares = _against_last(vitals.gradients)
    layer = min(shares, key=lambda each: shares[each], default="")
    if not layer or shares[layer] >= FADED:
        return None
    return _told("vanishing", vitals.gradients, layer, last, FADED)


def _growing(vitals: Vitals) -> Finding | None:
    last, shares = _against_last({} if vitals.is_clipped else vitals.errors)
    node = max(shares, key=lambda each: shares[each], default="")
    return _told("exploding", vitals.errors, node, last, GROWN) if node and shares[node] > GROWN else None


def _told(key: str, sizes: Mapping[str, float], node: str, last: str, limit: float) -> Finding:
    here, there = sizes[node], sizes[last]
    numbers: dict[str, Number] = {
        "layer": node, "last": last, "ratio": here / there, "here": here, "there": there, "limit": limit,
    }  # fmt: skip
    return Finding(key, node.partition(".")[0], numbers=numbers)


def _not_finite(vitals: Vitals) -> Finding | None:
    broken = vitals.broken
    if broken is None:
        return None
    numbers = {"batch": str(broken.step + 1), "formula": broken.formula, "operation": str(broken.index + 1)}
    return Finding("not_finite", broken.node, numbers=numbers)


def _drawn(vitals: Vitals) -> Finding | None:
    layer = sampler(vitals.network)
    return None if layer is None else Finding("no_way_back", layer, numbers={"layer": layer})


symptoms.add(
    Symptom(
        "not_finite", "Not a number any more",
        "Batch {batch} is not finite any more, first in {formula}.",
        "It is operation {operation} of that batch. The last finite weights are kept.",
        _not_finite, ("lower_rate", "scale_data", "clip", "draw_again"),
        ("vanishing", "exploding", "dead", "saturated", "symmetric", "rate_high", "rate_low", "stalled"),
        "IEEE 754: what overflows or is undefined spreads to every number that reads it",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "no_way_back", "No way back",
        "Units of {layer} draw their values: back-propagation is not defined through sampling, and nothing is learnt.",
        "The forward pass can be walked, with draws that seed and batch decide.",
        _drawn, ("tanh",), ("dead", "saturated", "stalled"),
        "curriculum ACT-11: a value that is drawn is no function of the sum, so it has no derivative",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "vanishing", "Vanishing gradient",
        "The gradient fades on its way back: in {layer} it is {ratio} times that in {last}.",
        "RMS of dL/dw: {here} in {layer}, {there} in {last}. Below {limit} times, what five sigmoids leave at best, "
        "the first layers hardly learn.",
        _fading, ("relu", "draw_again", "batch_norm", "fewer_layers", "lstm"), ("rate_low", "stalled", "many_sigmoids"),
        "curriculum DIA-01; Glorot & Bengio 2010; 0.25⁵ = 0.00098",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "exploding", "Exploding gradient",
        "The error grows on its way back: at {layer} it is {ratio} times that at {last}.",
        "RMS of dL/dz: {here} at {layer}, {there} at {last}. Above {limit} times, one step can throw the first layers "
        "far off where gradients are not clipped.",
        _growing, ("draw_again", "clip", "batch_norm", "truncate"), ("rate_high", "rate_low", "stalled"),
        "curriculum DIA-02; Pascanu, Mikolov & Bengio 2013; 4⁵ = 1024",
    )
)  # fmt: skip
