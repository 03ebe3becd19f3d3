"""RuleTrainer: a learning rule on the rows of a document, one row a step, exactly repeatable."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
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
from dlviz.core.rules.perceptron import BIPOLAR, mistakes_bound, separating
from dlviz.core.rules.threshold import TALLY
from dlviz.core.trace import Trace
from dlviz.data.dataset import Dataset
from dlviz.data.prepare import Prepared
from dlviz.session.document import Document
from dlviz.session.rule_answers import Firing, RowAnswers, firing
from dlviz.session.trainer import TrainingState

CLASSIFIERS = ("perceptron", "perceptron_trick")  # rules whose error is 0 where the answer is right
ANSWERING = (*CLASSIFIERS, "mcculloch_pitts")  # rules that answer every row with a label
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
    is_bipolar = n_classes == 2 and settings.get("labels") == BIPOLAR
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
    def is_classifier(self) -> bool:
        """Whether the rule learns from rows that it answers wrongly."""
        return self.learner.rule.key in CLASSIFIERS

    @property
    def has_loss(self) -> bool:
        """Whether the rule makes something smaller that it measures: a loss, or how many rows are wrong."""
        return "loss" in self.learner.values or self.is_classifier

    def loss_of(self, trace: Trace) -> NDArray[np.float64]:
        """Return what a row cost before its update (1,): its loss, or 1 if it was answered wrongly; else ()."""
        if not self.has_loss:
            return np.zeros(0)
        if self.is_classifier:
            return np.array([float(np.any(trace.value("o.e", len(trace.steps))))])
        return np.asarray(trace.value("loss", len(trace.steps)), dtype=np.float64).ravel()

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
        values = self.learner.values
        cost = values["o.e"] if self.is_classifier else values.get("loss", np.zeros(1))
        for index in range(count):
            self.learner.step()
            losses[index] = float(cost.any()) if self.is_classifier else cost.item()

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
        if not self.is_classifier:
            return None
        with self._weights(values):
            wrong = self.learner.wrong_rows()
        return tuple(int(self.prepared.train[row]) for row in wrong)

    def answers(self, values: Mapping[str, NDArray[np.generic]]) -> RowAnswers | None:
        """Return what every row gives under these weights; None for a rule that does not answer with one label."""
        problem = self.learner.problem
        if self.learner.rule.key not in ANSWERING or problem.k != 1:
            return None
        with self._weights(values):
            sums, answers = self.learner.answers()
        if answers.shape[1] != 1:
            return None
        return RowAnswers(self.prepared.train, problem.inputs, problem.targets[:, 0], sums[:, 0], answers[:, 0])

    @cached_property
    def most_corrections(self) -> float | None:
        """How often a perceptron of one unit can be corrected from its start; None where no line was found."""
        problem = self.learner.problem
        ones = np.ones((problem.n, 1 if "o.b" in self.learner.values else 0))
        rows, labels = np.hstack([problem.inputs, ones]), problem.targets[:, 0]
        found = separating(rows, labels)
        if found is None:
            return None
        begin = learner_for(self.document, self.prepared).values
        start = np.concatenate([begin["o.W"][0], begin.get("o.b", np.zeros(0))])
        return mistakes_bound(rows, labels, found, start, float(self.learner.settings["lr"]))

    def firing(self, values: Mapping[str, NDArray[np.generic]]) -> Firing | None:
        """Return how the only unit of a stochastic rule fires for the first row; None where there are more units."""
        weights, tally = (np.asarray(values[name], dtype=np.float64) for name in ("o.W", TALLY))
        if len(weights) != 1:
            return None
        bias = np.asarray(values.get("o.b", np.zeros(1)), dtype=np.float64)
        v = float(self.learner.problem.inputs[0] @ weights[0] + bias[0])
        return firing(v, float(self.learner.settings["temperature"]), tally[:, 0])

    @contextmanager
    def _weights(self, values: Mapping[str, NDArray[np.generic]]) -> Iterator[None]:
        """Let the learner stand at other weights meanwhile."""
        here = self.learner.state()
        self.learner.restore(LearnerState(here.number, {name: np.asarray(each) for name, each in values.items()}))
        yield
        self.learner.restore(here)

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
