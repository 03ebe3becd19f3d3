"""Slope picture: the loss along one weight, all others fixed, with its tangent and one change of the weight."""

from dataclasses import dataclass

import numpy as np

from dlviz.core.errors import SpecError
from dlviz.core.execute import run
from dlviz.core.explain.passes import FloatArray, Pass, Weight
from dlviz.core.losses.likelihood import likelihood_of

MAX_POINTS = 10_001


@dataclass(frozen=True)
class SlopePicture:
    """The loss L(w) of one batch along one weight.

    values, losses: (points,) w and L(w). value, loss: where the weight is. gradient: the tangent's slope.
    change: of the weight; predicted: what the tangent says it does to the loss; real: what it does.
    log_likelihoods: (points,) logarithm of the likelihood of all examples, None where outputs are no probabilities;
    examples: how many there are.
    """

    values: FloatArray
    losses: FloatArray
    value: float
    loss: float
    gradient: float
    change: float
    predicted: float
    real: float
    log_likelihoods: FloatArray | None = None
    examples: int = 1

    def tangent(self, values: FloatArray) -> FloatArray:
        """Return L + dL/dw · (w − value) at values of the weight."""
        with np.errstate(all="ignore"):  # of a weight of 1e308 they are beyond all numbers
            return self.loss + self.gradient * (values - self.value)


def slope_picture(
    passed: Pass, weight: Weight, change: float = 0.0, reach: float = 1.0, points: int = 101
) -> SlopePicture:
    """Return the loss at `points` values of a weight up to `reach` on either side, and after a change of it.

    change: what an update does to the weight, such as −lr · dL/dw. Dropout drops the same units everywhere.
    Raises: SpecError, ShapeError for a weight, reach or number of points that cannot be.
    """
    if not (np.isfinite(reach) and reach > 0):
        raise SpecError(f"Expected a reach above 0. Received: {reach}")
    if not 2 <= points <= MAX_POINTS:
        raise SpecError(f"Expected between 2 and {MAX_POINTS} points. Received: {points}")
    gradient = passed.gradient(weight)
    value = float(passed.binding.memory.view("theta", weight.name)[weight.entry])
    with np.errstate(over="ignore"):
        values = value + reach * np.linspace(-1.0, 1.0, points)
    found = _losses(passed, weight, [*values, value, value + change])
    *losses, loss, after = [each for each, _ in found]
    logs = np.array([np.nan if log is None else log for _, log in found[:points]])
    return SlopePicture(
        values, np.array(losses), value, loss, gradient, change, gradient * change, after - loss,
        None if np.isnan(logs).all() else logs, passed.n,
    )  # fmt: skip


def _losses(passed: Pass, weight: Weight, values: list[float]) -> list[tuple[float, float | None]]:
    """Return loss and log-likelihood at each value of a weight, and leave it and the forward values as they were."""
    binding = passed.binding
    place = binding.memory.view("theta", weight.name)
    start = place[weight.entry]
    calls = [
        call
        for instruction, own in zip(passed.program.instructions, binding.step_calls, strict=True)
        if instruction.phase in ("forward", "loss")
        for call in own
    ]
    found = []
    with np.errstate(all="ignore"):
        for value in [*values, start]:
            place[weight.entry] = value
            run(calls)
            found.append((binding.buffers.loss, _log_likelihood(passed)))
    return found[:-1]


def _log_likelihood(passed: Pass) -> float | None:
    """Return the logarithm of the likelihood at the forward values; None for several outputs, or no probabilities."""
    losses, buffers = passed.program.losses or {}, passed.binding.buffers
    if len(losses) != 1:
        return None
    ((node, each),) = losses.items()
    found = likelihood_of(each.choice.kind, buffers.activation(node), buffers.targets(node))
    return None if found is None else found.log
