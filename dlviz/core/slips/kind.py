"""What a slip declares, and how it changes the steps of a program."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dlviz.core.array import Calls
from dlviz.core.buffers import Buffers
from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, complete
from dlviz.core.instruction import Instruction
from dlviz.core.network import NetworkSpec
from dlviz.core.objective import Objective
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]
Instructions = tuple[Instruction, ...]


@dataclass(frozen=True)
class Draft:
    """A lowered program before it is finished: its steps, and what they were made from."""

    instructions: Instructions
    network: NetworkSpec
    losses: Objective
    optimizer: Choice | None


@dataclass(frozen=True)
class Slip:
    """A mistake: what is written by mistake, what is right, and how the steps change.

    rewrite(draft, settings) returns the steps with the mistake; it leaves them alone where the mistake
    cannot be made. wrong and right are plain formulas. fewest: examples of a batch from which on it shows.
    """

    key: str
    title: str
    wrong: str
    right: str
    rewrite: Callable[[Draft, Settings], Instructions]
    settings: tuple[Hyper, ...] = ()
    source: str = ""
    fewest: int = 1

    @property
    def formula(self) -> str:
        """Both formulas, as lists of entries show them."""
        return f"{self.wrong}   instead of   {self.right}"


slips: Registry[Slip] = Registry("slip")


def rewrite(draft: Draft, chosen: Choice) -> Instructions:
    """Return the steps with a slip made, those it touched marked with its key. Raises: SpecError."""
    entry = slips.get(chosen.kind, "training.slip")
    settings = complete(chosen.settings, entry.settings, "training.slip")
    right = {(each.op, each.node, each.formula) for each in draft.instructions}
    return tuple(
        each if (each.op, each.node, each.formula) in right else replace(each, slip=chosen.kind)
        for each in entry.rewrite(draft, settings)
    )


def followed(instruction: Instruction, formula: str, calls: Callable[[Buffers], Calls]) -> Instruction:
    """Return a step whose calls are followed by more calls."""
    return replace(instruction, formula=formula, emit=lambda b: (*instruction.emit(b), *calls(b)))


def disturbed(instruction: Instruction, formula: str, disturb: Callable[[Buffers], tuple[Calls, Calls]]) -> Instruction:
    """Return a step that finds an array changed: disturb gives the calls before it, and those that restore."""

    def emit(b: Buffers) -> Calls:
        before, after = disturb(b)
        return (*before, *instruction.emit(b), *after)

    return replace(instruction, formula=formula, emit=emit)
