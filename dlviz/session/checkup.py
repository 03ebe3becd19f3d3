"""Checkup: looks at a run now and then, beside it; says what is wrong, and records distributions and sizes."""

import math
import time
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.health import Broken, Finding, Vitals, epoch_means, errors_of, examine, learned, vitals_of
from dlviz.data.prepare import Prepared
from dlviz.session.distributions import column_of
from dlviz.session.measure import has_classes, observed_step, targets_by_output
from dlviz.session.pictures import Pictures
from dlviz.session.run import Run
from dlviz.session.sizes import size_row
from dlviz.session.trainer import Trainer

MAX_ROWS = 256  # training rows that a look runs through the network, evenly spread
MAX_COUNTED = 20_000  # rows whose classes are counted, evenly spread
MAX_COMPARED, FEWEST_COMPARED = 2_000, 20  # rows of training and dev data that are compared
LEAST_SECONDS = 0.5  # between two looks at a run that goes on
SIZES_SHARE = 0.01  # of the worker's time that sizes of weights may take
SHARE = 0.02  # of the worker's time that looks may take from a run that goes on

Shift = Mapping[str, tuple[float, float, float, float]]


class Checkup:
    """What was found at the last look, and when the next one is due."""

    def __init__(self) -> None:
        self._found: tuple[Finding, ...] = ()
        self._seen: tuple[int, int] | None = None
        self._due = 0.0
        self._compared: tuple[Prepared, Shift] | None = None  # the data whose dev rows were compared last

    def _shift_of(self, prepared: Prepared) -> Shift:
        if self._compared is None or self._compared[0] is not prepared:
            self._compared = prepared, shift_of(prepared)
        return self._compared[1]

    def look(self, run: Run, pictures: Pictures, score: float | None, is_running: bool) -> tuple[Finding, ...]:
        """Return what is wrong where the run stands; while it goes on, what was wrong at the last look.

        A batch that is walked through is looked at as a whole: before it, or where it broke.
        score: accuracy or R² of the training rows, None where it is not known.
        """
        here = (run.segment.uid, run.step)
        if run.broken is not None:
            self._seen = None
            return examine(Vitals(run.document.network, broken=_broken(run)))
        is_due = time.monotonic() >= self._due if is_running else run.walk is None
        is_other = self._seen is None or self._seen[0] != here[0]
        if here != self._seen and (is_due or is_other) and run.walk is None:
            self._look(run, pictures, math.nan if score is None else score)
            self._seen = here
        elif is_other:
            self._found = ()
        return self._found

    def _look(self, run: Run, pictures: Pictures, score: float) -> None:
        began = time.monotonic()
        with np.errstate(all="ignore"):  # a run that is about to break has numbers whose squares overflow
            self._found = examine(replace(_vitals(run, pictures, score), shift=self._shift_of(run.prepared)))
        now = time.monotonic()
        self._due = now + max(LEAST_SECONDS, (now - began) / SHARE)


def _broken(run: Run) -> Broken:
    assert run.broken is not None
    return Broken(run.broken.step, run.broken.node, run.document.formula_of(run.broken), run.broken.index)


def _vitals(run: Run, pictures: Pictures, score: float) -> Vitals:
    """Return what one look sees, and record its distributions.

    It looks at the next batch for the size of its step, at more rows for gradients and units.
    """
    trainer, rows = run.network, _spread(run.prepared.train, MAX_ROWS)
    trace = pictures.peek(run)
    observed = replace(observed_step(trainer, trace), activations=pictures.responses(run, rows))
    run.history.columns.add(column_of(run.step, run.segment.uid, observed, errors_of(trace)))
    if trainer.document.training.batch_size < len(rows):
        # A single row often leaves a unit without any gradient; that says nothing about the unit.
        trace = pictures.peek_at(run, rows)
        observed = replace(observed, gradients=observed_step(trainer, trace).gradients)
    vitals = vitals_of(observed)
    ends, means, _, _ = run.history.losses.columns()
    begin = run.segment.start.step, run.history.losses.first
    losses = epoch_means(ends, means, *begin, trainer.batches_per_epoch)
    are_classes, counted = has_classes(trainer), trainer.targets[_spread(run.prepared.train, MAX_COUNTED)]
    spans = {node: (float(own.min()), float(own.max())) for node, own in targets_by_output(trainer, counted).items()}
    return replace(
        vitals, errors=errors_of(trace), losses=losses, learned=learned(score, counted, are_classes),
        targets=spans, has_classes=are_classes, is_clipped=trainer.document.training.clip is not None,
    )  # fmt: skip


def shift_of(prepared: Prepared) -> Shift:
    """Return how far dev rows lie from training rows, as `Vitals.shift` takes it; nothing without many of both."""
    rows = _spread(prepared.train, MAX_COMPARED), _spread(prepared.validation, MAX_COMPARED)
    if min(map(len, rows)) < FEWEST_COMPARED or prepared.dataset.image_shape is not None:
        return {}
    train, dev = (np.asarray(prepared.inputs[each], dtype=np.float64) for each in rows)
    means, spread = (train.mean(axis=0), dev.mean(axis=0)), train.std(axis=0)
    error = math.sqrt(1 / len(train) + 1 / len(dev))
    names = prepared.dataset.input_names
    return {
        name: (float(means[0][k]), float(means[1][k]), float(abs(means[1][k] - means[0][k]) / spread[k]), error)
        for k, name in enumerate(names)
        if spread[k] > 0
    }


def _spread(rows: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    return rows[:: max(-(-len(rows) // most), 1)]


def note_sizes(run: Run, is_running: bool) -> None:
    """Note what the weights come to where a run of a network stands: every epoch, or as often as is affordable."""
    log = run.history.sizes
    is_within = run.walk is not None and not run.walk.is_done
    if is_within or not isinstance(run.trainer, Trainer):
        return
    began, (step, epoch) = time.monotonic(), run.place_shown
    is_epoch = not log.rows or log.rows[-1].step > step or log.rows[-1].epoch != epoch
    if is_running and (began < log.due or not is_epoch):
        return
    log.add(size_row(step, epoch, run.parameters()))
    log.due = time.monotonic() + (time.monotonic() - began) / SIZES_SHARE
