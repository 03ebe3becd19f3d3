"""Sharpness: how the loss of a run bends most where it stands, found in parts beside the run."""

from collections.abc import Generator, Mapping
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.errors import DlvizError
from dlviz.core.explain import Curvature, LossGradient, curvature_in_parts
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer

MOST_ROWS = 2_000  # training rows that count; beyond, every k-th is taken
SECONDS_AT_ONCE = 0.03  # within one frame: other commands must not wait
UNKNOWN = Curvature(float("nan"), np.zeros(0), 0.0, 0, False)


class Sharpness:
    """Works where a run stands; a step, an edit or another run ends the work."""

    def __init__(self) -> None:
        self._key: tuple[Any, ...] = ()
        self._work: Generator[None, None, Curvature] | None = None
        self._found: Curvature | None = None

    @property
    def is_unfinished(self) -> bool:
        """Whether the curvature is being found."""
        return self._work is not None

    def look(self, run: Run) -> Curvature | None:
        """Return the curvature where a run stands, with NaN where there is none; None while it is not known."""
        key = run.document, run.segment.uid, run.step, run.walk is None or run.walk.cursor
        if key[1:] != self._key[1:] or key[0] is not self._key[0]:
            self._key, self._found, self._work = key, None, curvature_of(run.network, run.parameters())
        until = perf_counter() + SECONDS_AT_ONCE
        while self._work is not None:
            try:
                next(self._work)
            except StopIteration as done:
                self._found, self._work = done.value, None
            except DlvizError:  # the same is said where it was tried to train
                self._found, self._work = UNKNOWN, None
            if perf_counter() >= until:
                break
        return self._found


def curvature_of(trainer: Trainer, values: Mapping[str, ArrayLike]) -> Generator[None, None, Curvature]:
    """Find in parts how the loss of a trainer's network bends most at these parameters.

    It is the loss that is trained, over all training rows as one batch: penalties are in it, batch norm takes its
    statistics from these rows, frozen parameters stay. Raises: DlvizError.
    """
    document = trainer.document
    rows = counted_rows(trainer)
    gradient = LossGradient(
        document.network, document.training.objective, values, rows, document.training.frozen
    )  # fmt: skip
    return (yield from curvature_in_parts(gradient, gradient.theta))


def counted_rows(trainer: Trainer) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return inputs (n, d) and targets (n, k) of the training rows that count."""
    train = trainer.prepared.train
    rows = train[:: max(-(-len(train) // MOST_ROWS), 1)]
    return np.asarray(trainer.prepared.inputs[rows]), np.asarray(trainer.targets[rows])
