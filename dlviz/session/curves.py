"""Curves: what a run has measured by step, and the marks of what happened to it."""

from dataclasses import dataclass, field
from functools import partial
from typing import Literal

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]
EventKind = Literal["begin", "edit", "stop", "best", "broken", "note"]
MarkKind = Literal["edit", "stop", "best"]


@dataclass(frozen=True)
class Curves:
    """Metric columns over training.

    steps: (k,) global steps at which train_loss and train_score were measured over all training rows;
    validation_steps likewise for the dev rows of the split, NaN where there are none.
    penalty: (k,) what regularizers add to the training loss at `steps`, NaN where there are none.
    batch_steps: (b,) last step of each interval of batches, with mean, minimum and maximum of their losses,
    penalties included.
    """

    steps: NDArray[np.int64]
    train_loss: FloatArray
    train_score: FloatArray
    validation_steps: NDArray[np.int64]
    validation_loss: FloatArray
    validation_score: FloatArray
    batch_steps: NDArray[np.int64]
    batch_mean: FloatArray
    batch_low: FloatArray
    batch_high: FloatArray
    penalty: FloatArray = field(default_factory=partial(np.empty, 0))


@dataclass(frozen=True)
class Mark:
    """Something that happened at a step: an edit, a stop rule that held, or the epoch that it went back to."""

    step: int
    label: str
    kind: MarkKind = "edit"


@dataclass(frozen=True)
class Event:
    """Something that happened after so many steps; epoch: how many were complete then, None where that is not known."""

    step: int
    epoch: int | None
    kind: EventKind
    words: str
