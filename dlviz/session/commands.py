"""Commands that change which run the worker works on; the rest are in messages.py."""

import queue
from dataclasses import dataclass, field

from dlviz.session.document import Document
from dlviz.session.timeline import Timeline
from dlviz.session.trainer import TrainingState
from dlviz.session.watcher import Watched


@dataclass(frozen=True)
class Edit:
    """Go on under an edited document. token names the moment after the edit, for undo."""

    generation: int
    token: int
    document: Document
    label: str


@dataclass(frozen=True)
class TypeParameter:
    """Go on with one entry of a parameter typed in."""

    generation: int
    token: int
    name: str
    index: tuple[int, ...]
    value: float
    label: str


@dataclass(frozen=True)
class Restore:
    """Undo or redo: stand at the moment of this token again."""

    generation: int
    token: int


@dataclass(frozen=True)
class Begin:
    """Begin a run of another document; state: where a saved one stood.

    is_whole: the saved run had one segment, so its past can be replayed from the start.
    watched: what its callbacks had seen.
    """

    generation: int
    token: int
    document: Document
    state: TrainingState | None = None
    is_whole: bool = True
    watched: Watched = field(default_factory=Watched)


@dataclass(frozen=True)
class Reset:
    """Begin again from the same initial weights."""

    generation: int


@dataclass(frozen=True)
class WalkTo:
    """Stand after so many steps of the batch in hand."""

    cursor: int


@dataclass(frozen=True)
class Answer:
    """Where the run stands, for a save."""

    timeline: Timeline
    state: TrainingState
    document: Document
    watched: Watched = field(default_factory=Watched)


@dataclass(frozen=True)
class AskState:
    """Ask where the run stands; the answer goes to `reply`."""

    reply: "queue.SimpleQueue[Answer]" = field(default_factory=queue.SimpleQueue, compare=False)
