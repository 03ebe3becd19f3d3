"""Chain: the local derivatives of a pass for one example, as a graph from parameters to the loss.

Its places are the numbers of gradient slots ("h.dz", "h.da"), counted flat. Steps that declare their
factors (Instruction.is_elementwise, links, outer) are asked for them; any other step is run once for
every number it reads with a 1 there and 0 elsewhere, which gives its factors exactly, for it is linear.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dlviz.core.execute import run
from dlviz.core.explain.links import Link, MatrixLink, Places, diagonal, gathered
from dlviz.core.explain.passes import FloatArray, Pass, Source, Weight, gradient_slot
from dlviz.core.instruction import Instruction
from dlviz.core.program import Binding


@dataclass(frozen=True)
class Edge:
    """Step `index` carries the gradient of slot `far` on to slot `near`."""

    index: int
    near: str
    far: str


@dataclass(frozen=True)
class Use:
    """Where a step uses a weight: places of slot `far` whose gradient it multiplies, with the factors dz/dw.

    is_copy: the factors are 1 by what the parameter is (a bias), not by chance.
    """

    index: int
    far: str
    places: Places
    factors: FloatArray
    is_copy: bool


class Chain:
    """Local derivatives for one example, worked out where they are asked for.

    Where examples of a batch depend on each other (batch norm) the chain runs through all of them: every
    slot then holds the numbers of all examples and `width` is n, else 1.
    """

    def __init__(self, passed: Pass, sample: int = 0) -> None:
        self.passed = passed
        self.sample = passed.sample(sample)
        self.program = passed.program
        alone = passed.n > 1 and not couples_examples(passed)
        self.width = 1 if alone else passed.n
        self.binding = _example(passed, self.sample) if alone else passed.binding
        self._links: dict[Edge, Link] = {}

    @property
    def own_example(self) -> int:
        """The number of the example among those the chain runs through."""
        return 0 if self.width == 1 else self.sample

    @cached_property
    def edges(self) -> tuple[Edge, ...]:
        """All edges in the order of the backward pass; a far slot is complete before it is read."""
        parameters = {gradient_slot(name) for name in self.program.layout.views}
        return tuple(
            Edge(index, near, far)
            for index, reads in self.passed.steps.items()
            for near in self.program.instructions[index].writes
            for far in reads
            if near not in parameters and near != far
        )

    def size(self, slot: str) -> int:
        """Return how many numbers a slot holds."""
        return int(self.binding.array(slot).size)

    def place(self, slot: str, number: int) -> tuple[int, int]:
        """Return unit and example of a flat place."""
        is_fixed = not self.binding.is_per_example(slot)
        unit, example = (number, 0) if is_fixed else divmod(number, self.width)
        return unit, self.sample if self.width == 1 else example

    def own(self, array: FloatArray) -> FloatArray:
        """Return an array of the pass, batch last, as flat numbers of this chain."""
        return array[..., self.sample].ravel() if self.width < self.passed.n else array.ravel()

    def starts(self, slot: str) -> FloatArray | None:
        """Return what losses wrote into a slot, flat; None if gradients do not begin there."""
        own = [source for source in self.passed.sources if source.slot == slot]
        return sum((self._source(source) for source in own), np.zeros(self.size(slot))) if own else None

    def _source(self, source: Source) -> FloatArray:
        return self.own(source.values) if self.binding.is_per_example(source.slot) else source.values.ravel()

    def link(self, edge: Edge) -> Link:
        """Return the factors of an edge."""
        if edge not in self._links:
            with np.errstate(all="ignore"):
                self._links |= self._find(edge)
        return self._links[edge]

    def _find(self, edge: Edge) -> dict[Edge, Link]:
        instruction = self._instruction(edge.index)
        if instruction.links is not None:
            return {edge: MatrixLink(np.array(instruction.links(self.binding.buffers)), self.width)}
        if instruction.is_elementwise:
            (factors,) = self._answers(edge.index, edge.far, slice(None), [edge.near])
            return {edge: diagonal(factors.ravel(), is_copy=not self.binding.step_calls[edge.index])}
        return self._place_by_place([each for each in self.edges if each.index == edge.index and each.far == edge.far])

    def _place_by_place(self, edges: list[Edge]) -> dict[Edge, Link]:
        """Return the factors of one step's edges from one gradient, all found in the same runs."""
        index, far = edges[0].index, edges[0].far
        found: list[list[tuple[Places, Places, FloatArray]]] = [[] for _ in edges]
        for place in range(self.size(far)):
            answers = self._answers(index, far, place, [edge.near for edge in edges])
            for pairs, answer in zip(found, answers, strict=True):
                near = np.flatnonzero(answer)
                pairs.append((near, np.full(len(near), place), answer.ravel()[near]))
        return {edge: gathered(pairs, self.size(edge.near)) for edge, pairs in zip(edges, found, strict=True)}

    def _instruction(self, index: int) -> Instruction:
        return self.program.instructions[index]

    def _answers(self, index: int, far: str, ones: slice | int, asked: list[str]) -> list[FloatArray]:
        """Run one step with 1 at some places of a gradient it reads and 0 at all others; copy what it writes."""
        for name in (*self.passed.steps[index], *self._instruction(index).writes):
            self.binding.array(name)[...] = 0
        self.binding.array(far).flat[ones] = 1
        run(self.binding.step_calls[index])
        return [np.array(self.binding.array(name)) for name in asked]

    def uses(self, weight: Weight) -> tuple[Use, ...]:
        """Return every use of a weight by this example: one for each step and gradient read there."""
        slot = gradient_slot(weight.name)
        return tuple(
            use
            for index, reads in self.passed.steps.items()
            if slot in self._instruction(index).writes
            for far in reads
            for use in self._use(index, far, weight)
        )

    def _use(self, index: int, far: str, weight: Weight) -> Iterator[Use]:
        outer = self._instruction(index).outer
        if outer is not None:
            values = outer(self.binding.buffers)[weight.name]
            place = np.array([weight.entry[0] * self.width + self.own_example])
            factors = np.ones(1) if values is None else values[outer_column(self.passed, weight), [self.own_example]]
            yield Use(index, far, place, factors, values is None)
            return
        slot = gradient_slot(weight.name)
        places, factors = [], []
        for own in self._own_places(far):
            (answer,) = self._answers(index, far, own, [slot])
            if answer[weight.entry]:
                places.append(own)
                factors.append(answer[weight.entry])
        if places:
            found = np.array(factors)
            yield Use(index, far, np.array(places), found, bool(np.all(found == 1)))

    def _own_places(self, slot: str) -> range:
        size = self.size(slot)
        return range(self.own_example, size, self.width) if self.binding.is_per_example(slot) else range(size)


