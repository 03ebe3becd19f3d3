"""One backward step run alone: with gradients of our choice where it reads them, and all else as it was.

Steps of one layer may hand each other arrays that have no name (the patches of a convolution, the sums of
batch norm), so the steps before it in its layer run first: forward ones, and backward ones that read the
same gradient.
"""

import numpy as np

from dlviz.core.execute import run
from dlviz.core.explain.passes import FloatArray, Pass, gradient_slot
from dlviz.core.instruction import Instruction
from dlviz.core.position import Draw
from dlviz.core.program import Binding

MOST_SEEDS = 64  # copies of an example side by side: more would not be faster, but take memory


class Isolated:
    """Runs single backward steps of a pass on a binding: the whole batch, or copies of one of its examples."""

    def __init__(self, passed: Pass, binding: Binding, sample: int | None = None) -> None:
        self.binding = binding
        self._passed = passed
        self._instructions = passed.program.instructions
        self._sample = sample
        self._ready = -1

    def answers(self, index: int, seeds: dict[str, FloatArray], asked: list[str]) -> list[FloatArray]:
        """Run a step with these gradients where it reads, 0 for those not named; copy what it writes.

        seeds: in the shapes of the binding. Raises: nothing; a non-finite number is a result.
        """
        self._prepare(index)
        reads, writes = self._passed.steps[index], self._instructions[index].writes
        for name in (*reads, *writes):
            self.binding.array(name)[...] = 0
        for name, values in seeds.items():
            array = self.binding.array(name)
            array[...] = values.reshape(array.shape)
        touched = self._run_before(index, set(seeds))
        for name in touched.intersection(writes):
            self.binding.array(name)[...] = 0
        run(self.binding.step_calls[index])
        return [np.array(self.binding.array(name)) for name in asked]

    def zeros(self, slot: str) -> FloatArray:
        """Return zeros in the shape of a gradient, (places, columns) where it has a column for each example."""
        array = self.binding.array(slot)
        return np.zeros((array.size // array.shape[-1], array.shape[-1]))

    def _prepare(self, index: int) -> None:
        """Run the forward steps of the step's layer again, unless it was the last to run."""
        if self._ready == index:
            return
        self._ready = index
        node = self._instructions[index].node
        for number, instruction in enumerate(self._instructions):
            if instruction.phase == "forward" and instruction.node == node:
                self._run_forward(number)

    def _run_before(self, index: int, seeded: set[str]) -> set[str]:
        """Run earlier backward steps of the layer that read the same gradients; return what they wrote."""
        reads, node = set(self._passed.steps[index]), self._instructions[index].node
        touched: set[str] = set()
        for number, read in self._passed.steps.items():
            earlier = self._instructions[number]
            if number < index and earlier.node == node and seeded & set(read) and not reads & set(earlier.writes):
                run(self.binding.step_calls[number])
                touched |= set(earlier.writes)
        return touched

    def run_all(self) -> None:
        """Run every step once, with the forward values that the example had in its batch."""
        for number, instruction in enumerate(self._instructions):
            if instruction.phase == "forward":
                self._run_forward(number)
            else:
                run(self.binding.step_calls[number])

    def _run_forward(self, number: int) -> None:
        for function, arguments in self.binding.step_calls[number]:
            function(*arguments)
            if isinstance(function, Draw):
                self._copy_written(self._instructions[number])
        self._copy_written(self._instructions[number])

    def _copy_written(self, instruction: Instruction) -> None:
        """Copy what a forward step wrote for the example: draws such as dropout's differ by its place in a batch."""
        if self._sample is None:
            return
        for name in instruction.writes:
            if self.binding.is_per_example(name):
                whole = self._passed.binding.array(name)
                self.binding.array(name)[...] = whole[..., [self._sample]]


def whole_batch(passed: Pass) -> Isolated:
    """Return steps on the batch of the pass itself."""
    return Isolated(passed, passed.binding)


def copies(passed: Pass, sample: int, columns: int) -> Isolated:
    """Return steps on so many copies of one example."""
    whole, binding = passed.binding, passed.program.bind(passed.binding.memory, columns)
    rows = [sample] * columns
    binding.load(whole.buffers.inputs()[rows], whole.buffers.rows_y[rows])
    found = Isolated(passed, binding, sample)
    with np.errstate(all="ignore"):
        found.run_all()
    return found


def couples_examples(passed: Pass, sample: int) -> bool:
    """Say whether the gradient of one example depends on that of another, as under batch norm."""
    steps = whole_batch(passed) if passed.n > 1 else copies(passed, sample, 2)
    parameters = {gradient_slot(name) for name in passed.program.layout.views}
    with np.errstate(all="ignore"):
        return any(_leaks(steps, passed, index, parameters) for index in passed.steps)


def _leaks(steps: Isolated, passed: Pass, index: int, parameters: set[str]) -> bool:
    """Run one step with gradients in the first column alone, and see whether others get any."""
    instruction = passed.program.instructions[index]
    slots = [name for name in instruction.writes if name not in parameters]
    if instruction.is_elementwise or instruction.links is not None or not slots:
        return False
    if not all(steps.binding.is_per_example(name) for name in (*passed.steps[index], *slots)):
        return True
    seeds = {name: steps.zeros(name) for name in passed.steps[index]}
    for seed in seeds.values():
        seed[:, 0] = 1
    return any(np.any(answer[..., 1:]) for answer in steps.answers(index, seeds, slots))
