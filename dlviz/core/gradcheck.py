"""Gradient check: central differences against what backward computes, per parameter, in float64."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.choice import Choice
from dlviz.core.errors import ShapeError, SpecError
from dlviz.core.execute import run
from dlviz.core.inference import activation_of
from dlviz.core.layers import layers
from dlviz.core.losses import losses
from dlviz.core.memory import Memory
from dlviz.core.network import NetworkSpec
from dlviz.core.program import Binding, Program, lower

EPS = 1e-5  # half the distance between two probes: truncation (eps²) and rounding (1e-16/eps) are both small
TOLERANCE = 1e-6  # largest ratio that passes
ROUNDING = float(np.finfo(np.float64).eps)
NOISE_FACTOR = 8.0  # the loss is rounded a few times on its way, not once

Array = NDArray[np.float64]


@dataclass(frozen=True)
class GradCheckRow:
    """One parameter's comparison; arrays have the parameter's shape.

    ratio: ‖a − n‖ / (‖a‖ + ‖n‖) over the coordinates that were compared, 0 where both vanish.
    numeric: NaN at coordinates that were skipped because a unit switched between the probes.
    skipped: their share. error: ‖a − n‖. noise: the error that rounding of the loss alone explains.
    """

    name: str
    ratio: float
    analytic: Array
    numeric: Array
    skipped: float
    error: float
    noise: float

    def passes(self, tolerance: float = TOLERANCE) -> bool:
        """Say whether the two agree, or differ by rounding alone (a gradient that is almost zero)."""
        return self.ratio <= tolerance or self.error <= self.noise


@dataclass(frozen=True)
class GradCheckReport:
    """Rows worst first, and the verdict over all of them."""

    rows: tuple[GradCheckRow, ...]
    passed: bool

    @property
    def skipped(self) -> float:
        """Share of all coordinates that were not compared."""
        total = sum(row.analytic.size for row in self.rows)
        return sum(row.skipped * row.analytic.size for row in self.rows) / total if total else 0.0


def gradcheck(
    network: NetworkSpec,
    loss: Choice,
    parameters: Mapping[str, ArrayLike],
    inputs: Array,
    targets: Array,
    eps: float = EPS,
    tolerance: float = TOLERANCE,
) -> GradCheckReport:
    """Compare every entry of every gradient with (L(w + eps) − L(w − eps)) / 2 eps.

    parameters: all by name. inputs: (n, d). targets: (n, k) as the loss reads them.
    Where a unit or the loss passes a kink between the two probes no derivative exists and the entry is left out.
    Raises: SpecError, ShapeError for a network, parameters or data that do not fit.
    """
    if not eps > 0:
        raise SpecError(f"Expected eps above 0. Received: eps={eps!r}")
    program = lower(network, loss, Choice("sgd"), mode="gradient")
    binding = program.bind(_memory(program, parameters), len(inputs))
    binding.load(inputs, targets)
    with np.errstate(all="ignore"):
        run(binding.calls)
        gradients = binding.memory.read("grad")
        analytic = {name: gradients[name] for name in program.layout.trainable}
        probe = _Probe(network, loss, binding, eps)
        rows = [probe.row(name, gradient) for name, gradient in analytic.items()]
    rows.sort(key=lambda row: np.inf if np.isnan(row.ratio) else row.ratio, reverse=True)
    return GradCheckReport(tuple(rows), all(row.passes(tolerance) for row in rows))


def _memory(program: Program, parameters: Mapping[str, ArrayLike]) -> Memory:
    values = {name: np.asarray(value, dtype=np.float64) for name, value in parameters.items()}
    for parameter in program.layout.parameters:
        if parameter.name not in values:
            raise SpecError(f"Expected parameters with {parameter.name}. Received: {', '.join(values) or 'none'}")
        shape = values[parameter.name].shape
        if shape != parameter.shape:
            raise ShapeError(f"Expected shape {parameter.shape}. Received: shape={shape}", place=parameter.name)
    memory = Memory(program.layout, Choice("sgd"))
    memory.load(values)
    return memory


class _Probe:
    """Evaluates the loss beside the point, on the arrays of the checked binding."""

    def __init__(self, network: NetworkSpec, loss: Choice, binding: Binding, eps: float) -> None:
        self._binding = lower(network, loss, mode="evaluate", training=True).bind(binding.memory, binding.columns)
        self._binding.load(binding.buffers.inputs(), binding.buffers.rows_y)
        self._eps = eps
        self._kinks = _kinks(network)
        self._switches = [name for each in network.layers for name in layers.get(each.kind).switches(each)]
        self._is_hinge = losses.get(loss.kind).labels == "plus_minus_one"
        self._noise = NOISE_FACTOR * ROUNDING * _magnified(loss, binding) / eps

    def row(self, name: str, analytic: Array) -> GradCheckRow:
        """Compare one parameter."""
        numeric = np.full(analytic.shape, np.nan)
        compared = np.ones(analytic.shape, dtype=bool)
        values = self._binding.memory.view("theta", name)
        for place in np.ndindex(analytic.shape):
            slope = self._slope(values, place)
            compared[place] = slope is not None
            numeric[place] = np.nan if slope is None else slope
        error = float(np.linalg.norm(analytic[compared] - numeric[compared]))
        size = float(np.linalg.norm(analytic[compared]) + np.linalg.norm(numeric[compared]))
        ratio = error / size if size else 0.0
        noise = self._noise * float(np.sqrt(analytic.size))
        return GradCheckRow(name, ratio, analytic, numeric, 1 - float(compared.mean()), error, noise)

    def _slope(self, values: Array, place: tuple[int, ...]) -> float | None:
        """Return the central difference, or None where a unit switches between the probes."""
        start = values[place]
        ends = start + self._eps, start - self._eps
        above, pattern = self._evaluate(values, place, ends[0])
        below, other = self._evaluate(values, place, ends[1])
        values[place] = start
        is_smooth = all(np.array_equal(a, b) for a, b in zip(pattern, other, strict=True))
        # NumPy's division: weights so large that eps is lost give NaN, not an exception.
        return float(np.divide(above - below, ends[0] - ends[1])) if is_smooth else None

    def _evaluate(self, values: Array, place: tuple[int, ...], value: float) -> tuple[float, list[NDArray[np.generic]]]:
        values[place] = value
        run(self._binding.calls)
        pattern = [self._binding.array(f"{layer}.z") > kink for layer, kink in self._kinks]
        pattern += [self._binding.array(name).copy() for name in self._switches]
        if self._is_hinge:
            buffers = self._binding.buffers
            pattern.append(buffers.targets() * buffers.activation(self._binding.program.output) < 1)
        return self._binding.buffers.loss, pattern


def _kinks(network: NetworkSpec) -> list[tuple[str, float]]:
    """Return the layers whose activation has a kink or a jump, and the z where it lies."""
    found = []
    for layer in network.layers:
        chosen = activation_of(network, layer.id)
        if chosen is not None and chosen.kind in ("relu", "leaky_relu", "step"):
            found.append((layer.id, float(resolve_activation(chosen, layer.id)[1].get("threshold", 0.0))))
    return found


def _magnified(loss: Choice, binding: Binding) -> float:
    """Return by how much the rounding of one number is magnified on its way into the loss."""
    buffers = binding.buffers
    size = max(1.0, abs(buffers.loss))
    if losses.get(loss.kind).labels != "zero_one":
        return size
    # In ln(1 − a) the rounding of an output a near 1 counts 1/(1 − a) times.
    a, y = buffers.activation(binding.program.output), buffers.targets()
    return size + float(buffers.loss_scales[0]) * float(np.sum((1 - y) / np.maximum(1 - a, ROUNDING)))
