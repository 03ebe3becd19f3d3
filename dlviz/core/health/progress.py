"""Symptoms of progress: steps that are too long, steps that are too short, and a loss that does not move."""

import math

import numpy as np

from dlviz.core.health.kind import Finding, Number, Symptom, Vitals, symptoms

USUAL = 1e-3  # |Δw| / |w| of a good step (Bottou 2012, section 5.3)
LONG = 50 * USUAL  # our choice: such steps undo each other where the loss does not fall
LEAP = 0.5  # our choice: a step of half a layer's size forgets what the layer had learnt (curriculum OPT-17)
SHORT = USUAL / 100  # our choice
STEEP = 1e-3  # |∇L| / |w|: from here a rate of 1 would move the weights by as much as a good step
FIRST_EPOCHS = 3  # before these nothing is said about the rate: a schedule may warm up
SPAN = 10  # epochs that are compared with those before them
FLAT = 0.002  # a mean loss that falls by less than this share in SPAN epochs does not move (curriculum DIA-04)
CREEPING = 0.01  # the same for a loss that falls, but slowly, an epoch
RISEN = 2.0  # times the best epoch: the loss has been thrown back
WORSE = 1.1  # times the best epoch: enough where the loss is not even below that of the first
HALFWAY = 0.5  # a training that has learnt this much of its task is left alone
LUCKY = 0.9  # the same where the loss stands where it began: weights that were drawn may answer half by chance


def _longest(vitals: Vitals) -> tuple[str, float]:
    known = {layer: value for layer, value in vitals.updates.items() if not math.isnan(value)}
    layer = max(known, key=lambda each: known[each], default="")
    return layer, known.get(layer, 0.0)


def _too_high(vitals: Vitals) -> Finding | None:
    losses, (layer, ratio) = vitals.losses, _longest(vitals)
    if len(losses) < FIRST_EPOCHS or ratio < LONG or vitals.learned >= HALFWAY:
        return None
    last, best = float(losses[-FIRST_EPOCHS:].mean()), float(losses.min())
    is_thrown_back = last >= (RISEN if last < losses[0] else WORSE) * best
    if not is_thrown_back and not (ratio >= LEAP and is_standing(vitals)):
        return None
    numbers: dict[str, Number] = {
        "layer": layer,
        "ratio_share": ratio,
        "usual_share": USUAL,
        "last": last,
        "best": best,
    }
    return Finding("rate_high", layer, numbers=numbers)


def is_standing(vitals: Vitals) -> bool:
    """Say whether the last epochs are hardly better than the best before them; never before there are some."""
    losses = vitals.losses
    if len(losses) < 2 * FIRST_EPOCHS:
        return False
    last, best = float(np.median(losses[-FIRST_EPOCHS:])), float(losses[:-FIRST_EPOCHS].min())
    return last > (1 - CREEPING) * best


def _too_low(vitals: Vitals) -> Finding | None:
    losses, (layer, ratio) = vitals.losses, _longest(vitals)
    if not layer or len(losses) < FIRST_EPOCHS or ratio >= SHORT or not _is_steep(vitals):
        return None
    has_fallen = float(losses[-1]) < (1 - CREEPING) * float(losses[0])
    if vitals.learned >= (HALFWAY if has_fallen else LUCKY):
        return None
    fall = 1 - float(losses[-1] / losses[-2]) if losses[-2] else 0.0
    if abs(fall) > CREEPING:
        return None
    numbers: dict[str, Number] = {"layer": layer, "ratio": ratio, "usual": USUAL, "fall_share": fall}
    return Finding("rate_low", layer, numbers=numbers)


def _is_steep(vitals: Vitals) -> bool:
    return any(
        size >= STEEP * vitals.weights[layer] > 0 for layer, size in vitals.gradients.items() if layer in vitals.weights
    )


def _stalled(vitals: Vitals) -> Finding | None:
    losses = vitals.losses
    if len(losses) < 2 * SPAN or vitals.learned >= HALFWAY:
        return None
    before, now = float(losses[-2 * SPAN : -SPAN].mean()), float(losses[-SPAN:].mean())
    if before <= 0 or abs(before - now) > FLAT * before:
        return None
    return Finding("stalled", numbers={"epochs": str(SPAN), "before": before, "now": now, "limit_share": FLAT})


symptoms.add(
    Symptom(
        "rate_high", "Learning rate too high",
        "The steps are so long that they undo each other: one changes {layer} by {ratio_share}, and the loss does not "
        "fall.",
        "About {usual_share} a step is usual. Mean loss of the last three epochs {last}, of the best {best}.",
        _too_high, ("lower_rate", "clip", "adam"), ("saturated", "stalled"),
        "curriculum OPT-17; Bottou 2012, section 5.3",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "rate_low", "Learning rate too low",
        "The steps are so short that hardly anything is learnt: one changes {layer} by {ratio} times its size.",
        "About {usual} a step is usual. The gradient is not small, yet the last epoch lowered the loss by "
        "{fall_share}.",
        _too_low, ("raise_rate", "adam"), ("stalled",),
        "Bottou 2012, section 5.3",
    )
)  # fmt: skip
symptoms.add(
    Symptom(
        "stalled", "Stalled",
        "The loss has not moved for {epochs} epochs, with less than half learnt.",
        "Mean loss {now}, in the {epochs} epochs before {before}; told below a change of {limit_share}.",
        _stalled, ("adam", "raise_rate", "more_units", "draw_again"), (),
        "curriculum DIA-04",
    )
)  # fmt: skip
