"""Trainer: runs batches of one document, in chunks of many steps, exactly repeatable."""

import logging
import math
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Call, backend, to_host
from dlviz.core.errors import DataError
from dlviz.core.execute import record, run
from dlviz.core.inference import parameters
from dlviz.core.initializers import initial_values
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.memory import Memory
from dlviz.core.objective import objective
from dlviz.core.optimizers import lr_of
from dlviz.core.program import Binding, float_type, lower
from dlviz.core.sampling import no_way_back
from dlviz.core.schedules import Curve
from dlviz.core.trace import Trace
from dlviz.data.augmentation import is_active
from dlviz.data.prepare import Prepared
from dlviz.session.augmented import AugmentedTables, RenewedTables, augmented_tables
from dlviz.session.batch_memory import check_memory
from dlviz.session.batches import batches_of, n_batches
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.fitting import check_batches, check_width
from dlviz.session.lowered import lowered
from dlviz.session.orders import Lead, Orders, Sampling
from dlviz.session.tables import MemoryTables, Tables, check_inputs, tables_of, target_rows
from dlviz.session.targets import are_labels, decision_threshold

log = logging.getLogger(__name__)

MOST_LABELS = 20_000  # rows whose targets are looked at


@dataclass(frozen=True, eq=False)
class TrainingState:
    """Where a run stands, complete: everything the next step depends on.

    updates: how often the optimizer stepped since its states began. kept: (1 + states, P), row 0 theta.
    """

    step: int
    epoch: int
    batch: int
    updates: int
    kept: NDArray[np.floating[Any]]


