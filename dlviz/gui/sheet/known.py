"""Which numbers of a sheet may be shown: all, or in a walk those that are computed by now."""

from dataclasses import dataclass
from functools import cached_property
from unicodedata import combining

from dlviz.core.sheets import Computed, letter
from dlviz.session.messages import Frame


def heading(name: str) -> str:
    """Write a name at the head of a column: the plain type of many systems has no letters with a hat."""
    spelled = letter(name)
    return name if any(map(combining, spelled)) else spelled


@dataclass(frozen=True)
class Known:
    """A computed sheet, and how many of its steps may be told; None where nobody walks it, so that all may.

    node: what the step in hand computes; empty where there is none.
    """

    computed: Computed
    told: int | None = None
    node: str = ""

    @classmethod
    def of(cls, frame: Frame, is_hidden: bool) -> "Known | None":
        """Return what a frame may show. is_hidden: the step in hand is predicted, so it and all later ones are not."""
        computed = frame.sheet
        if computed is None:
            return None
        steps = computed.trace.steps
        # A sheet of numbers alone has no step, and its one pass is done with its first.
        cursor = min(frame.cursor, len(steps)) if frame.trace is not None else 0
        node = steps[cursor - 1].node if cursor else ""
        is_walked = bool(steps) and (is_hidden or cursor > 0) and cursor - is_hidden < len(steps)
        return cls(computed, max(cursor - is_hidden, 0) if is_walked else None, node)

    @cached_property
    def _later(self) -> frozenset[str]:
        return frozenset(step.node for step in self.computed.trace.steps[self.told :])

    def column(self, name: str) -> tuple[float | None, ...]:
        """Return the numbers of a name; None in the place of one that is not computed yet."""
        values, ids = self.computed.values[name].tolist(), self.computed.ids[name]
        if self.told is None:
            return tuple(values)
        return tuple(None if each in self._later else value for value, each in zip(values, ids, strict=True))

    @property
    def row(self) -> int | None:
        """The row of the table with the step in hand."""
        columns = (self.computed.ids[name] for name in self.computed.sheet.table)
        return next((ids.index(self.node) for ids in columns if self.node in ids), None)

    def cursor_of(self, node: str) -> int | None:
        """Return how many steps are done once this number is computed; None for one that no step computes."""
        found = (step.index + 1 for step in self.computed.trace.steps if step.node == node)
        return next(found, None)
