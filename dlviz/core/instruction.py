"""Instruction: one step of a program before it is bound to arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dlviz.core.array import Array, Calls
from dlviz.core.trace import Phase

if TYPE_CHECKING:
    from dlviz.core.buffers import Buffers

Emit = Callable[["Buffers"], Calls]
Derive = Callable[["Buffers"], Mapping[str, Array]]


@dataclass(frozen=True)
class Instruction:
    """One step before it is bound to arrays.

    emit gives its calls; derive, for steps that only explain, computes what they would have written.
    slip: key of the mistake that was made here on purpose.
    """

    phase: Phase
    node: str
    op: str
    formula: str
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    emit: Emit
    derive: Derive | None = None
    slip: str = ""


def nothing(buffers: "Buffers") -> Calls:
    """Emit no calls: the arrays are there already."""
    return ()
