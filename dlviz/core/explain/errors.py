"""How the error of a unit comes about: what every unit that reads it sends back."""

import numpy as np

from dlviz.core.explain.chain import chain_of
from dlviz.core.explain.passes import Pass
from dlviz.core.explain.terms import Term, place_of


def received(passed: Pass, node: str, unit: int, sample: int = 0) -> tuple[Term, ...]:
    """Return what makes up ∂L/∂a of a unit for one example: each error δ of a later number times ∂z/∂a.

    unit: all axes of the node counted as one. The values sum to ∂L/∂a; there are none where gradients
    begin. Raises: SpecError if there is no such example.
    """
    slot = f"{node}.da"
    chain = chain_of(passed, sample)
    place = unit * chain.width + chain.own_example
    found = []
    for edge in chain.edges:
        if edge.near != slot or place >= chain.size(slot):
            continue
        with np.errstate(all="ignore"):
            places, factors = chain.link(edge).onward(place)
        deltas = chain.own(edge.far, passed.deltas[edge.far])
        for number, factor in zip(places.tolist(), factors.tolist(), strict=True):
            later = chain.program.instructions[edge.index].node
            found.append(Term(later, place_of(chain, edge.far, number), float(deltas[number]), float(factor)))
    return tuple(found)