def outer_column(passed: Pass, weight: Weight) -> int:
    """Return which entry of its row a weight is, all further axes counted as one."""
    shape = passed.gradients[weight.name].shape
    return int(np.ravel_multi_index(weight.entry[1:], shape[1:])) if len(shape) > 1 else 0


def couples_examples(passed: Pass) -> bool:
    """Say whether the gradient of one example depends on that of another, as under batch norm."""
    with np.errstate(all="ignore"):
        return passed.n > 1 and any(_leaks(passed, index) for index in passed.steps)


def _leaks(passed: Pass, index: int) -> bool:
    """Run one step with gradients in the first example alone, and see whether others get any."""
    binding, instruction = passed.binding, passed.program.instructions[index]
    parameters = {gradient_slot(name) for name in passed.program.layout.views}
    if instruction.is_elementwise or instruction.links is not None:
        return False
    for name in (*passed.steps[index], *instruction.writes):
        binding.array(name)[...] = 0
    for name in passed.steps[index]:
        if not binding.is_per_example(name):
            return True
        binding.array(name)[..., 0] = 1
    run(binding.step_calls[index])
    written = [name for name in instruction.writes if name not in parameters]
    return any(not binding.is_per_example(name) or bool(np.any(binding.array(name)[..., 1:])) for name in written)


def _example(passed: Pass, sample: int) -> Binding:
    """Return a binding that holds one example of the batch, with the values that it had there."""
    whole, one = passed.binding, passed.program.bind(passed.binding.memory, 1)
    theta, grad = (one.memory.vectors[role].copy() for role in ("theta", "grad"))
    one.load(whole.buffers.inputs()[[sample]], whole.buffers.rows_y[[sample]])
    with np.errstate(all="ignore"):
        for instruction, calls in zip(passed.program.instructions, one.step_calls, strict=True):
            run(calls)
            if instruction.phase == "forward":
                _copy_written(instruction, whole, one, sample)
    one.memory.vectors["theta"][...] = theta
    one.memory.vectors["grad"][...] = grad
    return one


def _copy_written(instruction: Instruction, whole: Binding, one: Binding, sample: int) -> None:
    """Copy what a forward step wrote for an example: draws such as dropout's mask differ by its place in a batch."""
    for name in instruction.writes:
        if one.is_per_example(name):
            one.array(name)[..., 0] = whole.array(name)[..., sample]
