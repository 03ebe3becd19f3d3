"""Places of a pass: every number that a student can be asked for, by the names of the trace and of the board."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from dlviz.core.answers.replay import Exercise
from dlviz.core.errors import SpecError
from dlviz.core.inference import parameters
from dlviz.core.lowering import name_of
from dlviz.core.network import NetworkSpec
from dlviz.core.notation import Symbols
from dlviz.core.notation.spelling import spelled_place
from dlviz.core.trace import Trace
from dlviz.i18n import tr

LOSS_AFTER = "loss_after"  # the loss of the same rows with the new parameters
LOSS_LETTERS = ("L", "E", "J", "C")
MATRIX_AXES = 2
MOST_SYMBOLS = 2000  # numbers of a pass up to which places are also found by their symbols
_NAME = re.compile(r"([^\W\d][\w.]*?)\s*(?:[\[(]([\d,;\s]+)[\])])?")
_FLAT = re.compile(r"(d?)([wb])_?(\d+)")


@dataclass(frozen=True, order=True)
class Place:
    """One number of a pass: the step that leaves it as it stays, the array it is in, and where.

    Places sort in the order of the pass. index: into the array as traces hold it, examples first.
    label: how it is written, counted from 1, such as `h.z[2]` or, where a batch has several examples,
    `h.z[3,2]` for the second unit of the third.
    """

    step: int
    name: str
    index: tuple[int, ...]
    label: str

    def of(self, trace: Trace) -> float:
        """Return its number in a recording; NaN where it has none."""
        if self.name == LOSS_AFTER:
            return trace.loss_after
        found = trace.value(self.name, len(trace.steps))
        return _at(found, self.index)

    def every(self, trace: Trace) -> tuple[float, ...]:
        """Return all numbers that stood here in a recording, in order; a mistaken pass may write several times."""
        if self.name == LOSS_AFTER:
            return (trace.loss_after,)
        written = [step.writes[self.name] for step in trace.steps if self.name in step.writes]
        return tuple(dict.fromkeys(_at(each, self.index) for each in written))


def _at(array: "NDArray[np.generic] | None", index: tuple[int, ...]) -> float:
    fits = array is not None and len(index) == array.ndim
    if not fits or array is None or not all(at < size for at, size in zip(index, array.shape, strict=True)):
        return math.nan
    return float(array[index])


class Places:
    """The places of an exercise, found by what a student writes."""

    def __init__(self, exercise: Exercise) -> None:
        self.trace, self.network = exercise.trace, exercise.network
        self._fixed = _without_examples(exercise)
        self._symbols = Symbols(exercise.network, exercise.notation)
        self._parameters = frozenset(each.name for each in parameters(exercise.network))

    @cached_property
    def _last_writes(self) -> dict[str, int]:
        return {name: step.index for step in self.trace.steps for name in step.writes}

    def find(self, text: str, sample: int = 0) -> Place:
        """Return the place that is meant: `h.z[1]`, `o.dW[1,2]`, `loss`, `loss_after`, or in order `w5`, `dw5`, `b1`.

        The symbols that are shown, such as z¹₁, are understood too.
        A parameter means its value after the update. sample: the example that is meant where none is said.
        Raises: SpecError where there is no such number.
        """
        name, index = self._read(text.strip())
        if name == LOSS_AFTER:
            return Place(len(self.trace.steps), name, (), name)
        if name not in self._last_writes:
            raise SpecError(tr("Expected a number of this pass. Received: {given}", given=text[:40]), self._example())
        array = self.trace.steps[self._last_writes[name]].writes[name]
        return self._place(name, self._full(text, name, index, array.shape, sample))

    def spelled(self, place: Place) -> str:
        """Write a place as formulas do, z¹₂, with the number of one of several examples; its label without letters."""
        is_per_example = place.name not in self._fixed and place.name != LOSS_AFTER
        index = place.index[1:] if is_per_example else place.index
        words = spelled_place(self._symbols, place.name, index, self._parameters)
        if not words:
            return place.label
        of_many = is_per_example and len(self.trace.rows) > 1
        return tr("{symbol}, sample {number}", symbol=words, number=place.index[0] + 1) if of_many else words

    @cached_property
    def _by_symbol(self) -> dict[str, tuple[str, tuple[int, ...]]]:
        """What symbols of the first example mean, in a pass of few numbers."""
        few = self.of_example(0, MOST_SYMBOLS)
        inner = ((each.name, each.index[each.name not in self._fixed :]) for each in few)
        found = {}
        for name, index in inner:
            found[_bare(spelled_place(self._symbols, name, index, self._parameters))] = name, index
            if name in self._parameters:
                found[_bare(self._symbols.entry(name, *index))] = name, index
        return found

    def at(self, name: str, index: tuple[int, ...]) -> Place:
        """Return the place of one entry of an array of the trace."""
        return self._place(name, index)

    def _read(self, text: str) -> tuple[str, tuple[int, ...]]:
        flat = _FLAT.fullmatch(text.replace("∂L/∂", "d").replace("Δ", "d"))
        found = _in_order(self.network, flat[2], int(flat[3])) if flat and text not in self._last_writes else None
        if flat and found:
            name, index = found
            return name_of("grad", name) if flat[1] else name, index
        if text in LOSS_LETTERS:
            return "loss", ()
        if text not in self._last_writes and _bare(text) in self._by_symbol:
            return self._by_symbol[_bare(text)]
        match = _NAME.fullmatch(text)
        if match is None:
            return text, ()
        places = [part for part in re.split(r"[,;\s]+", match[2] or "") if part]
        return match[1], tuple(int(part) - 1 for part in places)

    def _full(
        self, text: str, name: str, index: tuple[int, ...], shape: tuple[int, ...], sample: int
    ) -> tuple[int, ...]:
        """Return an index into an array: the example put in front, a lone entry found."""
        is_per_example = name not in self._fixed
        inner = shape[1:] if is_per_example else shape
        if not index and math.prod(inner) == 1:
            index = (0,) * len(inner)
        if is_per_example and len(index) == len(inner):
            index = (min(sample, shape[0] - 1), *index)
        inside = len(index) == len(shape) and all(0 <= at < size for at, size in zip(index, shape, strict=True))
        if not inside:
            last = self._place(name, tuple(size - 1 for size in shape)).label
            raise SpecError(tr("Expected a place up to {last}. Received: {given}", last=last, given=text[:40]))
        return index

    def _place(self, name: str, index: tuple[int, ...]) -> Place:
        return Place(self._last_writes[name], name, index, self._label(name, index))

    def _label(self, name: str, index: tuple[int, ...]) -> str:
        is_alone = name not in self._fixed and len(self.trace.rows) == 1
        shown = index[1:] if is_alone else index
        return f"{name}[{','.join(str(at + 1) for at in shown)}]" if shown else name

    def _example(self) -> str:
        known = next(iter(self.of_example(0)), None)
        return tr("Write {place}, or loss.", place=known.label) if known else ""

    def of_example(self, sample: int, most: int = 200) -> list[Place]:
        """Return the first so many places of the pass in its order: those of one example, and of the whole batch."""
        found: list[Place] = []
        for name, _ in sorted(self._last_writes.items(), key=lambda each: each[1]):
            for index in self._indices(name, sample):
                if len(found) == most:
                    return found
                found.append(self._place(name, index))
        return found

    def all(self, most: int) -> list[Place]:
        """Return the first so many places of the pass, those of all examples."""
        names = sorted(self._last_writes.items(), key=lambda each: each[1])
        every = (
            self._place(name, index)
            for name, step in names
            for index in np.ndindex(self.trace.steps[step].writes[name].shape)
        )
        return list(islice(every, most))

    def _indices(self, name: str, sample: int) -> Iterator[tuple[int, ...]]:
        shape = self.trace.steps[self._last_writes[name]].writes[name].shape
        if name in self._fixed or not shape:
            yield from np.ndindex(shape)
        else:
            yield from ((min(sample, shape[0] - 1), *rest) for rest in np.ndindex(shape[1:]))


def _without_examples(exercise: Exercise) -> frozenset[str]:
    """Name what has no row for each example: parameters, their gradients, states and steps, and the loss."""
    own = {each.name: name_of("grad", each.name) for each in parameters(exercise.network)}
    written = {name for step in exercise.trace.steps for name in step.writes}
    n = len(exercise.trace.rows)
    last = {name: step.writes[name].shape for step in exercise.trace.steps for name in step.writes}
    return frozenset(
        name
        for name in written
        if name in own or name in own.values() or name.rpartition(".")[0] in own or last[name][:1] != (n,)
    )


def _bare(symbol: str) -> str:
    """Leave out what people leave out: spaces, and the minus of −δ."""
    return symbol.replace(" ", "").replace("−", "").replace("-", "")


def _in_order(network: NetworkSpec, letter: str, number: int) -> tuple[str, tuple[int, ...]] | None:
    """Return the weight or bias of this number, all counted from 1 in the order of the layers, row after row."""
    ending, axes = (".W", MATRIX_AXES) if letter == "w" else (".b", 1)
    rest = number - 1
    for each in parameters(network):
        if each.name.endswith(ending) and len(each.shape) == axes:
            if 0 <= rest < each.size:
                return each.name, tuple(int(at) for at in np.unravel_index(rest, each.shape))
            rest -= each.size
    return None
