"""What is done to the results of steps while a batch is calculated again: put other numbers in, round."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlviz.core.array import to_host
from dlviz.core.execute import AfterStep
from dlviz.core.instruction import Instruction
from dlviz.core.program import Binding

Entry = tuple[int, str, tuple[int, ...]]  # step, name of an array it writes, and where in it, examples first
Changes = Mapping[Entry, float]


@dataclass(frozen=True)
class Rounding:
    """To so many decimals, or, where is_figures, to so many significant figures."""

    digits: int
    is_figures: bool = False

    def __call__(self, values: Any) -> Any:
        """Return the values rounded. Shapes: unchanged."""
        if not self.is_figures:
            return np.round(values, self.digits)
        sizes = np.abs(np.where((values == 0) | ~np.isfinite(values), 1, values))
        scale = 10.0 ** (self.digits - 1 - np.floor(np.log10(sizes)))
        # Beyond the range of floats there is nothing to round.
        return np.where(np.isfinite(scale) & (scale > 0), np.round(values * scale) / scale, values)


def each_rounded(rounding: Callable[[Any], Any]) -> AfterStep:
    """Return what rounds the results of every step in place, as somebody does who calculates at the board."""

    def after(_index: int, instruction: Instruction, binding: Binding) -> None:
        if instruction.derive is None:
            for name in instruction.writes:
                values = binding.array(name)
                values[...] = rounding(to_host(values))

    return after


def with_changes(changes: Changes, rounding: Rounding | None = None) -> AfterStep:
    """Return what rounds the results of every step, where that is wanted, and then puts other numbers in."""
    by_step: dict[int, list[tuple[str, tuple[int, ...], float]]] = {}
    for (step, name, index), value in changes.items():
        by_step.setdefault(step, []).append((name, index, value))
    rounds = None if rounding is None else each_rounded(rounding)

    def after(step: int, instruction: Instruction, binding: Binding) -> None:
        if rounds is not None:
            rounds(step, instruction, binding)
        for name, index, value in by_step.get(step, ()):
            if name in instruction.writes and instruction.derive is None:
                _put(binding, name, index, value)

    return after


def _put(binding: Binding, name: str, index: tuple[int, ...], value: float) -> None:
    values = binding.array(name)
    rows = np.moveaxis(values, -1, 0) if binding.is_per_example(name) else values
    rows[index] = value
