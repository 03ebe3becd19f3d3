"""The runs of a project between JSON and what is saved of them.

A document of a segment is written as the parts in which it differs from the document of the file. Arrays are named
by their content, so that what several runs share is written once.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DocumentError, as_list
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.files.envelope import RunPart, RunsPart, SegmentPart, StandPart, checked
from dlviz.session.format.document import document_arrays, document_from_json, document_to_json
from dlviz.session.format.table import Arrays, array_from_json, array_to_json
from dlviz.session.format.watched import watched_from_json, watched_to_json
from dlviz.session.history import WIDTH
from dlviz.session.orders import Lead
from dlviz.session.plan import first_roles, kept_parameters
from dlviz.session.run_row import Label, Origin
from dlviz.session.saved_runs import SavedRun, SavedRuns, SavedSegment
from dlviz.session.timeline import from_named, named
from dlviz.session.trainer import TrainingState

RUNS = "runs"
PARTS = ("seed", "dtype", "conventions", "data", "network", "parameters", "training", "rule", "formula", "sheet")
MOST_ROWS = 4096  # of a curve
DIGITS = 20  # of the digest that names an array
Shapes = Mapping[str, list[int]]


class _Writer:
    """Writes arrays inline, or by name into `arrays`."""

    def __init__(self, inline_arrays: bool) -> None:
        self.inline_arrays = inline_arrays
        self.arrays: dict[str, NDArray[Any]] = {}

    def array(self, values: NDArray[Any]) -> Any:
        if self.inline_arrays:
            return array_to_json(values)
        contents = np.ascontiguousarray(values)
        header = f"{contents.dtype.str}{contents.shape}".encode()
        name = f"{RUNS}.{hashlib.sha256(header + contents.tobytes()).hexdigest()[:DIGITS]}"
        self.arrays[name] = values
        return {"array": name}

    def document(self, document: Document, main: Document) -> dict[str, Any]:
        """Write the parts of a document; its rows only if they are not those of the main one."""
        whole = document_to_json(document, self.inline_arrays)
        if document.data.is_same(main.data):
            whole.pop("data")
        arrays = {} if self.inline_arrays else document_arrays(document)
        return {part: self._renamed(whole[part], arrays) for part in PARTS if part in whole}

    def _renamed(self, value: Any, arrays: Mapping[str, NDArray[Any]]) -> Any:
        if isinstance(value, Mapping):
            if set(value) == {"array"}:
                return self.array(arrays[value["array"]])
            return {key: self._renamed(each, arrays) for key, each in value.items()}
        return [self._renamed(each, arrays) for each in value] if isinstance(value, list) else value

    def state(self, state: TrainingState, document: Document) -> dict[str, Any]:
        """Write a state; its columns are the parameters of the document one after the other."""
        counts = {"step": state.step, "epoch": state.epoch, "batch": state.batch, "updates": state.updates}
        rows = [[each.ravel() for each in values.values()] for values in named(state, document).values()]
        if not rows or not rows[0]:
            return counts
        return counts | {"kept": self.array(np.stack([np.concatenate(row) for row in rows]))}


def runs_to_json(runs: SavedRuns, main: Document, inline_arrays: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the runs of a project, and return the arrays that are named where they are not inline."""
    writer = _Writer(inline_arrays)
    shared = _Writer(inline_arrays).document(main, main)
    segments = [_segment(each, main, shared, writer) for each in runs.segments]
    written = {"current": runs.current, "segments": segments, "runs": [_run(each, runs, writer) for each in runs.runs]}
    used = set(_names(written))
    return written, {name: each for name, each in writer.arrays.items() if name in used}


