"""Session: the application without a face. The window calls it; the worker does the work."""

import os
import queue
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from dlviz.core.errors import SaveError, SpecError, as_list
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.i18n import tr
from dlviz.session import commands as cmd
from dlviz.session.controls import Controls
from dlviz.session.document import Document
from dlviz.session.edits.training import set_seed
from dlviz.session.files.project_file import Project, SavedState, read_project, write_project
from dlviz.session.files.saved_state import from_saved, project_of
from dlviz.session.files.sheet_file import is_sheet
from dlviz.session.format.document import check_document
from dlviz.session.format.watched import WATCHED, watched_from_json
from dlviz.session.limits import TEXT_CHARACTERS
from dlviz.session.looks import LOOKS, LookAtTest, looks_in
from dlviz.session.messages import Close, Frame, Pause
from dlviz.session.plan import kept_parameters
from dlviz.session.prepared import prepared_for
from dlviz.session.run_row import RunRow
from dlviz.session.saved_runs import SavedRuns
from dlviz.session.store import Store
from dlviz.session.vary.plan import check_experiment, document_of
from dlviz.session.vary.pool import Executors
from dlviz.session.vary.result import ExperimentView
from dlviz.session.vary.spec import Experiment
from dlviz.session.worker import Worker

ANSWER_SECONDS = 10.0  # a save waits this long for the worker, which answers within one chunk
NOTE_CHARACTERS = 200
JOIN_SECONDS = 5.0


@dataclass(frozen=True)
class Past:
    """What undo brings back: a document, and the worker's name for the run as it stood."""

    document: Document
    token: int


