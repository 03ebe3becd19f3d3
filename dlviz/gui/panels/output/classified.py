"""What predictions say of rows: the class that is chosen, and how the outputs speak for each class."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.metrics.classes import labels
from dlviz.data.dataset import Dataset
from dlviz.gui.response import decision_level
from dlviz.session.document import Document
from dlviz.session.messages import Predictions

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Classified:
    """The rows (n,) of a data set with classes: true and predicted class, and a score for each class (n, k).

    Of one output unit the score of class 1 is the output, and that of class 0 what is left of the two labels.
    """

    true: NDArray[np.intp]
    predicted: NDArray[np.intp]
    scores: FloatArray


def classified(predictions: Predictions, document: Document, dataset: Dataset) -> Classified | None:
    """Return what predictions say of the rows they have; None where they do not fit these classes."""
    outputs, n, k = predictions.outputs, len(predictions.outputs), len(dataset.class_names)
    is_fitting = dataset.task != "regression" and n <= dataset.n and outputs.shape[1] in (1, k)
    if not (is_fitting and np.isfinite(outputs).all()):
        return None
    level = decision_level(document, dataset)
    level = 0.5 if level is None else level
    values = np.asarray(outputs, dtype=np.float64)
    scores = values if outputs.shape[1] > 1 else np.hstack([2 * level - values, values])
    if scores.shape[1] != k:
        return None
    return Classified(dataset.targets[:n].astype(np.intp), labels(values, level), scores)
