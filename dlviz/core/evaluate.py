"""Evaluate a network without training it: outputs, unit responses and losses over many rows."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, to_host
from dlviz.core.choice import Choice, chosen
from dlviz.core.execute import run
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.memory import Memory
from dlviz.core.metrics import Observed, Value, measured, needed
from dlviz.core.metrics import resolve as resolve_metric
from dlviz.core.metrics.classes import accuracy
from dlviz.core.metrics.values import explained
from dlviz.core.network import NetworkSpec
from dlviz.core.objective import Objective
from dlviz.core.program import Binding, lower

MAX_COLUMNS = 8192  # examples at once, fewer in wide networks: larger arrays fall out of the cache
CHUNK_NUMBERS = 2**20  # activations at once
MAX_BINDINGS = 16


class Evaluator:
    """Forward bindings with their own copy of the parameters, so that they never disturb a run.

    dtype "float32" is right for pictures: it is four times faster on maps than float64.
    seed: of the values that stochastic units draw. Read-only inputs stay loaded from one call to the next: the
    grid of a map is the same in every frame.
    """

    def __init__(
        self,
        network: NetworkSpec,
        loss: Choice | Objective | None = None,
        dtype: str = "float32",
        slip: Choice | None = None,
        seed: int = 0,
    ) -> None:
        self.network = network
        self.program = lower(network, loss, mode="evaluate" if loss else "forward", slip=slip)
        self.memory = Memory(self.program.layout, chosen("sgd"), (), dtype=dtype, seed=seed)
        self._bindings: dict[tuple[int, int], Binding] = {}
        self._loaded: dict[tuple[int, int], Array] = {}
        losses = (self.program.losses or {}).values()
        self._are_means = [resolve_loss(each.choice)[1]["reduction"] == "mean" for each in losses]
        self._chunk = max(1, min(MAX_COLUMNS, CHUNK_NUMBERS // self.units))

    @property
    def units(self) -> int:
        """How many activations one example has."""
        return sum(math.prod(shape) for shape in self.program.nodes.values())

    def use(self, theta: Array) -> None:
        """Copy a flat parameter vector in."""
        self.memory.vectors["theta"][...] = theta

    def load(self, parameters: Mapping[str, Any]) -> None:
        """Copy parameters in by name."""
        self.memory.load(parameters)

    def _binding(self, key: tuple[int, int]) -> Binding:
        """Return the binding of (columns, number of the chunk)."""
        if key not in self._bindings:
            if len(self._bindings) >= MAX_BINDINGS:
                self._bindings.clear()
                self._loaded.clear()
            self._bindings[key] = self.program.bind(self.memory, key[0])
        return self._bindings[key]

    def _load(self, key: tuple[int, int], inputs: Array, part: slice, targets: Array | None) -> Binding:
        """Return a binding that holds a part of the inputs; copy only what is not there."""
        binding = self._binding(key)
        if self._loaded.get(key) is not inputs or targets is not None:
            binding.load(inputs[part], None if targets is None else targets[part])
            self._loaded[key] = inputs if _stays(inputs) else None
        return binding

    def _walk(self, inputs: Array, targets: Array | None = None) -> Iterator[tuple[slice, Binding]]:
        for number, start in enumerate(range(0, len(inputs), self._chunk)):
            part = slice(start, min(start + self._chunk, len(inputs)))
            # Chunks that will be copied in anew can share one binding.
            key = part.stop - part.start, number if _stays(inputs) else 0
            binding = self._load(key, inputs, part, targets)
            with np.errstate(all="ignore"):
                run(binding.calls)
            yield part, binding

    def outputs(self, inputs: Array) -> NDArray[np.floating]:
        """Return the values (n, k) of the first output for inputs (n, d)."""
        out = np.empty((len(inputs), self.program.n_outputs), self.memory.workspace.dtype)
        for part, binding in self._walk(inputs):
            out[part] = to_host(binding.buffers.activation(self.program.output)).T
        return out

    def responses(self, inputs: Array) -> dict[str, NDArray[np.floating]]:
        """Return the activations (units, n) of every node for inputs (n, d)."""
        nodes = [layer.id for layer in self.network.layers]
        n, dtype = len(inputs), self.memory.workspace.dtype
        out = {node: np.empty((math.prod(self.program.shapes[node]), n), dtype) for node in nodes}
        for part, binding in self._walk(inputs):
            for node in nodes:
                out[node][:, part] = to_host(binding.buffers.activation(node))
        return out

    def sums(self, node: str, inputs: Array) -> NDArray[np.float64] | None:
        """Return the pre-activations (units, n) of a node for inputs (n, d); None for a node without an activation."""
        name = f"{node}.z"
        if not any(name in instruction.writes for instruction in self.program.instructions):
            return None
        parts = [
            np.array(to_host(binding.array(name)), dtype=np.float64).reshape(-1, binding.columns)
            for _, binding in self._walk(inputs)
        ]
        return np.concatenate(parts, axis=1)

    def loss_and_outputs(self, inputs: Array, targets: Array) -> tuple[float, NDArray[np.floating]]:
        """Return the loss of all rows in its convention, and those of the first output (n, k)."""
        n = len(inputs)
        total = 0.0
        out = np.empty((n, self.program.n_outputs), self.memory.workspace.dtype)
        for part, binding in self._walk(inputs, targets):
            share = binding.columns / n
            for term, is_mean in enumerate(self._are_means):
                total += (share if is_mean else 1.0) * binding.buffers.term_value(term)
            out[part] = to_host(binding.buffers.activation(self.program.output)).T
        return total, out

    def measure(
        self,
        inputs: Array,
        targets: Array,
        metrics: Sequence[Choice],
        is_classes: bool = True,
        threshold: float | None = None,
    ) -> tuple[float, dict[str, Value]]:
        """Return the loss of all rows and these metrics of the first output, by key.

        Metrics of a training step are left out: rows alone do not show them. threshold: as in `accuracy`.
        """
        loss, outputs = self.loss_and_outputs(inputs, targets)
        chosen = [each for each in metrics if resolve_metric(each)[0].needs != "step"]
        activations = self.responses(inputs) if "activations" in needed(chosen) else {}
        own = targets[:, : outputs.shape[1]]
        seen = Observed(outputs, own, is_classes, self.network, activations, threshold=threshold)
        return loss, measured(chosen, seen)


def _stays(inputs: Array) -> bool:
    """Say whether inputs cannot change: arrays that are read-only, and no others that are indexed like them."""
    return isinstance(inputs, np.ndarray) and not inputs.flags.writeable


def score(
    outputs: NDArray[np.floating], targets: NDArray[np.floating], is_classes: bool, threshold: float | None = None
) -> float:
    """Return accuracy for classes, else R²; outputs, targets: (n, k). threshold: of one unit, as in `accuracy`."""
    return accuracy(outputs, targets, threshold) if is_classes else explained(outputs, targets)
