"""Paths: the products of local derivatives that lead from a weight to the loss, the largest first."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dlviz.core.errors import SpecError
from dlviz.core.explain.chain import Chain, Edge, Use, chain_of, outer_column
from dlviz.core.explain.passes import Pass, Weight, total
from dlviz.core.explain.routes import Routes
from dlviz.core.explain.search import Search, Way
from dlviz.core.explain.terms import Place, penalty, place_of

MAX_PATHS = 10_000  # more would only fill memory: nobody reads them

Role = Literal["loss", "slope", "weight", "local", "input"]


@dataclass(frozen=True)
class Factor:
    """One derivative of a path.

    role: "loss" dL/da where gradients begin (dL/dz where loss and activation are taken in one step),
    "slope" φ′(z), "weight" an entry of a parameter, "local" any other, "input" what the weight is
    multiplied with. node, op: the step it belongs to. far, near: the numbers whose derivative it is; far
    is None for the loss, near is the input itself where it is known. parameter, entry: which weight it is.
    """

    role: Role
    value: float
    node: str
    op: str
    far: Place | None
    near: Place | None
    parameter: str = ""
    entry: tuple[int, ...] = ()


@dataclass(frozen=True)
class Path:
    """A path from the loss to the weight: its factors in that order, and their product.

    places: every number on the way, those included that pass unchanged and bring no factor.
    """

    factors: tuple[Factor, ...]
    places: tuple[Place, ...]
    value: float


@dataclass(frozen=True)
class Paths:
    """The largest paths of a weight for one example.

    count: how many paths there are. share: what the example adds to dL/dw: the sum over all of them.
    remainder: share − sum of those shown, rounding alone where all are. gradient, penalty: of the batch.
    """

    paths: tuple[Path, ...]
    count: int
    share: float
    remainder: float
    gradient: float
    penalty: float


def paths(passed: Pass, weight: Weight, sample: int = 0, most: int = 10) -> Paths:
    """Return the `most` largest paths of a weight for one example, ranked by |product|.

    The best continuation of every number is known before the search (dynamic programming from the loss),
    so that it looks at nothing but the paths it returns (A*, Hart et al. 1968).
    Raises: SpecError, ShapeError if there is no such number, if `most` is too large, or if the layer above
    does not say how it carries single gradients on.
    """
    if not 1 <= most <= MAX_PATHS:
        raise SpecError(f"Expected between 1 and {MAX_PATHS} paths. Received: {most}")
    gradient = passed.gradient(weight)
    chain = chain_of(passed, sample)
    uses = chain.uses(weight)
    routes = Routes(chain, {use.far for use in uses})
    routes.check()
    found = tuple(_told(chain, way, weight) for way in Search(routes, uses, most).found())
    deltas = {use.far: chain.own(use.far, passed.deltas[use.far]) for use in uses}
    with np.errstate(all="ignore"):
        share = total(float(deltas[use.far][use.places] @ use.factors) for use in uses)
    remainder = total([share, *(-path.value for path in found)])
    return Paths(found, _count(routes, uses), share, remainder, gradient, penalty(passed, weight))


def count_paths(passed: Pass, weight: Weight, sample: int = 0) -> int:
    """Return how many paths lead from a weight to the loss, exactly.

    Links that a layer declares count whatever their value; others where their factor is not 0.
    Raises: SpecError, ShapeError if there is no such number.
    """
    passed.gradient(weight)
    chain = chain_of(passed, sample)
    uses = chain.uses(weight)
    return _count(Routes(chain, {use.far for use in uses}), uses)


def _count(routes: Routes, uses: tuple[Use, ...]) -> int:
    counts = routes.counts()
    return int(sum(counts[use.far][place] for use in uses for place in use.places))


def _told(chain: Chain, last: Way, weight: Weight) -> Path:
    """Return a way as factors, loss first."""
    ways = [last]
    while ways[-1].before is not None:
        ways.append(ways[-1].before)
    places = tuple(place_of(chain, way.slot, way.place) for way in ways[1:])
    factors = [_loss(chain, last, places[0])]
    for way, far, near in zip(ways[1:-1], places, places[1:], strict=False):
        assert isinstance(way.by, Edge)
        factors += [] if chain.link(way.by).is_copy else [_between(chain, way, far, near)]
    use = ways[-1].by
    assert isinstance(use, Use)
    if not use.is_copy:
        instruction = chain.program.instructions[use.index]
        common = ways[-1].factor, instruction.node, instruction.op, places[-1]
        factors.append(Factor("input", *common, _input(chain, use, weight, places[-1])))
    return Path(tuple(factors), places, math.prod(factor.value for factor in factors))


def _input(chain: Chain, use: Use, weight: Weight, far: Place) -> Place | None:
    """Name the number that a weight is multiplied with, where the step says so."""
    instruction = chain.program.instructions[use.index]
    read = [name for name in instruction.reads if name not in chain.passed.steps[use.index]]
    node = read[0].removesuffix(".a") if read else ""
    if instruction.outer is None or node not in chain.program.nodes:
        return None
    unit = np.unravel_index(outer_column(chain.passed, weight), chain.program.nodes[node])
    return Place(read[0], node, tuple(int(place) for place in unit), far.sample)


def _loss(chain: Chain, way: Way, near: Place) -> Factor:
    index = next(source.index for source in chain.passed.sources if source.slot == way.slot)
    instruction = chain.program.instructions[index]
    return Factor("loss", way.factor, instruction.node, instruction.op, None, near)


def _between(chain: Chain, way: Way, far: Place, near: Place) -> Factor:
    assert isinstance(way.by, Edge)
    instruction = chain.program.instructions[way.by.index]
    common = way.factor, instruction.node, instruction.op, far, near
    if instruction.links is not None:
        name = next((name for name in instruction.reads if name in chain.program.layout.views), "")
        return Factor("weight", *common, name, (*far.unit, *near.unit))
    return Factor("slope" if instruction.is_elementwise else "local", *common)
