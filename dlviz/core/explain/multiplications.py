"""What it saves to reuse factors: multiplications of backpropagation against paths multiplied out one by one."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.explain.chain import Chain, chain_of
from dlviz.core.explain.passes import Pass, gradient_slot
from dlviz.core.explain.routes import Routes


@dataclass(frozen=True)
class Multiplications:
    """Products of two numbers that the gradients of all weights take for one example.

    with_reuse: backpropagation, which computes every factor and every partial product once.
    without_reuse: every path of every weight multiplied out from the loss. A factor that is always 1
    (a bias, an addition, a linear unit) costs none, and dL/da of the outputs is given to both.
    """

    with_reuse: int
    without_reuse: int


def multiplications(passed: Pass, sample: int = 0) -> Multiplications:
    """Count the multiplications of both ways, exactly. Raises: SpecError if there is no such example."""
    chain = chain_of(passed, sample)
    entries = [entry for name in passed.gradients for entry in _entries(chain, name)]
    routes = Routes(chain, {far for far, _, _ in entries})
    counts, products = routes.counts(), routes.products()
    with_reuse = sum(0 if is_copy else int(uses.sum()) for _, uses, is_copy in entries)
    with_reuse += sum(0 if link.is_copy else link.count() for link in map(chain.link, routes.edges))
    without = sum(
        int(((products[far] + (0 if is_copy else counts[far])) * uses).sum()) for far, uses, is_copy in entries
    )
    return Multiplications(with_reuse, without)


def _entries(chain: Chain, name: str) -> list[tuple[str, NDArray[Any], bool]]:
    """Return for every use of a parameter how many of its entries each place of what is read meets."""
    slot, found = gradient_slot(name), []
    for index, reads in chain.passed.steps.items():
        instruction = chain.program.instructions[index]
        if slot in instruction.writes:
            found += [(far, *_met(chain, index, far, name)) for far in reads]
    return found


def _met(chain: Chain, index: int, far: str, name: str) -> tuple[NDArray[Any], bool]:
    places = chain.own_places(far)
    met = np.array([0] * chain.size(far), dtype=object)
    outer = chain.program.instructions[index].outer
    if outer is not None:
        values = outer(chain.passed.binding.buffers)[name]
        met[list(places)] = 1 if values is None else len(values)
        return met, values is None
    is_copy = True
    for place in places:
        answer = chain.answer(index, far, place, gradient_slot(name))
        met[place] = int(np.count_nonzero(answer))
        is_copy = is_copy and bool(np.all(answer[answer != 0] == 1))
    return met, is_copy
