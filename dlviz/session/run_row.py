"""RunRow: one run of a session as the window sees it."""

from dataclasses import dataclass

from dlviz.session.curves import Curves, Mark
from dlviz.session.distributions import Column
from dlviz.session.document import Document


@dataclass(frozen=True)
class Origin:
    """Where a run comes from: its parent, the step and epoch at which it left it, and what was changed, in words.

    is_beside: begun at the start, from the same seed, to be seen beside its parent.
    """

    parent: int | None = None
    step: int = 0
    epoch: int = 0
    change: str = ""
    is_beside: bool = False


@dataclass(frozen=True)
class Label:
    """What somebody says about a run: its name ("" for its number), a note, and whether it is kept in view."""

    name: str = ""
    note: str = ""
    is_pinned: bool = False


@dataclass(frozen=True, eq=False)
class RunRow:
    """A run: where it comes from, where it stands, and what is recorded of it.

    uid: its number, from 1 in the order in which they began. colour: which of the colours for runs it has.
    document: that at its playhead. Losses and scores are those at its playhead; None where nothing was measured.
    seconds: computing time since it left its parent.
    curves: of the current run only where the frame has none of its own.
    """

    uid: int
    origin: Origin
    label: Label
    colour: int
    document: Document
    is_current: bool = False
    step: int = 0
    epoch: int = 0
    last_step: int = 0
    train_loss: float | None = None
    validation_loss: float | None = None
    train_score: float | None = None
    validation_score: float | None = None
    seconds: float = 0.0
    curves: Curves | None = None
    distributions: tuple[Column, ...] = ()
    marks: tuple[Mark, ...] = ()
