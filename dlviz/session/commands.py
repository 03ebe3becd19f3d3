"""Commands that change which run the worker works on; the rest are in messages.py."""

import queue
from dataclasses import dataclass, field

from dlviz.session.document import Document
from dlviz.session.run_row import Label
from dlviz.session.saved_runs import SavedRuns
from dlviz.session.timeline import Timeline
from dlviz.session.trainer import TrainingState
from dlviz.session.vary.result import Trial
from dlviz.session.vary.spec import Experiment
from dlviz.session.watcher import Watched


@dataclass(frozen=True)
class Edit:
    """Go on under an edited document. token names the moment after the edit, for undo.

    joins: the edit before it and this one are one change, as while a slider is pulled.
    """

    generation: int
    token: int
    document: Document
    label: str
    joins: bool = False


@dataclass(frozen=True)
class Note:
    """Write a note where the run stands."""

    generation: int
    token: int
    words: str


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
class WalkRow:
    """Walk a row of the data: in the batch in hand or the next one, else alone and beside the run."""

    row: int


@dataclass(frozen=True)
class Restore:
    """Undo or redo: stand at the moment of this token again; document: that of the moment."""

    generation: int
    token: int
    document: Document


@dataclass(frozen=True)
class Begin:
    """Begin a run with new starting weights under a document; the one before stays in the list."""

    generation: int
    token: int
    document: Document
    label: str


@dataclass(frozen=True)
class Beside:
    """Begin a run at the start under an edited document, to be seen beside the current one; same seed.

    is_fresh: its weights are drawn anew; else they start where the current run started.
    """

    generation: int
    token: int
    document: Document
    label: str
    is_fresh: bool


@dataclass(frozen=True)
class Open:
    """Begin with another document and no other runs; state: where a saved run stood.

    is_whole: the saved run had one segment, so its past can be replayed from the start.
    watched: what its callbacks had seen. runs: all that were saved, which stand for the rest.
    """

    generation: int
    token: int
    document: Document
    state: TrainingState | None = None
    is_whole: bool = True
    watched: Watched = field(default_factory=Watched)
    runs: SavedRuns | None = None


@dataclass(frozen=True)
class StartExperiment:
    """Train the variations of a document beside the run, in the place of those of the experiment before."""

    experiment: Experiment


@dataclass(frozen=True)
class CancelExperiment:
    """Let the trainings of the experiment end; those that are over stay."""


@dataclass(frozen=True)
class ClearExperiment:
    """Forget the experiment, and end it if it still runs."""


@dataclass(frozen=True)
class OpenTrial:
    """Show a training of the experiment as a run of its own. document: what it trained, base: what that varies."""

    generation: int
    token: int
    trial: Trial
    document: Document
    base: Document


@dataclass(frozen=True)
class SwitchRun:
    """Make another run current, as it was left."""

    generation: int
    token: int
    uid: int


@dataclass(frozen=True)
class RemoveRun:
    """Take a run out of the list."""

    uid: int


@dataclass(frozen=True)
class BringBackRun:
    """Put a run that was taken out into the list again."""

    uid: int


@dataclass(frozen=True)
class DescribeRun:
    """Name, note or pin a run."""

    uid: int
    label: Label


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
    runs: SavedRuns
    watched: Watched = field(default_factory=Watched)


@dataclass(frozen=True)
class AskState:
    """Ask where the run stands; the answer goes to `reply`."""

    reply: "queue.SimpleQueue[Answer]" = field(default_factory=queue.SimpleQueue, compare=False)
