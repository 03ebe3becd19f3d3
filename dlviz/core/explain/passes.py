"""One forward and backward pass in float64, with the gradient of every node kept as it was read."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import to_host
from dlviz.core.choice import Choice
from dlviz.core.errors import ShapeError, SpecError, as_list
from dlviz.core.execute import run
from dlviz.core.inference import parameters as parameters_of
from dlviz.core.instruction import Instruction
from dlviz.core.lowering import name_of
from dlviz.core.memory import loaded
from dlviz.core.network import NetworkSpec
from dlviz.core.objective import Objective, natural_objective
from dlviz.core.program import Binding, Program, lower
from dlviz.core.trace import Trace

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Batch:
    """Which batch of which run it is: the seed and the number that address random draws such as dropout's."""

    seed: int = 0
    number: int = 0


FIRST_BATCH = Batch()


@dataclass(frozen=True)
class Weight:
    """One number of a parameter: its name and its place, such as `Weight("h.W", (0, 1))`."""

    name: str
    entry: tuple[int, ...]


@dataclass(frozen=True)
class Source:
    """A step at which gradients begin: the losses, and penalties on parameters. values: what it wrote."""

    index: int
    slot: str
    values: FloatArray


@dataclass(frozen=True)
class Pass:
    """What one backward pass computed, all arrays float64 copies.

    gradients: of the trainable parameters by name. deltas: by the name of a node's gradient ("h.dz"),
    as it was read, (units, n) or with all axes and n last. sources: where gradients begin.
    steps: numbers of the backward instructions that carry gradients on, and which gradients each reads.
    binding: the program on the batch, its forward values still there; its gradients are scratch.
    kept: what was worked out once for later questions, such as the chain of an example.
    """

    binding: Binding
    gradients: Mapping[str, FloatArray]
    deltas: Mapping[str, FloatArray]
    sources: tuple[Source, ...]
    steps: Mapping[int, tuple[str, ...]]
    kept: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def program(self) -> Program:
        """The lowered network."""
        return self.binding.program

    @property
    def n(self) -> int:
        """Number of examples."""
        return self.binding.columns

    def gradient(self, weight: Weight) -> float:
        """Return dL/dw of one number. Raises: SpecError, ShapeError if there is no such trainable number."""
        if weight.name not in self.gradients:
            known = ", ".join(self.gradients) or "none"
            raise SpecError(f"Expected a trainable parameter among {known}. Received: {weight.name!r}")
        values = self.gradients[weight.name]
        inside = [0 <= place < size for place, size in zip(weight.entry, values.shape, strict=False)]
        if len(weight.entry) != values.ndim or not all(inside):
            raise ShapeError(
                f"Expected a place in shape {as_list(values.shape)}. Received: {as_list(weight.entry)}",
                place=weight.name,
            )
        return float(values[weight.entry])

    def sample(self, number: int) -> int:
        """Return the number of an example. Raises: SpecError if there is none."""
        if not 0 <= number < self.n:
            raise SpecError(f"Expected an example between 0 and {self.n - 1}. Received: {number}")
        return number


def differentiate(
    network: NetworkSpec,
    loss: Choice | Objective,
    parameters: Mapping[str, ArrayLike],
    inputs: ArrayLike,
    targets: ArrayLike,
    training: bool = True,
    batch: Batch = FIRST_BATCH,
) -> Pass:
    """Run forward and backward once over rows and keep every gradient.

    parameters: all by name. inputs: (n, d). targets: (n, k) as the loss reads them. training: layers
    behave as in training (dropout drops), else as in use. Logarithms in losses are to base e.
    Raises: SpecError, ShapeError for a network, parameters or data that do not fit.
    """
    rows = np.asarray(inputs, dtype=np.float64)
    program = lower(network, natural_objective(network, loss), Choice("sgd"), mode="gradient", training=training)
    memory = loaded(program.layout, parameters, batch.seed, batch.number)
    binding = program.bind(memory, len(rows))
    binding.load(rows, np.asarray(targets, dtype=np.float64))
    return _run(binding)


