"""Chain: the local derivatives of a pass for one example, as a graph from parameters to the loss.

Its places are the numbers of gradient slots ("h.dz", "h.da"), counted flat. Steps that declare their
factors (Instruction.is_elementwise, links, outer) are asked for them; any other step is run with a 1 at
every place it reads and 0 elsewhere, which gives its factors exactly, for it is linear.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dlviz.core.explain.isolated import MOST_SEEDS, Isolated, copies, couples_examples, whole_batch
from dlviz.core.explain.links import Link, MatrixLink, Places, diagonal, gathered
from dlviz.core.explain.passes import FloatArray, Pass, Weight, gradient_slot
from dlviz.core.instruction import Instruction


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
        if "is_coupled" not in passed.kept:
            passed.kept["is_coupled"] = couples_examples(passed, self.sample)
        self._is_coupled: bool = passed.kept["is_coupled"]
        self.width = passed.n if self._is_coupled else 1
        self._links: dict[Edge, Link] = {}
        self._uses: dict[Weight, tuple[Use, ...]] = {}

    @property
    def own_example(self) -> int:
        """The number of the example among those the chain runs through."""
        return self.sample if self._is_coupled else 0

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

    @cached_property
    def _single(self) -> Isolated:
        """Steps on the examples of the chain."""
        # Two copies where one would do: batch norm refuses a batch of one, even where no output reads it.
        return whole_batch(self.passed) if self._is_coupled else copies(self.passed, self.sample, 2)

    @cached_property
    def _many(self) -> Isolated:
        """Steps on many copies of the example, so that as many places are told at once."""
        return copies(self.passed, self.sample, MOST_SEEDS)

    def size(self, slot: str) -> int:
        """Return how many numbers a slot holds."""
        array, n = self.passed.binding.array(slot), self.passed.n
        return array.size // n * self.width if self.is_per_example(slot) else int(array.size)

    def is_per_example(self, slot: str) -> bool:
        """Say whether a slot has numbers for every example."""
        return self.passed.binding.is_per_example(slot)

    def place(self, slot: str, number: int) -> tuple[int, int]:
        """Return unit and example of a flat place."""
        unit, example = divmod(number, self.width) if self.is_per_example(slot) else (number, 0)
        return unit, example if self._is_coupled else self.sample

    def own(self, slot: str, array: FloatArray) -> FloatArray:
        """Return an array that the pass kept of a slot, batch last, as flat numbers of this chain."""
        is_cut = self.is_per_example(slot) and not self._is_coupled
        return array[..., self.sample].ravel() if is_cut else array.ravel()

    def own_places(self, slot: str) -> range:
        """Return the flat places of this example in a slot."""
        size = self.size(slot)
        return range(self.own_example, size, self.width) if self.is_per_example(slot) else range(size)

    def starts(self, slot: str) -> FloatArray | None:
        """Return what losses wrote into a slot, flat; None if gradients do not begin there."""
        own = [source for source in self.passed.sources if source.slot == slot]
        return sum((self.own(slot, source.values) for source in own), np.zeros(self.size(slot))) if own else None

    def link(self, edge: Edge) -> Link:
        """Return the factors of an edge."""
        if edge not in self._links:
            with np.errstate(all="ignore"):
                self._links |= self._find(edge)
        return self._links[edge]

    def _find(self, edge: Edge) -> dict[Edge, Link]:
        instruction = self._instruction(edge.index)
        if instruction.links is not None:
            return {edge: MatrixLink(np.array(instruction.links(self.passed.binding.buffers)), self.width)}
        if instruction.is_elementwise:
            factors = self._answers_to(edge.index, edge.far, slice(None), [edge.near])[0]
            return {edge: diagonal(factors.ravel(), is_copy=not self.passed.binding.step_calls[edge.index])}
        alike = [each for each in self.edges if each.index == edge.index and each.far == edge.far]
        return self._by_turns(alike) if self._is_coupled else self._side_by_side(alike)

    def _by_turns(self, edges: list[Edge]) -> dict[Edge, Link]:
        """Return the factors of one step's edges from one gradient, one run for every place."""
        found: list[list[tuple[Places, Places, FloatArray]]] = [[] for _ in edges]
        for place in range(self.size(edges[0].far)):
            answers = self._answers_to(edges[0].index, edges[0].far, place, [edge.near for edge in edges])
            for pairs, answer in zip(found, answers, strict=True):
                near = np.flatnonzero(answer)
                pairs.append((near, np.full(len(near), place), answer.ravel()[near]))
        return {edge: gathered(pairs, self.size(edge.near)) for edge, pairs in zip(edges, found, strict=True)}

    def _side_by_side(self, edges: list[Edge]) -> dict[Edge, Link]:
        """Return the same as _by_turns, with a place in each copy of the example."""
        index, far = edges[0].index, edges[0].far
        found: list[list[tuple[Places, Places, FloatArray]]] = [[] for _ in edges]
        for first in range(0, self.size(far), MOST_SEEDS):
            seed = self._many.zeros(far)
            count = min(MOST_SEEDS, len(seed) - first)
            seed[np.arange(first, first + count), np.arange(count)] = 1
            answers = self._many.answers(index, {far: seed}, [edge.near for edge in edges])
            for pairs, answer in zip(found, answers, strict=True):
                columns = answer.reshape(-1, MOST_SEEDS)
                near, copy = np.nonzero(columns)
                pairs.append((near, first + copy, columns[near, copy]))
        return {edge: gathered(pairs, self.size(edge.near)) for edge, pairs in zip(edges, found, strict=True)}

    def answer(self, index: int, far: str, place: int, near: str) -> FloatArray:
        """Return what a step makes of a 1 at one place of a gradient that it reads."""
        return self._answers_to(index, far, place, [near])[0]

    def _answers_to(self, index: int, far: str, places: int | slice, asked: list[str]) -> list[FloatArray]:
        seed = self._single.zeros(far)
        own = seed.reshape(-1) if self._is_coupled else seed[:, 0]
        own[places] = 1
        found = self._single.answers(index, {far: seed}, asked)
        if self._is_coupled:
            return found
        return [each[..., 0] if self.is_per_example(name) else each for name, each in zip(asked, found, strict=True)]

    def _instruction(self, index: int) -> Instruction:
        return self.program.instructions[index]

    def uses(self, weight: Weight) -> tuple[Use, ...]:
        """Return every use of a weight by this example: one for each step and gradient read there."""
        if weight not in self._uses:
            with np.errstate(all="ignore"):
                self._uses[weight] = tuple(self._find_uses(weight))
        return self._uses[weight]

    def _find_uses(self, weight: Weight) -> Iterator[Use]:
        slot = gradient_slot(weight.name)
        for index, reads in self.passed.steps.items():
            if slot in self._instruction(index).writes:
                for far in reads:
                    yield from self._use(index, far, weight)

    def _use(self, index: int, far: str, weight: Weight) -> Iterator[Use]:
        outer = self._instruction(index).outer
        if outer is not None:
            values = outer(self.passed.binding.buffers)[weight.name]
            place = np.array([weight.entry[0] * self.width + self.own_example])
            factors = np.ones(1) if values is None else values[outer_column(self.passed, weight), [self.sample]]
            yield Use(index, far, place, factors, values is None)
            return
        slot = gradient_slot(weight.name)
        places, factors = [], []
        for own in self.own_places(far):
            answer = self.answer(index, far, own, slot)
            if answer[weight.entry]:
                places.append(own)
                factors.append(answer[weight.entry])
        if places:
            found = np.array(factors)
            yield Use(index, far, np.array(places), found, bool(np.all(found == 1)))


def chain_of(passed: Pass, sample: int) -> Chain:
    """Return the chain of an example; the one asked for last is kept with the pass."""
    kept = passed.kept.get("chain")
    if not (isinstance(kept, Chain) and kept.sample == sample):
        kept = passed.kept["chain"] = Chain(passed, sample)
    return kept


def outer_column(passed: Pass, weight: Weight) -> int:
    """Return which entry of its row a weight is, all further axes counted as one."""
    shape = passed.gradients[weight.name].shape
    return int(np.ravel_multi_index(weight.entry[1:], shape[1:])) if len(shape) > 1 else 0
