"""Entries of the list beside the pictures: what is drawn, as names and values."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from dlviz.gui.selection import NOTHING, Selected

MOST_POINTS = 200  # of a curve or a group of points that are listed, evenly


@dataclass(frozen=True)
class Entry:
    """One thing that is drawn: its name, its number in words, what it leads to, and its parts."""

    name: str
    value: str = ""
    place: Selected = NOTHING
    parts: tuple["Entry", ...] = ()

    @property
    def words(self) -> str:
        """Name and value in one line."""
        return f"{self.name}: {self.value}" if self.value else self.name

    def shape(self) -> tuple[object, ...]:
        """Return what stays as long as only numbers change."""
        return self.name, self.place, tuple(part.shape() for part in self.parts)


@runtime_checkable
class Listed(Protocol):
    """A widget that draws, and can say in a list what it draws."""

    def entries(self) -> tuple[Entry, ...]:
        """Return what is drawn now."""


def entries_of(root: QWidget) -> tuple[Entry, ...]:
    """Return what a widget or the widgets in it draw now; a widget that lists itself speaks for those in it."""
    if isinstance(root, Listed):
        return root.entries()
    found: list[Entry] = []
    for child in root.children():
        if isinstance(child, QWidget) and child.isVisible():
            parts = entries_of(child)
            if isinstance(child, Listed) and parts:
                found.append(Entry(child.accessibleName(), parts=parts))
            else:
                found += parts
    return tuple(found)


def thinned(count: int, most: int = MOST_POINTS) -> Iterable[int]:
    """Return which of so many points are listed: the first, the last and evenly spaced ones between."""
    if count <= most:
        return range(count)
    return sorted({round(k * (count - 1) / (most - 1)) for k in range(most)})
