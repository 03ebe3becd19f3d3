"""Program: the flat list of steps of a network, and its binding to arrays of one batch size."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from dlviz.core.activations import activations
from dlviz.core.array import Array, Call
from dlviz.core.buffers import Buffers
from dlviz.core.choice import Choice
from dlviz.core.errors import ShapeError, SpecError, as_list
from dlviz.core.inference import activation_of, bounding_activation, parameters, shapes, validate
from dlviz.core.instruction import Instruction
from dlviz.core.layers import layers
from dlviz.core.layout import Layout, layout
from dlviz.core.losses import losses
from dlviz.core.lowering import Lowering, name_of
from dlviz.core.memory import Memory
from dlviz.core.network import NetworkSpec, output_ids
from dlviz.core.objective import Objective, objective
from dlviz.core.slips import Draft, rewrite

Mode = Literal["train", "gradient", "evaluate", "forward"]


@dataclass(frozen=True)
class Program:
    """What lower() made: instructions in order, and where every parameter lies.

    shapes: those of inputs and layers; nodes: of the nodes inside layers as well. n_terms: how many sums
    the loss has (one for each output, then penalties). draws: the steps need the position of the batch.
    """

    network: NetworkSpec
    losses: Objective | None
    optimizer: Choice | None
    instructions: tuple[Instruction, ...]
    layout: Layout
    shapes: Mapping[str, tuple[int, ...]]
    nodes: Mapping[str, tuple[int, ...]]
    outputs: tuple[str, ...]
    n_terms: int = 1
    draws: bool = False

    @property
    def slips(self) -> tuple[Instruction, ...]:
        """The steps in which a mistake is made on purpose."""
        return tuple(instruction for instruction in self.instructions if instruction.slip)

    @property
    def output(self) -> str:
        """Id of the first output node."""
        return self.outputs[0]

    @property
    def n_outputs(self) -> int:
        """Units of the first output node."""
        return math.prod(self.shapes[self.output])

    @property
    def n_targets(self) -> int:
        """Units of all output nodes: the columns of the targets."""
        return sum(math.prod(self.shapes[output]) for output in self.outputs)

    @property
    def inputs(self) -> tuple[str, ...]:
        """Ids of the nodes where data enter; they take the columns of a row in this order."""
        return tuple(node.id for node in self.network.inputs)

    @property
    def input_widths(self) -> tuple[int, ...]:
        """How many columns each input node takes."""
        return tuple(math.prod(node.shape) for node in self.network.inputs)

    def bind(self, memory: Memory, columns: int) -> "Binding":
        """Return this program on arrays for batches of so many examples."""
        if columns < 1:
            raise ShapeError(f"Expected at least one example. Received: columns={columns}")
        gathers = any(instruction.phase == "update" for instruction in self.instructions)
        return Binding(self, Buffers(memory, self, columns, gathers))


def lower(
    network: NetworkSpec,
    loss: Choice | Objective | None = None,
    optimizer: Choice | None = None,
    mode: Mode = "train",
    training: bool | None = None,
    slip: Choice | None = None,
    clip: Choice | None = None,
) -> Program:
    """Compile a network into steps.

    mode: "train" all phases, "gradient" without the update, "evaluate" forward and loss, "forward".
    loss: one for all outputs, or one for each. training: how layers such as dropout behave; by default
    as in training where a backward pass follows. slip: a mistake to make on purpose.
    clip: how mode "train" clips gradients. Running statistics
    move in mode "train" alone: looking at a loss or a gradient leaves them where they stand.
    Raises: SpecError, ShapeError where something is unknown or does not fit.
    """
    validate(network)
    aims = None if mode == "forward" else objective(network, loss)
    for output, aim in (aims or {}).items():
        _check_loss(network, output, aim.choice)
    is_training = mode in ("train", "gradient") if training is None else training
    lowering = Lowering(network, aims, optimizer, is_training, updates_statistics=mode == "train")
    if mode == "train":
        lowering.train(clip)
    else:
        lowering.forward()
        if mode != "forward":
            lowering.loss_value()
        if mode == "gradient":
            lowering.backward()
    instructions = tuple(lowering.instructions)
    if slip is not None:
        instructions = rewrite(Draft(instructions, network, aims or {}, optimizer), slip)
    return Program(
        network, aims, optimizer, instructions, layout(parameters(network)), shapes(network),
        lowering.nodes, output_ids(network), lowering.n_terms,
        _draws(network, is_training),
    )  # fmt: skip


def _draws(network: NetworkSpec, is_training: bool) -> bool:
    """Say whether a step uses random numbers: layers do in training only, stochastic units always."""
    if is_training and any(layers.get(layer.kind).draws for layer in network.layers):
        return True
    chosen = (activation_of(network, layer.id) for layer in network.layers)
    return any(each is not None and activations.get(each.kind).draws for each in chosen)


def _check_loss(network: NetworkSpec, node: str, loss: Choice) -> None:
    entry = losses.get(loss.kind, "loss")
    output = bounding_activation(network, node)
    low, high = activations.get(output.kind).range_of(output.settings) if output else (-float("inf"), float("inf"))
    if entry.labels in ("zero_one", "one_hot", "index") and (low < 0 or high > 1):
        kind = output.kind if output else "no activation"
        needed = "sigmoid" if entry.labels == "zero_one" else "softmax"
        raise SpecError(
            f"Expected outputs between 0 and 1 for {entry.title.lower()}. Received: {kind}",
            f"Set the output's activation to {needed}, or choose another loss.",
            node,
        )


class Binding:
    """A program's calls on the arrays of one batch size; all bindings of a network share its memory."""

    def __init__(self, program: Program, buffers: Buffers) -> None:
        self.program = program
        self.memory = buffers.memory
        self.columns = buffers.columns
        self.buffers = buffers
        self.joined = buffers.workspace.backend.joined
        self._alias_linear()
        self.step_calls: tuple[tuple[Call, ...], ...] = tuple(
            self.joined(instruction.emit(self.buffers)) for instruction in program.instructions
        )

    def on(self, rows_x: Array, rows_y: Array, loss_sums: Array) -> "Binding":
        """Return the same calls on other rows (n, d + 1) and (n, k) and another place for the loss."""
        return Binding(self.program, self.buffers.on(rows_x, rows_y, loss_sums))

    def _alias_linear(self) -> None:
        """Let z and a share one array where the activation is the identity."""
        for layer in self.program.network.layers:
            chosen = activation_of(self.program.network, layer.id)
            if chosen is not None and activations.get(chosen.kind).is_alias:
                self.buffers.alias(f"{layer.id}.z", self.buffers.activation(layer.id))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All calls of all steps in order."""
        return self.joined(call for calls in self.step_calls for call in calls)

    def load(self, inputs: Array, targets: Array | None = None) -> None:
        """Copy a batch in: inputs (n, d), targets (n, k); several nodes take their columns in order.

        Raises: ShapeError if the sizes differ from the bound ones.
        """
        xp = self.memory.workspace.xp
        self._check("inputs", inputs, sum(self.program.input_widths))
        self.buffers.load_inputs(xp.asarray(inputs))
        if targets is not None:
            self._check("targets", targets, self.program.n_targets)
            self.buffers.rows_y[...] = xp.asarray(targets)

    def _check(self, what: str, values: Array, width: int) -> None:
        expected = (self.columns, width)
        if tuple(values.shape) != expected:
            raise ShapeError(f"Expected {what} of shape {as_list(expected)}. Received: shape={as_list(values.shape)}")

    @cached_property
    def _parameter_names(self) -> dict[str, tuple[str, str]]:
        roles = [*self.memory.vectors]
        return {name_of(role, name): (role, name) for role in roles for name in self.program.layout.views}

    def array(self, name: str) -> Array:
        """Return what a trace calls by this name, in core's order (features first)."""
        if name in self._parameter_names:
            return self.memory.view(*self._parameter_names[name])
        return self.buffers.recorded(name)

    def is_per_example(self, name: str) -> bool:
        """Say whether an array has one column for each example."""
        return name not in self._parameter_names and not self.buffers.is_fixed(name)


def float_type(dtype: str, n_parameters: int) -> str:
    """Return the dtype in force: "auto" is float64 up to 10 000 parameters, float32 above."""
    if dtype == "auto":
        return "float64" if n_parameters <= 10_000 else "float32"
    return str(np.dtype(dtype))
