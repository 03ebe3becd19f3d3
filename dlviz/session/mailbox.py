"""A one-place mailbox: the newest frame wins, and nothing ever queues up."""

import threading
from typing import Generic, TypeVar

T = TypeVar("T")


class Mailbox(Generic[T]):
    """Holds at most one letter; the writer never waits."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._letter: T | None = None

    @property
    def is_empty(self) -> bool:
        """Say whether the reader has taken the last letter."""
        return self._letter is None

    def put(self, letter: T) -> None:
        """Leave a letter; one that was not read is replaced."""
        with self._lock:
            self._letter = letter

    def take(self) -> T | None:
        """Take the letter, or None."""
        with self._lock:
            letter, self._letter = self._letter, None
        return letter
