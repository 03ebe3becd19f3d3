"""A broken or odd data file, and what must become of it, written down before anybody tried."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Outcome = Literal["loaded", "noted", "refused"]
Make = Callable[[Path], Path]


@dataclass(frozen=True)
class Odd:
    """make: writes it into an empty folder and returns its path.

    outcome: loaded without a word, loaded with a note, or refused in one sentence. says: stands in the note or the
    sentence. rows: how many rows a loaded one has.
    """

    name: str
    make: Make
    outcome: Outcome
    says: str = ""
    rows: int = -1


def written(name: str, content: str | bytes) -> Make:
    """Return a maker of one file with this content."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
        return path

    return make


def loaded(name: str, make: Make, rows: int = -1) -> Odd:
    """Say that it loads without a word."""
    return Odd(name, make, "loaded", rows=rows)


def noted(name: str, make: Make, says: str, rows: int = -1) -> Odd:
    """Say that it loads and that a note says what was done."""
    return Odd(name, make, "noted", says, rows)


def refused(name: str, make: Make, says: str = "") -> Odd:
    """Say that it is refused in one sentence."""
    return Odd(name, make, "refused", says)
