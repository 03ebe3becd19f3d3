"""Train, trace and check a document without a window: what the commands do."""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError, SpecError
from dlviz.core.gradcheck import GradCheckReport
from dlviz.core.gradcheck import gradcheck as check_gradients
from dlviz.core.metrics import check_metrics
from dlviz.core.probe import Check
from dlviz.data.prepare import prepare
from dlviz.i18n import tr
from dlviz.session.document import Document, handle
from dlviz.session.files.callback_files import CallbackFiles
from dlviz.session.files.data_file import with_file, with_named_file
from dlviz.session.files.project_file import read_document
from dlviz.session.fitting import check_width
from dlviz.session.measure import has_classes, measure_step, penalty_of
from dlviz.session.score import Score, score_rows
from dlviz.session.subject_trace import trace_of_subject
from dlviz.session.tables import check_inputs, target_rows
from dlviz.session.trace_report import TraceReport
from dlviz.session.trainer import Trainer, start_values
from dlviz.session.watcher import Stop, Watched, Watcher, watcher_for

LARGEST_CHUNK = 4096  # steps between two looks at the losses
CHUNK_SECONDS = 0.03  # aimed at: short enough for a progress bar, long enough to cost nothing


@dataclass(frozen=True)
class TrainProgress:
    """Where a training stands. loss is that of the last batch before its update."""

    step: int
    epoch: int
    loss: float


OnProgress = Callable[[TrainProgress], None]


@dataclass(frozen=True)
class TrainReport:
    """How a training went. A part of the data without rows has no score.

    document: the given one with the trained parameters. stopped_by: "epochs", "divergence" or the key
    of the callback in stop, whose best epoch the parameters are of if it asks for that.
    diverged_at: the step whose loss was not finite; training stands before it.
    penalty: what the regularizers come to at the end, which scores leave out; None without any.
    """

    document: Document
    epochs: int
    steps: int
    seconds: float
    train: Score | None
    validation: Score | None
    test: Score | None
    stopped_by: str
    diverged_at: int | None = None
    penalty: float | None = None
    stop: Stop | None = None

    @property
    def steps_per_second(self) -> float:
        """Batches a second, evaluation not counted."""
        return self.steps / self.seconds if self.seconds > 0 else 0.0


def load(path: Path, data: Path | None = None) -> Document:
    """Read a document and the rows of the data file that it names.

    The file is opened only if it lies in the document's folder, or is the one given as data.
    Raises: DlvizError.
    """
    document = read_document(path)
    if document.data.kind != "file":
        if data is not None:
            raise DataError(
                tr("Expected a document whose data are a file. Received: {kind!r}", kind=document.data.kind)
            )
        return document
    return with_named_file(document, path) if data is None else with_file(document, data)


def train(
    document: Document, epochs: int | None = None, on_progress: OnProgress | None = None, path: Path | None = None
) -> TrainReport:
    """Train from the document's start for so many epochs (its own number by default).

    on_progress is called a few dozen times a second. path: the document's own, beside which its callbacks
    write; without it they write nothing. Raises: SpecError, ShapeError, DataError, SaveError.
    """
    _refuse_others(document)
    trainer = Trainer(document, prepare(document.data, document.seed))
    if trainer.refusal is not None:
        raise trainer.refusal
    check_metrics(document.training.metrics, has_classes(trainer))
    total = trainer.batches_per_epoch * (document.training.epochs if epochs is None else epochs)
    files = None if path is None else CallbackFiles(document, path)
    watcher = watcher_for(trainer, files, keeps_best=True)
    began = time.perf_counter()
    ended = _run(trainer, total, watcher, on_progress or _ignore)
    seconds = time.perf_counter() - began
    epochs, steps = trainer.epoch, trainer.step
    if files is not None:
        files.flush()
    if watcher is not None and isinstance(ended, Stop) and ended.best_step is not None:
        trainer.restore(watcher.best_state(ended.best_step))
    values = trainer.memory.read()
    rows = trainer.prepared
    return TrainReport(
        document=replace(document, parameters={name: handle(value) for name, value in values.items()}),
        epochs=epochs,
        steps=steps,
        seconds=seconds,
        train=_with_step(score_rows(trainer, values, rows.train), trainer),
        validation=score_rows(trainer, values, rows.validation),
        test=score_rows(trainer, values, rows.test),
        penalty=None if math.isnan(penalty := penalty_of(trainer, values)) else penalty,
        stopped_by=_ended_by(ended),
        diverged_at=ended if isinstance(ended, int) else None,
        stop=ended if isinstance(ended, Stop) else None,
    )


