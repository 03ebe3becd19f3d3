"""Small recorded runs of random networks for the tests of narration."""

import math
from typing import Any

import numpy as np

from dlviz.core.choice import Choice, chosen
from dlviz.core.execute import record
from dlviz.core.memory import Memory
from dlviz.core.narration import Focus, Narration, Plan, narrate
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.objective import Objective, objective
from dlviz.core.program import Mode, lower
from dlviz.core.sampling import sampler
from dlviz.core.trace import Step, Trace

SQUARED = chosen("squared_error", factor=0.5)
SGD = chosen("sgd", lr=0.5)


def network(*layers: LayerSpec, inputs: int = 3) -> NetworkSpec:
    return NetworkSpec(layers, (InputSpec("x", (inputs,)),))


def two_layers(activation: str | Choice = "tanh", output: str | Choice = "linear", units: int = 2) -> NetworkSpec:
    return network(dense("h", 3, activation), dense("o", units, output))


def image_network(*layers: LayerSpec, shape: tuple[int, ...] = (2, 4, 5)) -> NetworkSpec:
    return NetworkSpec((*layers, LayerSpec("f", "flatten"), dense("o", 2)), (InputSpec("x", shape),))


MAPS = LayerSpec("c", "conv2d", (), {"filters": 2, "kernel": 2, "activation": Choice("tanh")})
IMAGE_NETWORKS = {
    "conv": image_network(MAPS, LayerSpec("d", "conv2d", (), {"filters": 2, "kernel": (2, 3), "padding": "same"})),
    "strided": image_network(
        LayerSpec("c", "conv2d", (), {"filters": 2, "kernel": 2, "padding": (1, 0), "stride": (2, 3), "bias": False}),
        LayerSpec("d", "conv2d", (), {"filters": 1, "kernel": 2, "padding": 2, "stride": 2}),
    ),
    "max": image_network(MAPS, LayerSpec("p", "max_pool", (), {"size": (2, 3), "stride": 1})),
    "avg": image_network(MAPS, LayerSpec("p", "avg_pool", (), {"size": 2})),
    "wide": image_network(MAPS, LayerSpec("p", "max_pool", (), {"size": (3, 4)}), shape=(1, 6, 9)),
    "shared": image_network(
        MAPS, LayerSpec("d", "conv2d", (), {"filters": 2, "kernel": 1}), LayerSpec("d2", shares="d"),
        LayerSpec("s", "add", ("d", "d2", "c")),
    ),
    "embedding": image_network(LayerSpec("e", "embedding", (), {"vocabulary": 3, "dim": 3}), shape=(4,)),
}  # fmt: skip


def recorded(
    spec: NetworkSpec,
    loss: Choice | Objective = SQUARED,
    optimizer: Choice = SGD,
    n: int = 1,
    runs: int = 1,
    **options: Any,
) -> tuple[Trace, Plan]:
    """Return the trace of the last of some training steps on random rows."""
    frozen = options.get("frozen", ())
    random = np.random.default_rng(options.get("seed", 5))
    mode: Mode = "train" if sampler(spec) is None else "evaluate"
    program = lower(spec, loss, optimizer, mode, clip=options.get("clip"))
    memory = Memory(program.layout, optimizer, frozen, dtype=options.get("dtype", "float64"))
    memory.load({p.name: random.normal(0, options.get("spread", 0.7), p.shape) for p in program.layout.parameters})
    if "positive" in options:
        memory.load({name: abs(each) for name, each in memory.read().items() if name.endswith(options["positive"])})
    binding = program.bind(memory, n)
    for step in range(runs):
        inputs = random.normal(size=(n, math.prod(spec.inputs[0].shape)))
        if any(layer.kind == "embedding" for layer in spec.layers):
            inputs = random.integers(0, 3, inputs.shape).astype(float)
        parts = objective(spec, loss).items()
        columns = [targets(each.choice.kind, random, n, math.prod(program.shapes[output])) for output, each in parts]
        binding.load(inputs, np.concatenate(columns, axis=1))
        trace = record(binding, global_step=step)
    return trace, Plan(spec, loss, optimizer, tuple(frozen), options.get("clip"))


def targets(kind: str, random: np.random.Generator, n: int, k: int) -> np.ndarray:
    if kind in ("squared_error", "huber"):
        return random.normal(size=(n, k))
    if kind in ("hinge", "perceptron"):
        return random.choice([-1.0, 1.0], size=(n, k))
    if kind == "binary_cross_entropy":
        return random.integers(0, 2, size=(n, k)).astype(float)
    return np.eye(k)[random.integers(0, k, size=n)]


def told(
    trace: Trace, plan: Plan, op: str, focus: Focus | None = None, which: int = 0, digits: int = 4
) -> tuple[Step, Narration]:
    """Return the which-th step of this operation and its narration."""
    step = [each for each in trace.steps if each.op == op][which]
    return step, narrate(step, trace, plan, focus or Focus(), digits)
