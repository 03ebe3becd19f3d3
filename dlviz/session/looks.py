"""Looks at the test rows: what one of them shows, and how many there were, which a document keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LOOKS = "test_looks"  # of a document's view: it is saved and no undo takes it back, as nobody forgets what was seen


@dataclass(frozen=True)
class LookAtTest:
    """Measure the network on the test rows where the run stands."""


@dataclass(frozen=True)
class Estimate:
    """Loss and score (accuracy or R²) over the test rows at a step of the run."""

    step: int
    loss: float
    score: float


def looks_in(view: Mapping[str, Any]) -> int:
    """Return how often somebody looked at the test rows of a document."""
    count = view.get(LOOKS, 0)
    return count if type(count) is int and count > 0 else 0
