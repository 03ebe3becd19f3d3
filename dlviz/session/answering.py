"""Answers of a run to every row of its data: at once where it stands, bit by bit while it goes on."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import to_host
from dlviz.core.evaluate import Evaluator
from dlviz.core.losses import resolve as resolve_loss
from dlviz.core.network import output_id
from dlviz.core.objective import objective
from dlviz.session.messages import Need, Predictions
from dlviz.session.run import Run
from dlviz.session.share import Share
from dlviz.session.trainer import Trainer

MAX_PREDICTED = 20_000  # rows
PIECE_ROWS = 256
PIECE_SECONDS = 0.004  # for which pieces are answered before the worker goes on; one at least
SHARE = 0.06  # of the worker's time while a run goes on
OPTIONAL: frozenset[Need] = frozenset({"logits", "losses"})


@dataclass(eq=False)
class _Begun:
    """What was answered so far, with the weights of one step."""

    step: int
    n: int
    outputs: list[NDArray[np.floating]] = field(default_factory=list)
    sums: list[NDArray[np.float64]] = field(default_factory=list)
    losses: list[NDArray[np.float64]] = field(default_factory=list)
    done: int = 0


class Answering:
    """The answers that were given last, and those in hand: all of one pass are by the weights of its first moment.

    To answer 20 000 rows of 784 inputs takes 134 ms: in one piece it would let the window wait.
    """

    def __init__(self) -> None:
        self.share = Share(SHARE)
        self._trainer: Trainer | None = None
        self._needs: frozenset[Need] = frozenset()
        self._evaluator: Evaluator | None = None
        self._begun: _Begun | None = None
        self._told: Predictions | None = None

    def look(self, run: Run, needs: frozenset[Need], is_running: bool) -> Predictions | None:
        """Return the answers where a run stands; while it goes on the last ones that are complete, None before."""
        trainer, wanted = run.network, needs & OPTIONAL
        if trainer is not self._trainer:
            self._evaluator = _evaluator(trainer)
        if trainer is not self._trainer or wanted != self._needs:
            self._trainer, self._needs, self._begun, self._told = trainer, wanted, None, None
        if not is_running:
            self._begun = self._begin(run)
            self._answer(self._begun, self._begun.n)
            self._told = self._finished(self._begun)
        elif self.share.is_due:
            with self.share.working():
                self._go_on(run)
        return self._told

    def _go_on(self, run: Run) -> None:
        until = perf_counter() + PIECE_SECONDS
        begun = self._begun or self._begin(run)
        self._begun = begun
        while begun.done < begun.n:
            self._answer(begun, PIECE_ROWS)
            if perf_counter() > until:
                break
        if begun.done >= begun.n:
            self._told = self._finished(begun)

    def _begin(self, run: Run) -> _Begun:
        assert self._evaluator is not None
        if run.walk is None:
            self._evaluator.use(to_host(run.network.memory.vectors["theta"]))
        else:
            self._evaluator.load(run.parameters())
        return _Begun(run.step, min(len(run.prepared.sample.inputs), MAX_PREDICTED))

    def _answer(self, begun: _Begun, most: int) -> None:
        """Answer the next rows, as many as that."""
        assert self._evaluator is not None and self._trainer is not None
        evaluator, part = self._evaluator, slice(begun.done, min(begun.done + most, begun.n))
        inputs = np.asarray(self._trainer.prepared.sample.inputs[part])
        outputs = evaluator.outputs(inputs)
        begun.outputs.append(outputs)
        sums = evaluator.sums(evaluator.program.output, inputs) if "logits" in self._needs else None
        if sums is not None:
            begun.sums.append(sums.T)
        if "losses" in self._needs:
            begun.losses.append(_losses(self._trainer, outputs, begun.done))
        begun.done = part.stop

    def _finished(self, begun: _Begun) -> Predictions:
        assert self._trainer is not None
        self._begun, prepared = None, self._trainer.prepared.sample
        is_train, is_test = (_among(rows, begun.n) for rows in (prepared.train, prepared.test))
        outputs = _whole(begun.outputs)
        assert outputs is not None
        return Predictions(outputs, is_train, is_test, _whole(begun.sums), _whole(begun.losses), begun.step)


def _evaluator(trainer: Trainer) -> Evaluator:
    document = trainer.document
    plan = document.training
    return Evaluator(document.network, plan.objective, trainer.dtype, slip=plan.slip, seed=document.seed)


def _losses(trainer: Trainer, outputs: NDArray[np.floating], first: int) -> NDArray[np.float64]:
    """Return the loss of the first output for rows on show from one on, each by itself (n,)."""
    document, stride = trainer.document, trainer.prepared.sample.dataset.stride
    node = output_id(document.network)
    entry, settings = resolve_loss(objective(document.network, document.training.objective)[node].choice)
    rows = np.arange(first, first + len(outputs)) * stride
    losses: NDArray[np.float64] = entry.each(
        outputs.T, trainer.targets[rows][:, : outputs.shape[1]].T, settings
    )  # fmt: skip
    return losses


def _whole(parts: Sequence[NDArray[np.floating]]) -> NDArray[np.floating] | None:
    """Return parts as one read-only array; None of none."""
    if not parts:
        return None
    array = parts[0] if len(parts) == 1 else np.concatenate(parts)
    array.setflags(write=False)
    return array


def _among(rows: NDArray[np.int64], n: int) -> NDArray[np.bool_]:
    """Say for each of the first n rows whether it is among these."""
    is_among = np.zeros(n, dtype=bool)
    is_among[rows[rows < n]] = True
    return is_among
