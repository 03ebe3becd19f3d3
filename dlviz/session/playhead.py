"""Playhead: where a run stands, and what computes its steps there."""

import numpy as np

from dlviz.core.errors import DlvizError
from dlviz.data.prepare import Prepared
from dlviz.session.document import Document
from dlviz.session.engine import Engine, engine_for
from dlviz.session.history import History
from dlviz.session.idle import Idle, idle_settings
from dlviz.session.timeline import Segment, fresh_timeline
from dlviz.session.trainer import Trainer, TrainingState
from dlviz.session.watcher import Watcher, watcher_for

DENSE_SNAPSHOTS = 256  # replays up to this many steps keep every state: the next Back is then instant
MAX_CHUNK = 4096


class Playhead:
    """A place on a timeline: the segment in force there, and its trainer, which can be moved along it.

    A document that cannot train (no layers, outputs that do not fit the data) has no trainer but a `problem`.
    idle: settings of the document at the playhead that change nothing.
    """

    def __init__(self, document: Document) -> None:
        self.timeline = fresh_timeline(document)
        self.history = History()
        self.problem: DlvizError | None = None
        self.idle: tuple[Idle, ...] = ()
        self._trainer: Engine | None = None
        self._watcher: Watcher | None = None
        self._segment: Segment | None = None
        self._losses = np.zeros(MAX_CHUNK)
        self._stand(self.timeline.segments[0], self.timeline.segments[0].start)

    @property
    def trainer(self) -> Engine:
        """What computes the steps at the playhead. Raises: the problem of a document that cannot train."""
        if self._trainer is None:
            assert self.problem is not None
            raise self.problem
        return self._trainer

    @property
    def network(self) -> Trainer:
        """The trainer at the playhead of a document about a network. Raises: the problem of one that cannot train."""
        assert isinstance(self.trainer, Trainer), "only networks are asked for"
        return self.trainer

    @property
    def refusal(self) -> DlvizError | None:
        """Why nothing can be learnt here, although the forward pass can be walked; else None."""
        return self._trainer.refusal if isinstance(self._trainer, Trainer) else None

    @property
    def segment(self) -> Segment:
        """The segment at the playhead."""
        assert self._segment is not None
        return self._segment

    @property
    def document(self) -> Document:
        """The document at the playhead."""
        return self.segment.document

    @property
    def prepared(self) -> Prepared:
        """The data at the playhead."""
        return self.trainer.prepared

    @property
    def is_at_end(self) -> bool:
        """Whether nothing follows any more: a formula is computed."""
        return self._trainer is not None and self._trainer.room == 0

    def _standing(self) -> TrainingState:
        # A document that cannot train has no trainer, but can be edited and saved like any other.
        return self._trainer.state() if self._trainer else self.segment.start

    def _arrived(self) -> None:
        """Note that the playhead moved: snapshots, the end of the record, the segment in force."""
        step = self.trainer.step
        self.timeline = self.timeline.reach(step)
        snapshots = self.history.of(self.segment.uid)
        last = snapshots.last_before(step)
        since = step - (self.segment.start.step if last is None else last)
        if since >= max(snapshots.stride, DENSE_SNAPSHOTS):
            snapshots.add(self.trainer.state())
        following = self.timeline.at(step)
        if following is not self.segment:
            self._stand(following, following.start)

    def _replay_to(self, step: int) -> None:
        keeps_all = step - self.trainer.step <= DENSE_SNAPSHOTS
        while self.trainer.step < step:
            self.trainer.run(1 if keeps_all else min(step - self.trainer.step, MAX_CHUNK), self._losses)
            if keeps_all and self.trainer.step < step:
                self.recent(self.trainer.state())

    def recent(self, state: TrainingState) -> None:
        """Keep a state for the Backs to come."""
        self.history.of(self.segment.uid).add_recent(state)

    def _stand(self, target: Segment, state: TrainingState) -> None:
        if self._segment is None or target.document is not self._segment.document:
            self._build(target.document)
        self._segment = target
        if isinstance(self._trainer, Trainer):
            self._trainer.lead_with(target.lead)
        if self._trainer:
            self._trainer.restore(state)

    def _build(self, document: Document) -> None:
        try:
            trainer = engine_for(document)
            watcher = watcher_for(trainer) if isinstance(trainer, Trainer) else None
            self._trainer, self._watcher, self.problem = trainer, watcher, None
            self.idle = idle_settings(document)
        except DlvizError as problem:
            self._trainer, self._watcher, self.problem = None, None, problem
            self.idle = ()
