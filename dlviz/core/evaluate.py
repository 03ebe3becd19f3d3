"""Evaluate a network without training it: outputs, unit responses and losses over many rows."""

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, to_host
from dlviz.core.choice import Choice, chosen
from dlviz.core.execute import run
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.memory import Memory
from dlviz.core.network import NetworkSpec
from dlviz.core.program import Binding, lower

CHUNK = 4096  # columns at once: larger ones fall out of the cache


class Evaluator:
    """A forward binding with its own copy of the parameters, so that it never disturbs a run.

    dtype "float32" is right for pictures: it is four times faster on maps than float64.
    """

    def __init__(self, network: NetworkSpec, loss: Choice | None = None, dtype: str = "float32", xp: Any = np) -> None:
        self.network = network
        self.program = lower(network, loss, mode="evaluate" if loss else "forward")
        self.memory = Memory(self.program.layout, chosen("sgd"), (), xp, dtype)
        self._loss = loss
        self._bindings: dict[int, Binding] = {}

    def use(self, theta: Array) -> None:
        """Copy a flat parameter vector in."""
        self.memory.vectors["theta"][...] = theta

    def load(self, parameters: Mapping[str, Any]) -> None:
        """Copy parameters in by name."""
        self.memory.load(parameters)

    def _binding(self, columns: int) -> Binding:
        if columns not in self._bindings:
            if len(self._bindings) > 6:
                self._bindings.clear()
            self._bindings[columns] = self.program.bind(self.memory, columns)
        return self._bindings[columns]

    def _walk(self, inputs: Array, targets: Array | None = None) -> Iterator[tuple[slice, Binding]]:
        for start in range(0, len(inputs), CHUNK):
            part = slice(start, min(start + CHUNK, len(inputs)))
            binding = self._binding(part.stop - part.start)
            binding.load(inputs[part], None if targets is None else targets[part])
            with np.errstate(all="ignore"):
                run(binding.calls)
            yield part, binding

    def outputs(self, inputs: Array) -> NDArray[np.floating]:
        """Return the outputs (n, k) for inputs (n, d)."""
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

    def loss_and_outputs(self, inputs: Array, targets: Array) -> tuple[float, NDArray[np.floating]]:
        """Return the loss of all rows in its convention, and the outputs (n, k)."""
        assert self._loss is not None
        _, settings = resolve_loss(self._loss)
        n = len(inputs)
        total = 0.0
        out = np.empty((n, self.program.n_outputs), self.memory.workspace.dtype)
        for part, binding in self._walk(inputs, targets):
            weight = binding.columns / n if settings["reduction"] == "mean" else 1.0
            total += weight * binding.buffers.loss
            out[part] = to_host(binding.buffers.activation(self.program.output)).T
        return total, out


def score(outputs: NDArray[np.floating], targets: NDArray[np.floating], is_classes: bool) -> float:
    """Return accuracy for classes (threshold halfway between labels, or arg-max), else R².

    outputs, targets: (n, k). R² = 1 − Σ(y − a)²/Σ(y − ȳ)²; NaN without rows or without spread.
    """
    if len(targets) == 0:
        return float("nan")
    if not is_classes:
        spread = float(np.sum((targets - targets.mean(axis=0)) ** 2))
        return 1 - float(np.sum((targets - outputs) ** 2)) / spread if spread > 0 else float("nan")
    if targets.shape[1] > 1:
        return float(np.mean(outputs.argmax(axis=1) == targets.argmax(axis=1)))
    threshold = 0.0 if targets.min() < 0 else 0.5
    return float(np.mean((outputs > threshold) == (targets > threshold)))