def _names(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if set(value) == {"array"}:
            yield value["array"]
        for each in value.values():
            yield from _names(each)
    elif isinstance(value, list):
        for each in value:
            yield from _names(each)


def _segment(each: SavedSegment, main: Document, shared: Mapping[str, Any], writer: _Writer) -> dict[str, Any]:
    own = writer.document(each.document, main)
    differing = {part: value for part, value in own.items() if part not in shared or shared[part] != value}
    gone = {part: None for part in shared if part not in own}
    lead = {} if each.lead is None else {"lead": {"rows": list(each.lead.rows), "epoch": each.lead.epoch}}
    return {
        "document": {**differing, **gone}, "label": each.label, "parameters": _shapes(each.document),
        "start": writer.state(each.start, each.document), **lead,
    }  # fmt: skip


def _shapes(document: Document) -> dict[str, list[int]]:
    return {spec.name: list(spec.shape) for spec in kept_parameters(document)}


def _run(run: SavedRun, runs: SavedRuns, writer: _Writer) -> dict[str, Any]:
    origin, label = run.origin, run.label
    written = {
        "uid": run.uid, "parent": origin.parent, "step": origin.step, "epoch": origin.epoch, "change": origin.change,
        "is_beside": origin.is_beside, "name": label.name, "note": label.note, "is_pinned": label.is_pinned,
        "colour": run.colour, "begins": run.begins, "seconds": round(run.seconds, 3), "segments": list(run.segments),
        "end": run.end, "state": writer.state(run.state, runs.document_of(run)), "cursor": run.cursor,
        "first_loss": run.first_loss, "stride": run.stride, **watched_to_json(run.watched, run.end),
    }  # fmt: skip
    for name, table in (("losses", run.losses), ("measured", run.measured)):
        if len(table):
            written[name] = writer.array(table)
    return written


def runs_from_json(data: Mapping[str, Any], main: Document, arrays: Arrays) -> SavedRuns | None:
    """Read the runs of a project's JSON, if it has any; main: its document.

    Raises: DocumentError, SpecError or ShapeError, one sentence with its place.
    """
    if data.get(RUNS) is None:
        return None
    part = checked(RunsPart, data[RUNS], RUNS)
    source = {key: data[key] for key in ("format", "version", *PARTS) if key in data}
    segments = [_read_segment(each, place, main, arrays, source) for place, each in enumerate(part.segments)]
    runs = tuple(_read_run(each, place, segments, part, arrays) for place, each in enumerate(part.runs))
    uids = [run.uid for run in runs]
    if len(set(uids)) != len(uids) or part.current not in uids:
        expected = tr("Expected every run once, and one of them on show.")
        raise DocumentError(tr("{expected} Received: {got}", expected=expected, got=[part.current, *uids]), place=RUNS)
    return SavedRuns(part.current, tuple(segments), runs)


def _read_segment(
    part: SegmentPart, number: int, main: Document, arrays: Arrays, source: Mapping[str, Any]
) -> SavedSegment:
    place = f"{RUNS}.segments.{number}"
    differing = {key: value for key, value in part.document.items() if key in PARTS}
    document = main
    if differing:
        whole = {key: value for key, value in {**source, **differing}.items() if value is not None}
        own = document_from_json(whole, arrays)
        data = own.data if "data" in differing else main.data
        document = replace(own, title=main.title, view=main.view, extra=main.extra, race=main.race, data=data)
    state = _read_state(part.start, part.parameters, document, arrays, place)
    lead = None if part.lead is None else Lead(tuple(part.lead.rows), part.lead.epoch)
    return SavedSegment(document, state, part.label, lead)


def _read_state(part: StandPart, written: Shapes, document: Document, arrays: Arrays, place: str) -> TrainingState:
    wanted = _shapes(document)
    if wanted != dict(written):
        raise DocumentError(tr("Expected {wanted}. Received: {got}", wanted=wanted, got=dict(written)), place=place)
    roles, sizes = list(first_roles(document)), [int(np.prod(shape, dtype=np.int64)) for shape in written.values()]
    kept = _rows(part.kept, (len(roles), sum(sizes)), arrays, f"{place}.kept")
    columns = np.split(kept, np.cumsum(sizes)[:-1], axis=1) if sizes else []
    values = {
        role: {name: column[row].reshape(written[name]) for name, column in zip(written, columns, strict=True)}
        for row, role in enumerate(roles)
    }
    return from_named(document, values, part.step, part.epoch, part.batch, part.updates)


def _rows(value: Any, shape: tuple[int, int], arrays: Arrays, place: str) -> NDArray[Any]:
    """Read an array of this shape; where it has no entries nothing is written."""
    rows = np.zeros(shape) if value == [] and not shape[1] else array_from_json(value, arrays, place, allow_null=True)
    if rows.shape != shape:
        raise DocumentError(
            tr("Expected an array of {shape}. Received: {got}", shape=as_list(shape), got=as_list(rows.shape)),
            place=place,
        )
    return rows


def _read_run(part: RunPart, number: int, segments: list[SavedSegment], whole: RunsPart, arrays: Arrays) -> SavedRun:
    place = f"{RUNS}.runs.{number}"
    own = _segments_of(part, segments, place)
    here = [each for each in own if segments[each].start.step <= part.state.step][-1]
    state = _read_state(part.state, whole.segments[here].parameters, segments[here].document, arrays, place)
    return SavedRun(
        part.uid, Origin(part.parent, part.step, part.epoch, part.change, part.is_beside),
        Label(part.name, part.note, part.is_pinned), part.colour, part.begins, part.seconds, own, part.end, state,
        part.cursor, part.first_loss, part.stride, _losses(part.losses, arrays, f"{place}.losses"),
        _measured(part.measured, arrays, f"{place}.measured"),
        watched_from_json(None if part.watched is None else part.watched.model_dump()),
    )  # fmt: skip


def _segments_of(part: RunPart, segments: list[SavedSegment], place: str) -> tuple[int, ...]:
    """Return the places of a run's segments. Raises: DocumentError unless they follow each other around its state."""
    known = all(each < len(segments) for each in part.segments)
    starts = [segments[each].start.step for each in part.segments] if known else []
    if not starts or sorted(set(starts)) != starts or not starts[0] <= part.state.step <= part.end >= starts[-1]:
        raise DocumentError(
            tr("Expected segments in order, and a state among their steps. Received: {got}", got=part.segments),
            place=place,
        )
    return tuple(part.segments)


def _losses(value: Any, arrays: Arrays, place: str) -> NDArray[np.float64]:
    table = _table(value, 4, arrays, place)
    if not np.isfinite(table).all() or (table[:, 0] < 1).any() or (table[:, 0] % 1).any():
        raise DocumentError(tr("Expected counts and finite losses. Received: others"), place=place)
    return table


def _measured(value: Any, arrays: Arrays, place: str) -> NDArray[np.float64]:
    table = _table(value, 1 + WIDTH, arrays, place)
    steps = table[:, 0]
    if not (steps >= 0).all() or (np.diff(steps) <= 0).any() or (steps % 1).any():
        raise DocumentError(tr("Expected steps that grow. Received: others"), place=place)
    return table


def _table(value: Any, width: int, arrays: Arrays, place: str) -> NDArray[np.float64]:
    if value is None:
        return np.zeros((0, width))
    table = array_from_json(value, arrays, place, allow_null=True).astype(np.float64)
    if table.ndim != 2 or table.shape[1] != width or len(table) > MOST_ROWS:
        raise DocumentError(
            tr("Expected {n} numbers a row. Received: {got}", n=width, got=as_list(table.shape)), place=place
        )
    return table
