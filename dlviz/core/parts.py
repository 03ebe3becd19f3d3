"""Work in parts: generators that pause after every few milliseconds, so that somebody may stop them."""

from collections.abc import Generator
from typing import Any, TypeVar

T = TypeVar("T")


def finished(work: Generator[Any, None, T]) -> T:
    """Do all parts at once and return what comes of them."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
