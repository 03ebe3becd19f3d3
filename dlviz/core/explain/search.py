"""Best-first search for the paths from the uses of a weight to the loss whose products are largest."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

import numpy as np

from dlviz.core.explain.chain import Edge, Use
from dlviz.core.explain.links import Places
from dlviz.core.explain.passes import FloatArray
from dlviz.core.explain.routes import Routes


@dataclass(frozen=True)
class Way:
    """A path as far as it was followed: where it stands, by which edge or use it came, and the way before.

    At the loss `by` is None and the factor is what the loss gave.
    """

    slot: str
    place: int
    product: float
    by: Edge | Use | None
    factor: float
    before: "Way | None"
    length: int


class Search:
    """Best-first search from the uses of a weight to the loss."""

    def __init__(self, routes: Routes, uses: tuple[Use, ...], most: int) -> None:
        self._chain = routes.chain
        self._uses = uses
        self._most = most
        self._best = routes.best()
        self._starts = {slot: self._chain.starts(slot) for slot in routes.slots}
        self._onward: dict[str, list[Edge]] = {slot: [] for slot in routes.slots}
        for edge in routes.edges:
            self._onward[edge.near].append(edge)
        self._heap: list[tuple[float, int, int, Way]] = []
        self._ticket = count()

    def found(self) -> Iterator[Way]:
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

    def _follow(self, way: Way) -> None:
        starts = self._starts[way.slot]
        if starts is not None:
            start = float(starts[way.place])
            self._push(abs(way.product * start), self._step(way, None, way.slot, way.place, start))
        for edge in self._onward[way.slot]:
            self._push_all(way, edge, edge.far, *self._chain.link(edge).onward(way.place))

    def _push_all(self, way: Way | None, by: Edge | Use, slot: str, places: Places, factors: FloatArray) -> None:
        """Push the continuations that can be among the best: as many of them as paths are wanted."""
        product = 1.0 if way is None else way.product
        with np.errstate(all="ignore"):
            bounds = np.nan_to_num(np.abs(product * factors) * self._best[slot][places], posinf=np.inf)
        for number in np.argsort(-bounds, kind="stable")[: self._most]:
            step = self._step(way, by, slot, int(places[number]), float(factors[number]))
            self._push(float(bounds[number]), step)

    def _step(self, way: Way | None, by: Edge | Use | None, slot: str, place: int, factor: float) -> Way:
        product, length = (1.0, 0) if way is None else (way.product, way.length)
        return Way(slot, place, product * factor, by, factor, way, length + 1)

    def _push(self, bound: float, way: Way) -> None:
        # Among equals the longest way goes first: where all products are 0 it is followed to its end.
        heapq.heappush(self._heap, (-bound, -way.length, next(self._ticket), way))
