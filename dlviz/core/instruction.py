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
Links = Callable[["Buffers"], Array]
Outer = Callable[["Buffers"], Mapping[str, Array | None]]


@dataclass(frozen=True)
class Instruction:
    """One step before it is bound to arrays.

    emit gives its calls; derive, for steps that only explain, computes what they would have written.
    slip: key of the mistake that was made here on purpose.
    is_linear: what it writes is linear in the parameters it reads.
    The rest may be told by backward steps, so that explanations need not run the step for every unit:
    is_elementwise: what it writes at a place is what it reads at that place, times a factor.
    links: the matrix (units read, units written) by which it carries a gradient on.
    outer: by parameter, the values (entries of a row, n) that the gradient read is multiplied with, where
    row r of a parameter's gradient comes from unit r alone; None for a bias, whose gradient is taken as it is.
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
    is_linear: bool = False
    is_elementwise: bool = False
    links: Links | None = None
    outer: Outer | None = None


def nothing(buffers: "Buffers") -> Calls:
    """Emit no calls: the arrays are there already."""
    return ()
