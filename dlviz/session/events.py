"""What happened to a run, in the order of its steps: its beginning, edits, stop rules, and where it broke."""

from dlviz.core.callbacks import resolve
from dlviz.i18n import tr
from dlviz.session.curves import Event, EventKind, Mark
from dlviz.session.run import Run
from dlviz.session.timeline import Segment
from dlviz.session.watcher import Stop


def marks_of(run: Run) -> tuple[Mark, ...]:
    """Return what time plots mark: edits, stop rules that held, and the epochs that they went back to."""
    found = [*run.timeline.marks(), *(mark for stop in run.history.watched.stops for mark in _marks(stop))]
    return tuple(sorted(found, key=lambda mark: mark.step))


def _marks(stop: Stop) -> tuple[Mark, ...]:
    held = Mark(stop.step, tr(resolve(stop.callback)[0].title), "stop")
    return (held,) if stop.best_step is None else (Mark(stop.best_step, tr("best epoch"), "best"), held)


def events_of(run: Run) -> tuple[Event, ...]:
    """Return everything that happened to a run, oldest first."""
    first, *later = run.timeline.segments
    found = [Event(first.start.step, first.start.epoch, "begin", tr("Begun with seed {n}", n=first.document.seed))]
    found += [_event(each) for each in later if each.label]
    for stop in run.history.watched.stops:
        if stop.best_step is not None:
            found.append(Event(stop.best_step, _epoch(run, stop.best_step), "best", tr("Best epoch so far")))
        found.append(Event(stop.step, _epoch(run, stop.step), "stop", stop.reason))
    broken = run.broken
    if broken is not None:
        words = tr("Not finite any more, first in {formula}", formula=run.document.formula_of(broken))
        found.append(Event(broken.step, _epoch(run, broken.step), "broken", words))
    # A rule held as its step was reached; whatever was changed there came after it.
    return tuple(sorted(found, key=lambda event: (event.step, event.kind in ("edit", "note", "broken"))))


def _event(segment: Segment) -> Event:
    kind: EventKind = "note" if segment.is_note else "edit"
    return Event(segment.start.step, segment.start.epoch, kind, segment.label)


def _epoch(run: Run, step: int) -> int | None:
    """Return the epoch of a step, if it lies in the stretch at the playhead, whose batches are known."""
    segment: Segment = run.timeline.at(step)
    if segment.uid != run.segment.uid or run.problem is not None:
        return None
    start = segment.start
    return start.epoch + (start.batch + step - start.step) // run.trainer.batches_per_epoch
