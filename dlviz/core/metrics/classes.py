"""How well classes are told: accuracy, the confusion matrix, precision, recall and F1."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dlviz.core.hyper import choice
from dlviz.core.metrics.kind import FloatArray, Metric, Observed, Settings, metrics

AUTO, POSITIVE, MACRO = "auto", "positive", "macro"
AVERAGE = choice(
    "average", AUTO, (AUTO, POSITIVE, MACRO),
    "of class 1 alone, the mean over classes, or the first for one output unit and the second for several",
)  # fmt: skip


def threshold_of(targets: NDArray[np.floating]) -> float:
    """Return the output at which one unit changes its mind: halfway between its labels, 0 or 1 and −1 or 1."""
    return 0.0 if len(targets) and targets.min() < 0 else 0.5


def labels(values: NDArray[np.floating], threshold: float) -> NDArray[np.intp]:
    """Return the class of every row (n, k): the largest of several units, or on which side one unit stands."""
    if values.shape[1] > 1:
        return np.asarray(values.argmax(axis=1), dtype=np.intp)
    return (values[:, 0] > threshold).astype(np.intp)


def accuracy(outputs: NDArray[np.floating], targets: NDArray[np.floating], threshold: float | None = None) -> float:
    """Return the share of rows whose class is right; NaN without rows.

    threshold: where one unit changes its mind; None leaves that to the targets, which must then hold both labels.
    """
    if len(targets) == 0:
        return float("nan")
    threshold = threshold_of(targets) if threshold is None else threshold
    return float(np.mean(labels(outputs, threshold) == labels(targets, threshold)))


def confusion(
    outputs: NDArray[np.floating], targets: NDArray[np.floating], threshold: float | None = None
) -> NDArray[np.int64]:
    """Return how many rows of each class (rows) were taken for each class (columns); threshold as in `accuracy`."""
    n_classes = max(targets.shape[1], 2)
    threshold = threshold_of(targets) if threshold is None else threshold
    pairs = labels(targets, threshold) * n_classes + labels(outputs, threshold)
    counts = np.bincount(pairs, minlength=n_classes**2).astype(np.int64)
    return counts.reshape(n_classes, n_classes)


def _rates(observed: Observed) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return precision, recall and F1 of every class; 0 where nothing was there to count."""
    counts = confusion(observed.outputs, observed.targets, observed.threshold)
    right = np.diag(counts).astype(np.float64)
    precision = _share(right, counts.sum(axis=0))
    recall = _share(right, counts.sum(axis=1))
    return precision, recall, _share(2 * right, counts.sum(axis=0) + counts.sum(axis=1))


def _share(part: FloatArray, whole: NDArray[np.int64]) -> FloatArray:
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _averaged(place: int) -> Callable[[Observed, Settings], float]:
    def measure(observed: Observed, settings: Settings) -> float:
        if len(observed.targets) == 0:
            return float("nan")
        rates, way = _rates(observed)[place], settings["average"]
        is_positive = way == POSITIVE or (way == AUTO and observed.targets.shape[1] == 1)
        return float(rates[1]) if is_positive else float(rates.mean())

    return measure


ACCURACY = metrics.add(
    Metric(
        "accuracy", "Accuracy", r"\frac{1}{n} \sum_i [\hat{y}_i = y_i]",
        lambda observed, _: accuracy(observed.outputs, observed.targets, observed.threshold), wants_classes=True,
        source="Fawcett 2006, figure 1",
    )
)  # fmt: skip
CONFUSION = metrics.add(
    Metric(
        "confusion_matrix", "Confusion matrix", r"C_{jk} = \sum_i [y_i = j][\hat{y}_i = k]",
        lambda observed, _: confusion(observed.outputs, observed.targets, observed.threshold), wants_classes=True,
        source="Fawcett 2006, figure 1",
    )
)  # fmt: skip
for _place, (_key, _title, _formula) in enumerate(
    (
        ("precision", "Precision", r"\frac{TP}{TP + FP}"),
        ("recall", "Recall", r"\frac{TP}{TP + FN}"),
        ("f1", "F1 score", r"\frac{2 \, TP}{2 \, TP + FP + FN}"),
    )
):
    metrics.add(
        Metric(
            _key, _title, _formula, _averaged(_place), wants_classes=True, settings=(AVERAGE,),
            source="van Rijsbergen 1979, chapter 7",
        )
    )  # fmt: skip
