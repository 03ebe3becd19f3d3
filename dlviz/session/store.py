"""Store: undo and redo over immutable moments; an edit needs no inverse, only the moment before."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from dlviz.core.errors import SpecError
from dlviz.i18n import tr
from dlviz.session.limits import UNDO_DEPTH

T = TypeVar("T")


@dataclass(frozen=True)
class _Entry(Generic[T]):
    """What stood before (or after) a labelled change."""

    value: T
    label: str


def _itself(value: object) -> object:
    return value


class Store(Generic[T]):
    """The current moment with those before and after it.

    part: the piece of a moment that counts for `is_dirty`; compared by identity, which is enough
    because moments are immutable and undo brings back the very same object.
    """

    def __init__(self, value: T, part: Callable[[T], object] = _itself, depth: int = UNDO_DEPTH) -> None:
        self._part = part
        self._depth = depth
        self._current = value
        self._past: list[_Entry[T]] = []
        self._future: list[_Entry[T]] = []
        self._merge = ""
        self._saved: object = part(value)

    @property
    def current(self) -> T:
        """The moment that is shown."""
        return self._current

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to bring back."""
        return bool(self._future)

    @property
    def undo_label(self) -> str:
        """The name of the change that `undo` takes back, or nothing."""
        return self._past[-1].label if self._past else ""

    @property
    def redo_label(self) -> str:
        """The name of the change that `redo` brings back, or nothing."""
        return self._future[-1].label if self._future else ""

    @property
    def is_dirty(self) -> bool:
        """Whether the current moment is another one than was saved."""
        return self._part(self._current) is not self._saved

    def push(self, value: T, label: str, merge: str = "") -> bool:
        """Make value current and remember the moment before it.

        Pushes with the same merge key, one after the other, are one change: the drag of a slider. Returns whether
        it joined the one before.
        """
        joins = bool(merge and merge == self._merge and self._past)
        if not joins:
            self._past.append(_Entry(self._current, label))
            del self._past[: -self._depth]
        self._current = value
        self._merge = merge
        self._future.clear()
        return joins

    def show(self, value: T) -> None:
        """Make value current without a change to undo: time moved on, nobody edited."""
        self._current = value

    def undo(self) -> T:
        """Go back by one change. Raises: SpecError if there is none."""
        return self._move(self._past, self._future, tr("Expected a change to undo. Received: nothing was changed"))

    def redo(self) -> T:
        """Go forward by one change. Raises: SpecError if there is none."""
        return self._move(self._future, self._past, tr("Expected a change to redo. Received: nothing was undone"))

    def mark_saved(self, value: T | None = None) -> None:
        """Take value (default: the current moment) as the one that is on disk."""
        self._saved = self._part(self._current if value is None else value)
        self._merge = ""

    def _move(self, source: list[_Entry[T]], target: list[_Entry[T]], refusal: str) -> T:
        if not source:
            raise SpecError(refusal)
        entry = source.pop()
        target.append(_Entry(self._current, entry.label))
        self._current = entry.value
        self._merge = ""
        return self._current
