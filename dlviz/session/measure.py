"""Loss and score of a trainer's network over some rows of its data."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.evaluate import Evaluator, score
from dlviz.session.trainer import Trainer


def measure(evaluator: Evaluator, trainer: Trainer, rows: NDArray[np.int64]) -> tuple[float, float]:
    """Return the loss in the document's convention, and accuracy (classes) or R² (values); NaN without rows.

    evaluator: holds the parameters to measure.
    """
    if len(rows) == 0:
        return float("nan"), float("nan")
    prepared, targets = trainer.prepared, trainer.targets[rows]
    loss, outputs = evaluator.loss_and_outputs(prepared.inputs[rows], targets)
    return loss, score(outputs, targets, prepared.dataset.task != "regression")
