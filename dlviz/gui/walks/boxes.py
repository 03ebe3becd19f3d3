"""A picture of boxes and the edges between them, as plain facts: what is written where, and what is lit."""

from dataclasses import dataclass

from dlviz.gui.selection import NOTHING, Selected


@dataclass(frozen=True)
class Box:
    """A node: title and value, None where it is not computed yet; below: the gradient that has come together.

    is_summed: that is written below the box, for no single edge carries all of it.
    column counts from the left, row from the top; rows may lie between others.
    """

    id: str
    title: str
    column: int
    row: float
    value: float | None = None
    below: float | None = None
    below_title: str = ""
    is_leaf: bool = False
    is_lit: bool = False
    is_summed: bool = False
    place: Selected = NOTHING


@dataclass(frozen=True)
class Link:
    """An edge between two boxes (indices): what goes forward above it, what comes back below it.

    below_phase: the colour and the meaning of what stands below, "backward" or "update".
    """

    source: int
    target: int
    above: float | None = None
    below: float | None = None
    below_phase: str = "backward"
    is_lit: bool = False
    place: Selected = NOTHING


@dataclass(frozen=True)
class Boxes:
    """A whole picture. phase: that of the step in hand, "" before the first. words: what is said below it."""

    boxes: tuple[Box, ...] = ()
    links: tuple[Link, ...] = ()
    phase: str = ""
    words: str = ""

    def onward(self, start: int) -> frozenset[int]:
        """Return the edges (indices) on every way from a box to the end."""
        reached, found = {start}, set[int]()
        while fresh := {n for n, link in enumerate(self.links) if link.source in reached} - found:
            found |= fresh
            reached |= {self.links[n].target for n in fresh}
        return frozenset(found)

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return max((box.column for box in self.boxes), default=-1) + 1

    @property
    def rows(self) -> float:
        """How many rows there are."""
        return max((box.row for box in self.boxes), default=-1.0) + 1
