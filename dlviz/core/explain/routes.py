"""Routes: what can be summed over all paths from a weight to the loss, slot by slot, without listing them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import SpecError
from dlviz.core.explain.chain import Chain, Edge
from dlviz.core.explain.passes import FloatArray

CARRIED = 1e-6  # relative; rounding is far below, a missing link far above


class Routes:
    """The ways from some slots, where weights are used, to the loss."""

    def __init__(self, chain: Chain, slots: set[str]) -> None:
        self.chain = chain
        self.slots = set(slots)
        self.edges = self._needed()

    def _needed(self) -> list[Edge]:
        found = []
        for edge in reversed(self.chain.edges):
            if edge.near in self.slots:
                self.slots.add(edge.far)
                found.append(edge)
        return found[::-1]

    def check(self) -> None:
        """Raise SpecError if the links do not carry the gradients that the pass kept from slot to slot."""
        kept = {slot: self.chain.own(slot, self.chain.passed.deltas[slot]) for slot in self.slots}
        found = {slot: self._begun(slot) for slot in self.slots}
        with np.errstate(all="ignore"):
            for edge in self.edges:
                link = self.chain.link(edge)
                if not link.fits(kept[edge.far]):
                    raise _several_in_one(edge.far)
                found[edge.near] = found[edge.near] + link.pull(kept[edge.far])
        for slot, values in found.items():
            size = np.abs(kept[slot]).max(initial=0.0)
            if np.isfinite(size) and np.abs(values - kept[slot]).max(initial=0.0) > CARRIED * size:
                raise _several_in_one(slot)

    def best(self) -> dict[str, FloatArray]:
        """Return for every place the largest |product| of a path from there to the loss."""
        found = {slot: np.abs(self._begun(slot)) for slot in self.slots}
        with np.errstate(all="ignore"):
            for edge in self.edges:
                carried = self.chain.link(edge).best(found[edge.far])
                found[edge.near] = np.fmax(found[edge.near], carried)
        return found

    def _begun(self, slot: str) -> FloatArray:
        starts = self.chain.starts(slot)
        return np.zeros(self.chain.size(slot)) if starts is None else starts

    def counts(self) -> dict[str, NDArray[Any]]:
        """Return for every place how many paths lead from there to the loss, as exact integers."""
        found = {slot: self._whole_numbers(slot) for slot in self.slots}
        for edge in self.edges:
            found[edge.near] = found[edge.near] + self.chain.link(edge).add(found[edge.far])
        return found

    def _whole_numbers(self, slot: str) -> NDArray[Any]:
        begins = self.chain.starts(slot) is not None
        return np.array([int(begins)] * self.chain.size(slot), dtype=object)

    def products(self) -> dict[str, NDArray[Any]]:
        """Return for every place how many multiplications it takes to multiply each path from there out."""
        counts = self.counts()
        found = {slot: np.array([0] * self.chain.size(slot), dtype=object) for slot in self.slots}
        for edge in self.edges:
            link = self.chain.link(edge)
            each = found[edge.far] if link.is_copy else found[edge.far] + counts[edge.far]
            found[edge.near] = found[edge.near] + link.add(each)
        return found


def _several_in_one(slot: str) -> SpecError:
    return SpecError(
        f"Expected gradients that are carried one by one. Received: {slot}, where several come in one",
        "Back-propagation truncated by a window has no single paths; choose blocks.",
        slot.partition(".")[0],
    )
