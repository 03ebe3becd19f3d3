"""The derivative of a small network's loss by one weight, in symbols and with numbers put in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.explain.notation import PLAIN, Notation
from dlviz.core.explain.passes import Pass, Weight, total
from dlviz.core.explain.paths import Factor, Path, Paths, paths
from dlviz.core.explain.terms import Place
from dlviz.core.inference import activation_of
from dlviz.core.losses import resolve as resolve_loss

MOST_PATHS = 8  # written out; more are gathered in one number
MOST_EXAMPLES = 4

# Names of activations as LaTeX; others stand in upright letters.
LATEX_NAMES = {"σ": r"\sigma", "tanh": r"\tanh", "θ": r"\theta"}


@dataclass(frozen=True)
class Derivation:
    """dL/dw written out: its left side, the right side in symbols and with numbers, and what it comes to."""

    left: str
    symbols: str
    numbers: str
    value: float


def derive(
    passed: Pass, weight: Weight, sample: int | None = None, notation: Notation = PLAIN, digits: int = 4
) -> Derivation:
    """Write dL/dw as the sum over the paths from the weight to the loss, largest first.

    sample: the example whose share is told; None tells the whole gradient as a sum over the batch. Where
    there are more than a few paths or examples the rest stands as one number, behind ⋯ in symbols.
    Raises: SpecError, ShapeError if there is no such number.
    """
    writer = _Writer(passed, notation, digits)
    letter = writer.parameter(weight.name, weight.entry)
    left = notation.derivative.format(of="L", by=letter)
    if sample is not None:
        found = paths(passed, weight, sample, MOST_PATHS)
        return Derivation(left, writer.symbols(found), writer.numbers(found), found.share)
    shown = [paths(passed, weight, each, MOST_PATHS) for each in range(min(passed.n, MOST_EXAMPLES))]
    penalty = shown[0].penalty
    symbols, numbers = writer.over_batch(shown), [writer.numbers(each) for each in shown]
    if passed.n > len(shown):
        rest = total([passed.gradient(weight), -penalty, *(-each.share for each in shown)])
        numbers.append(notation.number(rest, digits))
    if penalty:
        symbols += " + " + notation.derivative.format(of="R", by=letter)
        numbers.append(notation.number(penalty, digits))
    return Derivation(left, symbols, " + ".join(numbers), passed.gradient(weight))


class _Writer:
    """Writes paths of one pass in one notation."""

    def __init__(self, passed: Pass, notation: Notation, digits: int) -> None:
        self._passed = passed
        self._network = passed.program.network
        self._notation = notation
        self._digits = digits
        own = dict.fromkeys(parameter.layer for parameter in passed.program.layout.parameters)
        self._levels = {layer: str(number) for number, layer in enumerate(own, 1)}

    def symbols(self, found: Paths) -> str:
        """Write a sum of products of letters."""
        terms = [self._product([self._letters(factor) for factor in path.factors]) for path in found.paths]
        more = [r"\cdots" if self._notation.is_latex else "⋯"] if found.count > len(found.paths) else []
        return " + ".join([*terms, *more]) or "0"

    def over_batch(self, shown: list[Paths]) -> str:
        """Write the sum over the examples of a batch, each like the first."""
        symbols = self.symbols(shown[0])
        if self._passed.n == 1:
            return symbols
        return self._notation.over_examples + (f"({symbols})" if " + " in symbols else symbols)

    def numbers(self, found: Paths) -> str:
        """Write the same sum with numbers; paths that were not asked for stand together as one."""
        terms = [self._product(self._path_numbers(path)) for path in found.paths]
        rest = [self._put(found.remainder)] if found.count > len(found.paths) else []
        return " + ".join([*terms, *rest]) or "0"

    def _product(self, parts: list[str]) -> str:
        return self._notation.times.join(parts)

    def _put(self, value: float) -> str:
        return self._notation.number(value, self._digits)

    def _path_numbers(self, path: Path) -> list[str]:
        first, *rest = path.factors
        return [self._loss(first, has_numbers=True), *(self._put(factor.value) for factor in rest)]

    def _letters(self, factor: Factor) -> str:
        if factor.role == "loss":
            return self._loss(factor, has_numbers=False)
        if factor.role == "weight":
            return self.parameter(factor.parameter, factor.entry)
        if factor.role == "slope" and factor.far is not None and factor.near is not None:
            return self._notation.slope.format(name=self._activation(factor.node), symbol=self.place(factor.near))
        if factor.role == "input" and factor.near is not None:
            return self.place(factor.near)
        far, near = (self.place(each) if each else "w" for each in (factor.far, factor.near))
        return self._notation.derivative.format(of=far, by=near)

    def _activation(self, node: str) -> str:
        chosen = activation_of(self._network, node)
        name = resolve_activation(chosen, node)[0].symbol if chosen is not None else "φ"
        if not self._notation.is_latex:
            return name
        return LATEX_NAMES.get(name, rf"\mathrm{{{name}}}")

    def parameter(self, name: str, entry: tuple[int, ...]) -> str:
        """Write an entry of a parameter."""
        layer, _, short = name.rpartition(".")
        level = self._level(layer)
        if short == "W":
            return self._notation.symbol(self._notation.weight, level, entry[:1], entry[1:])
        if short == "b":
            return self._notation.symbol(self._notation.bias, level, entry)
        return self._notation.symbol(self._notation.other, level, entry, name=short)

    def place(self, place: Place) -> str:
        """Write a number of the network: an input, an activation, a sum, or what else a layer computes."""
        forms = self._notation
        short = place.slot.rpartition(".")[2].removeprefix("d")
        if place.node in self._passed.program.inputs:
            return forms.symbol(forms.input, "", place.unit)
        size = math.prod(self._passed.program.nodes.get(place.node, (0,)))
        if short == "a" and place.node in self._passed.program.outputs and size == 1 and forms.output:
            return forms.output
        form = {"a": forms.value, "z": forms.sum}.get(short, forms.other)
        return forms.symbol(form, self._level(place.node), place.unit, name=short)

    def _level(self, node: str) -> str:
        return self._levels.get(node, f"[{node}]")

    def _loss(self, factor: Factor, has_numbers: bool) -> str:
        """Write where gradients begin: the error with its number in front, else dL/da as a symbol or a number."""
        assert factor.near is not None
        place = factor.near
        told = self._error_front(factor)
        if told is None:
            symbol = self.place(place)
            return self._put(factor.value) if has_numbers else self._notation.derivative.format(of="L", by=symbol)
        number, has_share = told
        if not has_numbers:
            a = self.place(Place(f"{place.node}.da", place.node, place.unit, place.sample))
            y = self._notation.symbol(self._notation.target, "", place.unit)
            return self._notation.front(number, "n" if has_share else "") + self._notation.error(a, y)
        a, y = (self._put(value) for value in self._output_and_target(place))
        return self._notation.front(number, str(self._passed.n) if has_share else "") + self._notation.error(a, y)

    def _error_front(self, factor: Factor) -> tuple[float, bool] | None:
        """Return the number in front of a − y and whether it is divided by n; None where there is no such error."""
        objective = self._passed.program.losses
        assert objective is not None
        node = factor.node
        if node not in objective:
            return None
        entry, settings = resolve_loss(objective[node].choice)
        is_fused = factor.op == "output_error"
        if not is_fused and entry.key != "squared_error":
            return None
        assert factor.near is not None
        a, y = self._output_and_target(factor.near)
        # Fused steps bring further constants along, such as the steepness of the sigmoid.
        number = factor.value / (a - y) if is_fused and a != y else self._front_of(node, entry.slope_factor, settings)
        has_share = settings["reduction"] == "mean" and self._passed.n > 1
        return number * (self._passed.n if has_share and is_fused and a != y else 1), has_share

    def _front_of(self, output: str, gain: float, settings: Mapping[str, Any]) -> float:
        objective = self._passed.program.losses
        assert objective is not None
        units = math.prod(self._passed.program.nodes[output]) if settings["outputs"] == "mean" else 1
        return float(objective[output].weight * settings["factor"] * gain / units)

    def _output_and_target(self, place: Place) -> tuple[float, float]:
        buffers, node = self._passed.binding.buffers, place.node
        unit = int(np.ravel_multi_index(place.unit, self._passed.program.nodes[node]))
        a, y = buffers.activation(node), buffers.targets(node)
        return float(a[unit, place.sample]), float(y[unit, place.sample])
