"""What a surface declares: its value anywhere, and the calls that compute its gradient."""

from collections.abc import Callable
from dataclasses import dataclass

from dlviz.core.array import Array, Calls, Workspace


@dataclass(frozen=True)
class Surface:
    """A function of d numbers. Points are (d, *any), so that many are looked at in one go.

    value(points) returns (*any). gradient(workspace, points, out) returns the calls that write the gradient
    at the points, as they stand when the calls run, into out (d, *any). formula is LaTeX. inputs: what its coordinates
    are called, if that is not as usual.
    """

    title: str
    formula: str
    d: int
    value: Callable[[Array], Array]
    gradient: Callable[[Workspace, Array, Array], Calls]
    inputs: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """What its coordinates are called: as it says, else x and y, or w where there is one."""
        return self.inputs or (("x", "y") if self.d == 2 else ("w",))
