"""Run: the training of a document through its edits, each of which goes on from where it was made."""

from dataclasses import dataclass, replace

from dlviz.session.document import Document
from dlviz.session.history import History
from dlviz.session.subject import WHOLE
from dlviz.session.time_travel import TimeTravel
from dlviz.session.timeline import (
    CLOSING,
    OPENING,
    Timeline,
    carry_over,
    fresh_timeline,
    has_same_rows,
    lead_after,
    segment,
    uncounted,
    with_parameter,
)
from dlviz.session.trainer import TrainingState
from dlviz.session.walk import Walk, steps_of
from dlviz.session.watcher import Watched


@dataclass(frozen=True)
class Moment:
    """A point in time to come back to: timeline, curves, step, how far its batch was walked, and which example."""

    timeline: Timeline
    history: History
    step: int
    cursor: int | None = None
    sample: int = 0


class Run(TimeTravel):
    """The training of one document and of its edits, with exact time travel.

    A document that cannot train (no layers, outputs that do not fit the data) has no trainer but a `problem`; it can
    still be edited.
    """

    def remembered(self) -> TrainingState:
        """Return the state of `moment`: that before the batch in hand."""
        return self._standing() if self.walk is None else self._before_walk

    def moment(self) -> Moment:
        """Return the present, to be restored later."""
        if self.walk is None or self.walk.is_aside:
            return Moment(self.timeline, self.history, self.step)
        return Moment(self.timeline, self.history, self.walk.trace.global_step, self.walk.cursor, self.walk.sample)

    def restore(self, moment: Moment) -> None:
        """Stand at a moment of the past (or of an undone future) again."""
        self.timeline, self.history = moment.timeline, moment.history
        self._go(moment.step)
        if moment.cursor is not None:
            self._record()
            self._set_cursor(moment.cursor)
            self.look(moment.sample)

    def edit(self, document: Document, label: str) -> None:
        """Go on from here under an edited document; one that trains to the same numbers moves nothing."""
        if self.document.trains_like(document):
            self._go_on_like(document, label)
            return
        if document.subject in WHOLE:
            self._edit_whole(document)
            return
        if self.begins_anew(document):
            self.begin(document)
            return
        walk, here = self.walk, carry_over(self._state_here(), self.document, document)
        self._branch(document, uncounted(here, document), label)
        self._walk_again(walk)

    def _go_on_like(self, document: Document, label: str) -> None:
        """Write and watch the whole run differently; what is recorded stays, and a walk as well."""
        old = self.document.training
        self.timeline = self.timeline.like(document, self.segment.uid)
        here = next(each for each in self.timeline.segments if each.uid == self.segment.uid)
        if (old.callbacks, old.metrics) == (document.training.callbacks, document.training.metrics):
            self._segment = here
            return
        self.history = replace(self.history, watched=self.history.watched.fork(self.step))
        state = self._standing()
        self._stand(here, state)
        if self.problem is not None:  # a rule that cannot be asked here: until it is mended the run stands
            self._branch(document, state, label)

    def begins_anew(self, document: Document) -> bool:
        """Say whether a rule cannot go on under this document: it reads other rows, or is another rule."""
        return document.subject == "rule" and _is_another_rule(document, self.document)

    def _edit_whole(self, document: Document) -> None:
        """Compute another formula or sheet as far as the one before was computed."""
        cursor = self.walk.cursor if self.walk else None
        self.begin(document)
        if cursor is not None and self.problem is None:
            self.walk_to(cursor)

    def type_parameter(self, name: str, index: tuple[int, ...], value: float, label: str) -> None:
        """Go on from here with one weight typed in."""
        walk, here = self.walk, uncounted(self._state_here(), self.document)
        self._branch(self.document, with_parameter(here, self.document, name, index, value), label)
        self._walk_again(walk)

    def note(self, words: str) -> None:
        """Write a note where the run stands; nothing that was computed or will be changes with it."""
        walk, here = self.walk, self._state_here()
        label = f"{OPENING}{words}{CLOSING}"
        self.timeline = self.timeline.noted(segment(self.document, here, label, self.segment.lead))
        self._go(here.step)
        self._walk_again(walk)

    def _walk_again(self, walk: Walk | None) -> None:
        """Walk the batch in hand anew, to the same step of it; to its start if its steps are others now."""
        if walk is None or walk.is_done or walk.is_aside or self.problem is not None:
            return
        self._record()
        if self.walk is not None and steps_of(self.walk.trace) == steps_of(walk.trace):
            self._set_cursor(walk.cursor)
            self.look(walk.sample)

    def reset(self, document: Document | None = None) -> None:
        """Begin again from the run's first weights, under the present document or another."""
        first, document = self.timeline.segments[0], document or self.document
        start = replace(carry_over(first.start, first.document, document), step=0, epoch=0, batch=0)
        self.timeline = Timeline((segment(document, start),))
        self.history = self.history.fresh()
        self._go(0)

    def begin(self, document: Document) -> None:
        """Begin another run: new starting weights under this document."""
        self.timeline = fresh_timeline(document)
        self.history = self.history.fresh()
        self._go(0)

    def resume(self, state: TrainingState, is_whole: bool, watched: Watched) -> None:
        """Stand where a saved run stood; is_whole: its past can be replayed from the start.

        watched: what its callbacks had seen.
        """
        self.history.watched = watched
        if is_whole:
            self.timeline = Timeline(self.timeline.segments, state.step)
            self.history.of(self.segment.uid).add(state)
        else:
            self.timeline = Timeline((segment(self.document, state),), state.step)
        self._go(state.step)
        self.settle()

    def _branch(self, document: Document, start: TrainingState, label: str) -> None:
        is_new = start.step == self.timeline.first
        lead = lead_after(self.segment, document, start)
        self.timeline = self.timeline.branch(start.step, segment(document, start, "" if is_new else label, lead))
        self.history = self.history.fork(start.step)
        self._go(start.step)


def _is_another_rule(new: Document, old: Document) -> bool:
    """Say whether a rule cannot go on from what the one before had learnt: other rows, or another rule."""
    return old.rule is None or new.rule is None or new.rule.kind != old.rule.kind or not has_same_rows(old, new)
