"""ActivationStudies: studies the activation that the window asks about where a run stands; used by the worker."""

import time
from collections.abc import Callable

import numpy as np

from dlviz.core.errors import DlvizError
from dlviz.core.inference import activation_of
from dlviz.core.trace import Trace
from dlviz.session.activation_study import ActivationQuestion, ActivationStudy, FloatArray, study
from dlviz.session.pictures import Pictures
from dlviz.session.run import Run

MAX_ROWS = 256  # training rows whose sums are looked at, evenly spread
MAX_NUMBERS = 1_000_000  # sums of all rows together; fewer rows of wide layers
LEAST_SECONDS = 0.15  # between two studies of a run that goes on
SHARE = 0.05  # of the worker's time that studies may take from a run that goes on


class ActivationStudies:
    """The last study, which holds until the question, the run or its weights are others."""

    def __init__(self) -> None:
        self._key: tuple[object, ...] = ()
        self._study: ActivationStudy | None = None
        self._due = 0.0

    def study(
        self, run: Run, question: ActivationQuestion, pictures: Pictures, peek: Callable[[], Trace], is_running: bool
    ) -> ActivationStudy | None:
        """Return the study of an activation where the run stands; None for a layer that has none."""
        chosen = activation_of(run.document.explicit.network, question.layer)
        if chosen is None:
            return None
        walk = run.walk
        place = run.batch_in_hand, (walk.sample, walk.is_done) if walk else None
        key = run.segment.uid, place, question, chosen
        is_same = self._key[2:] == key[2:]
        if key == self._key or (is_same and is_running and time.monotonic() < self._due):
            return self._study
        self._key, began = key, time.monotonic()
        trace = walk.trace if walk else peek()
        try:
            example = _example(trace, question.layer, walk.sample if walk else 0)
            self._study = study(question, chosen, _sums(run, question, pictures), example)
        except DlvizError as error:
            self._study = ActivationStudy(question, problem=str(error))
        now = time.monotonic()
        self._due = now + max(LEAST_SECONDS, (now - began) / SHARE)
        return self._study


def _sums(run: Run, question: ActivationQuestion, pictures: Pictures) -> FloatArray | None:
    units = run.network.program.nodes.get(question.layer, (1,))
    most = max(1, min(MAX_ROWS, MAX_NUMBERS // int(np.prod(units))))
    train = run.prepared.train
    return pictures.sums(run, question.layer, train[:: max(-(-len(train) // most), 1)])


def _example(trace: Trace, layer: str, sample: int) -> FloatArray | None:
    """Return the sums (units,) of one example of the batch in hand."""
    sums = trace.value(f"{layer}.z", len(trace.steps))
    return None if sums is None or sample >= len(sums) else np.array(sums[sample], dtype=np.float64).ravel()
