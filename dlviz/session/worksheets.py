"""Worksheets: numbers of hand calculations as they were typed, and what was found of them."""

from dataclasses import dataclass
from typing import Literal

from dlviz.core.answers import Kind
from dlviz.i18n import tr


@dataclass(frozen=True)
class Worksheet:
    """The numbers of one student: entries of place and number, both as they were typed, in any order."""

    name: str
    entries: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Line:
    """What was found of one entry, in the order of the pass.

    place, number: as typed; label: how the place is called. kind: of the verdict, or "unreadable".
    cause: key of the slip of a wrong number, where it is known. sentence: words for the student.
    """

    place: str
    number: str
    label: str
    kind: Kind | Literal["unreadable"]
    cause: str
    sentence: str


@dataclass(frozen=True)
class Judgement:
    """What was found of a worksheet. problem: why nothing could be."""

    worksheet: Worksheet
    lines: tuple[Line, ...] = ()
    problem: str = ""

    @property
    def first(self) -> Line | None:
        """The first wrong number in the order of the pass."""
        return next((line for line in self.lines if line.kind == "wrong"), None)

    @property
    def n_accepted(self) -> int:
        """How many numbers are right, or right from rounded ones."""
        return sum(line.kind in ("right", "rounded") for line in self.lines)

    def line(self, place: str) -> Line | None:
        """Return what was found of an entry."""
        return next((line for line in self.lines if line.place == place), None)


def outcome(judgement: Judgement) -> str:
    """Say in one sentence how a worksheet came out."""
    if judgement.problem:
        return judgement.problem
    accepted, count = judgement.n_accepted, len(judgement.lines)
    if judgement.first is not None:
        return tr("{accepted} of {count} right. The first slip is at {place}.", accepted=accepted, count=count,
                  place=judgement.first.label)  # fmt: skip
    if accepted == count and count:
        return tr("All {count} right.", count=count)
    return tr("{accepted} of {count} right.", accepted=accepted, count=count)
