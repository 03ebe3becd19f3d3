"""A share of the worker's time for something that takes long in large networks, while a run goes on."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic, thread_time


class Share:
    """Says when to work again, so that work takes no more than its share; it is at once where it takes no time.

    What counts is the thread's own time: on a busy machine nothing is measured more seldom than there is time for.
    """

    def __init__(self, share: float) -> None:
        self._share = share
        self._next = 0.0
        self.spent = 0.0  # seconds by the clock since somebody set it to nothing

    @property
    def is_due(self) -> bool:
        """Whether there is time for it."""
        return monotonic() >= self._next

    @contextmanager
    def working(self, is_first: bool = False) -> Iterator[None]:
        """Note how long the work within takes. is_first: it makes what all later ones use, at no charge."""
        began, worked = monotonic(), thread_time()
        yield
        now = monotonic()
        self.spent += now - began
        self._next = now + (0.0 if is_first else (thread_time() - worked) / self._share)
