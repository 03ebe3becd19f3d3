"""The whole of the pseudo-code: what goes round a pass, its phases, and the lines of its steps."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Literal

from dlviz.core.network import NetworkSpec
from dlviz.core.pseudocode.blocks import Blocks, Spell
from dlviz.core.pseudocode.lines import Line
from dlviz.core.rules.kind import AT_RANDOM, IN_ORDER
from dlviz.core.trace import Step, Trace
from dlviz.core.words import phase_label
from dlviz.i18n import tr

Mode = Literal["online", "mini-batch", "batch", "rule", "formula"]


@dataclass(frozen=True)
class Loops:
    """What goes round a pass, as the document says.

    mode: rows one by one, some of them together, or all at once; a learning rule, or a typed formula, which is
    computed once. is_shuffled, is_drawn: the order of rows; is_drawn takes every row from all of them.
    order: how a rule is shown its rows. schedule: the title of what changes the learning rate; rate: its letter.
    """

    mode: Mode
    batch_size: int = 1
    is_shuffled: bool = False
    is_drawn: bool = False
    order: str = IN_ORDER
    schedule: str = ""
    rate: str = "η"


@dataclass(frozen=True)
class Code:
    """Lines from top to bottom."""

    lines: tuple[Line, ...] = ()

    @cached_property
    def _places(self) -> dict[int, int]:
        return {index: place for place, line in enumerate(self.lines) if line.kind == "step" for index in line.steps}

    def place_of(self, cursor: int) -> int:
        """Return the line of the step that was done last; −1 before the first."""
        return self._places.get(cursor - 1, -1)


def pseudo_code(trace: Trace, network: NetworkSpec, loops: Loops, spell: Spell) -> Code:
    """Write a pass as pseudo-code. spell writes the formula of a step in the document's notation."""
    blocks = Blocks(network, spell, sums=loops.mode in ("mini-batch", "batch"))
    every = tuple(step.index for step in trace.steps)
    around, depth = _around(loops, every)
    return Code((*around, *_phases(trace.steps, blocks, loops, depth), *_after(loops)))


def _around(loops: Loops, every: tuple[int, ...]) -> tuple[list[Line], int]:
    """Return the lines above the pass, and how deep it is indented."""
    if loops.mode == "formula":
        return [], 0
    lines = [Line(tr("start values for all weights"), 0, "note")] if loops.mode != "rule" else []
    lines.append(Line(tr("for epoch = 1, 2, …"), 0, "epochs", steps=every))
    if loops.mode == "rule":
        return [*lines, Line(_rows_of_a_rule(loops.order), 1, "batches", steps=every)], 2
    if loops.is_shuffled and not loops.is_drawn and loops.mode != "batch":
        lines.append(Line(tr("shuffle the rows"), 1, "note"))
    depth = 1
    if loops.mode != "batch":
        lines.append(Line(_batches(loops), 1, "batches", steps=every))
        depth = 2
    if loops.schedule:
        lines.append(Line(f"{loops.rate} ← {loops.schedule}", depth, "note"))
    return lines, depth


def _rows_of_a_rule(order: str) -> str:
    if order == AT_RANDOM:
        return tr("for a row drawn at random")
    return tr("for each row in order") if order == IN_ORDER else tr("for each row, shuffled")


def _batches(loops: Loops) -> str:
    if loops.mode == "online":
        return tr("for a row drawn at random") if loops.is_drawn else tr("for each row")
    if loops.is_drawn:
        return tr("for {count} rows drawn at random", count=loops.batch_size)
    return tr("for each batch of {count} rows", count=loops.batch_size)


def _phases(steps: Sequence[Step], blocks: Blocks, loops: Loops, depth: int) -> Iterator[Line]:
    """Give the phases of a pass; until the update they go over the rows of a batch side by side."""
    has_rows = loops.mode in ("mini-batch", "batch")
    rows = tuple(step.index for step in steps if step.phase != "update")
    if has_rows and any(step.phase == "backward" for step in steps):
        yield Line(tr("set all gradients to 0"), depth, "note")
    if has_rows:
        words = tr("for every row, side by side") if loops.mode == "batch" else tr("for its rows, side by side")
        yield Line(words, depth, "loop", steps=rows)
    for phase, own in groupby(steps, key=lambda step: step.phase):
        inner = depth + (has_rows and phase != "update")
        listed = list(own)
        yield Line(phase_label(phase), inner, "note", phase, tuple(step.index for step in listed))
        yield from blocks.lines(listed, inner)


def _after(loops: Loops) -> list[Line]:
    """Return what comes after the rows of an epoch."""
    has_mean = loops.mode in ("online", "mini-batch")
    return [Line(tr("mean of the losses of this epoch"), 1, "note")] if has_mean else []
