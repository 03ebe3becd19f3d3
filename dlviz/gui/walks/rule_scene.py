"""What a learning rule's picture is made of: the rows, the row presented, and what the rule has learnt so far."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.trace import Step, Trace
from dlviz.data.prepare import Prepared
from dlviz.session.document import Document
from dlviz.session.messages import Frame

Array = NDArray[np.float64]


@dataclass(frozen=True)
class RuleScene:
    """A frame of a rule over its prepared rows. trace: the presentation walked, or the one to come."""

    document: Document
    prepared: Prepared
    frame: Frame
    trace: Trace | None
    cursor: int

    @property
    def kind(self) -> str:
        """The key of the rule."""
        return "" if self.document.rule is None else self.document.rule.kind

    @property
    def step(self) -> Step | None:
        """The last step that is done."""
        return self.trace.steps[self.cursor - 1] if self.trace and self.cursor else None

    @property
    def row(self) -> int | None:
        """The row presented; before the first step the one to come."""
        return None if self.trace is None else int(self.trace.rows[0])

    def value(self, name: str) -> Array | None:
        """Return an array as it stands now; None where it is not computed yet."""
        if self.trace is not None and (found := self.trace.value(name, self.cursor)) is not None:
            return np.asarray(found, dtype=np.float64)
        found = (self.frame.parameters or {}).get(name)
        return None if found is None else np.asarray(found, dtype=np.float64)

    def before(self, name: str) -> Array | None:
        """Return an array as it was before this presentation."""
        found = None if self.trace is None else self.trace.before.get(name)
        return None if found is None else np.asarray(found, dtype=np.float64)

    @property
    def weights(self) -> Array | None:
        """The weights, or prototypes, (units, d)."""
        return self.value("o.W")


def rule_scene(frame: Frame, prepared: Prepared, is_hidden: bool) -> RuleScene:
    """Return the scene of a frame; one step earlier while the result of the step in hand is hidden."""
    if frame.trace is None:
        return RuleScene(frame.document, prepared, frame, frame.peek, 0)
    cursor = max(frame.cursor - is_hidden, 0)
    shown = replace(frame, wrong=None) if is_hidden else frame  # it was counted after the hidden step
    return RuleScene(frame.document, prepared, shown, frame.trace, cursor)
