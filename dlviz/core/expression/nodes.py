"""Formulas as trees: what the parser makes and everything else reads."""

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from dlviz.core.errors import FormulaError

LoopKind = Literal["sum", "product", "list", "scan"]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it was typed."""

    value: float
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Name:
    """An input, an assigned name, a constant or the index of a loop."""

    name: str
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Apply:
    """An operation on its operands: `multiply(w, x)`."""

    op: str
    args: "tuple[Node, ...]"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Index:
    """An item of a list, counted from 1: `x[1]`."""

    of: "Node"
    index: "Node"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Items:
    """A list written out: `[1, 2, 3]`."""

    items: "tuple[Node, ...]"
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Loop:
    """A body for index = first … last: its sum, its product, all of them, or the states of a recurrence."""

    kind: LoopKind
    body: "Node"
    index: str
    first: "Node"
    last: "Node"
    state: str = ""
    initial: "Node | None" = None
    at: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Draw:
    """A list of seeded random numbers: uniform in [0, 1), or standard normal."""

    kind: Literal["sample", "normal"]
    count: "Node"
    seed: "Node"
    at: int = field(default=0, compare=False)


Node: TypeAlias = Number | Name | Apply | Index | Items | Loop | Draw


@dataclass(frozen=True, slots=True)
class Statement:
    """One assignment; a formula without a name on its left gets one."""

    name: str
    expression: Node
    at: int = field(default=0, compare=False)


@dataclass(frozen=True)
class Formula:
    """Assignments in order. inputs: the names that none of them assigns, in order of appearance."""

    text: str
    statements: tuple[Statement, ...]
    inputs: tuple[str, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """What is assigned, in order."""
        return tuple(statement.name for statement in self.statements)

    @property
    def result(self) -> str:
        """The name of the last assignment."""
        return self.statements[-1].name


def refusal(text: str, at: int, message: str, hint: str = "") -> FormulaError:
    """Return the error of a place in a text, which says line and character as people count them."""
    before = text[:at]
    line, character = before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1
    place = f"line {line}, character {character}" if "\n" in text else f"character {at + 1}"
    return FormulaError(message, hint, place)