class Trainer:
    """One document on its data. The network, data, loss and optimizer never change here.

    document: with every setting that its conventions decide written out.

    refusal: why it goes forward only and learns nothing, where back-propagation is not defined; else None.
    It computes with the backend that DLVIZ_BACKEND names: numpy (the default), numba or cupy. The same numbers
    come back bit for bit on one backend only.
    """

    def __init__(self, document: Document, prepared: Prepared, twin: "Trainer | None" = None) -> None:
        """Stand at the start. twin: another one of the same document and data, whose tables are read as well."""
        document = document.explicit
        if len(prepared.train) == 0:
            raise DataError("Expected at least one row to train on. Received: none", "Make the training share larger.")
        self.document = document
        self.prepared = prepared
        training = document.training
        self.refusal = no_way_back(document.network)
        self.program = lowered(document)
        self._curve = None if training.schedule is None else Curve(training.schedule, lr_of(training.optimizer))
        check_width(document, prepared)
        check_inputs(document.network, prepared.inputs)
        self.dtype = float_type(document.dtype, self.program.layout.size)
        self.backend = backend(os.environ.get("DLVIZ_BACKEND", "numpy"), self.dtype)
        if self.backend.note:
            log.warning("%s", self.backend.note)
        self.memory = Memory(
            self.program.layout, training.optimizer, training.frozen, self.backend, self.dtype, document.seed
        )
        self.targets = target_rows(document, prepared.dataset)
        self._tables: Tables
        self._augmented: AugmentedTables | RenewedTables | None
        self._tables, self._augmented = self._made_tables(twin)
        check_batches(document, prepared)
        check_memory(document, self.program, len(prepared.train))
        n = len(prepared.train)
        self._batches = batches_of(self.program, self.memory, self._tables, n, training.batch_size)
        self.batches_per_epoch = n_batches(n, training.batch_size)
        self._evaluate = lower(document.network, training.objective, mode="evaluate", training=True, slip=training.slip)
        self.step = self.epoch = self.batch = 0
        self._orders = Orders(document.seed, prepared.train, _sampling(training, prepared.dataset.is_streamed))
        self._lead: Lead | None = None
        self._arranged_epoch = -1
        self.memory.load(start_values(document))

    def _made_tables(self, twin: "Trainer | None") -> tuple[Tables, AugmentedTables | RenewedTables | None]:
        """Return where examples come from, once more where they are made anew in every epoch."""
        if twin is not None and type(twin._tables) is MemoryTables:  # not those that are made anew
            return twin._tables, None
        given = self.prepared, self.targets, self.program.input_widths, self.memory.workspace
        if not is_active(self.document.data.augmentation):
            return tables_of(*given), None
        tables = augmented_tables(self.document, *given)
        return tables, tables

    @cached_property
    def has_labels(self) -> bool:
        """Whether the (first 20 000) targets of the first output are labels of classes, and its loss reads them so."""
        aim = objective(self.document.network, self.document.training.objective)[self.program.output]
        n = min(self.prepared.dataset.n, MOST_LABELS)
        return are_labels(self.targets[np.arange(n)][:, : self.program.n_outputs], resolve_loss(aim.choice)[0])

    @cached_property
    def threshold(self) -> float:
        """The value at which a single output unit changes its mind between two classes."""
        return decision_threshold(self.document)

    @property
    def room(self) -> None:
        """Training can go on for ever."""
        return None

    @property
    def has_loss(self) -> bool:
        """Every batch of a network has a loss."""
        return True

    def loss_of(self, trace: Trace) -> NDArray[np.float64]:
        """Return the loss of a recorded batch (1,)."""
        loss = trace.value("loss", len(trace.steps))
        return np.zeros(0) if loss is None else np.asarray(loss, dtype=np.float64).ravel()

    def read(self) -> dict[str, Array]:
        """Return host copies of all parameters by name."""
        return self.memory.read()

    def state(self) -> TrainingState:
        """Return a copy of where the run stands."""
        kept = np.array(to_host(self.memory.kept), copy=True)
        kept.setflags(write=False)
        return TrainingState(self.step, self.epoch, self.batch, self.memory.update.clock.t, kept)

    def restore(self, state: TrainingState) -> None:
        """Stand exactly where the state says."""
        self.memory.kept[...] = self.memory.workspace.xp.asarray(state.kept)
        self.memory.update.clock.t = state.updates
        # A file may say a batch that its data, read anew, no longer have: the next epoch then begins.
        is_inside = state.batch < self.batches_per_epoch
        self.step = state.step
        self.epoch, self.batch = (state.epoch, state.batch) if is_inside else (state.epoch + 1, 0)

    def run(self, count: int, losses: NDArray[np.floating[Any]]) -> None:
        """Train count batches; losses (≥ count,), on the host, receives the loss of each before its update."""
        done = 0
        with np.errstate(all="ignore"):
            while done < count:
                self._arrange()
                end = min(self.batch + count - done, self.batches_per_epoch)
                stretch = slice(done, done + end - self.batch)
                losses[stretch] = self._batches.walk(self.batch, end, self._placing if self._is_placed else None)
                done = stretch.stop
                self._advance(end)

    @property
    def _is_placed(self) -> bool:
        return self.program.draws or self._curve is not None

    def _placing(self, batch: int) -> list[Call]:
        """Return the calls that say which batch of the epoch it is: to random draws, and by its learning rate."""
        calls: list[Call] = []
        if self.program.draws:
            calls.append((self.memory.position.move, (self.epoch * self.batches_per_epoch + batch,)))
        if self._curve is not None:
            rate = self._curve.rate(self.epoch, batch, self.batches_per_epoch)
            calls.append((self.memory.update.set_rate, (rate,)))
        return calls

    def _advance(self, batch: int) -> None:
        self.step += batch - self.batch
        self.batch = batch
        if batch == self.batches_per_epoch:
            self.batch = 0
            self.epoch += 1

    def record(self) -> Trace:
        """Train one batch with the recorder on; it moves the run just as run(1) does."""
        self._arrange()
        binding, rows = self._batches.binding(self.batch), self._batches.rows(self.batch)
        position = {"epoch": self.epoch, "batch": self.batch, "global_step": self.step}
        with np.errstate(all="ignore"):
            run((*self._placing(self.batch), *self._batches.before(self.batch)))
            trace = record(binding, rows, None, **position)
        self._advance(self.batch + 1)
        return self._completed(trace, binding)

    def _completed(self, trace: Trace, binding: Binding) -> Trace:
        """Add to a recorded batch what came of it: its loss after the update, or why there was none."""
        if self.refusal is not None:
            return replace(trace, lr=math.nan, no_way_back=self.refusal.hint)
        return replace(trace, loss_after=self._loss_of(binding))

    def _loss_of(self, batch: Binding) -> float:
        binding = self._evaluate.bind(self.memory, batch.columns)
        if self.memory.looks_ahead:
            self.memory.vectors["ahead"][...] = self.memory.vectors["theta"]
        binding.load(batch.buffers.inputs(), batch.buffers.rows_y)
        with np.errstate(all="ignore"):
            run(binding.calls)
        return binding.buffers.loss

    def record_rows(self, rows: Sequence[int]) -> Trace:
        """Run one training step on the given rows of the data instead of the next batch."""
        # Checked before they become an array, which cannot hold a number of twenty digits.
        wrong = [row for row in rows if not 0 <= row < self.prepared.dataset.n]
        if wrong or not rows:
            received = wrong[0] if wrong else "none"
            raise DataError(f"Expected rows from 0 to {self.prepared.dataset.n - 1}. Received: {received}")
        self._arrange()
        indices = np.asarray(rows, dtype=np.intp)
        binding = self.program.bind(self.memory, len(indices))
        with np.errstate(all="ignore"):
            run([*self._placing(self.batch), *self._tables.gather(binding.buffers, indices)])
            trace = record(binding, indices)
        return self._completed(trace, binding)

    def order_of(self, epoch: int) -> NDArray[np.intp]:
        """Return the rows of the data (n,) in the order in which an epoch comes to them."""
        return self._orders.of_epoch(0 if self._orders.is_fixed else epoch, self._lead)

    def _arrange(self) -> None:
        """Put the epoch's order in place; it depends on seed, epoch and new rows alone."""
        epoch = 0 if self._orders.is_fixed and self._augmented is None else self.epoch
        if self._arranged_epoch != epoch:
            if self._augmented is not None:
                self._augmented.begin(epoch)
            self._batches.arrange(self._orders.of_epoch(epoch, self._lead))
            self._arranged_epoch = epoch

    def lead_with(self, lead: Lead | None) -> None:
        """Let new rows come first in the epoch in which they came."""
        if lead != self._lead:
            self._lead, self._arranged_epoch = lead, -1

    def is_sound(self, losses: NDArray[np.floating]) -> bool:
        """Say whether these losses and all parameters are finite numbers."""
        return bool(np.isfinite(losses).all()) and self.is_finite()

    def is_finite(self) -> bool:
        """Say whether all parameters are finite numbers."""
        return bool(np.isfinite(to_host(self.memory.vectors["theta"])).all())

    def back_to_sound(self, start: TrainingState, losses: NDArray[np.floating]) -> int:
        """Replay a chunk from its start to the last step that left all finite; return how many steps that is.

        losses: those of the chunk. The next step is the one that breaks.
        """
        bad = ~np.isfinite(losses)
        done = int(bad.argmax()) if bad.any() else len(losses) - 1
        while True:
            self.restore(start)
            self.run(done, losses)
            if done == 0 or self.is_finite():
                return done
            done -= 1


def _sampling(training: TrainingSpec, is_streamed: bool) -> Sampling:
    if training.replacement:
        return "with replacement"
    shuffled: Sampling = "shuffled in blocks" if is_streamed else "shuffled"
    return shuffled if training.shuffle else "as they come"


def start_values(document: Document) -> dict[str, NDArray[np.float64]]:
    """Return every parameter's starting values: those of the document, the rest drawn from its seed."""
    document = document.explicit
    return {
        parameter.name: np.asarray(document.parameters[parameter.name].array, dtype=np.float64)
        if parameter.name in document.parameters
        else initial_values(parameter.initializer, document.seed, parameter.name, parameter.shape, parameter.fan)
        for parameter in parameters(document.network)
    }
