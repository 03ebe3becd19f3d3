"""Loss, score and metrics of a trainer's network over some rows of its data, and of its next step."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.choice import Choice
from dlviz.core.evaluate import Evaluator, score
from dlviz.core.lowering import name_of
from dlviz.core.metrics import Observed, Value, measured
from dlviz.core.metrics import resolve as resolve_metric
from dlviz.core.network import output_ids
from dlviz.core.penalties import penalties
from dlviz.core.trace import Trace
from dlviz.data import limits
from dlviz.session.tables import Picked, inputs_of
from dlviz.session.trainer import Trainer

Examples = tuple[NDArray[np.float64] | Picked, NDArray[np.float64]]


def measure(evaluator: Evaluator, trainer: Trainer, rows: NDArray[np.int64]) -> tuple[float, float]:
    """Return the loss in the document's convention, and accuracy (classes) or R² (values); NaN without rows.

    evaluator: holds the parameters to measure.
    """
    return measure_rows(evaluator, measured_examples(trainer, rows), has_classes(trainer), trainer.threshold)


def examples(trainer: Trainer, rows: NDArray[np.int64]) -> Examples:
    """Return the inputs (n, d) and targets (n, k) of some rows, all in memory."""
    return trainer.prepared.inputs[rows], trainer.targets[rows]


def targets_by_output(trainer: Trainer, targets: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
    """Part the columns of targets (n, k) by the output layer that learns them."""
    outputs = output_ids(trainer.document.network)
    ends = np.cumsum([int(np.prod(trainer.program.shapes[each])) for each in outputs])
    return dict(zip(outputs, np.split(targets, ends[:-1], axis=1), strict=True))


def measured_examples(trainer: Trainer, rows: NDArray[np.int64], more: int = 0) -> Examples:
    """Return inputs and targets to measure a network on: those of a streamed set are read as they are needed.

    It is every k-th row of a streamed set where outputs and targets of all would not fit into memory.
    more: further numbers for each row that the measuring will keep.
    """
    if trainer.prepared.dataset.is_streamed and len(rows):
        size_bytes = 8 * (2 * trainer.program.n_targets + more) * len(rows)
        rows = rows[:: -(-size_bytes // limits.IN_MEMORY_BYTES)]
    return inputs_of(trainer.prepared, rows), trainer.targets[rows]


def measure_rows(
    evaluator: Evaluator, rows: Examples, is_classes: bool, threshold: float | None = None
) -> tuple[float, float]:
    """Return loss and score of examples as `measure` does."""
    inputs, targets = rows
    if len(inputs) == 0:
        return float("nan"), float("nan")
    loss, outputs = evaluator.loss_and_outputs(inputs, targets)
    return loss, score(outputs, targets[:, : outputs.shape[1]], is_classes, threshold)


def has_classes(trainer: Trainer) -> bool:
    """Say whether the rows belong to classes, rather than to values."""
    return trainer.prepared.dataset.task != "regression" or trainer.has_labels


def penalty_of(trainer: Trainer, values: Mapping[str, ArrayLike]) -> float:
    """Return what the regularizers of all layers add to the loss of a full batch; NaN without any.

    values: parameters by name. Penalties by the mean divide by the rows of the batch.
    """
    batch = min(trainer.document.training.batch_size, len(trainer.prepared.train))
    found = penalties(trainer.document.network, values, batch)
    return sum(found.values()) if found else math.nan


def measure_step(trainer: Trainer, metrics: Sequence[Choice]) -> dict[str, Value]:
    """Return metrics of the next step of training, which is tried and taken back."""
    chosen = [each for each in metrics if resolve_metric(each)[0].needs == "step"]
    if not chosen:
        return {}
    here = trainer.state()
    trace = trainer.record()
    trainer.restore(here)
    return measured(chosen, observed_step(trainer, trace))


def observed_step(trainer: Trainer, trace: Trace) -> Observed:
    """Return parameters, gradients and updates of a recorded step; the latter two only where it learns."""
    names, end = trainer.program.layout.trainable, len(trace.steps)

    def after(name: str) -> NDArray[np.float64]:
        return np.asarray(trace.value(name, end), dtype=np.float64)

    before = {name: np.asarray(trace.before[name], dtype=np.float64) for name in names}
    nothing = np.zeros((0, 0))
    learnt = names if trainer.refusal is None else ()
    return Observed(
        nothing, nothing, network=trainer.document.network, parameters=before,
        gradients={name: after(name_of("grad", name)) for name in learnt},
        updates={name: after(name) - before[name] for name in learnt},
    )  # fmt: skip
