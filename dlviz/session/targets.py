"""Targets of a document as its output units and losses want them."""

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dlviz.core.activations import activations
from dlviz.core.errors import DataError, SpecError
from dlviz.core.inference import bounding_activation, shapes
from dlviz.core.losses import Loss
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.network import output_id, output_ids
from dlviz.core.objective import objective
from dlviz.data.dataset import Dataset
from dlviz.data.encoding import encode_targets
from dlviz.session.document import Document

SUM_TOLERANCE = 1e-6  # how far the targets of one row may be from summing to 1


def target_low(document: Document, output: str = "") -> float:
    """Return the number that stands for "not this class": −1 for tanh outputs and hinge, else 0.

    output: the first output by default.
    """
    document = document.explicit
    node = output or output_id(document.network)
    chosen = bounding_activation(document.network, node)
    low = activations.get(chosen.kind).range_of(chosen.settings)[0] if chosen else -float("inf")
    loss, _ = resolve_loss(objective(document.network, document.training.objective)[node].choice)
    return -1.0 if low == -1 or loss.labels == "plus_minus_one" else 0.0


def decision_threshold(document: Document) -> float:
    """Return the output at which one unit changes its mind: halfway between the two labels."""
    return (1 + target_low(document)) / 2


def are_labels(targets: NDArray[np.floating], loss: Loss) -> bool:
    """Say whether targets (n, k) name one class a row, for a loss that is about classes.

    A table of 0 and 1, of −1 and 1, or of rows with a single 1 is of values as it is written; the loss tells.
    """
    if loss.labels == "values" or not len(targets):
        return False
    low = -1 if targets.min() < 0 else 0
    is_one = targets == 1
    return bool((is_one | (targets == low)).all() and (targets.shape[1] == 1 or (is_one.sum(axis=1) == 1).all()))


def targets_for(document: Document, dataset: Dataset) -> NDArray[np.float64]:
    """Return targets (n, k), those of several outputs side by side.

    Several outputs share the target columns in their order, or all learn the same classes.
    Raises: SpecError, DataError where loss, outputs and data do not fit.
    """
    document = document.explicit
    outputs = output_ids(document.network)
    if len(outputs) == 1:
        return _targets_of(document, dataset, outputs[0])
    parts = _parts(document, dataset, outputs)
    return np.hstack([_targets_of(document, part, output) for output, part in zip(outputs, parts, strict=True)])


def _parts(document: Document, dataset: Dataset, outputs: tuple[str, ...]) -> list[Dataset]:
    """Return what each output learns: its own target columns, or the classes."""
    if dataset.task != "regression":
        return [dataset] * len(outputs)
    widths = [_width(document, output) for output in outputs]
    if sum(widths) != dataset.targets.shape[1]:
        raise SpecError(
            f"Expected {dataset.targets.shape[1]} output units, one a target. Received: {sum(widths)}",
            "Several outputs share the target columns in their order.",
        )
    columns = np.split(dataset.targets, np.cumsum(widths)[:-1], axis=1)
    return [replace(dataset, targets=np.asarray(each, dtype=np.float64)) for each in columns]


def _width(document: Document, output: str) -> int:
    loss, _ = resolve_loss(objective(document.network, document.training.objective)[output].choice)
    return 1 if loss.labels == "index" else math.prod(shapes(document.network)[output])


def _targets_of(document: Document, dataset: Dataset, output: str) -> NDArray[np.float64]:
    loss, settings = resolve_loss(objective(document.network, document.training.objective)[output].choice)
    n_outputs = math.prod(shapes(document.network)[output])
    if loss.labels == "index" and (labels := _written_labels(dataset, n_outputs)) is not None:
        return _one_hot(labels, n_outputs)
    targets = encode_targets(dataset, n_outputs, target_low(document, output))
    if settings.get("labels") == "zero_one" and dataset.task == "regression":
        _refuse_first((targets != 0) & (targets != 1), targets, f"labels 0 and 1 for {loss.title.lower()}")
        targets = 2 * targets - 1
    _check(targets, loss)
    return targets


def _written_labels(dataset: Dataset, n_outputs: int) -> NDArray[np.float64] | None:
    """Return integer labels as they were written, where they count output units; else None.

    Rows may lack some class: labels 0 and 2 with four units mean units 0 and 2, not 0 and 1.
    """
    if dataset.task == "regression":
        if dataset.targets.shape[1] != 1:
            raise DataError(
                f"Expected one whole number a row as its class. Received: {dataset.targets.shape[1]} numbers a row",
                "For one column a class choose categorical cross-entropy.",
                "data.targets",
            )
        return np.asarray(dataset.targets, dtype=np.float64)
    names = dataset.class_names
    if n_outputs <= len(names) or not all(name.isdecimal() for name in names):
        return None
    return np.array([float(name) for name in names])[np.asarray(dataset.targets, dtype=np.int64)]


def _one_hot(labels: NDArray[np.generic], n_outputs: int) -> NDArray[np.float64]:
    flat = np.asarray(labels, dtype=np.float64).reshape(-1)
    is_unit = (flat == np.round(flat)) & (flat >= 0) & (flat < n_outputs)
    _refuse_first(~is_unit, flat, f"whole numbers from 0 to {n_outputs - 1} as targets")
    return np.where(flat[:, None] == np.arange(n_outputs), 1.0, 0.0)


def _check(targets: NDArray[np.float64], loss: Loss) -> None:
    title = loss.title.lower()
    if loss.labels in ("zero_one", "one_hot"):
        _refuse_first((targets < 0) | (targets > 1), targets, f"targets between 0 and 1 for {title}")
    if loss.labels == "plus_minus_one":
        # A target of 0 would cost 1 whatever the output, and teach nothing.
        hint = "Set the loss's labels to zero_one, which turns 0 and 1 into −1 and 1."
        _refuse_first(abs(targets) != 1, targets, f"targets −1 and 1 for {title}", hint)
    if loss.labels == "one_hot":
        sums = targets.sum(axis=1)
        _refuse_first(abs(sums - 1) > SUM_TOLERANCE, sums, f"the targets of a row to sum to 1 for {title}")


def _refuse_first(is_wrong: NDArray[np.bool_], values: NDArray[np.float64], expected: str, hint: str = "") -> None:
    """Raise DataError that shows the first wrong value, if there is one."""
    if is_wrong.any():
        raise DataError(f"Expected {expected}. Received: {values[is_wrong][0]:g}", hint, "data.targets")
