"""What narrators of recurrent layers share: one unit at one time step, its letters and its numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from dlviz.core.choice import Choice
from dlviz.core.layers import LayerKind, layers
from dlviz.core.narration.number import number
from dlviz.core.narration.view import FloatArray, Narration, View
from dlviz.core.network import LayerSpec

GAP = r",\quad "  # between two quantities told at once
GATES = {"simple_rnn": ("",), "lstm": ("i", "f", "g", "o"), "gru": ("r", "u", "g")}


@dataclass(frozen=True)
class Part:
    """One of several quantities told at once: what it is, its right side in symbols and numbers, its value."""

    head: str
    symbols: str
    numbers: str
    value: float


def together(parts: Sequence[Part], sentence: str, digits: int) -> Narration:
    """Tell several quantities side by side."""
    return Narration(
        GAP.join(f"{part.head} = {part.symbols}" for part in parts),
        GAP.join(part.numbers for part in parts),
        GAP.join(number(part.value, digits) for part in parts),
        sentence,
        tuple(part.value for part in parts),
    )


@dataclass(frozen=True)
class Timed:
    """A step of a recurrent layer as its narrators see it; step 0 is the initial state.

    moment: the time step that is told where the step is about all of them; 0: the step's own.
    """

    view: View
    moment: int = 0

    @property
    def layer(self) -> LayerSpec:
        """The layer of the step."""
        return self.view.layer

    @property
    def kind(self) -> LayerKind:
        """The layer's kind."""
        return layers.get(self.layer.kind)

    @property
    def t(self) -> int:
        """The time step that is told, from 1."""
        return self.moment or self.view.step.time_step

    @cached_property
    def units(self) -> int:
        """How many units the layer has."""
        return int(self.kind.option(self.layer, "units"))

    @property
    def unit(self) -> int:
        """The unit that is told; a sequence counts the units of all its time steps."""
        return max(self.view.focus.unit, 0) % self.units

    @property
    def gates(self) -> tuple[str, ...]:
        """The letters of the gates in the order of their rows; one without a letter where there are none."""
        return GATES[self.layer.kind]

    def row(self, gate: str) -> int:
        """Return the row of W, U and of all sums that belongs to a gate of the unit."""
        return self.gates.index(gate) * self.units + self.unit

    @property
    def has_window(self) -> bool:
        """Say whether a gradient is a sum over windows, each cut at a place of its own."""
        return bool(self.kind.option(self.layer, "truncation") == "window")

    def chosen(self, name: str) -> Choice:
        """Return an activation of the layer."""
        found: Choice = self.kind.option(self.layer, name)
        return found

    def name(self, short: str, t: int) -> str:
        """Return the recorded name of an array of a time step."""
        return f"{self.layer.id}.t{t}.{short}"

    def at(self, letter: str, t: int, *indices: int | str, gate: str = "") -> str:
        r"""Write `h_{1}^{(2)\langle 3\rangle}`: a letter with its unit, layer and time."""
        places = indices or (self.unit,)
        return self.view.symbols.at(letter, self.layer.owner, *places, time=str(t), gate=gate)

    def delta(self, t: int, *indices: int | str, gate: str = "", is_factor: bool = True) -> str:
        """Write the error of a sum at a time step."""
        return self.view.symbols.signed(self.at("δ", t, *indices, gate=gate), is_factor)

    def values(self, short: str, t: int) -> FloatArray:
        """Return an array of a time step for the example looked at, (rows,); the initial state may be zeros."""
        if t:
            return self._row(self.view.rows(self.name(short, t)))
        start = self.parameter(f"{short}0")
        return np.zeros(self.units) if start is None else start

    def wrote(self, short: str) -> FloatArray:
        """Return an array that this step wrote for the example looked at, (rows,)."""
        return self._row(self.view.columns(self.name(short, self.t)))

    def _row(self, values: FloatArray) -> FloatArray:
        row: FloatArray = values[self.view.sample]
        return row

    def value(self, short: str, t: int) -> float:
        """Return the unit's entry of an array of a time step."""
        return float(self.values(short, t)[self.unit])

    def result(self, short: str) -> float:
        """Return the unit's entry of what this step wrote."""
        return float(self.wrote(short)[self.unit])

    def parameter(self, short: str) -> FloatArray | None:
        """Return a parameter as the forward pass used it: looked ahead where the optimizer does."""
        name = f"{self.layer.owner}.{short}"
        ahead = self.view.before(f"{name}.ahead")
        return self.view.before(name) if ahead is None else ahead

    def weights(self, short: str) -> FloatArray:
        """Return W or U. Raises: KeyError if there is none."""
        found = self.parameter(short)
        if found is None:
            raise KeyError(short)
        return found

    def inputs(self, t: int) -> FloatArray:
        """Return the inputs of a time step for the example looked at, (features,)."""
        every = self._row(self.view.rows(self.view.sources()[0]))
        inputs: FloatArray = every.reshape(-1, self.weights("W").shape[1])[t - 1]
        return inputs

    def input_letter(self, t: int, index: int | str) -> str:
        """Write one input of a time step."""
        return self.view.symbols.value_at(self.view.sources()[0].removesuffix(".a"), index, time=str(t))

    def letter(self, short: str, *indices: int | str) -> str:
        """Write an entry of a parameter, which all time steps share: `u_{12}^{(1)}`."""
        return self.view.symbols.entry(f"{self.layer.owner}.{short}", *indices)
