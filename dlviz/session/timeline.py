"""Timeline: a run as segments, each a document and the exact state it started from."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DlvizError
from dlviz.core.layout import Layout, layout
from dlviz.core.rules import rules
from dlviz.data.cells import is_same_but_for_a_row, rows_added
from dlviz.session.curves import Mark
from dlviz.session.document import Document
from dlviz.session.limits import PAINTED_ROWS
from dlviz.session.orders import Lead
from dlviz.session.plan import first_roles, first_values, kept_parameters, kept_type
from dlviz.session.prepared import known_prepared, prepared_for
from dlviz.session.trainer import TrainingState

_uids = count()
OPENING, CLOSING = "\N{LEFT DOUBLE QUOTATION MARK}", "\N{RIGHT DOUBLE QUOTATION MARK}"


@dataclass(frozen=True, eq=False)
class Segment:
    """A stretch of a run trained under one document, from its start state on.

    label: what was changed to begin it, empty for the first; in quotation marks a note, with which nothing changes.
    uid tells segments apart in caches.
    lead: rows that are new in it.
    """

    document: Document
    start: TrainingState
    label: str = ""
    uid: int = -1
    lead: Lead | None = None

    @property
    def is_note(self) -> bool:
        """Whether somebody wrote a note where it begins."""
        return self.label.startswith(OPENING)


@dataclass(frozen=True)
class Timeline:
    """Segments in order, and the last step that was ever reached."""

    segments: tuple[Segment, ...]
    end: int = 0

    @property
    def first(self) -> int:
        """The first step there is."""
        return self.segments[0].start.step

    def at(self, step: int) -> Segment:
        """Return the segment in force at a step; where two meet, the later one."""
        return [segment for segment in self.segments if segment.start.step <= step][-1]

    def next_start(self, step: int) -> int | None:
        """Return the step at which the next segment takes over, or None."""
        later = [segment.start.step for segment in self.segments if segment.start.step > step]
        return later[0] if later else None

    def reach(self, step: int) -> "Timeline":
        """Return the timeline known to reach a step."""
        return self if step <= self.end else Timeline(self.segments, step)

    def branch(self, step: int, segment: Segment) -> "Timeline":
        """Return a timeline that is this one up to a step and goes on with another segment.

        One without a label goes on with the edit that it replaces: a knob that is pulled makes many edits at one step.
        """
        replaced = [each.label for each in self.segments if each.start.step == step and not each.is_note]
        if replaced and not segment.label:
            segment = replace(segment, label=replaced[-1])
        is_inside = step > self.first
        kept = tuple(
            each
            for each in self.segments
            if each.start.step < step or (is_inside and each.is_note and each.start.step == step)
        )
        return Timeline((*kept, segment), step)

    def noted(self, note: Segment) -> "Timeline":
        """Return the same timeline with a note where it begins; what is recorded after it stays."""
        before = [each for each in self.segments if each.start.step <= note.start.step]
        return Timeline((*before, note, *self.segments[len(before) :]), self.end)

    def like(self, document: Document, uid: int) -> "Timeline":
        """Return the same timeline, written and watched as a document says: that of the segment of this uid."""
        own = {each.uid: document if each.uid == uid else each.document.like(document) for each in self.segments}
        return replace(self, segments=tuple(replace(each, document=own[each.uid]) for each in self.segments))

    @property
    def uids(self) -> tuple[int, ...]:
        """The uids of its segments."""
        return tuple(each.uid for each in self.segments)

    def marks(self) -> tuple[Mark, ...]:
        """Return what was changed and when."""
        return tuple(Mark(each.start.step, each.label) for each in self.segments if each.label)


def segment(document: Document, start: TrainingState, label: str = "", lead: Lead | None = None) -> Segment:
    """Make a segment with an identity of its own."""
    return Segment(document, start, label, next(_uids), lead)


def lead_after(old: Segment, document: Document, start: TrainingState) -> Lead | None:
    """Return the rows that come first after an edit: those it put at the end of the data, at most a batch of them."""
    if document.data is old.document.data:
        return old.lead
    before, after = known_prepared(old.document), known_prepared(document)
    if document.data.kind != "table" or before is None or after is None:
        return None
    n, added = after.dataset.n, rows_added(before.dataset, after.dataset)
    leading = min(added, document.training.batch_size, PAINTED_ROWS)
    return Lead(tuple(range(n - leading, n)), start.epoch) if leading else None


def first_state(document: Document) -> TrainingState:
    """Return the state before the first step: starting values, optimizer states at zero."""
    plan = layout(kept_parameters(document))
    kept = _empty(document, plan)
    _write(kept[0], plan, first_values(document))
    return _frozen(0, 0, 0, 0, kept)


def fresh_timeline(document: Document) -> Timeline:
    """Return the timeline of a run that has not begun."""
    return Timeline((segment(document, first_state(document)),))


def carry_over(state: TrainingState, old: Document, new: Document) -> TrainingState:
    """Return the state of a run that goes on under an edited document.

    Parameters are kept by name where shapes allow (the common corner of a resized one), the rest
    is initialised. Optimizer states are kept for the same kind of optimizer, else begin anew.
    A change of data or batches begins a new epoch.
    """
    if _same_training(old, new):
        return state
    old_plan, new_plan = layout(kept_parameters(old)), layout(kept_parameters(new))
    kept = _empty(new, new_plan)
    _write(kept[0], new_plan, first_values(new))
    _copy_corner(state.kept[0], old_plan, kept[0], new_plan)
    _write(kept[0], new_plan, _typed(old, new))
    keeps_states = old.training.optimizer.kind == new.training.optimizer.kind and len(kept) == len(state.kept)
    if keeps_states:
        for row in range(1, len(kept)):
            _copy_corner(state.kept[row], old_plan, kept[row], new_plan)
    epoch, batch = _position(state, old, new)
    return _frozen(state.step, epoch, batch, state.updates if keeps_states else 0, kept)


def with_parameter(
    state: TrainingState, document: Document, name: str, index: tuple[int, ...], value: float
) -> TrainingState:
    """Return the state with one entry of a parameter typed in."""
    plan = layout(kept_parameters(document))
    kept = np.array(state.kept, copy=True)
    plan.views[name].of(kept[0], np)[index] = value
    return _frozen(state.step, state.epoch, state.batch, state.updates, kept)


def uncounted(state: TrainingState, document: Document) -> TrainingState:
    """Return the state with what a rule counts under its present weights and settings back at 0."""
    names = () if document.rule is None else rules.get(document.rule.kind).tallies
    if not names:
        return state
    plan, kept = layout(kept_parameters(document)), np.array(state.kept, copy=True)
    for name in names:
        plan.views[name].of(kept[0], np)[...] = 0
    return _frozen(state.step, state.epoch, state.batch, state.updates, kept)


def named(state: TrainingState, document: Document) -> dict[str, dict[str, NDArray[np.generic]]]:
    """Return the vectors of a state by role ("theta" and the optimizer's states) and parameter name."""
    plan = layout(kept_parameters(document))
    return {
        role: {name: view.of(state.kept[row], np).copy() for name, view in plan.views.items()}
        for row, role in enumerate(first_roles(document))
    }


def from_named(
    document: Document, roles: Mapping[str, Mapping[str, NDArray[np.generic]]], step: int, epoch: int, batch: int,
    updates: int,
) -> TrainingState:  # fmt: skip
    """Build a state from vectors by role and parameter name, as `named` gives them."""
    plan = layout(kept_parameters(document))
    kept = _empty(document, plan)
    for row, role in enumerate(first_roles(document)):
        _write(kept[row], plan, roles.get(role, {}))
    return _frozen(step, epoch, batch, updates, kept)


def _same_training(old: Document, new: Document) -> bool:
    return (
        old.network is new.network
        and old.training is new.training
        and old.conventions.trains_like(new.conventions)
        and old.data is new.data
        and old.parameters is new.parameters
        and (old.rule, old.formula) == (new.rule, new.formula)
        and (old.seed, old.dtype) == (new.seed, new.dtype)
    )


def _typed(old: Document, new: Document) -> dict[str, NDArray[np.generic]]:
    """Return the start values that the edit itself changed."""
    return {name: handle.array for name, handle in new.parameters.items() if old.parameters.get(name) != handle}


def _position(state: TrainingState, old: Document, new: Document) -> tuple[int, int]:
    is_same = has_same_rows(old, new) and old.training.batch_size == new.training.batch_size
    if is_same or state.batch == 0:
        return state.epoch, state.batch
    return state.epoch + 1, 0


def has_same_rows(old: Document, new: Document) -> bool:
    """Say whether the batches of two documents have the same rows, one of which may have other numbers."""
    if old.data is new.data:
        return True
    if new.data.kind != "table" or (old.data.split, old.data.scaling) != (new.data.split, new.data.scaling):
        return False
    try:
        before, after = prepared_for(old), prepared_for(new)
    except DlvizError:
        return False
    return is_same_but_for_a_row(before.dataset, after.dataset) and np.array_equal(before.train, after.train)


def _empty(document: Document, plan: Layout) -> NDArray[np.floating]:
    """Return parameters at zero and optimizer states as they begin, (1 + states, P)."""
    first = list(first_roles(document).values())
    return np.repeat(np.array(first, kept_type(document, plan.size))[:, None], plan.size, axis=1)


def _write(vector: NDArray[np.floating], plan: Layout, values: Mapping[str, NDArray[np.generic]]) -> None:
    for name in plan.views.keys() & values.keys():
        view = plan.views[name].of(vector, np)
        if view.shape == np.shape(values[name]):
            view[...] = values[name]


def _copy_corner(old: NDArray[np.floating], old_plan: Layout, new: NDArray[np.floating], new_plan: Layout) -> None:
    for name in old_plan.views.keys() & new_plan.views.keys():
        source, target = old_plan.views[name].of(old, np), new_plan.views[name].of(new, np)
        if source.ndim == target.ndim:
            corner = tuple(slice(min(sizes)) for sizes in zip(source.shape, target.shape, strict=True))
            target[corner] = source[corner]


def _frozen(step: int, epoch: int, batch: int, updates: int, kept: NDArray[np.floating]) -> TrainingState:
    kept.setflags(write=False)
    return TrainingState(step, epoch, batch, updates, kept)
