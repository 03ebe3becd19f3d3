"""Walk a bound program: fast, or recording what every step wrote. Both run the same calls."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import starmap
from operator import call
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Call, to_host
from dlviz.core.instruction import Instruction
from dlviz.core.lowering import name_of
from dlviz.core.program import Binding
from dlviz.core.trace import Step, Trace

AfterStep = Callable[[int, Instruction, Binding], None]


def run(calls: Sequence[Call]) -> None:
    """Run calls in order. The caller holds np.errstate: a non-finite value is a result, not a warning."""
    for function, arguments in calls:
        function(*arguments)


def run_flat(calls: Iterable[tuple[Any, ...]]) -> None:
    """Run (function, argument, …) in order, in a loop without bytecode: worth 4 % of a small network's step."""
    deque(starmap(call, calls), maxlen=0)


def record(
    binding: Binding,
    rows: NDArray[np.intp] | None = None,
    after: AfterStep | None = None,
    epoch: int = 0,
    batch: int = 0,
    global_step: int = 0,
) -> Trace:
    """Run every step once and keep what it wrote; the run itself is the same as run(binding.calls).

    rows: the training rows of the loaded batch. after: called once a step's results are kept; what it
    changes in them is what later steps read. epoch, batch, global_step: the position that the trace names.
    """
    before = _before(binding)
    steps = []
    for index, (instruction, calls) in enumerate(zip(binding.program.instructions, binding.step_calls, strict=True)):
        run(calls)
        derived = instruction.derive(binding.buffers) if instruction.derive else {}
        writes = {name: _host(binding, name, derived.get(name)) for name in instruction.writes}
        steps.append(
            Step(
                index, instruction.phase, instruction.node, instruction.op, instruction.formula,
                instruction.reads, writes, instruction.derive is not None, instruction.slip,
            )
        )  # fmt: skip
        if after is not None:
            after(index, instruction, binding)
    own_rows = np.arange(binding.columns) if rows is None else rows
    update = binding.memory.update
    return Trace(
        tuple(steps), before, own_rows, epoch, batch, global_step, lr=update.lr, updates=update.clock.t
    )  # fmt: skip


def _before(binding: Binding) -> dict[str, NDArray[np.generic]]:
    memory = binding.memory
    names = [*binding.program.inputs, "y", *binding.program.layout.views]
    names += [f"{name}.{state}" for state in memory.states for name in binding.program.layout.trainable]
    names += _untouched_gradients(binding)
    return {name: _host(binding, name) for name in names}


def _untouched_gradients(binding: Binding) -> list[str]:
    """Name the gradients that no step of a backward pass writes: layers that the output does not read keep 0."""
    backward = [instruction for instruction in binding.program.instructions if instruction.phase == "backward"]
    if not backward:
        return []
    written = {name for instruction in backward for name in instruction.writes}
    gradients = (name_of("grad", name) for name in binding.program.layout.trainable)
    return [name for name in gradients if name not in written]


def _host(binding: Binding, name: str, array: object = None) -> NDArray[np.generic]:
    source = binding.array(name) if array is None else array
    values = to_host(source)
    copy = np.array(np.moveaxis(values, -1, 0) if binding.is_per_example(name) else values, order="C", copy=True)
    copy.setflags(write=False)
    return copy
