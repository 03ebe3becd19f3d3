"""What a project file keeps of a session's runs: immutable, so that the worker can hand it to whoever writes it."""

from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from dlviz.data.spec import DataSpec
from dlviz.session.document import Document
from dlviz.session.orders import Lead
from dlviz.session.run_row import Label, Origin
from dlviz.session.trainer import TrainingState
from dlviz.session.watcher import Watched

Table = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class SavedSegment:
    """A stretch of runs: its document, the exact state that it began in, what was changed to begin it, and new rows."""

    document: Document
    start: TrainingState
    label: str = ""
    lead: Lead | None = None


@dataclass(frozen=True, eq=False)
class SavedRun:
    """A run: places of its segments in the list, how far it was recorded, where it stands, and its curves.

    begins: the step from which it is its own. cursor: operations done of the batch that it stands in, None between
    batches. losses: (k, 4) as `LossLog.table` from step first_loss on, of `stride` steps each. measured: (m, 6), a step
    and what `Measurements.add` takes.
    """

    uid: int
    origin: Origin
    label: Label
    colour: int
    begins: int
    seconds: float
    segments: tuple[int, ...]
    end: int
    state: TrainingState
    cursor: int | None
    first_loss: int
    stride: int
    losses: Table
    measured: Table
    watched: Watched = field(default_factory=Watched)


@dataclass(frozen=True, eq=False)
class SavedRuns:
    """All runs, the uid of the one on show, and the segments that they share."""

    current: int
    segments: tuple[SavedSegment, ...]
    runs: tuple[SavedRun, ...]

    def document_of(self, run: SavedRun) -> Document:
        """Return the document at a run's playhead."""
        here = [each for each in run.segments if self.segments[each].start.step <= run.state.step]
        return self.segments[here[-1]].document

    @property
    def document(self) -> Document:
        """The document on show."""
        return self.document_of(next(run for run in self.runs if run.uid == self.current))

    def with_data(self, old: DataSpec, new: DataSpec) -> "SavedRuns":
        """Return the same runs on other rows where they were on these: a data file was found."""
        segments = tuple(
            replace(each, document=replace(each.document, data=new)) if each.document.data is old else each
            for each in self.segments
        )
        return replace(self, segments=segments)

    @property
    def is_plain(self) -> bool:
        """Whether a state alone says it all: one run without edits that nobody speaks of."""
        return len(self.runs) == 1 and len(self.segments) == 1 and self.runs[0].label == Label()
