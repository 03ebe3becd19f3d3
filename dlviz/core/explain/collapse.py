"""Linear collapse: a network of linear layers is one matrix and one bias."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.activations import activations
from dlviz.core.errors import SpecError
from dlviz.core.execute import run
from dlviz.core.inference import activation_of
from dlviz.core.layers import layers
from dlviz.core.memory import loaded
from dlviz.core.network import NetworkSpec, output_ids, sources
from dlviz.core.program import lower

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class LinearMap:
    """What a whole network does: y = W x + b. W: (outputs, inputs), all axes of a node in one; b: (outputs,)."""

    W: FloatArray
    b: FloatArray

    def __call__(self, inputs: ArrayLike) -> FloatArray:
        """Return the outputs (n, k) of rows (n, d)."""
        return np.asarray(inputs, dtype=np.float64) @ self.W.T + self.b


def collapse(network: NetworkSpec, parameters: Mapping[str, ArrayLike]) -> dict[str, LinearMap]:
    """Return the linear map from the inputs, side by side, to every output.

    The columns of W are what the unit vectors give beyond b, and b is what zeros give. Dropout and batch
    norm act as in use. Raises: SpecError if the network is not linear, ShapeError for wrong parameters.
    """
    reason = why_not_linear(network)
    if reason is not None:
        raise reason
    program = lower(network, mode="forward")
    d = sum(program.input_widths)
    binding = program.bind(loaded(program.layout, parameters), d + 1)
    binding.load(np.concatenate([np.zeros((1, d)), np.eye(d)]))
    run(binding.calls)
    answers = {output: np.array(binding.buffers.activation(output)) for output in program.outputs}
    return {output: LinearMap(each[:, 1:] - each[:, :1], each[:, 0]) for output, each in answers.items()}


def why_not_linear(network: NetworkSpec) -> SpecError | None:
    """Return the error that tells which layer on the way to an output is not linear; None if all are."""
    reached = set(output_ids(network))
    for layer in reversed(network.layers):
        if layer.id not in reached:
            continue
        reached |= set(sources(network, layer))
        chosen, kind = activation_of(network, layer.id), layers.get(layer.kind)
        if chosen is not None and not activations.get(chosen.kind).is_alias:
            found = f"activation {chosen.kind}"
        elif not kind.is_affine:
            found = f"a layer of kind {kind.key}"
        else:
            continue
        hint = "Only linear layers with nothing nonlinear between them are one linear map."
        return SpecError(f"Expected linear layers alone. Received: {found}", hint, layer.id)
    return None
