"""The letters of one network in one notation: units, weights, errors, targets and derivatives with their indices."""

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np

from dlviz.core.inference import layer_numbers, parameters, shapes
from dlviz.core.network import NetworkSpec, output_ids
from dlviz.core.notation.marks import Form, Latex, Plain, joined, running
from dlviz.core.notation.notation import Notation

VALUE = "a"
# Letters of parameters that are not their name, and what stands before their indices.
_HEADS = {"gamma": ("γ", ""), "beta": ("β", ""), "bu": ("b", "U")}
_SIGNALS = {"z": "v", VALUE: "y", "ẑ": "v̂", "v": "s", "v̄": "s̄"}  # Haykin's; a variance makes room for the induced field
_OF_EXAMPLES = ("z", VALUE, "δ", "ẑ")  # letters that differ from example to example
Index = int | str


class Symbols:
    """Spells quantities, as plain text or, with `is_latex`, for formulas.

    An index that is an int counts from 0 and is written from 1; a text such as "k" is written as it is.
    Letters are those of the core: z for sums, a for what units hand on, δ for dL/dz. example: the number of
    the example whose values they are, or a letter for each, where the notation writes it: a^{[2](i)}.
    """

    def __init__(
        self, network: NetworkSpec, notation: Notation | None = None, is_latex: bool = False, example: str = ""
    ) -> None:
        self.network, self._example = network, example
        self.notation = notation or Notation()
        self.form: Form = Latex() if is_latex else Plain()
        self._inputs = [each.id for each in network.inputs]

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Number of every layer with parameters, from 1."""
        return layer_numbers(self.network)

    @cached_property
    def nodes(self) -> frozenset[str]:
        """The ids of inputs and layers."""
        return frozenset((*self._inputs, *(layer.id for layer in self.network.layers)))

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        return shapes(self.network)

    def value(self, node: str, unit: Index) -> str:
        """Write what a unit hands on, or an input: `a¹₂`, `x₁`."""
        return self.value_at(node, *self.places(node, unit))

    def value_at(self, node: str, *places: Index, time: str = "") -> str:
        """Write a value by the index of every axis: `x_{k,r+1,c}`."""
        if node not in self._inputs:
            return self.at(VALUE, node, *places, time=time)
        letter = "x" if len(self._inputs) == 1 else self.form.name(node)
        return self.form.put(letter, joined(_counted(places)), self._of_example, time)

    @property
    def _of_example(self) -> str:
        """Write which example a value belongs to, where layers stand in square brackets."""
        is_written = self._example and self.notation.weight_notation == "layer_bracket"
        return f"({self._example})" if is_written else ""

    def unit(self, letter: str, node: str, unit: Index) -> str:
        """Write a letter of a unit: `z¹₂`; `z¹₂₁₃` where it lies on a map."""
        return self.at(letter, node, *self.places(node, unit))

    def places(self, node: str, unit: Index) -> tuple[Index, ...]:
        """Return the indices of a unit, which may be a letter."""
        return self.axes(node, unit) if isinstance(unit, int) else (unit,)

    def axes(self, node: str, unit: int) -> tuple[int, ...]:
        """Return the index along every axis of a unit: (channel, row, column) on a map."""
        shape = self._shapes.get(_layer(node), ())
        if len(shape) < 2 or not 0 <= unit < math.prod(shape):
            return (unit,)
        return tuple(int(index) for index in np.unravel_index(unit, shape))

    def at(self, letter: str, node: str, *places: Index, time: str = "", gate: str = "") -> str:
        """Write a letter of a node with these indices: `h¹₂⟨3⟩` for a time step, `z_{i,2}` for a gate."""
        node, time = _layer(node), time or _time(node)
        if letter == VALUE and self._is_only_output(node):
            return self.form.letter("ŷ")
        low = [*([f"{gate},"] if gate else []), *_counted(places)]
        style = self.notation.weight_notation
        if style == "flat":
            return self._by_name(letter, node, low, time)
        head = self.form.letter(self._letter(letter))
        if style == "source_target":
            return self.form.put(head, joined([self._number(node), *low]), time=time)
        high = self.mark(node) + (self._of_example if letter in _OF_EXAMPLES else "")
        return self.form.put(head, joined(low), high, time)

    def _by_name(self, letter: str, node: str, low: list[str], time: str) -> str:
        """Write h₁ for a value, zₕ₁ for another letter."""
        name, number = self._name(node)
        if letter == VALUE and not self.notation.has_error_signals:
            high = self.form.level(number) if number else ""
            return self.form.put(name, joined(low), high, time)
        whose = name + number
        between = "," if low and (number or len(name) > 1 or len(joined(low)) > 1) else ""
        return self.form.put(self.form.letter(self._letter(letter)), whose + between + joined(low), time=time)

    def _name(self, node: str) -> tuple[str, str]:
        """Return what a layer's units are called: its id if that is one letter, else o, or h and a number."""
        if len(node) == 1 or node not in self.numbers:
            return (node if len(node) == 1 else self.form.name(node)), ""
        if node in output_ids(self.network):
            return "o", ""
        is_alone = len(self.network.layers) == 2
        return "h", "" if is_alone else str(self.numbers[node])

    def _letter(self, letter: str) -> str:
        if self.notation.has_error_signals:
            return _SIGNALS.get(letter, letter)
        return "o" if letter == VALUE and self.notation.is_source_first else letter

    def _is_only_output(self, node: str) -> bool:
        """Whether this notation calls a node's only unit ŷ."""
        is_plain = self.notation.is_source_first and not self.notation.has_error_signals
        return is_plain and node in output_ids(self.network) and math.prod(self._shapes.get(node, (0,))) == 1

    def _number(self, node: str) -> str:
        return str(self.numbers[node]) if node in self.numbers else self.form.name(node)

    @property
    def names_values(self) -> bool:
        """Whether what a layer hands on may be called otherwise than by a letter and a number."""
        return self.notation.weight_notation in ("flat", "source_target")

    def bare(self, letter: str, time: str = "") -> str:
        """Write a letter without indices."""
        return self.form.put(self.form.letter(self._letter(letter)), time=time)

    def whole(self, parameter: str, letter: str, time: str = "") -> str:
        """Write a whole matrix or vector of parameters: `W¹`, `b[1]`."""
        layer = parameter.partition(".")[0]
        if self.notation.is_source_first and letter not in ("W", "U"):
            return self.form.put(self.form.letter(letter), self._number(layer), time=time)
        return self.form.put(self.form.letter(letter), high=self.mark(layer), time=time)

    def mark(self, node: str) -> str:
        """Write what stands above for a layer: its number, or its id where it has no parameters."""
        return self._level(self.numbers[node]) if node in self.numbers else self.form.named(node)

    def _level(self, number: int) -> str:
        is_bracketed = self.notation.weight_notation == "layer_bracket"
        return (self.form.bracket if is_bracketed else self.form.level)(str(number))

    def level_of(self, letter: str, number: int) -> str:
        """Write a letter of a level, where 0 are the inputs: `n¹`, `n[1]`."""
        return self.form.put(letter, high=self._level(number))

    def owner(self, layer: str) -> str:
        """Return the layer whose parameters a layer uses: itself, or the one of which it is a second use."""
        return next((each.owner for each in self.network.layers if each.id == layer), layer)

    def weight(self, layer: str, unit: Index, source: Index) -> str:
        """Write a weight: `w²₁₂` leads from source 2 to unit 1 of layer 2."""
        return self.entry(f"{self.owner(layer)}.W", unit, source)

    def bias(self, layer: str, unit: Index) -> str:
        """Write a bias."""
        return self.entry(f"{self.owner(layer)}.b", unit)

    def entry(self, parameter: str, *places: Index, letter: str = "") -> str:
        """Write a number of a parameter, or of another array of its shape by that array's letter."""
        layer, _, role = parameter.partition(".")
        own, before = _HEADS.get(role, (role.lower(), ""))
        head = self.form.letter(letter or own)
        low, style = [*([before] if before else []), *_counted(places)], self.notation.weight_notation
        if style == "flat":
            return self.form.put(head, before + self._running(parameter, places))
        if style != "source_target":
            return self.form.put(head, joined(low), self.mark(layer))
        if len(places) == 1:
            return self.form.put(head, joined([self._number(layer), *low]))
        level = self._number(layer) if self.form.is_latex else self.form.level(self._number(layer))
        return self.form.put(head, joined(low[::-1] if len(low) == 2 else low), level)

    def _running(self, parameter: str, places: Sequence[Index]) -> str:
        """Return the number of an entry among all of its letter, layer by layer, row after row: 5, or 2j+5."""
        first, shape = self._starts.get(parameter, (1, ()))
        return running(first, shape, places)

    @cached_property
    def _starts(self) -> dict[str, tuple[int, tuple[int, ...]]]:
        """Return the number of every parameter's first entry, and its shape."""
        known, found = dict[str, int](), {}
        for each in parameters(self.network):
            role = each.name.partition(".")[2]
            found[each.name] = known.get(role, 1), each.shape
            known[role] = known.get(role, 1) + each.size
        return found

    def delta(self, node: str, unit: Index, time: str = "", gate: str = "", is_factor: bool = True) -> str:
        """Write dL/dz of a unit: δ, or (−δ) where δ is the error signal −∂E/∂v."""
        places = self.places(node, unit) if not time else (unit,)
        return self.signed(self.at("δ", node, *places, time=time, gate=gate), is_factor)

    def signed(self, delta: str, is_factor: bool = True) -> str:
        """Write dL/dz by a letter δ with its indices."""
        if not self.notation.has_error_signals:
            return delta
        negative = self.form.minus + delta
        return f"({negative})" if is_factor else negative

    def target(self, *places: Index) -> str:
        """Write a target of an output unit."""
        if not self.notation.has_error_signals and self.notation.is_source_first and self._has_only_output:
            return self.notation.target
        return self.form.put(self.notation.target, joined(_counted(places)), self._of_example)

    @property
    def _has_only_output(self) -> bool:
        return any(self._is_only_output(node) for node in output_ids(self.network))

    def slope_of_loss(self, symbol: str) -> str:
        """Write dL/d(symbol)."""
        return self.form.derivative(self.notation.loss, symbol)

    def loss_of(self, output: str) -> str:
        """Write the loss of one of several outputs."""
        return self.form.put(self.notation.loss, self.form.name(output))

    def error(self, a: str, y: str) -> str:
        """Write output minus target as a factor, from letters or numbers: (a − y), or (−(d − y)) where that is e."""
        minus = f" {self.form.minus} "
        if self.notation.is_reversed:
            return f"({self.form.minus}({y}{minus}{a}))"
        return f"({a}{minus}{y})"

    def gap(self, a: str, y: str) -> str:
        """Write the difference of output and target whatever its sign, to be squared: (a − y), or (d − y)."""
        first, second = (y, a) if self.notation.is_reversed else (a, y)
        return f"({first} {self.form.minus} {second})"


def _counted(places: Sequence[Index]) -> list[str]:
    return [str(place + 1) if isinstance(place, int) else place for place in places]


def _layer(node: str) -> str:
    return node.partition(".")[0]


def _time(node: str) -> str:
    inner = node.rpartition(".t")[2]
    return inner if "." in node and inner.isdecimal() else ""
