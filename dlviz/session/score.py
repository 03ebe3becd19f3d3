"""Score: loss and metrics of a network over some rows, as tables show them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.choice import chosen
from dlviz.core.evaluate import Evaluator
from dlviz.core.metrics import Value, needed
from dlviz.session.measure import has_classes, measured_examples
from dlviz.session.trainer import Trainer


@dataclass(frozen=True)
class Score:
    """Loss over some rows in the document's convention, and metrics by name.

    The first is accuracy or R²; those the document chooses follow, of them numbers, arrays or numbers by name.
    """

    loss: float
    metrics: Mapping[str, Value]


def score_rows(trainer: Trainer, values: Mapping[str, ArrayLike], rows: NDArray[np.int64]) -> Score | None:
    """Return loss and metrics of a trainer's network with these parameters; None without rows."""
    if len(rows) == 0:
        return None
    training = trainer.document.training
    evaluator = Evaluator(trainer.document.network, training.objective, trainer.dtype, slip=training.slip)
    evaluator.load(values)
    first = chosen("accuracy" if has_classes(trainer) else "r2")
    metrics = (first, *(each for each in training.metrics if each.kind != first.kind))
    more = evaluator.units if "activations" in needed(metrics) else 0
    inputs, targets = measured_examples(trainer, rows, more)
    return Score(*evaluator.measure(inputs, targets, metrics, has_classes(trainer), trainer.threshold))
