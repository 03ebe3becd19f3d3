"""Program: the flat list of steps of a network, and its binding to arrays of one batch size."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from dlviz.core.activations import activations
from dlviz.core.array import Array, Call
from dlviz.core.choice import Choice
from dlviz.core.errors import ShapeError, SpecError
from dlviz.core.inference import activation_of, parameters, shapes, validate
from dlviz.core.instruction import Instruction
from dlviz.core.losses import losses
from dlviz.core.lowering import Lowering, name_of
from dlviz.core.memory import Buffers, Layout, Memory, layout
from dlviz.core.network import NetworkSpec, output_id

Mode = Literal["train", "gradient", "evaluate", "forward"]


@dataclass(frozen=True)
class Program:
    """What lower() made: instructions in order, and where every parameter lies."""

    network: NetworkSpec
    loss: Choice | None
    optimizer: Choice | None
    instructions: tuple[Instruction, ...]
    layout: Layout
    shapes: Mapping[str, tuple[int, ...]]
    output: str

    @property
    def n_outputs(self) -> int:
        """Units of the output node."""
        return self.shapes[self.output][0]

    @property
    def input(self) -> str:
        """Id of the node where data enter."""
        return self.network.inputs[0].id

    def bind(self, memory: Memory, columns: int) -> "Binding":
        """Return this program on arrays for batches of so many examples."""
        return Binding(self, memory, columns)


def lower(
    network: NetworkSpec, loss: Choice | None = None, optimizer: Choice | None = None, mode: Mode = "train"
) -> Program:
    """Compile a network into steps.

    mode: "train" all phases, "gradient" without the update, "evaluate" forward and loss, "forward".
    Raises: SpecError, ShapeError where something is unknown or does not fit.
    """
    validate(network)
    if mode != "forward":
        _check_loss(network, loss)
    lowering = Lowering(network, loss, optimizer)
    if mode == "train":
        lowering.train()
    else:
        lowering.forward()
        if mode != "forward":
            lowering.loss_value()
        if mode == "gradient":
            lowering.backward()
    plan = layout(parameters(network))
    return Program(network, loss, optimizer, tuple(lowering.instructions), plan, shapes(network), output_id(network))


def _check_loss(network: NetworkSpec, loss: Choice | None) -> None:
    if loss is None:
        raise SpecError("Expected a loss. Received: none")
    entry = losses.get(loss.kind, "loss")
    output = activation_of(network, output_id(network))
    low, high = activations.get(output.kind).range if output else (-float("inf"), float("inf"))
    if entry.labels in ("zero_one", "one_hot", "index") and (low < 0 or high > 1):
        kind = output.kind if output else "no activation"
        needed = "sigmoid" if entry.labels == "zero_one" else "softmax"
        raise SpecError(
            f"Expected outputs between 0 and 1 for {entry.title.lower()}. Received: {kind}",
            f"Set the output's activation to {needed}, or choose another loss.",
            output_id(network),
        )


class Binding:
    """A program's calls on the arrays of one batch size; all bindings of a network share its memory."""

    def __init__(self, program: Program, memory: Memory, columns: int) -> None:
        if columns < 1:
            raise ShapeError(f"Expected at least one example. Received: columns={columns}")
        self.program = program
        self.memory = memory
        self.columns = columns
        gathers = any(instruction.phase == "update" for instruction in program.instructions)
        self.buffers = Buffers(memory, program.shapes, program.input, program.n_outputs, columns, gathers)
        self._alias_linear()
        self.step_calls: tuple[tuple[Call, ...], ...] = tuple(
            tuple(instruction.emit(self.buffers)) for instruction in program.instructions
        )

    def _alias_linear(self) -> None:
        """Let z and a share one array where the activation is the identity."""
        for layer in self.program.network.layers:
            chosen = activation_of(self.program.network, layer.id)
            if chosen is not None and activations.get(chosen.kind).is_alias:
                self.buffers.alias(f"{layer.id}.z", self.buffers.activation(layer.id))

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """All calls of all steps in order."""
        return tuple(call for calls in self.step_calls for call in calls)

    def load(self, inputs: Array, targets: Array | None = None) -> None:
        """Copy a batch in: inputs (n, d), targets (n, k).

        Raises: ShapeError if the sizes differ from the bound ones.
        """
        self._fill(self.buffers.rows_x[:, :-1], inputs, "inputs")
        if targets is not None:
            self._fill(self.buffers.rows_y, targets, "targets")

    def _fill(self, rows: Array, values: Array, what: str) -> None:
        if tuple(values.shape) != tuple(rows.shape):
            raise ShapeError(f"Expected {what} of shape {tuple(rows.shape)}. Received: shape={tuple(values.shape)}")
        rows[...] = self.memory.workspace.xp.asarray(values)

    @cached_property
    def _parameter_names(self) -> dict[str, tuple[str, str]]:
        roles = [*self.memory.vectors]
        return {name_of(role, name): (role, name) for role in roles for name in self.program.layout.views}

    def array(self, name: str) -> Array:
        """Return what a trace calls by this name, in core's order (features first)."""
        if name in self._parameter_names:
            return self.memory.view(*self._parameter_names[name])
        if name == "loss":
            return self.memory.workspace.xp.asarray(self.buffers.loss, dtype=self.memory.workspace.dtype)
        if name == "y":
            return self.buffers.targets()
        if name == self.program.input:
            return self.buffers.activation(name)
        node, _, short = name.rpartition(".")
        if short in ("a", "da"):
            return self.buffers.activation(node) if short == "a" else self.buffers.gradient(node)
        return self.buffers[name]

    def is_per_example(self, name: str) -> bool:
        """Say whether an array has one column for each example."""
        return name != "loss" and name not in self._parameter_names


def float_type(dtype: str, n_parameters: int) -> str:
    """Return the dtype in force: "auto" is float64 up to 10 000 parameters, float32 above."""
    if dtype == "auto":
        return "float64" if n_parameters <= 10_000 else "float32"
    return str(np.dtype(dtype))
