"""Symptoms of hidden units: they never answer, they are stuck at a limit, or they are copies of each other."""

from collections.abc import Mapping

from dlviz.core.health.kind import Finding, Symptom, Vitals, symptoms
from dlviz.core.health.progress import is_standing

MANY_DEAD = 0.5  # of the units of a layer; our choice: a few dead units are usual and do no harm
MOSTLY_SATURATED = 0.9  # of the activations of a layer; our choice
MORE_THAN_HALF = 0.5  # the same where the loss does not fall ("most units": curriculum INI-09)
HALFWAY = 0.5  # units that sit at their limits after the half is learnt have found their answer


def _worst(shares: Mapping[str, float]) -> tuple[str, float]:
    layer = max(shares, key=lambda each: shares[each], default="")
    return layer, shares.get(layer, 0.0)


def _dead(vitals: Vitals) -> Finding | None:
    layer, share = _worst(vitals.dead)
    if share < MANY_DEAD:
        return None
    return Finding("dead", layer, numbers={"layer": layer, "share": share, "limit_share": MANY_DEAD})


def _saturated(vitals: Vitals) -> Finding | None:
    layer, share = _worst(vitals.saturated)
    is_many = share >= MOSTLY_SATURATED or (share > MORE_THAN_HALF and is_standing(vitals))
    if not is_many or vitals.learned >= HALFWAY:
        return None
    limits = {"limit_share": MOSTLY_SATURATED, "standing_share": MORE_THAN_HALF}
    return Finding("saturated", layer, numbers={"layer": layer, "share": share, **limits})


def _symmetric(vitals: Vitals) -> Finding | None:
    layer = max(vitals.twins, key=lambda each: len(vitals.twins[each][0]), default="")
    if not layer:
        return None
    copies, units = vitals.twins[layer]
    numbers = {"layer": layer, "copies": str(len(copies)), "units": str(units)}
    return Finding("symmetric", layer, copies[0], numbers)


_SLOW = ("vanishing", "rate_low", "stalled")
symptoms.add(
    Symptom(
        "dead", "Dead ReLU units",
        "{share} of the units of {layer} are 0 for every row, so that no gradient reaches their weights.",
        "Looked at in the training rows; told from {limit_share} on.",
        _dead, ("leaky_relu", "draw_again", "lower_rate"), (*_SLOW, "exploding", "symmetric"),
        "Maas, Hannun & Ng 2013, section 2",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "saturated", "Saturated units",
        "{share} of the activations of {layer} are at a limit of their function, where its slope is almost 0.",
        "Within 5 % of the range from a limit; told while less than half is learnt, from {limit_share} on, or above "
        "{standing_share} where the loss does not fall.",
        _saturated, ("draw_again", "relu", "batch_norm"), _SLOW,
        "curriculum DIA-14, INI-09; Glorot & Bengio 2010, section 3",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "symmetric", "Units that are copies",
        "{copies} of the {units} units of {layer} have a twin with the same weights and the same gradient: "
        "they stay the same for ever.",
        "Rows of W, b and their gradients agree to nine digits.",
        _symmetric, ("draw_again",), (*_SLOW, "dead", "rate_high"),
        "curriculum DIA-15, INI-02; Goodfellow, Bengio & Courville 2016, section 8.4",
    )
)  # fmt: skip
