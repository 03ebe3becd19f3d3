"""Targets as the numbers that output units are compared with."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import SpecError
from dlviz.data.dataset import Dataset
from dlviz.i18n import tr

Array = NDArray[np.float64]


def encode_targets(dataset: Dataset, n_outputs: int, low: float = 0.0) -> Array:
    """Return targets (n, n_outputs): values, one column of low and 1, or one column a class.

    low: the number that stands for "not this class": 0, or −1 for tanh outputs and hinge loss.
    With one output, class 1 is the positive one. Raises: SpecError if outputs and data do not fit.
    """
    if dataset.task == "regression":
        return _values(dataset, n_outputs)
    k = len(dataset.class_names)
    labels = np.asarray(dataset.targets, dtype=np.int64)
    if n_outputs == 1 and k <= 2:
        return np.where(labels[:, None] == 1, 1.0, low)
    if n_outputs == k:
        return np.where(labels[:, None] == np.arange(k), 1.0, low)
    expected = tr("1 or 2 output units") if k == 2 else tr("{count} output units, one a class", count=k)
    raise _misfit(dataset, expected, n_outputs)


def _values(dataset: Dataset, n_outputs: int) -> Array:
    values = np.array(dataset.targets, dtype=np.float64)
    if n_outputs != values.shape[1]:
        raise _misfit(dataset, tr("{count} output units, one a target", count=values.shape[1]), n_outputs)
    return values


def _misfit(dataset: Dataset, expected: str, n_outputs: int) -> SpecError:
    message = tr(
        "Expected {expected}, for the data “{title}”. Received: {count} output units.",
        expected=expected,
        title=dataset.title,
        count=n_outputs,
    )
    return SpecError(message, tr("Give the last layer {count} units.", count=dataset.n_outputs))
