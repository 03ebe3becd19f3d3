"""Probe: the loss of a network beside its parameters, for central differences that stay on one smooth piece."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.choice import Choice
from dlviz.core.execute import run
from dlviz.core.inference import parameters
from dlviz.core.layers import ParameterSpec, layers
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.network import NetworkSpec
from dlviz.core.objective import Objective
from dlviz.core.program import Binding, Program, lower
from dlviz.core.regularizers import resolve as resolve_regularizer

EPS = 1e-5  # half the distance between two probes: truncation (eps²) and rounding (1e-16/eps) are both small
ROUNDING = float(np.finfo(np.float64).eps)
NOISE_FACTOR = 8.0  # the loss is rounded a few times on its way, not once
ACTIVATED = ("z", "c")  # short names of what layers apply an activation to: sums, and the cell of an LSTM

Array = NDArray[np.float64]
Pattern = list[NDArray[np.generic]]


@dataclass(frozen=True)
class Check:
    """How to check.

    eps: how far each probe lies from the point. holds_draws: every probe uses the same masks of dropout;
    without it networks that draw are refused. slip: a mistake on purpose, to be found.
    most: entries of a parameter that are compared, drawn from the seed; 0: all of them.
    seed, number: of the run and the batch, which address random draws.
    """

    eps: float = EPS
    holds_draws: bool = False
    slip: Choice | None = None
    most: int = 0
    seed: int = 0
    number: int = 0


class Probe:
    """Evaluates the loss beside the point, on the memory of the checked binding, at the same draws.

    noise: the error of a difference that rounding of the loss alone explains.
    """

    def __init__(self, network: NetworkSpec, losses: Objective, binding: Binding, how: Check) -> None:
        program = lower(network, losses, mode="evaluate", training=True, slip=how.slip)
        self._binding = program.bind(binding.memory, binding.columns)
        self._binding.load(binding.buffers.inputs(), binding.buffers.rows_y)
        self._losses = losses
        self._eps = how.eps
        self._kinks = _kinks(self._binding.program)
        self._signs = [each.name for each in parameters(network) if _has_corner(each, binding.columns)]
        self._switches = [name for each in network.layers for name in layers.get(each.kind).switches(each)]
        self.noise = NOISE_FACTOR * ROUNDING * self._magnified(binding) / how.eps

    def slope(self, name: str, place: tuple[int, ...]) -> float | None:
        """Return (L(w + eps) − L(w − eps)) / 2 eps of one number of a parameter.

        None where a unit switches between the two probes, so that there is no derivative.
        """
        values = self._binding.memory.view("theta", name)
        start = values[place]
        ends = start + self._eps, start - self._eps
        above, pattern = self._evaluate(values, place, ends[0])
        below, other = self._evaluate(values, place, ends[1])
        values[place] = start
        if not all(np.array_equal(a, b) for a, b in zip(pattern, other, strict=True)):
            return None
        # NumPy's division: weights so large that eps is lost give NaN, not an exception.
        return float(np.divide(above - below, ends[0] - ends[1]))

    def _evaluate(self, values: Array, place: tuple[int, ...], value: float) -> tuple[float, Pattern]:
        values[place] = value
        run(self._binding.calls)
        return self._binding.buffers.loss, self._pattern()

    def _pattern(self) -> Pattern:
        """Return on which side of every kink everything lies."""
        array = self._binding.array
        found: Pattern = [array(name) > kink for name, kink in self._kinks]
        found += [np.sign(array(name)) for name in self._signs]
        return found + [array(name).copy() for name in self._switches] + self._loss_pieces()

    def _loss_pieces(self) -> Pattern:
        found = []
        for output, each in self._losses.items():
            entry, settings = resolve_loss(each.choice)
            if entry.piece is not None:
                found.append(entry.piece(settings, *_pair(self._binding, output)))
        return found

    def _magnified(self, binding: Binding) -> float:
        """Return by how much the rounding of one number is magnified on its way into the loss."""
        size = max(1.0, abs(binding.buffers.loss))
        for scale, (output, each) in zip(binding.buffers.loss_scales, self._losses.items(), strict=False):
            size += float(scale) * resolve_loss(each.choice)[0].magnified(*_pair(binding, output))
        return size


def _pair(binding: Binding, output: str) -> tuple[Array, Array]:
    """Return activations and targets of an output, (k, n)."""
    return binding.buffers.activation(output), binding.buffers.targets(output)


def _kinks(program: Program) -> list[tuple[str, float]]:
    """Return the recorded arrays that an activation with kinks reads, and where each kink lies."""
    found = []
    for layer in program.network.layers:
        kind = layers.get(layer.kind)
        if "activation" not in kind.choices:
            continue
        entry, settings = resolve_activation(kind.option(layer, "activation"), layer.id)
        found += [(name, kink) for kink in entry.kinks(settings) for name in _activated(program, layer.id)]
    return found


def _has_corner(parameter: ParameterSpec, n: int) -> bool:
    """Say whether the penalty of a parameter has a corner where a weight is 0."""
    entry, settings = resolve_regularizer(parameter.regularizer)
    return entry.shares(settings, n).absolute != 0


def _activated(program: Program, layer: str) -> list[str]:
    """Return what a layer's activation reads: its own sums, or those of every time step inside."""
    return [
        name
        for instruction in program.instructions
        for name in instruction.writes
        if instruction.phase == "forward"
        and (instruction.node == layer or instruction.node.startswith(f"{layer}."))
        and name.rpartition(".")[2] in ACTIVATED
    ]
