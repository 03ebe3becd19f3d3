"""One entry of one parameter in an update: its letters, and its numbers before and after a step."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from dlviz.core.freezing import frozen_entries, is_shut
from dlviz.core.inference import parameters
from dlviz.core.narration.number import SETTING_DIGITS, caption, coloured, exact, factor, number
from dlviz.core.narration.places import entry_place
from dlviz.core.narration.symbols import slope_of_loss
from dlviz.core.narration.view import FloatArray, Narration, View
from dlviz.core.optimizers import resolve
from dlviz.i18n import tr

GREEK = {"gamma": r"\gamma", "beta": r"\beta"}  # parameters whose letter is written out in their name
QUANTITY_GAP = r",\quad "  # between two quantities told by one step


class Entry:
    """One entry of one parameter: its letters, and its numbers before and after a step."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.settings: Mapping[str, Any] = resolve(view.plan.optimizer)[1]
        self.name = _parameter(view)
        self.role = self.name.partition(".")[2]
        shape = self._array(self.name).shape
        self.place = entry_place(view, self.name)
        self.n_axes = len(shape)
        self.states = tuple(resolve(view.plan.optimizer)[0].states(self.settings))

    @property
    def letter(self) -> str:
        """The parameter itself: `w_{11}^{(1)}`."""
        return self.at(self.symbol)

    @property
    def symbol(self) -> str:
        """The parameter's letter without its indices."""
        return GREEK.get(self.role, self.role.lower())

    def at(self, letter: str) -> str:
        """Write a letter with the indices of the parameter."""
        return self.view.symbols.entry(self.name, *self.place, letter=letter)

    @property
    def gradient_letter(self) -> str:
        """Its gradient."""
        return slope_of_loss(self.view, self.letter)

    @property
    def gradient(self) -> float:
        """Its gradient as the backward pass left it."""
        return self._at(self._array(self.gradient_name))

    @property
    def gradient_name(self) -> str:
        """What a trace calls the gradient of its parameter."""
        return f"{self.name.partition('.')[0]}.d{self.role}"

    @property
    def shown_gradient(self) -> str:
        """Its gradient as a factor, in the colour of the backward pass."""
        return coloured("backward", self.put(self.gradient))

    @property
    def is_frozen(self) -> bool:
        """Whether it is never updated."""
        return is_shut(self.view.plan.frozen, self.name, tuple(self.place)) or self.scale == 0

    @property
    def scale(self) -> float:
        """How many times the optimizer's rate its layer has."""
        return next(each.lr_scale for each in parameters(self.view.plan.network) if each.name == self.name)

    @property
    def rate(self) -> str:
        """The learning rate that was used, times that of the layer; a frozen parameter has none."""
        if self.is_frozen:
            return caption("0", tr("frozen"))
        rate = exact(self.view.trace.lr)
        return rate if self.scale == 1 else rf"{rate} \cdot {exact(self.scale)}"

    @property
    def t(self) -> int:
        """The number of this update since the optimizer's states began, from 1."""
        return self.view.trace.updates

    def old(self, role: str = "") -> float:
        """Return the parameter or one of its states before this step; 0 where a state was not there yet."""
        array = self.view.before(self._slot(role))
        return 0.0 if array is None else self._at(array)

    def new(self, role: str = "") -> float:
        """Return what this step wrote."""
        return self._at(self.view.wrote(self._slot(role)))

    def cast(self, value: float) -> float:
        """Return a number as the run holds it, in its own precision."""
        found = self.view.trace.value(self.name, self.view.position)
        return value if found is None else float(found.dtype.type(value))

    def put(self, value: float) -> str:
        """Write a number as a factor."""
        return factor(value, self.view.digits)

    def plain(self, value: float) -> str:
        """Write a number that stands alone, below a root or in a fraction."""
        return number(value, self.view.digits)

    def setting(self, name: str) -> str:
        """Write a setting of the optimizer as it was typed, as a factor."""
        return exact(self.settings[name])

    def amount(self, name: str) -> str:
        """Write a setting of the optimizer that stands alone as a summand."""
        return number(self.settings[name], SETTING_DIGITS)

    def sharp(self, value: float) -> str:
        """Write a number worked out from settings alone, with as many digits as a setting has."""
        return factor(value, max(self.view.digits, SETTING_DIGITS))

    def whole(self, role: str) -> FloatArray:
        """Return a vector of all trainable parameters before this step, (P,); frozen ones hold 0."""
        return np.concatenate([part.ravel() for part in self._parts(role)])

    def _parts(self, role: str) -> Iterator[FloatArray]:
        frozen, entries = set(self.view.plan.frozen), frozen_entries(self.view.plan.frozen)
        for each in parameters(self.view.plan.network):
            if each.is_trainable:
                name = f"{each.layer}.d{each.name.rpartition('.')[2]}" if role == "grad" else f"{each.name}.{role}"
                is_shut = bool({each.name, each.layer} & frozen) or each.lr_scale == 0
                values = np.zeros(each.shape) if is_shut else np.array(self._array(name))
                for place in entries.get(each.name, ()):
                    values[place] = 0.0
                yield values

    def told(self, symbols: str, numbers: str, role: str, sentence: str) -> Narration:
        """Return the narration of one written quantity."""
        value = self.new(role)
        return Narration(symbols, numbers, number(value, self.view.digits), sentence, (value,))

    def told_both(
        self, told: tuple[tuple[str, str], tuple[str, str]], roles: tuple[str, str], sentence: str
    ) -> Narration:
        """Return the narration of two written quantities, each told as (symbols, numbers)."""
        values = self.new(roles[0]), self.new(roles[1])
        symbols, numbers = (QUANTITY_GAP.join(part) for part in zip(*told, strict=True))
        result = QUANTITY_GAP.join(number(value, self.view.digits) for value in values)
        return Narration(symbols, numbers, result, sentence, values)

    def _slot(self, role: str) -> str:
        return f"{self.name}.{role}" if role else self.name

    def _array(self, name: str) -> FloatArray:
        return self.view.read(name)

    def _at(self, array: FloatArray) -> float:
        return float(np.asarray(array, dtype=np.float64)[self.place])


def _parameter(view: View) -> str:
    """Return the parameter in focus, or the first there is; running statistics have no update."""
    known = [each.name for each in parameters(view.plan.network) if each.is_trainable]
    return view.focus.parameter if view.focus.parameter in known else known[0]
