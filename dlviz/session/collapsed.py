"""A network of linear layers as the one linear map that it is, compared with the network; used by the worker."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from dlviz.core.execute import run
from dlviz.core.explain import LinearMap, Pass, collapse
from dlviz.core.memory import loaded
from dlviz.core.program import lower
from dlviz.core.randomness import normals

ROWS = 50  # random inputs on which both are compared
SEED = 0


@dataclass(frozen=True)
class Collapsed:
    """The map to every output, and the largest difference to the network's own outputs on so many random inputs."""

    maps: Mapping[str, LinearMap]
    difference: float
    rows: int


def collapsed(passed: Pass) -> Collapsed:
    """Collapse the network of a pass as it stands. Raises: SpecError if it is not linear."""
    network, values = passed.program.network, passed.binding.memory.read()
    maps = collapse(network, values)
    program = lower(network, mode="forward")
    inputs = normals(SEED, "collapse", ROWS * sum(program.input_widths)).reshape(ROWS, -1)
    binding = program.bind(loaded(program.layout, values), ROWS)
    binding.load(inputs, None)
    run(binding.calls)
    gaps = [
        np.abs(binding.buffers.activation(output).T - each(inputs)).max(initial=0.0) for output, each in maps.items()
    ]
    return Collapsed(maps, float(max(gaps)), ROWS)
