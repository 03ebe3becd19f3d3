"""The paths from a weight to the loss in words: how each is called, and which place every factor stands at."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.core.explain import Factor, Path, Place, Term
from dlviz.core.inference import shapes
from dlviz.core.network import sources
from dlviz.core.notation import Symbols
from dlviz.gui import numbers
from dlviz.gui.selection import NOTHING, Selected
from dlviz.i18n import tr
from dlviz.session.explanation import Explanation

ARROW = " → "
MOST_NAMED = 4  # units of a path; of longer ones the ends are named


@dataclass(frozen=True)
class FactorWords:
    """One factor: its value, what it is, and the place on the canvas it belongs to."""

    value: float
    tip: str
    place: Selected


@dataclass(frozen=True)
class Way:
    """One path as it is listed. trail: the places from the loss back to the weight, in that order.

    share: |value| of the largest path's, from 0 to 1.
    """

    title: str
    value: float
    factors: tuple[FactorWords, ...]
    trail: tuple[Selected, ...]
    share: float


def ways(explanation: Explanation, symbols: Symbols) -> tuple[Way, ...]:
    """Return the listed paths, the largest first."""
    if explanation.paths is None:
        return ()
    words = Words(symbols)
    found = explanation.paths.paths
    largest = max((abs(path.value) for path in found), default=0.0)
    has_uses = len(explanation.terms) > 1
    return tuple(words.way(path, largest, has_uses) for path in found)


class Words:
    """Names places of one network as the canvas does."""

    def __init__(self, symbols: Symbols) -> None:
        network = symbols.network
        self._network, self._symbols = network, symbols
        self._shapes = shapes(network)
        self._layers = {layer.id: layer for layer in network.layers}

    def way(self, path: Path, largest: float, has_uses: bool) -> Way:
        """Return a path in words. has_uses: the weight is used several times, so its unit is named too."""
        units = self._units(path.places)
        own = (units if has_uses else units[:-1])[::-1]
        title = tr("through {units}", units=_joined(own)) if own else tr("straight to the loss")
        factors = tuple(FactorWords(each.value, self._tip(each), self._place(each)) for each in path.factors)
        last = path.factors[-1] if path.factors else None
        end = (self.selected(last.near),) if last is not None and last.role == "input" and last.near else ()
        trail = tuple(dict.fromkeys((*map(self.selected, path.places), *end)))
        share = abs(path.value) / largest if largest and math.isfinite(largest) else 0.0
        return Way(title, path.value, factors, trail, share)

    def term(self, term: Term) -> str:
        """Name one use of a weight: the unit, and the time step inside a recurrent layer."""
        return self.name(term.place)

    def selected(self, place: Place) -> Selected:
        """Return a place as it can be selected: an input, or the unit of a layer."""
        node, unit = _layer(place.node), self._flat(place)
        if node in self._layers:
            return Selected("unit", node, unit)
        return Selected("input", node, unit) if node in self._shapes else NOTHING

    def name(self, place: Place) -> str:
        """Return a¹₂, and h¹₂⟨3⟩ for the third state of a recurrent layer."""
        node, time = _layer(place.node), _time(place.node)
        if time:
            return self._symbols.at("h", node, self._flat(place), time=time)
        return self._symbols.value(node, self._flat(place))

    def _flat(self, place: Place) -> int:
        shape = self._shapes.get(place.node, ())
        if len(place.unit) != len(shape):
            return place.unit[-1] if place.unit else 0
        return int(np.ravel_multi_index(place.unit, shape))

    def _units(self, places: Sequence[Place]) -> list[str]:
        """Return the names of the units on the way, each once, from the loss to the weight.

        What a recurrent layer hands on is the state of one of its time steps, which is named already.
        """
        timed = {_layer(place.node) for place in places if _time(place.node)}
        own = [place for place in places if _time(place.node) or place.node not in timed]
        return list(dict.fromkeys(self.name(place) for place in own))

    def _place(self, factor: Factor) -> Selected:
        layer = self._layers.get(_layer(factor.node))
        if factor.role == "weight" and layer is not None and layer.kind == "dense":
            source = sources(self._network, layer)[0]
            return Selected("link", layer.id, factor.entry[0], source, factor.entry[1])
        place = factor.near or factor.far
        return NOTHING if place is None else self.selected(place)

    def _tip(self, factor: Factor) -> str:
        near = self.name(factor.near) if factor.near is not None else ""
        if factor.role == "loss":
            return tr("how the loss moves with {unit}", unit=near)
        if factor.role == "slope":
            return tr("slope of the activation at {unit}", unit=near)
        if factor.role == "weight":
            place = self._place(factor)
            if place.kind != "link":
                return tr("a weight of {name}", name=factor.parameter)
            return tr("weight {name}", name=self._symbols.weight(place.layer, place.unit, place.source))
        if factor.role == "input":
            return tr("{unit}, which the weight multiplies", unit=near) if near else tr("what the weight multiplies")
        return tr("derivative inside {unit}", unit=near)


def _layer(node: str) -> str:
    return node.partition(".")[0]


def _time(node: str) -> str:
    inner = node.rpartition(".t")[2]
    return inner if "." in node and inner.isdecimal() else ""


def _joined(units: Sequence[str]) -> str:
    shown = list(units) if len(units) <= MOST_NAMED else [units[0], "…", *units[-2:]]
    return ARROW.join(shown)


def rest_words(explanation: Explanation) -> tuple[str, float] | None:
    """Return how many paths are not listed and what they add up to; None where all are."""
    found = explanation.paths
    rest = 0 if found is None else found.count - len(found.paths)
    if found is None or rest <= 0:
        return None
    return tr("and {count} more paths", count=numbers.how_many(rest)), found.remainder