class Session(Controls):
    """One document, its undo stack, and the run of it. All calls come from one thread."""

    def __init__(self, document: Document, executors: Executors | None = None) -> None:
        """Begin with a document. executors: where experiments train; by default in processes of this program."""
        super().__init__(Worker(document, executors))
        self._store: Store[Past] = Store(Past(document, 0))
        self._listeners: list[Callable[[], None]] = []
        self._generation = 0
        self._tokens = 0
        self._saved: SavedState | None = None
        self._saved_runs: SavedRuns | None = None
        self._step = self._saved_step = 0
        self._revision = self._saved_revision = 0
        self.test_looks = self._saved_looks = looks_in(document.view)
        self._is_test_open = False  # as the last frame said
        self._view: dict[str, Any] = {}  # of the window, since the document was opened
        self.path: Path | None = None
        self.message = ""
        self.runs: tuple[RunRow, ...] = ()
        self.experiment: ExperimentView | None = None
        self._worker.start()

    @property
    def document(self) -> Document:
        """The document at the playhead."""
        return self._store.current.document

    @property
    def view(self) -> Mapping[str, Any]:
        """How the document is looked at: as it was opened, and what the window has chosen since."""
        return {**self.document.view, **self._view}

    def remember(self, key: str, value: Any) -> None:
        """Keep how the document is looked at, to be saved with it; no edit, so that undo leaves it."""
        self._view[key] = value

    @property
    def prepared(self) -> Prepared:
        """The document's data, split and scaled. Raises: DataError, SpecError."""
        return prepared_for(self.document)

    @property
    def dataset(self) -> Dataset:
        """The document's rows as they were measured. Raises: DataError, SpecError."""
        return self.prepared.dataset

    def subscribe(self, listener: Callable[[], None]) -> None:
        """Call listener after every change of the document."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _next(self) -> tuple[int, int]:
        self._generation += 1
        self._tokens += 1
        self._is_test_open = False
        return self._generation, self._tokens

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._store.can_undo

    @property
    def can_redo(self) -> bool:
        """Whether there is an edit to bring back."""
        return self._store.can_redo

    @property
    def undo_label(self) -> str:
        """What undo would take back."""
        return self._store.undo_label

    @property
    def redo_label(self) -> str:
        """What redo would bring back."""
        return self._store.redo_label

    @property
    def is_dirty(self) -> bool:
        """Whether there is something that is not on disk: an edit, or a saved run that went on.

        A run that was never saved is not asked about: the first one begins by itself.
        """
        stands = self._step, self._revision, self.test_looks
        went_on = stands != (self._saved_step, self._saved_revision, self._saved_looks)
        return self._store.is_dirty or (self.path is not None and went_on)

    def edit(self, document: Document, label: str, merge: str = "") -> None:
        """Go on with an edited document. Raises: DlvizError if it is not valid; the old one stays."""
        if document is self.document:
            return
        check_document(document)
        prepared_for(document)
        generation, token = self._next()
        joins = self._store.push(Past(document, token), label, merge)
        self._send(cmd.Edit(generation, token, document, label, joins))
        self._tell()

    def set_parameter(self, name: str, index: int | tuple[int, ...], value: float, label: str = "") -> None:
        """Type one number of a parameter where the run stands; undoable. Raises: SpecError."""
        place = (index,) if isinstance(index, int) else tuple(index)
        self._check_place(name, place, value)
        generation, token = self._next()
        shown = label or tr("{name} = {value}", name=name, value=f"{value:.4g}".replace("-", "−"))
        self._store.push(Past(self.document, token), shown)
        self._send(cmd.TypeParameter(generation, token, name, place, float(value), shown))
        self._tell()

    def note(self, words: str) -> None:
        """Write a note where the run stands, to be found in its log; undoable. Raises: SpecError."""
        words = " ".join(words.split())
        if not 0 < len(words) <= NOTE_CHARACTERS:
            raise SpecError(
                tr("Expected a note of 1 to {most} characters. Received: {n}", most=NOTE_CHARACTERS, n=len(words))
            )
        generation, token = self._next()
        self._store.push(Past(self.document, token), tr("Note"))
        self._send(cmd.Note(generation, token, words))
        self._tell()

    def _check_place(self, name: str, place: tuple[int, ...], value: float) -> None:
        shapes = {each.name: each.shape for each in kept_parameters(self.document)}
        if name not in shapes:
            raise SpecError(tr("Expected a parameter of this network. Received: {name}", name=name))
        shape = shapes[name]
        if len(place) != len(shape) or not all(0 <= i < n for i, n in zip(place, shape, strict=True)):
            raise SpecError(
                tr("Expected a place in {shape}. Received: {place}", shape=as_list(shape), place=as_list(place)),
                place=name,
            )
        if not np.isfinite(value):
            raise SpecError(tr("Expected a finite number. Received: {value}", value=value), place=name)

    def undo(self) -> None:
        """Take the last edit back: document and run as they stood before it. Raises: SpecError."""
        self._travel(self._store.undo())

    def redo(self) -> None:
        """Bring an undone edit back, with the run as it stood. Raises: SpecError."""
        self._travel(self._store.redo())

    def _travel(self, past: Past) -> None:
        self._generation += 1
        self._send(cmd.Restore(self._generation, past.token, past.document))
        self._tell()

    def walk_row(self, row: int) -> None:
        """Walk a row of the data: in the batch in hand or the next one, else alone and beside the run.

        Raises: as `check_row` does.
        """
        self.check_row(row)
        self._send(cmd.WalkRow(row))

    def check_row(self, row: int) -> None:
        """Raise SpecError for a test row while the test is locked: its loss is part of the answer."""
        if not self._is_test_open and row in self.prepared.test:
            raise SpecError(
                tr("Expected a training or dev row. Received: row {n}, which is kept for the test", n=row + 1),
                tr("Press Unlock test under Data, split, to look at it."),
            )

    def reset(self) -> None:
        """Begin again from the same initial weights, under the present settings."""
        self._generation += 1
        self._send(cmd.Reset(self._generation))

    def new_seed(self) -> None:
        """Begin again from other initial weights; undoable."""
        document = replace(set_seed(self.document, self.document.seed + 1), parameters={})
        self.start_over(document, tr("New initial weights"))

    def start_over(self, document: Document, label: str) -> None:
        """Begin a run of its own with an edited document; undo brings the old run back.

        Raises: DlvizError if it is not valid; the old one stays.
        """
        check_document(document)
        prepared_for(document)
        generation, token = self._next()
        self._store.push(Past(document, token), label)
        self._send(cmd.Begin(generation, token, document, label))
        self._tell()

    def look_at_test(self) -> None:
        """Measure the test rows where the run stands, and count the look.

        Raises: SpecError where no rows are kept for it.
        """
        if not len(self.prepared.test):
            raise SpecError(tr("Expected test rows. Received: a split without any"), tr("Hold some out."), "data.split")
        self.test_looks += 1
        self._send(LookAtTest())
        self._tell()

    def run_beside(self, document: Document, label: str, is_fresh: bool = False) -> None:
        """Run an edited document from the start with the same seed, beside the run as it is; undo goes back to that.

        is_fresh: from weights drawn anew. Raises: DlvizError if it is not valid; the old one stays.
        """
        check_document(document)
        prepared_for(document)
        generation, token = self._next()
        self._store.push(Past(document, token), label)
        self._send(cmd.Beside(generation, token, document, label, is_fresh))
        self._tell()

    def switch_run(self, uid: int) -> None:
        """Show another run exactly as it was left; undo comes back. Raises: SpecError for one that is not there."""
        row = self._row(uid)
        if not row.is_current:
            generation, token = self._next()
            self._store.push(Past(row.document, token), tr("Run {n}", n=uid))
            self._send(cmd.SwitchRun(generation, token, uid))
            self._tell()

    def _row(self, uid: int) -> RunRow:
        for row in self.runs:
            if row.uid == uid:
                return row
        raise SpecError(tr("Expected a run of the list. Received: {uid}", uid=uid))

    def remove_run(self, uid: int) -> None:
        """Take a run out of the list; `bring_back_run` puts it there again. Raises: SpecError for the last one."""
        if self._row(uid).is_current:
            others = [row for row in self.runs if not row.is_current]
            if not others:
                raise SpecError(tr("Expected another run to show. Received: only this one"))
            parent = self._row(uid).origin.parent
            self.switch_run(next((row.uid for row in others if row.uid == parent), others[-1].uid))
        self._send(cmd.RemoveRun(uid))

    def describe_run(self, uid: int, **changes: Any) -> None:
        """Change a run's name, note or is_pinned. Raises: SpecError for a run that is not there, or too long a text."""
        label = replace(self._row(uid).label, **changes)
        if max(len(label.name), len(label.note)) > TEXT_CHARACTERS:
            raise SpecError(tr("Expected at most {n} characters. Received: more", n=TEXT_CHARACTERS))
        self.runs = tuple(replace(row, label=label) if row.uid == uid else row for row in self.runs)
        self._send(cmd.DescribeRun(uid, label))

    def start_experiment(self, experiment: Experiment) -> None:
        """Train variations of a document in the background, in the place of the experiment before.

        Raises: DlvizError where a value does not fit, or there are too many trainings.
        """
        check_experiment(experiment)
        self._send(cmd.StartExperiment(experiment))

    def open_trial(self, number: int) -> None:
        """Show a training of the experiment as a run of its own; undo comes back.

        Raises: SpecError for one that is not there, or has come to nothing.
        """
        view = self.experiment
        trial = view.trials[number] if view is not None and 0 <= number < len(view.trials) else None
        if view is None or trial is None or trial.ended is None:
            raise SpecError(tr("Expected a training that is over. Received: number {n}", n=number))
        if trial.run is not None and trial.run in {row.uid for row in self.runs}:
            self.switch_run(trial.run)
            return
        document = document_of(view.experiment, trial)
        generation, token = self._next()
        self._store.push(Past(document, token), tr("Open a run of the experiment"))
        self._send(cmd.OpenTrial(generation, token, trial, document, view.experiment.document))
        self._tell()

    def poll(self) -> Frame | None:
        """Return the newest frame, or None; frames from before the last edit are dropped."""
        frame = self._worker.mailbox.take()
        if frame is None or frame.generation != self._generation:
            return None
        self.message, self._step, self._is_test_open = frame.message, frame.step, frame.is_test_open
        self.runs, self._revision = frame.runs, frame.runs_revision
        self.experiment = frame.experiment
        if frame.document is not self.document:
            # The playhead crossed an edit: what is shown is the document of that time.
            self._store.show(Past(frame.document, self._store.current.token))
            self._tell()
        return frame

    def new(self, document: Document) -> None:
        """Begin with another document; undo cannot come back to the old one."""
        self._begin(Project(document), None)

    def open(self, path: str | os.PathLike[str]) -> None:
        """Open a project, document or sheet. Raises: DlvizError; the old one stays.

        The document of a sheet is a new one: saving it asks where, and leaves the text alone.
        """
        self._begin(read_project(path), None if is_sheet(path) else Path(path))

    @property
    def missing_file(self) -> Path | None:
        """The data file that the document names and nobody has opened yet; None if there is none.

        Opening a document never opens it: the window shows the path and asks.
        """
        data = self.document.data
        if data.kind != "file" or data.dataset is not None:
            return None
        folder = self.path.parent if self.path else Path()
        return folder / str(data.settings.get("path", ""))

    def attach(self, document: Document) -> None:
        """Go on with an opened document whose data file has been read, where its saved run stood."""
        check_document(document)
        prepared_for(document)
        runs = self._saved_runs and self._saved_runs.with_data(self.document.data, document.data)
        self._begin(Project(document, self._saved, runs), self.path)

    def _begin(self, project: Project, path: Path | None) -> None:
        # The document on show is that of its run: the one of the file only has its starting values written out.
        document = project.document if project.runs is None else project.runs.document
        self._saved, self._saved_runs = project.state, project.runs
        self._step = self._saved_step = project.state.step if project.state else 0
        self._revision = self._saved_revision = 0
        self.test_looks = self._saved_looks = looks_in(project.document.view)
        self._view = {}
        state = from_saved(document, project.state) if project.state and not project.runs else None
        generation, token = self._next()
        self._store = Store(Past(document, token))
        self.path = path
        is_whole = project.state is None or project.state.segments == 1
        self._send(Pause())
        watched = watched_from_json(project.state.extra.get(WATCHED) if project.state else None)
        self._send(cmd.Open(generation, token, document, state, is_whole, watched, project.runs))
        self._tell()

    def save(self, path: str | os.PathLike[str] | None = None) -> None:
        """Write document and run, atomically. Raises: SaveError; the old file is whole."""
        target = Path(path) if path is not None else self.path
        if target is None:
            raise SaveError(tr("Expected a file to save to. Received: none"), tr("Use Save as."))
        answer = self._ask()
        project = project_of(answer, target)
        looks = {LOOKS: self.test_looks} if self.test_looks else {}
        document = replace(project.document, view={**project.document.view, **self._view, **looks})
        write_project(target, document, project.state, runs=project.runs)
        self.path = target
        self._step = self._saved_step = answer.state.step
        self._saved_revision, self._saved_looks = self._revision, self.test_looks
        self._store.mark_saved()

    def _ask(self) -> cmd.Answer:
        question = cmd.AskState()
        self._send(question)
        try:
            return question.reply.get(timeout=ANSWER_SECONDS)
        except queue.Empty as silence:
            raise SaveError(tr("The run did not answer in {seconds:.0f} s.", seconds=ANSWER_SECONDS)) from silence

    def close(self) -> bool:
        """End the worker and wait for it; say whether it ended in time."""
        self._send(Close())
        return self._worker.join(JOIN_SECONDS)
