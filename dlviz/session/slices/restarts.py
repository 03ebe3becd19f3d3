"""Restarts: the same training from several random starts, and the loss at which each ends."""

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.core.errors import DlvizError
from dlviz.core.evaluate import Evaluator
from dlviz.session.document import Document
from dlviz.session.edits import set_seed
from dlviz.session.measure import measure
from dlviz.session.prepared import prepared_for
from dlviz.session.run import Run
from dlviz.session.slices.result import Restart, RestartQuestion, RestartView
from dlviz.session.trainer import Trainer

SECONDS_AT_ONCE = 0.03  # within one frame: other commands must not wait
CHUNK = 64  # batches between two looks at the clock


class Restarts:
    """Trains in parts, beside the run; another question, document or segment ends the work."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._work: Iterator[Restart | None] | None = None
        self._found: tuple[Restart, ...] = ()
        self._problem = ""

    @property
    def is_unfinished(self) -> bool:
        """Whether some training is still under way."""
        return self._work is not None

    def look(self, run: Run, question: RestartQuestion) -> RestartView:
        """Return what is known so far, after some more work."""
        key = (run.document, question)
        if not self._key or key[0] is not self._key[0] or key[1] != self._key[1]:
            self._key, self._found, self._problem = key, (), ""
            self._work = _trained(run.document, question)
        self._go_on()
        return RestartView(question, self._found, self._work is None, self._problem)

    def _go_on(self) -> None:
        until = time.monotonic() + SECONDS_AT_ONCE
        while self._work is not None and time.monotonic() < until:
            try:
                done = next(self._work)
                self._found += () if done is None else (done,)
            except StopIteration:
                self._work = None
            except DlvizError as error:
                self._work, self._problem = None, str(error)


def _trained(document: Document, question: RestartQuestion) -> Iterator[Restart | None]:
    """Yield every training that is over, None in between. Raises: DlvizError for a document that cannot train."""
    prepared = prepared_for(document)
    evaluator: Evaluator | None = None
    for seed in range(document.seed + 1, document.seed + 1 + question.count):
        trainer = Trainer(replace(set_seed(document, seed), parameters={}), prepared)
        if evaluator is None:
            evaluator = Evaluator(trainer.document.network, trainer.document.training.objective, "float64")
        first = _loss(evaluator, trainer)
        left, losses = question.epochs * trainer.batches_per_epoch, np.zeros(CHUNK)
        while left > 0:
            count = min(left, CHUNK)
            trainer.run(count, losses)
            left -= count
            yield None
        yield Restart(seed, first, _loss(evaluator, trainer))


def _loss(evaluator: Evaluator, trainer: Trainer) -> float:
    evaluator.load(trainer.read())
    with np.errstate(all="ignore"):
        return measure(evaluator, trainer, trainer.prepared.train)[0]
