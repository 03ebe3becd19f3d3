"""Agreements: asks the networks of an experiment over several seeds what they answer over the plane of the maps."""

from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.evaluate import Evaluator
from dlviz.data.prepare import Prepared
from dlviz.session.messages import Interest
from dlviz.session.plane import affordable, cells_of, centres, extent_of, on_plane, plane_key
from dlviz.session.prepared import known_prepared
from dlviz.session.targets import decision_threshold
from dlviz.session.vary import ExperimentView, Trial
from dlviz.session.vary.agreement import (
    FEWEST_SEEDS,
    Agreement,
    Answers,
    answers_of,
    countable,
    is_of_seeds,
    summed_up,
)

LOOK_SECONDS = 0.01  # for which networks are asked before the worker goes on; one at least
MOST_SEEDS = 50
MOST_NUMBERS = 2**23  # kept of all answers together, 32 MB


class Agreements:
    """Keeps the answers of each network while experiment and plane stay the same: one is asked once."""

    def __init__(self) -> None:
        self.is_unfinished = False
        self._key: tuple[Any, ...] = ()
        self._asked: _Asked | None = None
        self._answers: dict[int, Answers] = {}
        self._told: Agreement | None = None

    def look(self, view: ExperimentView | None, interest: Interest) -> Agreement | None:
        """Return what the networks that are trained so far come to; None unless somebody asks, and before two are."""
        self.is_unfinished = False
        if view is None or "agreement" not in interest.needs or not is_of_seeds(view.experiment):
            self._forget()
            return None
        key = view.serial, *plane_key(interest), interest.output_grid
        if key != self._key:
            self._forget()
            self._key, self._asked = key, _asked(view, interest)
        if self._asked is not None:
            self._ask(self._asked, view)
        return self._told

    def _forget(self) -> None:
        self._key, self._asked, self._told = (), None, None
        self._answers.clear()

    def _ask(self, asked: "_Asked", view: ExperimentView) -> None:
        """Ask the networks that were not asked yet, for a short while."""
        trials = countable(view)
        new = [each for each in trials[: asked.most] if each.number not in self._answers]
        until = perf_counter() + LOOK_SECONDS
        for trial in new:
            self._answers[trial.number] = asked.answers(trial)
            if perf_counter() > until:
                break
        found = [self._answers[each.number] for each in trials if each.number in self._answers]
        self.is_unfinished = len(found) < min(len(trials), asked.most)
        is_known = self._told is not None and len(self._told.answers) == len(found) and self._told.wanted == len(trials)
        if len(found) >= FEWEST_SEEDS and not self.is_unfinished and not is_known:
            parts = summed_up(found, asked.level, asked.has_classes)
            self._told = Agreement(view.serial, asked.extent, len(trials), tuple(found), *parts)


class _Asked:
    """The cells of a plane, and a network of the experiment's kind that is given the weights of one after another."""

    def __init__(self, view: ExperimentView, interest: Interest, prepared: Prepared) -> None:
        document = view.experiment.document.explicit
        self._evaluator = Evaluator(document.network, slip=document.training.slip, seed=document.seed)
        self._cells, self._shape = _cells(interest, prepared)
        self.extent = extent_of(interest, prepared)
        self.has_classes = prepared.dataset.task != "regression"
        is_one = self._evaluator.program.n_outputs == 1
        self.level = decision_threshold(document) if self.has_classes and is_one else None
        self.most = max(min(MOST_NUMBERS // (len(self._cells) * self._evaluator.program.n_outputs), MOST_SEEDS), 2)

    def answers(self, trial: Trial) -> Answers:
        """Return what the network of a training answers in every cell."""
        assert trial.ended is not None and trial.ended.kept is not None
        self._evaluator.use(trial.ended.kept.state.kept[0])
        with np.errstate(all="ignore"):
            outputs = self._evaluator.outputs(self._cells).T.reshape(-1, *self._shape)
            outputs.setflags(write=False)
            return answers_of(trial.seed, outputs, self.level, self.has_classes)


def _asked(view: ExperimentView, interest: Interest) -> _Asked | None:
    prepared = known_prepared(view.experiment.document)
    return None if prepared is None else _Asked(view, interest, prepared)


def _cells(interest: Interest, prepared: Prepared) -> tuple[NDArray[np.float64], tuple[int, int]]:
    """Return the inputs of all cells, and how many rows and columns they are: one row over a single input."""
    d = prepared.dataset.d
    side = affordable(interest.output_grid, d)
    if d > 1:
        return cells_of(interest, prepared, side), (side, side)
    across = centres(*interest.extent[:2], side)
    places = on_plane(interest, prepared, np.stack([across, across], axis=1))
    places.setflags(write=False)
    return places, (1, side)
