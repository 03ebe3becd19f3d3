"""The steps of a pass as rows of a list: phase headings, and one row a step with what it came to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from dlviz.core.trace import Phase, Step, Trace
from dlviz.core.words import phase_word, short_formula
from dlviz.gui import numbers
from dlviz.gui.board import board_summary
from dlviz.i18n import tr

State = Literal["done", "current", "hidden", "waiting"]
MAX_VALUES = 2  # numbers written out at the end of a row; of more only the shape is said
FEWER_DIGITS = (3, 2)  # tried in turn before the formula is cut
SLIP_MARK = "\N{BALLOT X}"  # in front of a formula that is wrong on purpose
GRADIENT = ".grad"
PER_EXAMPLE = ("z", "p", "u", "a", "dz", "da")


@dataclass(frozen=True)
class Row:
    """A heading (cursor 0) or a step. cursor: how many steps are done once this one is.

    short: what it does in words, where there is no room for its formula. summary: the numbers it came to, or
    their shape (is_shape), which gives way to the formula; shorter: the same with fewer digits, where the row
    is narrow; rounder: a lone number with fewer digits, where even the words leave it no room; full: every digit
    of them; board: as they come out at the board, where that is shown.
    """

    phase: Phase
    text: str
    cursor: int = 0
    state: State = "waiting"
    summary: str = ""
    shorter: tuple[str, ...] = ()
    full: str = ""
    is_derived: bool = False
    board: str = ""
    short: str = ""
    is_shape: bool = False
    rounder: tuple[str, ...] = ()

    @property
    def is_heading(self) -> bool:
        """Whether this row names a phase."""
        return self.cursor == 0

    @property
    def shape(self) -> object:
        """What no step changes."""
        return self.text

    @property
    def words(self) -> str:
        """The phase, or the formula."""
        return self.text

    @property
    def tip(self) -> str:
        """Every digit of it."""
        return self.full

    @property
    def spoken(self) -> str:
        """What a screen reader says."""
        if self.is_heading:
            return self.text
        parts = [tr("Step {number}", number=self.cursor), phase_word(self.phase), self.text, self.summary]
        parts += [tr("by hand {number}", number=self.board)] if self.board else []
        parts += [tr("derived")] if self.is_derived else []
        parts += [tr("current")] if self.state in ("current", "hidden") else []
        return ", ".join(part for part in parts if part)

    @property
    def flags(self) -> Qt.ItemFlag:
        """Let steps be chosen, headings not."""
        if self.is_heading:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def cursor_after(self, cursor: int) -> int | None:
        """Return where its step is done."""
        return None if self.is_heading else self.cursor


@dataclass(frozen=True)
class Board:
    """The pass as it comes out where every intermediate is rounded to so many decimals."""

    trace: Trace
    decimals: int

    def summary(self, step: Step, sample: int) -> str:
        """Return the few numbers of a step; of many, and of a pass of another shape, nothing."""
        if step.index >= len(self.trace.steps):
            return ""
        values = _values(self.trace.steps[step.index].writes, sample)
        return board_summary(values, self.decimals) if values is not None and _is_small(values) else ""


def rows_of(
    trace: Trace,
    cursor: int,
    sample: int,
    is_hidden: bool = False,
    board: Board | None = None,
    write: Callable[[Step], str] = attrgetter("formula"),
) -> tuple[Row, ...]:
    """Return headings and steps; values only for steps that are done and not hidden.

    write: gives the formula of a step.
    """
    rows: list[Row] = []
    for place, step in enumerate(trace.steps, 1):
        if not rows or rows[-1].phase != step.phase:
            rows.append(Row(step.phase, phase_word(step.phase)))
        state = _state(place, cursor, is_hidden)
        is_open = state in ("done", "current")
        values = _values(step.writes, sample) if is_open else None
        formula = write(step)
        summary, full = _summary(state, values), _full(step, formula, values, state)
        shorter = _shorter(values) if is_open else ("",)
        text = f"{SLIP_MARK} {formula}" if step.slip else formula
        rounded = board.summary(step, sample) if board is not None and is_open else ""
        full += "\n" + tr("By hand: {number}", number=rounded) if rounded else ""
        rows.append(Row(
            step.phase, text, place, state, summary, shorter, full, step.derived, rounded,
            short_formula(replace(step, formula=formula)), is_open and not _is_small(values), _rounder(values),
        ))  # fmt: skip
    return tuple(rows)


def place_of(rows: tuple[Row, ...], cursor: int) -> int:
    """Return the place of the step that is done last at this cursor; −1 where there is none."""
    return next((place for place, row in enumerate(rows) if row.cursor == cursor and cursor > 0), -1)


def _state(place: int, cursor: int, is_hidden: bool) -> State:
    if place == cursor:
        return "hidden" if is_hidden else "current"
    return "done" if place < cursor else "waiting"


def _values(writes: Mapping[str, NDArray[np.generic]], sample: int) -> NDArray[np.generic] | None:
    """Return what a step wrote: one example's row where there is a row for each; a whole network's numbers flat."""
    if not writes:
        return None
    gradients = [array for name, array in writes.items() if name.endswith(GRADIENT)]
    if gradients:
        return gradients[0]  # of a formula's step back: the slope beside it is only on the way
    name, array = next(iter(writes.items()))
    if name.rpartition(".")[2] in PER_EXAMPLE and array.ndim > 1:
        return array[min(max(sample, 0), len(array) - 1)]
    is_one_layer = len({each.partition(".")[0] for each in writes}) == 1
    return array if is_one_layer else np.concatenate([each.reshape(-1) for each in writes.values()])


def _summary(state: State, values: NDArray[np.generic] | None) -> str:
    if state == "waiting":
        return tr("not yet")
    if values is None:
        return "?" if state == "hidden" else ""
    if _is_small(values):
        return _written(values)
    shape = " × ".join(str(side) for side in values.shape)
    return shape if values.ndim > 1 else tr("{count} values", count=shape)


def _shorter(values: NDArray[np.generic] | None) -> tuple[str, ...]:
    """Return two numbers with fewer and fewer digits, at last only their shape: a lone count reads as a value."""
    if values is None or values.size < 2 or (values.ndim > 1 and not _is_small(values)):
        return ()
    fewer = tuple(_written(values, digits) for digits in FEWER_DIGITS) if _is_small(values) else ()
    return *fewer, tr("{count} values", count=values.size), f"{values.size} × 1"


def _rounder(values: NDArray[np.generic] | None) -> tuple[str, ...]:
    """Return a lone number with fewer and fewer digits."""
    return tuple(_written(values, digits) for digits in FEWER_DIGITS) if values is not None and values.size == 1 else ()


def _is_small(values: NDArray[np.generic] | None) -> bool:
    return values is not None and values.size <= MAX_VALUES


def _written(values: NDArray[np.generic] | None, digits: int | None = None) -> str:
    if values is None:
        return ""
    return " ".join(numbers.number(float(value), digits) for value in values.reshape(-1))


def _full(step: Step, formula: str, values: NDArray[np.generic] | None, state: State) -> str:
    lines = [formula]
    if step.derived:
        lines.append(tr("Derived for display; the run computes it together with the next step."))
    if state == "waiting":
        lines.append(tr("Not computed yet."))
    elif values is not None and values.size <= MAX_VALUES:
        lines.append("  ".join(numbers.full(float(value)) for value in values.reshape(-1)))
    return "\n".join(lines)
