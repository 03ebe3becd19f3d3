"""The derivative of a small network's loss by one weight, in symbols and with numbers put in."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlviz.core.activations import resolve as resolve_activation
from dlviz.core.explain.passes import Pass, Weight, total
from dlviz.core.explain.paths import Factor, Path, Paths, paths
from dlviz.core.explain.terms import Place
from dlviz.core.inference import activation_of
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.narration.number import factor, fraction
from dlviz.core.notation import Notation, Symbols

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
    passed: Pass,
    weight: Weight,
    sample: int | None = None,
    notation: Notation | None = None,
    digits: int | None = None,
    is_latex: bool = False,
) -> Derivation:
    """Write dL/dw as the sum over the paths from the weight to the loss, largest first.

    sample: the example whose share is told; None tells the whole gradient as a sum over the batch. Where
    there are more than a few paths or examples the rest stands as one number, behind ⋯ in symbols.
    digits: significant ones; None leaves them to the notation.
    Raises: SpecError, ShapeError if there is no such number.
    """
    spelling = Symbols(passed.program.network, notation, is_latex)
    writer = _Writer(passed, spelling, digits or spelling.notation.digits)
    letter = spelling.entry(weight.name, *weight.entry)
    left = spelling.slope_of_loss(letter)
    if sample is not None:
        found = paths(passed, weight, sample, MOST_PATHS)
        return _derivation(spelling, left, writer.symbols(found), writer.numbers(found), found.share)
    shown = [paths(passed, weight, each, MOST_PATHS) for each in range(min(passed.n, MOST_EXAMPLES))]
    penalty = shown[0].penalty
    symbols, numbers = writer.over_batch(shown), [writer.numbers(each) for each in shown]
    if passed.n > len(shown):
        rest = total([passed.gradient(weight), -penalty, *(-each.share for each in shown)])
        numbers.append(writer.put(rest))
    if penalty:
        symbols += " + " + spelling.form.derivative("R", letter)
        numbers.append(writer.put(penalty))
    return _derivation(spelling, left, symbols, " + ".join(numbers), passed.gradient(weight))


def _derivation(spelling: Symbols, left: str, symbols: str, numbers: str, value: float) -> Derivation:
    symbols, numbers = (spelling.notation.decimal(each, spelling.form.is_latex) for each in (symbols, numbers))
    return Derivation(left, symbols, numbers, value)


class _Writer:
    """Writes paths of one pass in one notation."""

    def __init__(self, passed: Pass, spelling: Symbols, digits: int) -> None:
        self._passed = passed
        self._network = passed.program.network
        self._spelling = spelling
        self._is_latex = spelling.form.is_latex
        self._digits = digits

    def symbols(self, found: Paths) -> str:
        """Write a sum of products of letters."""
        terms = [self._product([self._letters(factor) for factor in path.factors]) for path in found.paths]
        more = [r"\cdots" if self._is_latex else "⋯"] if found.count > len(found.paths) else []
        return self._sum([*terms, *more])

    def over_batch(self, shown: list[Paths]) -> str:
        """Write the sum over the examples of a batch, each like the first."""
        symbols = self.symbols(shown[0])
        if self._passed.n == 1:
            return symbols
        return (r"\sum_i " if self._is_latex else "Σᵢ ") + (f"({symbols})" if " + " in symbols else symbols)

    def numbers(self, found: Paths) -> str:
        """Write the same sum with numbers; paths that were not asked for stand together as one."""
        terms = [self._product(self._path_numbers(path)) for path in found.paths]
        rest = [self.put(found.remainder)] if found.count > len(found.paths) else []
        return self._sum([*terms, *rest])

    def _sum(self, terms: list[str]) -> str:
        minus = self._spelling.form.minus
        return (" + ".join(terms) or "0").replace(f" + {minus}", f" {minus} ")

    def _product(self, parts: list[str]) -> str:
        return (r" \cdot " if self._is_latex else " · ").join(parts)

    def put(self, value: float) -> str:
        """Write a number as a factor: negatives in parentheses."""
        if self._is_latex:
            return factor(value, self._digits)
        text = f"{value:.{self._digits}g}"
        return f"({text})" if text.startswith("-") else text

    def _path_numbers(self, path: Path) -> list[str]:
        first, *rest = path.factors
        return [self._loss(first, has_numbers=True), *(self.put(each.value) for each in rest)]

    def _letters(self, factor: Factor) -> str:
        if factor.role == "loss":
            return self._loss(factor, has_numbers=False)
        if factor.role == "weight":
            return self._spelling.entry(factor.parameter, *factor.entry)
        if factor.role == "slope" and factor.far is not None and factor.near is not None:
            prime = "'" if self._is_latex else "′"
            return f"{self._activation(factor.node)}{prime}({self.place(factor.near)})"
        if factor.role == "input" and factor.near is not None:
            return self.place(factor.near)
        far, near = (self.place(each) if each else "w" for each in (factor.far, factor.near))
        return self._spelling.form.derivative(far, near)

    def _activation(self, node: str) -> str:
        chosen = activation_of(self._network, node)
        name = resolve_activation(chosen, node)[0].symbol if chosen is not None else "φ"
        if not self._is_latex:
            return name
        return LATEX_NAMES.get(name, rf"\mathrm{{{name}}}")

    def place(self, place: Place) -> str:
        """Write a number of the network: an input, an activation, a sum, or what else a layer computes."""
        if place.node in self._passed.program.inputs:
            return self._spelling.value_at(place.node, *place.unit)
        short = place.slot.rpartition(".")[2].removeprefix("d")
        return self._spelling.at(short, place.node, *place.unit)

    def _loss(self, factor: Factor, has_numbers: bool) -> str:
        """Write where gradients begin: the error with its number in front, else dL/da as a symbol or a number."""
        assert factor.near is not None
        place = factor.near
        told = self._error_front(factor)
        if told is None:
            return self.put(factor.value) if has_numbers else self._spelling.slope_of_loss(self.place(place))
        number, has_share = told
        if not has_numbers:
            a = self.place(Place(f"{place.node}.da", place.node, place.unit, place.sample))
            y = self._spelling.target(*place.unit)
            return self._front(number, "n" if has_share else "") + self._spelling.gap(a, y)
        a, y = (self.put(value) for value in self._output_and_target(place))
        return self._front(number, str(self._passed.n) if has_share else "") + self._spelling.gap(a, y)

    def _front(self, number: float, n: str) -> str:
        """Write the number in front of an error; n: the number of examples it is divided by, or its letter."""
        sign = self._spelling.form.minus if self._spelling.notation.is_reversed else ""
        if n:
            return sign + (rf"\frac{{{number:g}}}{{{n}}}" if self._is_latex else f"{number:g}/{n} ")
        if number == 1:
            return sign
        return sign + (fraction(number) if self._is_latex else f"{number:g}")

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
