"""The terms of a weight's gradient: one for each example, and one for each use within an example."""

import math
from dataclasses import dataclass

import numpy as np

from dlviz.core.explain.chain import Chain, chain_of, outer_column
from dlviz.core.explain.isolated import whole_batch
from dlviz.core.explain.passes import FloatArray, Pass, Weight, gradient_slot, total


@dataclass(frozen=True)
class Place:
    """A number of the network: a gradient slot ("h.dz"), its node, the place in the node's shape, the example."""

    slot: str
    node: str
    unit: tuple[int, ...]
    sample: int


@dataclass(frozen=True)
class Term:
    """One use of a weight: gradient of what it helped to compute, times the derivative of that by the weight.

    node: the layer of the use (of a shared weight: which one). place: where it was used: a unit, a
    position, a time step.
    """

    node: str
    place: Place
    delta: float
    factor: float

    @property
    def value(self) -> float:
        """What this use adds to dL/dw."""
        return self.delta * self.factor


@dataclass(frozen=True)
class Shares:
    """What every example of a batch adds to dL/dw, (n,), and what penalties add; the sum is `gradient`.

    Where losses take the mean over examples, example i's own gradient is n · shares[i].
    """

    shares: FloatArray
    penalty: float
    gradient: float


def terms(passed: Pass, weight: Weight, sample: int = 0) -> tuple[Term, ...]:
    """Return one term for every use of a weight by an example; with `penalty` of all they sum to dL/dw.

    Dense layers use a weight once, shared ones once for each use, convolutions at every position,
    recurrent layers at every time step. Raises: SpecError, ShapeError if there is no such number.
    """
    passed.gradient(weight)
    chain = chain_of(passed, sample)
    return tuple(
        Term(
            passed.program.instructions[use.index].node, place_of(chain, use.far, int(number)),
            float(chain.own(use.far, passed.deltas[use.far])[number]), float(factor),
        )
        for use in chain.uses(weight)
        for number, factor in zip(use.places, use.factors, strict=True)
    )  # fmt: skip


def shares(passed: Pass, weight: Weight) -> Shares:
    """Return what every example adds to dL/dw. Raises: SpecError, ShapeError if there is no such number."""
    gradient = passed.gradient(weight)
    slot = gradient_slot(weight.name)
    found = np.zeros(passed.n)
    with np.errstate(all="ignore"):
        for index, reads in passed.steps.items():
            instruction = passed.program.instructions[index]
            if slot in instruction.writes and instruction.outer is not None:
                values = instruction.outer(passed.binding.buffers)[weight.name]
                row = sum(passed.deltas[far][weight.entry[0]] for far in reads)
                found += row if values is None else row * values[outer_column(passed, weight)]
            elif slot in instruction.writes:
                found += _alone(passed, index, weight)
    return Shares(found, penalty(passed, weight), gradient)


def penalty(passed: Pass, weight: Weight) -> float:
    """Return what penalties such as weight decay in the loss add to dL/dw."""
    slot = gradient_slot(weight.name)
    return total(float(source.values[weight.entry]) for source in passed.sources if source.slot == slot)


def _alone(passed: Pass, index: int, weight: Weight) -> FloatArray:
    """Run one step with the gradients of each example in turn and 0 for the others; return what it adds, (n,)."""
    steps, slot, found = whole_batch(passed), gradient_slot(weight.name), np.zeros(passed.n)
    for example in range(passed.n):
        seeds = {name: np.zeros_like(passed.deltas[name]) for name in passed.steps[index]}
        for name, seed in seeds.items():
            seed[..., example] = passed.deltas[name][..., example]
        (answer,) = steps.answers(index, seeds, [slot])
        found[example] = answer[weight.entry]
    return found


def place_of(chain: Chain, slot: str, number: int) -> Place:
    """Name a flat place of a chain."""
    node = slot.rpartition(".")[0]
    unit, sample = chain.place(slot, number)
    shape = chain.program.nodes.get(node, ())
    size = chain.size(slot) // (chain.width if chain.is_per_example(slot) else 1)
    is_whole = math.prod(shape) == size
    return Place(slot, node, tuple(int(i) for i in np.unravel_index(unit, shape)) if is_whole else (unit,), sample)
