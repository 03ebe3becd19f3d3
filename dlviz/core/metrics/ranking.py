"""How well outputs rank classes at every threshold: the ROC curve and the area under it."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import SpecError
from dlviz.core.hyper import integer
from dlviz.core.metrics.classes import labels, threshold_of
from dlviz.core.metrics.kind import FloatArray, Metric, Observed, Settings, metrics

CLASS = integer("positive", 1, minimum=0, maximum=100_000, help="the class that counts as positive")


def roc(scores: NDArray[np.floating], is_positive: NDArray[np.bool_]) -> FloatArray:
    """Return false-positive rate, true-positive rate and threshold (m, 3), from no row to all.

    Rows of equal score stand at one threshold: they are taken together. The first threshold is infinite.
    A rate is NaN where its class has no rows.
    """
    order = np.argsort(-scores, kind="stable")
    sorted_scores, positive = scores[order], is_positive[order]
    last = np.flatnonzero(np.append(np.diff(sorted_scores) != 0, True))
    hits, taken = np.cumsum(positive)[last], last + 1
    n_positive = int(is_positive.sum())
    true_rate = np.append(0, hits) / np.float64(n_positive)
    false_rate = np.append(0, taken - hits) / np.float64(len(scores) - n_positive)
    return np.column_stack([false_rate, true_rate, np.append(np.inf, sorted_scores[last])])


def area(curve: FloatArray) -> float:
    """Return the area under an ROC curve by trapezoids, in which equal scores count half."""
    widths, heights = np.diff(curve[:, 0]), (curve[1:, 1] + curve[:-1, 1]) / 2
    return float(widths @ heights)


def _curve(observed: Observed, positive: int) -> FloatArray:
    outputs, targets = np.asarray(observed.outputs, dtype=np.float64), observed.targets
    if len(targets) == 0:
        return np.zeros((0, 3))
    n_classes = max(targets.shape[1], 2)
    if positive >= n_classes:
        raise SpecError(f"Expected a class from 0 to {n_classes - 1}. Received: {positive}", place="training.metrics")
    # One unit scores class 1; the less it says, the more it speaks for class 0.
    own = outputs[:, positive] if targets.shape[1] > 1 else outputs[:, 0] * (1 if positive else -1)
    return roc(own, labels(targets, threshold_of(targets)) == positive)


def _auc(observed: Observed, settings: Settings) -> float:
    """Return the area for one output unit; for several the mean over classes that have rows and others."""
    if len(observed.targets) == 0:
        return float("nan")
    if observed.targets.shape[1] == 1:
        return area(_curve(observed, 1))
    areas = np.array([area(_curve(observed, each)) for each in range(observed.targets.shape[1])])
    return float(areas[~np.isnan(areas)].mean()) if not np.isnan(areas).all() else float("nan")


ROC = metrics.add(
    Metric(
        "roc", "ROC curve", r"\left(\frac{FP}{N}, \frac{TP}{P}\right) \text{ at every threshold}",
        lambda observed, settings: _curve(observed, settings["positive"]), wants_classes=True, settings=(CLASS,),
        source="Fawcett 2006, algorithm 1",
    )
)  # fmt: skip
AUC = metrics.add(
    Metric(
        "auc", "Area under the ROC curve", r"P(s_+ > s_-) + \tfrac{1}{2} P(s_+ = s_-)", _auc, wants_classes=True,
        source="Hanley & McNeil 1982; Fawcett 2006, algorithm 2",
    )
)  # fmt: skip
