"""Named entries of one kind, found by key: the only place a newcomer has to add one."""

import difflib
from collections.abc import Iterator
from typing import Generic, Protocol, TypeVar

from dlviz.core.errors import LONGEST_SHOWN, SpecError, shown


class Entry(Protocol):
    """What every registry entry has."""

    @property
    def key(self) -> str: ...
    @property
    def title(self) -> str: ...


E = TypeVar("E", bound=Entry)


class Registry(Generic[E]):
    """Entries in the order they were added."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._entries: dict[str, E] = {}

    def add(self, entry: E) -> E:
        """Add an entry. Raises: SpecError if its key is taken."""
        if entry.key in self._entries:
            raise SpecError(f"Expected a new {self.kind} key. Received: {entry.key!r}, which is taken")
        self._entries[entry.key] = entry
        return entry

    def get(self, key: str, place: str = "") -> E:
        """Return the entry of this key. Raises: SpecError that names the nearest keys."""
        if key in self._entries:
            return self._entries[key]
        near = difflib.get_close_matches(str(key)[:LONGEST_SHOWN], self._entries, n=1)
        hint = f"Did you mean {near[0]!r}?" if near else "Known: " + ", ".join(self._entries) + "."
        raise SpecError(f"Expected the key of a known {self.kind}. Received: {shown(key)}", hint, place)

    def begin_with(self, *keys: str) -> None:
        """List these entries first, in this order; the others follow as they were added."""
        rest = {key: entry for key, entry in self._entries.items() if key not in keys}
        self._entries = {key: self.get(key) for key in keys} | rest

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def __iter__(self) -> Iterator[E]:
        return iter(self._entries.values())

    def keys(self) -> tuple[str, ...]:
        """Return all keys in order."""
        return tuple(self._entries)
