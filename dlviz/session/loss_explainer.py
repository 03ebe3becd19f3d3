"""Works out what a loss does with one output: curves, derivatives, other losses beside it; used by the worker."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.activations import sum_for
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.explain import Pass
from dlviz.core.inference import activation_of
from dlviz.core.losses import Loss, along, formulas, kinks, terms
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.network import NetworkSpec
from dlviz.core.objective import Objective
from dlviz.i18n import tr
from dlviz.session.loss_explanation import (
    Counted,
    FloatArray,
    LossCurve,
    LossExplanation,
    LossQuestion,
    Rival,
    Standing,
    Trial,
)

POINTS = 161
INSIDE = 1e-3  # how far curves stay away from the ends of a bounded output
ROOM = 0.25  # of the span between output and target, on either side
MARGINS = 3.0  # how far curves of scores reach on either side of 0
#: Targets for which curves are drawn, by how a loss wants them written; of others that of the example.
TARGETS: Mapping[str, tuple[float, ...]] = {
    "zero_one": (1.0, 0.0), "one_hot": (1.0,), "index": (1.0,), "plus_minus_one": (1.0, -1.0), "values": (),
}  # fmt: skip
#: Losses that are compared on one output: of a probability, of a score, of a value.
OF_PROBABILITIES = ("binary_cross_entropy", "squared_error")
OF_SCORES = ("hinge", "perceptron", "squared_error")
OF_VALUES = ("squared_error", "huber")


def explain_loss(passed: Pass, chosen: Objective, question: LossQuestion, sample: int, lr: float) -> LossExplanation:
    """Return what the loss of an output is for one example.

    chosen: losses as they are shown, with the base of their logarithms. lr: the rate in force.
    Raises: SpecError for an example, output or unit that is not there.
    """
    passed.sample(sample)
    node = question.output or next(iter(chosen))
    if node not in chosen:
        raise SpecError(tr("Expected an output of the network. Received: {node}", node=node))
    entry, settings = resolve_loss(chosen[node].choice)
    buffers = passed.binding.buffers
    outputs, targets = (np.array(each, dtype=np.float64) for each in (buffers.activation(node), buffers.targets(node)))
    if question.unit >= len(outputs):
        raise SpecError(tr("Expected a unit of {node}. Received: {unit}", node=node, unit=question.unit + 1))
    a, y = outputs[:, sample], targets[:, sample]
    example = Example(a, y, _column(passed, f"{node}.z", sample), question.unit)
    side = Side(passed.program.network, node, (entry, settings), example)
    at = side.outputs()
    text, slope_text = formulas(entry, settings, "a")
    return LossExplanation(
        question, sample, entry.key, entry.title, entry.labels, settings.get("base", "e"), text, slope_text,
        side.activation, a, y, terms(entry, a, y, settings), _deltas(passed, node, sample, settings), at,
        tuple(side.curve(target, at) for target in side.targets()), side.standing(),
        None if question.trial is None else side.trial(question.trial), side.rivals(question.trial),
        Counted(settings["factor"], settings["outputs"], settings["reduction"], passed.n, lr),
    )  # fmt: skip


def _column(passed: Pass, name: str, sample: int) -> FloatArray | None:
    """Return what the forward pass wrote for an example, flat; None where nothing of this name is written."""
    if not any(name in instruction.writes for instruction in passed.program.instructions):
        return None
    array = np.asarray(passed.binding.array(name), dtype=np.float64)
    return array.reshape(-1, array.shape[-1])[:, sample]


def _deltas(passed: Pass, node: str, sample: int, settings: Mapping[str, Any]) -> FloatArray | None:
    """Return dL/dz (k,) as the backward pass computed it, for the example by itself; None where there is none."""
    found, losses_of = passed.deltas.get(f"{node}.dz"), passed.program.losses
    if found is None or losses_of is None:
        return None
    share = losses_of[node].weight * (1 / passed.n if settings["reduction"] == "mean" else 1.0)
    return np.asarray(found.reshape(-1, passed.n)[:, sample] / share, dtype=np.float64)


@dataclass(frozen=True)
class Example:
    """All outputs and targets of one example (k,), what the outputs' activation was given, and the unit looked at."""

    a: FloatArray
    y: FloatArray
    z: FloatArray | None
    unit: int


