"""TimeTravel: a playhead that trains on, seeks, and walks single batches both ways, all exact."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dlviz.core.trace import Trace
from dlviz.session.document import Document
from dlviz.session.messages import Granularity
from dlviz.session.playhead import MAX_CHUNK, Playhead
from dlviz.session.timeline import named
from dlviz.session.trainer import TrainingState
from dlviz.session.walk import Divergence, Walk, after, before, divergence, end_of_phase, without_update
from dlviz.session.watcher import Stop


class TimeTravel(Playhead):
    """The recorded time of one run, and the way on.

    The trainer stands at `step`, or one batch further while a walk is under way: the walk was
    recorded by training that batch.
    """

    def __init__(self, document: Document) -> None:
        super().__init__(document)
        self.walk: Walk | None = None
        self.stopped: Stop | None = None
        self._broken: tuple[int, Divergence] | None = None
        self._before_walk = self.segment.start  # where the trainer stood before it recorded the walk

    @property
    def step(self) -> int:
        """Batches done since the run began; a batch counts when its walk is complete."""
        if self.walk and not self.walk.is_aside:
            return self.walk.trace.global_step + self.walk.is_done
        return self._trainer.step if self._trainer else self.segment.start.step

    @property
    def place(self) -> tuple[int, int]:
        """The step and epoch to go on from; a batch walked halfway does not count."""
        if self.walk and not (self.walk.is_done or self.walk.is_aside):
            return self.walk.trace.global_step, self.walk.trace.epoch
        return self.step, self._trainer.epoch if self._trainer else self.segment.start.epoch

    @property
    def place_shown(self) -> tuple[int, int]:
        """The step and epoch that are shown; a batch walked to its end counts."""
        return self.step, self._trainer.epoch if self._trainer and not self.walk else self.place[1]

    @property
    def batch_in_hand(self) -> tuple[int, int, int]:
        """What is walked, or would be next: segment, step, and the row that is walked alone, -1 for a batch."""
        walk = self.walk
        if walk is None:
            return self.segment.uid, self.step, -1
        return self.segment.uid, walk.trace.global_step, int(walk.trace.rows[0]) if walk.is_aside else -1

    @property
    def document_before(self) -> Document:
        """The document in force up to this step; edits made here one after the other are told as one change of it."""
        earlier = [each.document for each in self.timeline.segments if each.start.step < self.place[0]]
        return earlier[-1] if earlier else self.document

    def settle(self) -> None:
        """Look at what is over from its end: nothing else could be looked at any more."""
        if self.is_at_end and self.walk is None:
            self._walk_previous()

    def _state_here(self) -> TrainingState:
        """Return the state to go on from; a batch walked halfway is taken back to its start."""
        if self.walk and not self.walk.is_done:
            self._go(self.walk.trace.global_step)
        return self._standing()

    def state(self) -> TrainingState:
        """Return where the run stands, and leave it there; a batch that is walked halfway has not been done."""
        if self.walk is None:
            return self._standing()
        is_done = self.walk.is_done and self.trainer.is_sound(self._loss_walked(self.walk))
        return self._standing() if is_done else self._before_walk

    def advance(self, count: int) -> tuple[int, Divergence | None]:
        """Train up to count batches on; returns how many, and what stopped being finite.

        Inside the recorded time it replays the record, edits included. A divergence leaves the run
        at its last finite state, with the batch that broke as the walk, at the operation that broke.
        """
        self.leave_walk()
        self.stopped = None
        count = min(count, MAX_CHUNK, self._until_next_segment(), self._room())
        start = self.trainer.state() if count else None
        first = self.trainer.step
        count = self._train(count)
        if not self.trainer.is_sound(self._losses[:count]):
            assert start is not None
            return self._rewind_to_divergence(start, count)
        if self.trainer.has_loss:
            self.history.losses.append(first, self._losses[:count])
        self._watch(self._losses[:count])
        self._arrived()
        return count, None

    def _room(self) -> int:
        if self._watcher is not None:
            return self._watcher.room(self.history.watched)
        return MAX_CHUNK if self.trainer.room is None else self.trainer.room

    def _train(self, count: int) -> int:
        """Run up to count batches, and no further than the first whose loss stops the run."""
        if self._watcher is None:
            self.trainer.run(count, self._losses)
            return count
        return self._watcher.run(self.history.watched, count, self._losses)

    def _watch(self, losses: np.ndarray) -> None:
        """Let the callbacks look at where the trainer stands."""
        if self._watcher is not None and len(losses):
            self.stopped = self._watcher.look(self.history.watched, losses)

    def _until_next_segment(self) -> int:
        following = self.timeline.next_start(self.trainer.step)
        return MAX_CHUNK if following is None else following - self.trainer.step

    def _rewind_to_divergence(self, start: TrainingState, count: int) -> tuple[int, Divergence]:
        done = self.trainer.back_to_sound(start, self._losses[:count])
        self.history.losses.append(start.step, self._losses[:done])
        self.timeline = self.timeline.reach(self.trainer.step)
        self._record()
        assert self.walk is not None
        found = divergence(self.walk.trace)
        assert found is not None
        self._broken = (self.segment.uid, found)
        # Not past the last operation: the batch would count as done, and its weights as where the run stands.
        self._set_cursor(min(found.index + 1, self.walk.length - 1))
        return done, found

    @property
    def broken(self) -> Divergence | None:
        """What stops being finite in the batch at the playhead, if that is known."""
        if self._broken is None or self._broken[0] != self.segment.uid:
            return None
        return self._broken[1] if self._broken[1].step == self.step else None

    def seek(self, step: int) -> None:
        """Go to a recorded step (clamped to the record)."""
        self._go(min(max(step, self.timeline.first), self.timeline.end))
        self.settle()

    def _go(self, step: int) -> None:
        self.walk = None
        target = self.timeline.at(step)
        state = self.history.of(target.uid).nearest(step) or target.start
        is_ahead = self._segment is target and state.step <= self.step <= step
        if not is_ahead:
            self._stand(target, state)
        if self.problem is None:
            self._replay_to(step)

    def leave_walk(self) -> None:
        """Stand after the walked batch, or before it where it breaks."""
        if self.walk and not self.trainer.is_sound(self._loss_walked(self.walk)):
            self._go(self.walk.trace.global_step)
        elif self.walk:
            self.walk = None
            self._arrived()

    def _record(self) -> None:
        """Train the next batch with the recorder on and walk it from its start."""
        self.leave_walk()
        self._before_walk = self.trainer.state()
        self.recent(self._before_walk)
        trace = self.trainer.record()
        self.walk = Walk(trace, 0)
        loss = self._loss_walked(self.walk)
        if len(loss) and np.isfinite(loss).all():
            self.history.losses.append(trace.global_step, loss)

    def _loss_walked(self, walk: Walk) -> np.ndarray:
        """Return the loss of a batch (1,); () where steps have none, as those of a formula."""
        return self.trainer.loss_of(walk.trace)

    def _set_cursor(self, cursor: int) -> None:
        assert self.walk is not None
        self._place(replace(self.walk, cursor=min(max(cursor, 0), self.walk.length)))

    def _place(self, walk: Walk) -> None:
        was_done, self.walk = self.walk is not None and self.walk.is_done, walk
        if walk.is_done and not walk.is_aside:
            self.timeline = self.timeline.reach(walk.trace.global_step + 1)
            if not was_done:
                self._watch(self._loss_walked(walk))

    def look(self, sample: int) -> None:
        """Look at another column of the walked batch."""
        if self.walk:
            self.walk = replace(self.walk, sample=min(max(sample, 0), len(self.walk.trace.rows) - 1))

    def walk_row(self, row: int, record: Callable[[], Trace]) -> None:
        """Look at a row of the data: in the batch that is walked or comes next, else alone and beside the run.

        record: gives a step on that row alone at the weights where the run stands.
        """
        if self.walk is None or self.walk.is_done:
            self._record()
        assert self.walk is not None
        found = np.flatnonzero(self.walk.trace.rows == row)
        if len(found):
            self.look(int(found[0]))
            return
        self._go(self.place[0])
        self._before_walk = self.trainer.state()
        here, trace = self._before_walk, without_update(record())
        trace = replace(trace, epoch=here.epoch, batch=here.batch, global_step=here.step)
        self.walk = Walk(trace, 0, is_aside=True)

    def walk_to(self, cursor: int) -> None:
        """Stand after so many steps of the batch in hand."""
        if self.walk is None:
            self._walk_previous() if self.is_at_end else self._record()
        self._set_cursor(cursor)

    def forward(self, by: Granularity) -> None:
        """Go one operation, layer, sample, batch or epoch on; `stopped` tells which rule then holds, if any."""
        self.stopped = None
        if by == "epoch":
            self._forward_epoch()
            return
        if by == "batch" and self.walk is not None and self.walk.is_aside:
            self.leave_walk()
        if self.walk is None or self.walk.is_done:
            if self.is_at_end:
                return
            self._record()
        assert self.walk is not None
        self._place(after(self.walk, by))

    def _forward_epoch(self) -> None:
        self.leave_walk()
        remaining = self.trainer.batches_per_epoch - self.trainer.batch
        while remaining > 0:
            done, divergence = self.advance(remaining)
            if divergence or self.stopped or not done:
                return
            remaining -= done
        self.settle()

    def back(self, by: Granularity) -> None:
        """Go one operation, layer, sample, batch or epoch back."""
        if by == "epoch":
            self._back_epoch()
            return
        if self.walk is None or self.walk.cursor == 0:
            self._walk_previous()
        if self.walk is not None and self.walk.cursor > 0:
            self._place(before(self.walk, by))

    def _walk_previous(self) -> None:
        """Record the batch before the playhead again and stand at its end."""
        previous = self.step - 1
        if previous < self.timeline.first:
            return
        self._go(previous)
        self._record()
        assert self.walk is not None
        self.walk = replace(self.walk, cursor=self.walk.length, sample=len(self.walk.trace.rows) - 1)

    def _back_epoch(self) -> None:
        step = self.step
        start = self.timeline.at(max(step - 1, self.timeline.first)).start
        self._go(max(step - 1, self.timeline.first))
        self._go(max(self.trainer.step - self.trainer.batch, start.step))

    def parameters(self) -> dict[str, np.ndarray]:
        """Return host copies of the parameters as they stand at the playhead, walk included."""
        if self._trainer is None:
            return named(self.segment.start, self.document)["theta"]
        if self.walk is None:
            return {name: np.asarray(value) for name, value in self._trainer.read().items()}
        values = {name: self.walk.trace.value(name, self.walk.cursor) for name in self.trainer.read()}
        return {name: np.asarray(value) for name, value in values.items() if value is not None}

    def finish_phase(self) -> None:
        """Walk to the end of the phase in hand."""
        if self.walk is None or self.walk.is_done:
            if self.is_at_end:
                return
            self._record()
        assert self.walk is not None
        self._set_cursor(end_of_phase(self.walk.trace, self.walk.cursor))
