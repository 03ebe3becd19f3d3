"""What is said about a function at one point, and the point it is said of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dlviz.core.narration.number import factor


@dataclass(frozen=True)
class Told:
    """A right side: in symbols, with numbers put in, and one sentence."""

    symbols: str
    numbers: str
    sentence: str = ""


@dataclass(frozen=True)
class Point:
    """Where a function is told: its settings, letters and numbers for z and a."""

    settings: Mapping[str, Any]
    letter_z: str
    letter_a: str
    z: float
    a: float
    digits: int

    def put(self, value: float) -> str:
        """Write a number as a factor."""
        return factor(value, self.digits)


Tell = Callable[[Point], Told]
