"""Losses of many examples, of one example over the run, and of whole epochs; used by the worker."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import to_host
from dlviz.core.evaluate import Evaluator
from dlviz.core.explain import Pass
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.losses.likelihood import likelihood_of
from dlviz.core.network import output_ids
from dlviz.core.objective import Objective
from dlviz.session.loss_explanation import Approach, Average, FloatArray, LossRows
from dlviz.session.measure import examples, targets_by_output
from dlviz.session.run import Run
from dlviz.session.trainer import TrainingState

MOST_LISTED = 500  # rows of the table; each is a loss of its own
MOST_MEASURED = 5_000  # training rows that count in the cost; beyond, every k-th row is taken
MOST_STEPS = 40  # of the approach, the newest
MOST_BATCHES = 400  # of the trace of batch losses, the newest


@dataclass(frozen=True)
class Seen:
    """Rows of the data (n,), with the outputs and targets (k, n) of one output layer."""

    rows: NDArray[np.int64]
    outputs: FloatArray
    targets: FloatArray


class LossTable:
    """Evaluates the network of one trainer beside the run, for one of its outputs."""

    def __init__(self, run: Run) -> None:
        document = run.network.document
        self.trainer = run.network
        self._objective = document.training.objective
        self._outputs = output_ids(document.network)
        self._evaluator = Evaluator(document.network, self._objective, "float64", slip=document.training.slip)

    def of_batch(self, passed: Pass, rows: NDArray[np.intp], node: str, chosen: Objective) -> LossRows:
        """Return the examples of the batch that was passed."""
        buffers = passed.binding.buffers
        found = (np.array(each, dtype=np.float64) for each in (buffers.activation(node), buffers.targets(node)))
        return _listed(Seen(np.asarray(rows, dtype=np.int64), *found), node, chosen)

    def of_all(self, run: Run, node: str, chosen: Objective) -> LossRows:
        """Return the training rows with the weights as they are, every k-th of very many."""
        self._evaluator.load(run.parameters())
        return _listed(self._see(_spread(run), node), node, chosen)

    def approach(self, run: Run, row: int, node: str, chosen: Objective) -> Approach:
        """Return output and loss of one row at every step up to the playhead whose weights are known."""
        thetas: dict[int, Any] = {}
        for segment in run.timeline.segments:
            if segment.start.step <= run.step and segment.document.network == run.document.network:
                states: list[TrainingState] = [segment.start, *run.history.of(segment.uid).known()]
                thetas |= {state.step: state.kept[0] for state in states if state.step <= run.step}
        steps = sorted({*thetas, run.step})[-MOST_STEPS:]
        seen = []
        for step in steps:
            if step == run.step:
                self._evaluator.load(run.parameters())
            else:
                self._evaluator.use(to_host(thetas[step]))
            seen.append(self._see(np.array([row]), node))
        entry, settings = resolve_loss(chosen[node].choice)
        costs = [float(entry.each(each.outputs, each.targets, settings)[0]) for each in seen]
        return Approach(np.array(steps, np.int64), np.array([each.outputs[:, 0] for each in seen]), np.array(costs))

    def average(self, run: Run, node: str, chosen: Objective) -> Average:
        """Return what batches cost one after the other, and all rows together."""
        steps, means, _, _ = run.history.losses.columns()
        measured = run.history.measured
        last = means[-max(run.trainer.batches_per_epoch, 1) :]
        self._evaluator.load(run.parameters())
        seen = self._see(_spread(run), node)
        entry, settings = resolve_loss(chosen[node].choice)
        cost, n = entry.evaluate(seen.outputs, seen.targets, settings)[0], len(seen.rows)
        return Average(
            steps[-MOST_BATCHES:], means[-MOST_BATCHES:], np.array(measured.steps, np.int64),
            measured.table()[:, 0],
            cost if settings["reduction"] == "mean" else cost / n,
            float(np.mean(last)) if len(last) else float("nan"), n,
        )  # fmt: skip

    def _see(self, rows: NDArray[np.int64], node: str) -> Seen:
        inputs, targets = examples(self.trainer, rows)
        if len(self._outputs) == 1:
            outputs = self._evaluator.outputs(inputs).T
        else:
            outputs = self._evaluator.responses(inputs)[node]
        return Seen(rows, np.asarray(outputs, dtype=np.float64), targets_by_output(self.trainer, targets)[node].T)


def _spread(run: Run) -> NDArray[np.int64]:
    """Return the training rows, every k-th of very many."""
    train = run.prepared.train
    return train[:: max(-(-len(train) // MOST_MEASURED), 1)]


def _listed(seen: Seen, node: str, chosen: Objective) -> LossRows:
    entry, settings = resolve_loss(chosen[node].choice)
    shown = slice(MOST_LISTED)
    losses = entry.each(seen.outputs[:, shown], seen.targets[:, shown], settings)
    cost, _ = entry.evaluate(seen.outputs, seen.targets, settings)
    found = likelihood_of(entry.key, seen.outputs, seen.targets)
    return LossRows(
        seen.rows[shown], seen.outputs.T[shown], seen.targets.T[shown], losses, cost, len(seen.rows),
        None if found is None else found.each[shown], None if found is None else found.product,
        None if found is None else found.log,
    )  # fmt: skip
