"""Paths: the products of local derivatives that lead from a weight to the loss, the largest first."""

import heapq
import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Literal

import numpy as np

from dlviz.core.errors import SpecError
from dlviz.core.explain.chain import Chain, Edge, Use
from dlviz.core.explain.links import Places
from dlviz.core.explain.passes import FloatArray, Pass, Weight
from dlviz.core.explain.routes import Routes
from dlviz.core.explain.terms import Place, penalty, place_of

MAX_PATHS = 10_000  # more would only fill memory: nobody reads them

Role = Literal["loss", "slope", "weight", "local", "input"]


@dataclass(frozen=True)
class Factor:
    """One derivative of a path.

    role: "loss" dL/da where gradients begin (dL/dz where loss and activation are taken in one step),
    "slope" φ′(z), "weight" an entry of a parameter, "local" any other, "input" what the weight is
    multiplied with. node, op: the step it belongs to. far, near: the numbers whose derivative it is;
    near is None for the input, far for the loss. parameter, entry: which weight it is.
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


@dataclass(frozen=True)
class _Way:
    """A path as far as it was followed: where it stands, by which edge or use it came, and the way before.

    At the loss `by` is None and the factor is what the loss gave.
    """

    slot: str
    place: int
    product: float
    by: Edge | Use | None
    factor: float
    before: "_Way | None"
    length: int


class _Search:
    """Best-first search from the uses of a weight to the loss."""

    def __init__(self, routes: Routes, most: int) -> None:
        self._chain = routes.chain
        self._uses = routes.uses
        self._most = most
        self._best = routes.best()
        self._starts = {slot: self._chain.starts(slot) for slot in routes.slots}
        self._onward: dict[str, list[Edge]] = {slot: [] for slot in routes.slots}
        for edge in routes.edges:
            self._onward[edge.near].append(edge)
        self._heap: list[tuple[float, int, int, _Way]] = []
        self._ticket = count()

    def found(self) -> Iterator[_Way]:
        """Yield complete ways, the largest product first."""
        for use in self._uses:
            self._push_all(None, use, use.far, use.places, use.factors)
        shown = 0
        while self._heap and shown < self._most:
            way = heapq.heappop(self._heap)[-1]
            if way.by is None:
                shown += 1
                yield way
            else:
                self._follow(way)

    def _follow(self, way: _Way) -> None:
        starts = self._starts[way.slot]
        if starts is not None:
            start = float(starts[way.place])
            self._push(abs(way.product * start), self._step(way, None, way.slot, way.place, start))
        for edge in self._onward[way.slot]:
            self._push_all(way, edge, edge.far, *self._chain.link(edge).onward(way.place))

    def _push_all(self, way: _Way | None, by: Edge | Use, slot: str, places: Places, factors: FloatArray) -> None:
        """Push the continuations that can be among the best: as many of them as paths are wanted."""
        product = 1.0 if way is None else way.product
        bounds = np.nan_to_num(np.abs(product * factors) * self._best[slot][places], posinf=np.inf)
        for number in np.argsort(-bounds, kind="stable")[: self._most]:
            step = self._step(way, by, slot, int(places[number]), float(factors[number]))
            self._push(float(bounds[number]), step)

    def _step(self, way: _Way | None, by: Edge | Use | None, slot: str, place: int, factor: float) -> _Way:
        product, length = (1.0, 0) if way is None else (way.product, way.length)
        return _Way(slot, place, product * factor, by, factor, way, length + 1)

    def _push(self, bound: float, way: _Way) -> None:
        # Among equals the longest way goes first: where all products are 0 it is followed to its end.
        heapq.heappush(self._heap, (-bound, -way.length, next(self._ticket), way))


def paths(passed: Pass, weight: Weight, sample: int = 0, most: int = 10) -> Paths:
    """Return the `most` largest paths of a weight for one example, ranked by |product|.

    The best continuation of every number is known before the search (dynamic programming from the loss),
    so that it looks at nothing but the paths it returns (A*, Hart et al. 1968).
    Raises: SpecError, ShapeError if there is no such number, or if `most` is too large.
    """
    if not 1 <= most <= MAX_PATHS:
        raise SpecError(f"Expected between 1 and {MAX_PATHS} paths. Received: {most}")
    gradient = passed.gradient(weight)
    chain = Chain(passed, sample)
    routes = Routes(chain, chain.uses(weight))
    found = tuple(_told(chain, way) for way in _Search(routes, most).found())
    share = math.fsum(float(chain.own(passed.deltas[use.far])[use.places] @ use.factors) for use in routes.uses)
    remainder = math.fsum([share, *(-path.value for path in found)])
    return Paths(found, routes.count(routes.counts()), share, remainder, gradient, penalty(passed, weight))


def count_paths(passed: Pass, weight: Weight, sample: int = 0) -> int:
    """Return how many paths lead from a weight to the loss, exactly.

    Links that a layer declares count whatever their value; others where their factor is not 0.
    Raises: SpecError, ShapeError if there is no such number.
    """
    passed.gradient(weight)
    chain = Chain(passed, sample)
    routes = Routes(chain, chain.uses(weight))
    return routes.count(routes.counts())


def _told(chain: Chain, last: _Way) -> Path:
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
        factors.append(Factor("input", ways[-1].factor, instruction.node, instruction.op, places[-1], None))
    return Path(tuple(factors), places, math.prod(factor.value for factor in factors))


def _loss(chain: Chain, way: _Way, near: Place) -> Factor:
    index = next(source.index for source in chain.passed.sources if source.slot == way.slot)
    instruction = chain.program.instructions[index]
    return Factor("loss", way.factor, instruction.node, instruction.op, None, near)


def _between(chain: Chain, way: _Way, far: Place, near: Place) -> Factor:
    assert isinstance(way.by, Edge)
    instruction = chain.program.instructions[way.by.index]
    common = way.factor, instruction.node, instruction.op, far, near
    if instruction.links is not None:
        name = next((name for name in instruction.reads if name in chain.program.layout.views), "")
        return Factor("weight", *common, name, (*far.unit, *near.unit))
    return Factor("slope" if instruction.is_elementwise else "local", *common)
