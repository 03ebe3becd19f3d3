"""Line: one line of pseudo-code."""

from dataclasses import dataclass
from typing import Literal

from dlviz.core.trace import Phase

LineKind = Literal["step", "loop", "epochs", "batches", "note"]


@dataclass(frozen=True)
class Line:
    """One line, how deep it is indented, and what it stands for.

    steps: indices of the steps of a trace; of a loop those of all lines inside it. A line of kind "step" runs,
    the others say what goes round or what happens beside the pass.
    short: what a step does in words, where there is no room for its formula.
    """

    text: str
    depth: int = 0
    kind: LineKind = "step"
    phase: Phase | None = None
    steps: tuple[int, ...] = ()
    short: str = ""

    def step_after(self, cursor: int) -> int | None:
        """Return the step that comes next on this line once `cursor` steps are done; the first of them at the end."""
        return next((index for index in self.steps if index >= cursor), self.steps[0] if self.steps else None)
