"""What is behind one unit: its activation around where it stands, the errors it receives, and its loss."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.explain import Pass, received
from dlviz.core.inference import activation_of
from dlviz.core.losses import resolve as resolve_loss
from dlviz.session.explanation import FloatArray, LossPicture, Stand, UnitExplanation, UnitQuestion

POINTS = 121
ROOM = 0.25  # of the span between output and target, on either side in the picture of the loss
INSIDE = 1e-3  # how far the picture of the loss stays away from the ends of a bounded output


def explain_unit(passed: Pass, question: UnitQuestion, sample: int) -> UnitExplanation:
    """Return what is behind a unit for one example. Raises: SpecError for an example that is not there."""
    passed.sample(sample)
    return UnitExplanation(
        question,
        sample,
        received(passed, question.layer, question.unit, sample),
        _activation(passed, question, sample),
        _loss(passed, question, sample),
    )


def _activation(passed: Pass, question: UnitQuestion, sample: int) -> Stand | None:
    chosen = activation_of(passed.program.network, question.layer)
    name = f"{question.layer}.z"
    if chosen is None or not _is_written(passed, name):
        return None
    entry, settings = resolve_activation(chosen, question.layer)
    if not entry.is_elementwise:
        return None
    z = np.array([_number(passed, name, question.unit, sample)])
    value, slope = entry.value(z, settings), entry.slope(z, settings)
    return Stand(entry.symbol, float(z[0]), float(value[0]), float(slope[0]))


def _is_written(passed: Pass, name: str) -> bool:
    return any(name in instruction.writes for instruction in passed.program.instructions)


def _number(passed: Pass, name: str, unit: int, sample: int) -> float:
    array = np.asarray(passed.binding.array(name), dtype=np.float64)
    return float(array.reshape(-1, array.shape[-1])[unit, sample])


def _loss(passed: Pass, question: UnitQuestion, sample: int) -> LossPicture | None:
    losses, node = passed.program.losses, question.layer
    if losses is None or node not in losses:
        return None
    entry, settings = resolve_loss(losses[node].choice)
    buffers = passed.binding.buffers
    outputs, targets = np.array(buffers.activation(node)), np.array(buffers.targets(node))
    if question.unit >= min(len(outputs), len(targets)):
        return None
    a, y = float(outputs[question.unit, sample]), float(targets[question.unit, sample])
    at = _around(passed, node, a, y)
    column, target = outputs[:, sample : sample + 1], targets[:, sample : sample + 1]
    curve = np.array([entry.evaluate(_with(column, question.unit, each), target, settings)[0] for each in at])
    own, gradient = entry.evaluate(column, target, settings)
    delta = passed.deltas.get(f"{node}.dz")
    share = _share(settings, passed.n) * losses[node].weight
    return LossPicture(
        entry.title, at, curve, a, y, own, float(gradient[question.unit, 0]), entry.each(outputs, targets, settings),
        None if delta is None else float(delta.reshape(-1, passed.n)[question.unit, sample]), share,
    )  # fmt: skip


def _share(settings: Mapping[str, Any], n: int) -> float:
    """Return what one example's loss counts in that of the batch."""
    return 1 / n if settings["reduction"] == "mean" else 1.0


def _around(passed: Pass, node: str, a: float, y: float) -> FloatArray:
    """Return outputs around the present one and its target, inside what the activation can give."""
    chosen = activation_of(passed.program.network, node)
    low, high = -math.inf, math.inf
    if chosen is not None:
        entry, settings = resolve_activation(chosen, node)
        low, high = entry.range_of(settings)
    if math.isfinite(low) and math.isfinite(high):
        margin = INSIDE * (high - low)
        return np.linspace(low + margin, high - margin, POINTS)
    room = max(ROOM * abs(a - y), 1.0)
    return np.linspace(max(min(a, y) - room, low), min(max(a, y) + room, high), POINTS)


def _with(column: FloatArray, unit: int, value: float) -> FloatArray:
    changed = column.copy()
    changed[unit] = value
    return changed
