"""Runs: every run of a session. One is current and moves; the others stand where they were left, exact to the bit.

Memory: snapshots of all runs stay under `snapshots.ALL_BYTES`, recorded distributions under `COLUMN_BYTES`; curves of
a run take at most 0.3 MB, and at most `limits.RUNS` are listed. Starts of segments are never let go.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from dlviz.core.errors import SpecError
from dlviz.i18n import tr
from dlviz.session import limits
from dlviz.session.differences import change_words
from dlviz.session.document import Document
from dlviz.session.history import History, LossLog, Measurements
from dlviz.session.run import Moment, Run
from dlviz.session.run_row import Label, Origin, RunRow
from dlviz.session.saved_runs import SavedRun, SavedRuns, SavedSegment
from dlviz.session.snapshots import MIB, AllSnapshots
from dlviz.session.subject import WHOLE
from dlviz.session.timeline import Segment, Timeline, first_state, segment
from dlviz.session.trained import Trained
from dlviz.session.trainer import TrainingState
from dlviz.session.watcher import Watched

MAX_REMOVED = 16  # that can be brought back
COLUMN_BYTES = 64 * MIB  # of distributions of all runs


@dataclass(eq=False)
class Entry:
    """A run in the list.

    base: the document that it left; begins: the step from which it is its own. moment, state: where it stands while
    another run is current. row: what the window was told of it then.
    """

    uid: int
    origin: Origin
    colour: int
    base: Document
    begins: int
    label: Label = Label()
    seconds: float = 0.0
    moment: Moment | None = None
    state: TrainingState | None = None
    row: RunRow | None = None

    @property
    def is_spoken_of(self) -> bool:
        """Whether somebody named, noted or pinned it."""
        return self.label != Label()


@dataclass(frozen=True, eq=False)
class Standing:
    """A run and a moment of it, to come back to."""

    entry: Entry
    moment: Moment


class Runs:
    """The list of runs and the playhead of the current one.

    An edit where something is recorded ahead begins a run of its own, and both stay; at the end of the
    record it goes on with the same run. A run that was never trained leaves no trace once another is current.

    before_leaving: looks at a run before another becomes current.
    """

    def __init__(self, document: Document, before_leaving: Callable[[Run], None] | None = None) -> None:
        self.run = Run(document)
        self._before_leaving = before_leaving
        self.revision = -1  # counts what a project file would not have: runs that came, went or were renamed
        self._serial = count(1)
        self._entries: dict[int, Entry] = {}
        self._removed: dict[int, Entry] = {}
        self._current = self._enter(Origin(), document)

    @property
    def current(self) -> int:
        """The uid of the current run."""
        return self._current.uid

    @property
    def uids(self) -> tuple[int, ...]:
        """All runs in the order in which they began."""
        return tuple(sorted(self._entries))

    def _enter(self, origin: Origin, base: Document) -> Entry:
        taken = {each.colour for each in self._entries.values()}
        colour = next(each for each in count() if each not in taken)
        entry = Entry(next(self._serial), origin, colour, base, self.run.step)
        self._entries[entry.uid] = entry
        self.revision += 1
        self._limit()
        return entry

    def _limit(self) -> None:
        """Let the oldest run go that nobody speaks of, where there are too many."""
        idle = [each for each in self._entries.values() if each.moment and not each.is_spoken_of]
        if len(self._entries) > limits.RUNS and idle:
            del self._entries[min(idle, key=lambda each: each.uid).uid]

    def _is_trained(self, entry: Entry) -> bool:
        moment = entry.moment
        end = self.run.timeline.end if moment is None else moment.timeline.end
        return end > entry.begins

    def edit(self, document: Document, label: str) -> None:
        """Go on under an edited document: in a run of its own where something is recorded ahead.

        What changes no number, as a stop rule or a title, goes for the whole of the run on show.
        """
        if self.run.document.trains_like(document):
            self.run.edit(document, label)
            return
        if self.run.begins_anew(document):
            self.begin(document, label)
            return
        self._go_on(change_words(self.run.document, document, label), document)
        told = change_words(self.run.document_before, document, label) if label else ""
        self.run.edit(document, told)
        self._tell_change(document, label)

    def type_parameter(self, name: str, index: tuple[int, ...], value: float, label: str) -> None:
        """Go on with one number typed in, as `edit` does."""
        self._go_on(label, self.run.document)
        self.run.type_parameter(name, index, value, label)

    def _go_on(self, change: str, document: Document) -> None:
        if self.run.document.subject != document.subject or document.subject in WHOLE or self.run.problem:
            return
        step, epoch = self.run.place
        if self.run.timeline.end > step:
            base = self.run.document
            self._branch(Origin(self._leave(), step, epoch, change), base, step)

    def _branch(self, origin: Origin, base: Document, begins: int) -> None:
        self._current = self._enter(origin, base)
        self._current.begins = begins

    def _tell_change(self, document: Document, label: str) -> None:
        """Say what a run changed that was edited again before it was trained."""
        entry = self._current
        if entry.origin.change and not self._is_trained(entry):
            entry.origin = replace(entry.origin, change=change_words(entry.base, document, label))

    def _leave(self, keeps: bool = False) -> int | None:
        """Let the current run stand where it is; return its uid, or its parent's if it was never trained."""
        entry = self._current
        if self._before_leaving is not None:
            self._before_leaving(self.run)
        entry.row = self._row(entry, self.run.moment(), *self.run.place_shown, is_current=False)
        entry.moment, entry.state = self.run.moment(), self.run.remembered()
        self._limit_distributions()
        if keeps or entry.is_spoken_of or self._is_trained(entry):
            return entry.uid
        del self._entries[entry.uid]
        return entry.origin.parent

    def beside(self, document: Document, label: str, is_fresh: bool) -> int:
        """Begin a run under an edited document at the start, from the same first weights; the current one stays.

        is_fresh: from weights drawn anew from the same seed. Returns how far the run beside it has come.
        """
        first, end = self.run.timeline.segments[0], self.run.timeline.end
        parent = self._leave(keeps=True)
        self._start(document, is_fresh)
        self._branch(Origin(parent, self.run.step, 0, label, is_beside=True), first.document, self.run.step)
        return end

    def _start(self, document: Document, is_fresh: bool) -> None:
        if is_fresh:
            self.run.begin(document)
        else:
            self.run.reset(document)

    def reset(self) -> None:
        """Begin again from the first weights under the present document.

        Where nothing was changed since, the same run begins again; else another one does.
        """
        first = self.run.timeline.segments[0].document
        if len(self.run.timeline.segments) == 1:
            self.run.reset()
            self._current.seconds = 0.0
            return
        document = self.run.document
        parent = self._leave()
        self.run.reset()
        change = change_words(first, document, tr("Begun again"))
        self._branch(Origin(parent, self.run.step, 0, change), first, self.run.step)

    def begin(self, document: Document, label: str) -> None:
        """Begin a run with new starting weights under a document."""
        base = self.run.document
        parent = self._leave()
        self.run.begin(document)
        self._branch(Origin(parent, 0, 0, change_words(base, document, label) if parent else ""), base, 0)

    def adopt(self, document: Document, origin: Origin, base: Document, trained: Trained | None) -> None:
        """Show a run that was trained elsewhere from its start, as it stands; the current one stays.

        base: the document that it varies. trained: None begins it at its start, to be trained here.
        """
        self._leave(keeps=True)
        if trained is None:
            self.run.begin(document)
            self._branch(origin, base, 0)
            return
        first = segment(document, first_state(document))
        losses = LossLog.from_table(trained.first_loss, trained.stride, trained.losses)
        measured = Measurements.from_table(trained.measured)
        history = History(losses, measured, self.run.history.snapshots, trained.watched)
        entry = self._enter(origin, base)
        entry.begins, entry.state = 0, trained.state
        self._stand(entry, Moment(Timeline((first,), trained.end), history, trained.state.step))

    def resume(self, state: TrainingState, is_whole: bool, watched: Watched) -> None:
        """Stand where a saved run stood."""
        self.run.resume(state, is_whole, watched)

    def saved(self) -> SavedRuns:
        """Return all runs to be written, each where it stands, within a batch too."""
        state = self.run.remembered()
        standing = {entry.uid: (entry.moment or self.run.moment(), entry.state or state) for entry in self._all()}
        uids = {each.uid: each for moment, _ in standing.values() for each in moment.timeline.segments}
        places = {uid: place for place, uid in enumerate(uids)}
        segments = tuple(SavedSegment(each.document, each.start, each.label, each.lead) for each in uids.values())
        return SavedRuns(
            self.current, segments, tuple(_saved(entry, *standing[entry.uid], places) for entry in self._all())
        )

    def load(self, saved: SavedRuns) -> None:
        """Take over the runs of a project file in place of those that are here."""
        segments = [segment(each.document, each.start, each.label, each.lead) for each in saved.segments]
        snapshots = self.run.history.snapshots
        self._entries = {each.uid: self._opened(each, segments, snapshots) for each in saved.runs}
        self._serial = count(max(self._entries) + 1)
        entry = self._entries[saved.current]
        assert entry.moment is not None
        self._stand(entry, entry.moment)
        self.run.settle()
        self.revision = 0

    def _opened(self, saved: SavedRun, segments: Sequence[Segment], snapshots: AllSnapshots) -> Entry:
        timeline = Timeline(tuple(segments[place] for place in saved.segments), saved.end)
        losses = LossLog.from_table(saved.first_loss, saved.stride, saved.losses)
        history = History(losses, Measurements.from_table(saved.measured), snapshots, saved.watched)
        moment, base = Moment(timeline, history, saved.state.step, saved.cursor), timeline.segments[0].document
        entry = Entry(
            saved.uid, saved.origin, saved.colour, base, saved.begins, saved.label, saved.seconds, moment, saved.state
        )
        entry.row = self._row(entry, moment, saved.state.step, saved.state.epoch, is_current=False)
        return entry

    def _all(self) -> list[Entry]:
        return [self._entries[uid] for uid in self.uids]

    def standing(self) -> Standing:
        """Return the present, to be restored later."""
        return Standing(self._current, self.run.moment())

    def restore(self, standing: Standing) -> None:
        """Stand at a moment of the past again; what was recorded since under the same edits is kept."""
        entry, moment = standing.entry, standing.moment
        if entry is self._current:
            self.run.restore(_longer(self.run.moment(), moment))
        else:
            self._leave()
            self._stand(entry, _longer(entry.moment, moment))

    def _stand(self, entry: Entry, moment: Moment) -> None:
        self._entries[entry.uid] = entry
        self._removed.pop(entry.uid, None)
        self._current = entry
        if entry.state is not None:
            # It may have been let go meanwhile; with it nothing has to be replayed.
            moment.history.of(moment.timeline.at(entry.state.step).uid).add_recent(entry.state)
        entry.moment = entry.state = entry.row = None
        self.revision += 1
        self.run.restore(moment)

    def switch(self, uid: int) -> None:
        """Make another run current, exactly where it was left. Raises: SpecError for one that is not there."""
        entry = self._get(uid)
        if entry is not self._current:
            self._leave()
            assert entry.moment is not None
            self._stand(entry, entry.moment)

    def _get(self, uid: int) -> Entry:
        if uid not in self._entries:
            raise SpecError(tr("Expected a run of the list. Received: {uid}", uid=uid))
        return self._entries[uid]

    def remove(self, uid: int) -> None:
        """Take a run that is not current out of the list. Raises: SpecError."""
        entry = self._get(uid)
        if entry is self._current:
            raise SpecError(tr("Expected a run that is not on show. Received: {uid}", uid=uid))
        self._removed[uid] = self._entries.pop(uid)
        while len(self._removed) > MAX_REMOVED:
            del self._removed[next(iter(self._removed))]
        self.revision += 1

    def bring_back(self, uid: int) -> None:
        """Put a run that was taken out into the list again; nothing happens if it is gone."""
        if uid in self._removed:
            self._entries[uid] = self._removed.pop(uid)
            self.revision += 1

    def describe(self, uid: int, label: Label) -> None:
        """Name, note or pin a run. Raises: SpecError for one that is not there."""
        entry = self._get(uid)
        entry.label = label
        if entry.row is not None:
            entry.row = replace(entry.row, label=label)
        self.revision += 1

    def spend(self, seconds: float) -> None:
        """Count computing time of the current run."""
        self._current.seconds += seconds

    def rows(self) -> tuple[RunRow, ...]:
        """Return all runs as the window sees them; those that stand are told once and kept."""
        return tuple(each.row or self._row(each, self.run.moment(), *self.run.place_shown) for each in self._all())

    def _row(self, entry: Entry, moment: Moment, step: int, epoch: int, is_current: bool = True) -> RunRow:
        timeline, history = moment.timeline, moment.history
        train_loss, validation_loss, train_score, validation_score, _ = map(_finite, history.measured.at(step))
        return RunRow(
            entry.uid, entry.origin, entry.label, entry.colour, timeline.at(step).document, is_current, step, epoch,
            timeline.end, train_loss, validation_loss, train_score, validation_score, entry.seconds,
            None if is_current else history.curves(), history.columns.columns, timeline.marks(),
        )  # fmt: skip

    def _limit_distributions(self) -> None:
        """Thin what is recorded of distributions, most first, until all together keep to their budget."""
        standing = [each for each in self._entries.values() if each.moment is not None]
        while sum(_column_bytes(each) for each in standing) > COLUMN_BYTES:
            largest = max(standing, key=_column_bytes)
            assert largest.moment is not None
            if not largest.moment.history.columns.thin():
                return
            if largest.row is not None:
                largest.row = replace(largest.row, distributions=largest.moment.history.columns.columns)


def _saved(entry: Entry, moment: Moment, state: TrainingState, places: Mapping[int, int]) -> SavedRun:
    timeline, history = moment.timeline, moment.history
    measured = np.column_stack([np.array(history.measured.steps, dtype=np.float64), history.measured.table()])
    return SavedRun(
        entry.uid, entry.origin, entry.label, entry.colour, entry.begins, entry.seconds,
        tuple(places[each.uid] for each in timeline.segments), timeline.end, state, moment.cursor,
        history.losses.first, history.losses.stride, history.losses.table(), measured,
        history.watched.fork(timeline.end),
    )  # fmt: skip


def _column_bytes(entry: Entry) -> int:
    return entry.moment.history.columns.nbytes if entry.moment else 0


def _longer(kept: Moment | None, asked: Moment) -> Moment:
    """Return the asked moment, with what was recorded since where no edit changed the numbers in between."""
    if kept is None or kept.timeline.uids != asked.timeline.uids or kept.timeline.end <= asked.timeline.end:
        return asked
    return replace(asked, timeline=replace(asked.timeline, end=kept.timeline.end), history=kept.history)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