def differentiate_binding(binding: Binding, training: bool = True) -> Pass:
    """Run the batch that a binding of a training run holds once more, in float64; the binding stays as it is."""
    program, position = binding.program, binding.memory.position
    if program.losses is None:
        raise SpecError("Expected a program with a loss. Received: the forward pass alone")
    values = binding.memory.read()
    inputs, targets = to_host(binding.buffers.inputs()), to_host(binding.buffers.rows_y)
    batch = Batch(position.seed, position.number)
    return differentiate(program.network, program.losses, values, inputs, targets, training, batch)


def differentiate_trace(network: NetworkSpec, loss: Choice | Objective, trace: Trace, seed: int = 0) -> Pass:
    """Run the recorded batch of a training step once more, in float64: its gradients are those of the trace.

    Parameters are those that the forward pass read: looked ahead where the optimizer does. seed: of the run.
    Raises: SpecError, ShapeError if the trace is of another network.
    """
    values, inputs, targets = recorded_batch(network, trace)
    return differentiate(network, loss, values, inputs, targets, batch=Batch(seed, trace.global_step))


def recorded_batch(network: NetworkSpec, trace: Trace) -> tuple[dict[str, FloatArray], FloatArray, FloatArray]:
    """Return the parameters that a recorded forward pass read, the inputs (n, d) and targets (n, k), in float64.

    Raises: SpecError if the trace is of another network.
    """

    def read(name: str) -> FloatArray:
        found = trace.value(f"{name}.ahead", len(trace.steps))
        found = trace.before.get(name) if found is None else found
        if found is None:
            raise SpecError(f"Expected a trace of this network. Received: one without {name}")
        return np.asarray(found, dtype=np.float64)

    n = len(trace.rows)
    values = {parameter.name: read(parameter.name) for parameter in parameters_of(network)}
    inputs = np.concatenate([read(node.id).reshape(n, -1) for node in network.inputs], axis=1)
    return values, inputs, read("y")


def _run(binding: Binding) -> Pass:
    deltas: dict[str, FloatArray] = {}
    sources: list[Source] = []
    steps: dict[int, tuple[str, ...]] = {}
    written: set[str] = set()
    with np.errstate(all="ignore"):
        for index, instruction in enumerate(binding.program.instructions):
            reads = tuple(name for name in instruction.reads if name in written)
            if is_source(instruction, reads):
                sources += _run_source(binding, index)
            else:
                deltas |= {name: np.array(binding.array(name)) for name in reads}
                run(binding.step_calls[index])
            if instruction.phase == "backward" and instruction.derive is None:
                written |= {name for name in instruction.writes if is_gradient(name)}
                steps |= {index: reads} if reads else {}
    gradients = binding.memory.read("grad")
    trainable = {name: gradients[name] for name in binding.program.layout.trainable}
    return Pass(binding, trainable, deltas, tuple(sources), steps)


def is_source(instruction: Instruction, reads: tuple[str, ...]) -> bool:
    """Say whether a step begins gradients: it goes backward and reads no gradient of an earlier step."""
    begins = instruction.phase == "backward" and instruction.derive is None and not reads
    return begins and any(is_gradient(name) for name in instruction.writes)


def is_gradient(name: str) -> bool:
    """Say whether a backward step writes a gradient under this name, d and what it is of, or a factor for later."""
    return name.rpartition(".")[2].startswith("d")


def _run_source(binding: Binding, index: int) -> list[Source]:
    """Run a step that begins gradients and say what it alone brought; what was there before is added again."""
    targets = [(slot, binding.array(slot)) for slot in binding.program.instructions[index].writes]
    before = [array.copy() for _, array in targets]
    for _, array in targets:
        array[...] = 0
    run(binding.step_calls[index])
    found = [Source(index, slot, array.copy()) for slot, array in targets]
    for (_, array), earlier in zip(targets, before, strict=True):
        array[...] += earlier
    return found


def gradient_slot(parameter: str) -> str:
    """Return the name under which a parameter's gradient is written: h.dW."""
    return name_of("grad", parameter)


def total(values: Iterable[float]) -> float:
    """Return the sum rounded once; where a number is not finite, what floats make of it."""
    numbers = list(values)
    try:
        return math.fsum(numbers)
    except (OverflowError, ValueError):  # of fsum: sums beyond floats, and ∞ − ∞
        with np.errstate(all="ignore"):
            return float(np.sum(numbers))
