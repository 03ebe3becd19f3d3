"""RuleTrainer: a learning rule on the rows of a document, one row a step, exactly repeatable."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array
from dlviz.core.choice import Choice
from dlviz.core.errors import DataError, SpecError
from dlviz.core.initializers import Fan
from dlviz.core.layers import ParameterSpec
from dlviz.core.layout import layout
from dlviz.core.rules import Learner, LearnerState, resolve
from dlviz.core.rules.learner import NODE
from dlviz.core.rules.perceptron import BIPOLAR
from dlviz.core.trace import Trace
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.session.document import Document
from dlviz.session.trainer import TrainingState

CLASSIFIERS = ("perceptron", "perceptron_trick")  # rules whose error is 0 where the answer is right
DTYPE = "float64"  # rules are small and their numbers are checked by hand


def learner_for(document: Document, prepared: Prepared) -> Learner:
    """Return the rule of a document at its start. Raises: SpecError, ShapeError, DataError where it does not fit."""
    assert document.rule is not None
    if len(prepared.train) == 0:
        raise DataError("Expected at least one row to learn from. Received: none", "Make the training share larger.")
    if prepared.dataset.is_streamed:
        raise DataError("Expected rows that fit in memory. Received: more", "Learning rules are for small sets.")
    start = {name: each.array for name, each in document.parameters.items()}
    targets = _targets(document.rule, prepared.dataset)[prepared.train]
    return Learner(document.rule, prepared.inputs[prepared.train], targets, document.seed, start)


def _targets(chosen: Choice, dataset: Dataset) -> NDArray[np.float64]:
    """Return targets (n, k) as the rule wants them: values, labels, or one column for each of several classes."""
    rule, settings = resolve(chosen)
    targets = np.asarray(dataset.targets, dtype=np.float64)
    if dataset.task == "regression":
        return targets
    n_classes = len(dataset.class_names)
    if rule.wants == "targets" and n_classes > 2:
        targets = (targets[:, None] == np.arange(n_classes)).astype(np.float64)
    is_bipolar = rule.wants == "targets" and settings.get("labels") == BIPOLAR
    return (2 * targets - 1 if is_bipolar else targets).reshape(dataset.n, -1)


def parameter_specs(learner: Learner) -> tuple[ParameterSpec, ...]:
    """Return what a rule keeps from one row to the next, as a network's parameters are declared."""
    state = learner.state().values
    return tuple(ParameterSpec(name, NODE, each.shape, Fan(0, 0), Choice("zeros")) for name, each in state.items())


class RuleTrainer:
    """One rule on its rows. Every step presents one row; an epoch presents as many as there are."""

    dtype = DTYPE

    def __init__(self, document: Document, prepared: Prepared) -> None:
        self.document = document
        self.prepared = prepared
        self.learner = learner_for(document, prepared)
        self._views = layout(parameter_specs(self.learner)).views
        self._size = layout(parameter_specs(self.learner)).size
        self.batches_per_epoch = self.learner.problem.n

    @property
    def room(self) -> None:
        """A rule can go on for ever."""
        return None

    @property
    def has_loss(self) -> bool:
        """Whether the rule makes something smaller that it measures."""
        return "loss" in self.learner.values

    @property
    def step(self) -> int:
        """Rows presented since the run began."""
        return self.learner.number

    @property
    def epoch(self) -> int:
        """How often all rows were presented."""
        return self.learner.number // self.batches_per_epoch

    @property
    def batch(self) -> int:
        """Rows presented in this epoch."""
        return self.learner.number % self.batches_per_epoch

    def read(self) -> Mapping[str, NDArray[np.generic]]:
        """Return copies of what the rule has learnt, by name."""
        return self.learner.state().values

    def state(self) -> TrainingState:
        """Return where the rule stands, all that it keeps in one vector."""
        kept = np.zeros((1, self._size))
        for name, values in self.learner.state().values.items():
            self._views[name].of(kept[0], np)[...] = values
        kept.setflags(write=False)
        return TrainingState(self.step, self.epoch, self.batch, self.step, kept)

    def restore(self, state: TrainingState) -> None:
        """Stand exactly where the state says."""
        values = {name: view.of(state.kept[0], np) for name, view in self._views.items()}
        self.learner.restore(LearnerState(state.step, values))

    def run(self, count: int, losses: Array) -> None:
        """Present count rows; losses (≥ count,) receives what each cost before its update, 0 without a loss."""
        loss = self.learner.values.get("loss")
        for index in range(count):
            self.learner.step()
            losses[index] = 0.0 if loss is None else loss.item()

    def record(self, row: int | None = None) -> Trace:
        """Present one row of the training data, by default the next, and keep what every step wrote."""
        step = self.step
        trace = self.learner.record(row)
        epoch, batch = divmod(step, self.batches_per_epoch)
        rows = self.prepared.train[trace.rows]
        lr = float(self.learner.settings.get("lr", float("nan")))
        return replace(trace, rows=rows, epoch=epoch, batch=batch, global_step=step, lr=lr, updates=step + 1)

    def record_row(self, row: int) -> Trace:
        """Present this row of the data. Raises: DataError for one that is not there or not learnt from."""
        places = np.flatnonzero(self.prepared.train == row)
        if not len(places):
            raise DataError(f"Expected a row that the rule learns from. Received: {row}")
        return self.record(int(places[0]))

    def wrong(self, values: Mapping[str, NDArray[np.generic]]) -> tuple[int, ...] | None:
        """Return the rows of the data that these weights answer wrongly; None for a rule that does not classify."""
        if self.learner.rule.key not in CLASSIFIERS:
            return None
        here = self.learner.state()
        self.learner.restore(LearnerState(here.number, {name: np.asarray(each) for name, each in values.items()}))
        wrong = self.learner.wrong_rows()
        self.learner.restore(here)
        return tuple(int(self.prepared.train[row]) for row in wrong)

    def is_sound(self, losses: NDArray[np.floating[Any]]) -> bool:
        """Say whether these losses and all that was learnt are finite numbers."""
        return bool(np.isfinite(losses).all()) and self.is_finite()

    def is_finite(self) -> bool:
        """Say whether all that was learnt are finite numbers."""
        return all(bool(np.isfinite(each).all()) for each in self.learner.state().values.values())

    def back_to_sound(self, start: TrainingState, losses: NDArray[np.floating[Any]]) -> int:
        """Replay a chunk from its start to the last row that left all finite; return how many rows that is."""
        self.restore(start)
        sound = self.state()
        for done in range(len(losses)):
            self.run(1, losses[done:])
            if not self.is_sound(losses[done : done + 1]):
                self.restore(sound)
                return done
            sound = self.state()
        raise SpecError("Expected a row that breaks the rule. Received: none")