def trace(document: Document, rows: Sequence[int] | None = None) -> TraceReport:
    """Record one forward, backward and update over the given rows of the data (default: the first batch).

    Forward alone, and without gradients, where back-propagation is not defined.
    Of a learning rule one row, of a formula all its operations.
    Raises: DataError for rows that are not there; SpecError, ShapeError.
    """
    if document.subject != "network":
        return trace_of_subject(document, rows)
    trainer = Trainer(document, prepare(document.data, document.seed))
    recorded = trainer.record() if rows is None else trainer.record_rows(rows)

    def last(name: str) -> NDArray[np.generic]:
        value = recorded.value(name, len(recorded.steps))
        assert value is not None, f"a complete trace holds {name}"
        return value

    names = list(trainer.program.layout.views)
    trainable = trainer.program.layout.trainable if trainer.refusal is None else ()
    return TraceReport(
        recorded,
        loss=float(last("loss")),
        outputs=last(f"{trainer.program.output}.a"),
        gradients={name: last(_gradient_of(name)) for name in trainable},
        parameters_after={name: last(name) for name in names},
    )


def gradcheck(document: Document, eps: float | None = None, holds_draws: bool = False) -> GradCheckReport:
    """Compare backward with central differences at the document's starting values.

    The rows are the first of the training data, one batch of them. holds_draws: dropout keeps one mask;
    without it a network that draws is refused. eps: by default as the document's conventions say.
    Raises: SpecError, ShapeError, DataError.
    """
    _refuse_others(document)
    distance = float(document.conventions.values["gradcheck_eps"]) if eps is None else eps
    document = document.explicit
    prepared = prepare(document.data, document.seed)
    check_width(document, prepared)
    check_inputs(document.network, prepared.inputs)
    rows = prepared.train[: document.training.batch_size]
    targets = target_rows(document, prepared.dataset)[rows]
    values = start_values(document)
    loss, inputs = document.training.objective, prepared.inputs[rows]
    how = Check(distance, holds_draws, document.training.slip)
    return check_gradients(document.network, loss, values, inputs, targets, how)


def _refuse_others(document: Document) -> None:
    if document.subject != "network":
        raise SpecError(
            tr("Expected a network. Received: a {subject}", subject=document.subject),
            tr("Use dlviz trace, or open it in the window."),
        )


def _ended_by(ended: Stop | int | None) -> str:
    if isinstance(ended, Stop):
        return ended.callback.kind
    return "epochs" if ended is None else "divergence"


def _ignore(progress: TrainProgress) -> None:
    """Follow nothing."""


def _run(trainer: Trainer, total: int, watcher: Watcher | None, on_progress: OnProgress) -> Stop | int | None:
    """Run to step `total`; return the rule that stopped it, or the step whose loss was not finite, or None.

    The trainer then stands where the rule holds, or before the broken step.
    """
    losses = np.empty(LARGEST_CHUNK, dtype=trainer.dtype)
    size, watched = 16, Watched()
    while trainer.step < total:
        room = size if watcher is None else min(size, watcher.room(watched))
        count = min(room, total - trainer.step)
        start, began = trainer.state(), time.perf_counter()
        if watcher is None:
            trainer.run(count, losses)
        else:
            count = watcher.run(watched, count, losses)
        if not trainer.is_sound(losses[:count]):
            trainer.back_to_sound(start, losses[:count])
            return trainer.step
        stop = watcher.look(watched, losses[:count]) if watcher is not None else None
        on_progress(TrainProgress(trainer.step, trainer.epoch, float(losses[count - 1])))
        if stop is not None:
            return stop
        is_quick = time.perf_counter() - began < CHUNK_SECONDS
        size = min(2 * size, LARGEST_CHUNK) if is_quick else max(size // 2, 1)
    return None


def _with_step(score: Score | None, trainer: Trainer) -> Score | None:
    """Add to the score of the training rows what the next step on them would show."""
    if score is None:
        return None
    return Score(score.loss, {**score.metrics, **measure_step(trainer, trainer.document.training.metrics)})


def _gradient_of(name: str) -> str:
    layer, _, short = name.rpartition(".")
    return f"{layer}.d{short}"