class Side:
    """One output unit of one example, and the loss that looks at it."""

    def __init__(self, network: NetworkSpec, node: str, loss: tuple[Loss, Mapping[str, Any]], example: Example) -> None:
        self._entry, self._settings = loss
        self._a, self._z, self._k = float(example.a[example.unit]), example.z, len(example.a)
        self._y, self._unit = float(example.y[example.unit]), example.unit
        chosen = activation_of(network, node)
        self._applied = None if chosen is None else resolve_activation(chosen, node)

    @property
    def activation(self) -> str:
        """The key of the activation that gives the output, "" where it is none of one layer."""
        return "" if self._applied is None else self._applied[0].key

    @property
    def _range(self) -> tuple[float, float]:
        return (-math.inf, math.inf) if self._applied is None else self._applied[0].range_of(self._applied[1])

    def targets(self) -> tuple[float, ...]:
        """Return the targets for which curves are drawn, that of the example among them."""
        own = self._y
        known = TARGETS[self._entry.labels]
        is_named = own in known or self._entry.labels in ("one_hot", "index")
        return known if is_named else (*known, own)

    def outputs(self) -> FloatArray:
        """Return outputs around the present one and its target, inside what the activation can give."""
        (low, high), a, y = self._range, self._a, self._y
        if math.isfinite(low) and math.isfinite(high):
            margin = INSIDE * (high - low)
            return np.linspace(low + margin, high - margin, POINTS)
        reach = MARGINS if self._entry.labels == "plus_minus_one" else 0.0
        room = max(ROOM * abs(a - y), 1.0)
        first, last = min(a - room, y - room, -reach), max(a + room, y + room, reach)
        return np.linspace(max(first, low), min(last, high), POINTS)

    def curve(self, target: float, at: FloatArray) -> LossCurve:
        """Return the loss of one output against a target."""
        values = along(self._entry, np.zeros(1), np.array([target]), self._alone, 0, at)
        return LossCurve(target, values, kinks(self._entry, target, self._settings, at))

    @property
    def _alone(self) -> dict[str, Any]:
        """The settings under which one output by itself counts as much as among the others."""
        share = self._k if self._settings["outputs"] == "mean" else 1
        return {**self._settings, "factor": self._settings["factor"] / share, "outputs": "sum"}

    def standing(self) -> Standing:
        """Return where the output stands."""
        return self._stand(self._entry, self._alone, self._a, self._y)

    def trial(self, a: float) -> Trial:
        """Return what another output would cost."""
        costs = [along(self._entry, np.zeros(1), np.array([y]), self._alone, 0, np.array([a])) for y in self.targets()]
        own = self._stand(self._entry, self._alone, a, self._y)
        return Trial(tuple(float(cost[0]) for cost in costs), own)

    def rivals(self, trial: float | None) -> tuple[Rival, ...]:
        """Return losses of one output beside each other, at the trial where there is one; each with a factor of 1."""
        a, y = self._a if trial is None else trial, self._y
        if self._entry.labels in ("one_hot", "index"):
            return ()
        is_probability = self._range == (0.0, 1.0) and y in (0.0, 1.0)
        is_score = self._entry.labels == "plus_minus_one"
        keys = OF_PROBABILITIES if is_probability else OF_SCORES if is_score else OF_VALUES
        entries = [resolve_loss(Choice(key)) for key in keys]
        return tuple(Rival(entry.key, entry.title, self._stand(entry, plain, a, y)) for entry, plain in entries)

    def _stand(self, entry: Loss, settings: Mapping[str, Any], a: float, y: float) -> Standing:
        loss, gradient = entry.evaluate(np.full((1, 1), a), np.full((1, 1), y), settings)
        slope, own = self._slope(a), float(gradient[0, 0])
        return Standing(a, y, loss, own, slope, own * slope)

    def _slope(self, a: float) -> float:
        """Return φ′ where the output is a: at the sum that gave it, else at the one that would."""
        if self._applied is None or not self._applied[0].is_elementwise:
            return math.nan
        entry, settings = self._applied
        is_own = self._z is not None and a == self._a
        z = float(self._z[self._unit]) if self._z is not None and is_own else sum_for(entry, a, settings)
        return float(entry.slope(np.array([z]), settings)[0]) if math.isfinite(z) else math.nan
