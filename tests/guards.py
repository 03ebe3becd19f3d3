"""Guards against work that hangs: generous on any machine, however busy. Figures belong to tests/bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

HANGS_SECONDS = 5.0


@contextmanager
def at_once(seconds: float = HANGS_SECONDS) -> Iterator[None]:
    """Fail if what is inside takes so long that a person would think that it hangs."""
    began = perf_counter()
    yield
    spent = perf_counter() - began
    assert spent < seconds, f"Expected this at once, and at most {seconds:g} s on a busy machine. Took {spent:.1f} s"
