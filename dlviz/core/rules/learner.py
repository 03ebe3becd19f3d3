"""Learner: a rule at work on its rows, one presentation at a time, exactly repeatable."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlviz.core.choice import Choice, frozen
from dlviz.core.errors import DataError, ShapeError, SpecError, as_list
from dlviz.core.execute import run
from dlviz.core.narration import spelled
from dlviz.core.narration.view import Focus, Narration
from dlviz.core.notation import Notation
from dlviz.core.randomness import permutations, uniforms
from dlviz.core.rules.kind import AT_RANDOM, CLOCK, SHUFFLED, Array, Problem, Told, resolve
from dlviz.core.trace import Step, Trace

NODE = "o"  # the one layer of a rule: its arrays are o.W, o.z, o.a
NO_FOCUS, NOTATION = Focus(), Notation()


@dataclass(frozen=True)
class LearnerState:
    """Where a learner stands, complete: rows presented so far and what they left."""

    number: int
    values: Mapping[str, Array]

    def __post_init__(self) -> None:
        object.__setattr__(self, "values", frozen(self.values))


@dataclass(frozen=True)
class Telling:
    """How the steps of a rule are told, apart from the numbers it works on, so that it can be handed on."""

    tells: tuple[Callable[[Told], Narration], ...]
    settings: Mapping[str, Any]

    def narrate(
        self, trace: Trace, index: int, focus: Focus = NO_FOCUS, digits: int | None = None,
        notation: Notation = NOTATION,
    ) -> Narration:  # fmt: skip
        """Tell one step of a recorded trace for one scalar: in symbols, with numbers, and in a sentence.

        digits: significant ones; None leaves them to the notation.
        """
        told = Told(trace.steps[index], trace, self.settings, focus, digits or notation.digits, notation)
        return spelled(self.tells[index](told), notation)


class Learner:
    """One rule on rows of data.

    inputs (n, d); targets (n, k) or (n,), for rules that want them. start: values to begin with, by name.
    Raises: SpecError, ShapeError, DataError where rule and data do not fit.
    """

    def __init__(
        self,
        chosen: Choice,
        inputs: ArrayLike,
        targets: ArrayLike | None = None,
        seed: int = 0,
        start: Mapping[str, ArrayLike] | None = None,
    ) -> None:
        self.rule, self.settings = resolve(chosen)
        rows = _table(inputs, "inputs")
        labels = np.zeros((len(rows), 0)) if targets is None else _table(targets, "targets")
        given = {name: np.asarray(value, dtype=np.float64) for name, value in (start or {}).items()}
        self.problem = Problem(rows, labels, self.settings, seed, given)
        _check(self.problem, self.rule.wants, self.rule.key)
        self.rule.check(self.problem)
        self.values = self.rule.arrays(self.problem)
        self._states = tuple(name for name in self.rule.states if name in self.values)
        _refuse_unknown(given, self._states)
        self.values |= {"x": np.zeros((1, rows.shape[1])), "y": np.zeros((1, labels.shape[1])), CLOCK: np.zeros(1)}
        self.steps = self.rule.steps(self.problem, self.values)
        self._calls = [call for step in self.steps for call in step.calls]
        self.telling = Telling(tuple(step.tell for step in self.steps), frozen(self.settings))
        self.number = 0

    def row(self, number: int) -> int:
        """Return which row is presented as this one, counted from 0; it depends on seed and number alone."""
        order, n, seed = self.settings.get("order"), self.problem.n, self.problem.seed
        if order == AT_RANDOM:
            return int(uniforms(seed, f"rule row {number}", 1)[0] * n)
        turn, place = divmod(number, n)
        return int(permutations(seed, "rule order", n, turn, 1)[0][place]) if order == SHUFFLED else place

    def _present(self, row: int | None) -> int:
        chosen = self.row(self.number) if row is None else row
        if not 0 <= chosen < self.problem.n:
            raise DataError(f"Expected a row from 0 to {self.problem.n - 1}. Received: {chosen}")
        self.values["x"][0] = self.problem.inputs[chosen]
        self.values["y"][0] = self.problem.targets[chosen]
        self.values[CLOCK][0] = self.number
        return chosen

    def step(self, row: int | None = None) -> None:
        """Present one row (default: the next in order) and learn from it. Raises: DataError."""
        self._present(row)
        with np.errstate(all="ignore"):
            run(self._calls)
        self.number += 1

    def run(self, count: int) -> None:
        """Present the next count rows."""
        for _ in range(count):
            self.step()

    def record(self, row: int | None = None) -> Trace:
        """Do just what step does, and keep what every step wrote. Raises: DataError."""
        chosen = self._present(row)
        before = {name: _copy(self.values[name]) for name in ("x", "y", *self._states)}
        with np.errstate(all="ignore"):
            steps = tuple(self._recorded(index) for index in range(len(self.steps)))
            after = self._loss_after()
        epoch, batch = divmod(self.number, self.problem.n)
        self.number += 1
        return Trace(steps, before, np.array([chosen]), epoch, batch, self.number - 1, after)

    def _recorded(self, index: int) -> Step:
        step = self.steps[index]
        run(tuple(step.calls))
        writes = {name: _copy(self.values[name]) for name in step.writes}
        return Step(index, step.phase, NODE, step.op, step.formula, step.reads, writes)

    def _loss_after(self) -> float:
        """Return the loss of the same row after the update; NaN for a rule without one."""
        if "loss" not in self.values:
            return float("nan")
        run([call for step in self.steps if step.phase in ("forward", "loss") for call in step.calls])
        return float(self.values["loss"].item())

    def wrong_rows(self) -> tuple[int, ...]:
        """Return the rows that the rule would answer wrongly as it stands; for rules that write `o.e`."""
        answering = [call for step in self.steps if step.phase in ("forward", "loss") for call in step.calls]
        wrong = []
        for row in range(self.problem.n):
            self._present(row)
            run(answering)
            if self.values["o.e"].any():
                wrong.append(row)
        return tuple(wrong)

    def answers(self) -> tuple[Array, Array]:
        """Return what every row is answered as the rule stands: sums (n, units) and answers (n, units).

        For rules that write `o.z` and `o.a` without drawing.
        """
        calls = [call for step in self.steps if step.phase == "forward" for call in step.calls]
        sums, answers = [], []
        for row in range(self.problem.n):
            self._present(row)
            run(calls)
            sums.append(self.values["o.z"][0].copy())
            answers.append(self.values["o.a"][0].copy())
        return np.array(sums), np.array(answers)

    def narrate(self, trace: Trace, index: int, focus: Focus = NO_FOCUS, digits: int | None = None) -> Narration:
        """Tell one step of a recorded trace for one scalar: in symbols, with numbers, and in a sentence."""
        return self.telling.narrate(trace, index, focus, digits)

    def state(self) -> LearnerState:
        """Return a copy of where the learner stands."""
        return LearnerState(self.number, {name: _copy(self.values[name]) for name in self._states})

    def restore(self, state: LearnerState) -> None:
        """Stand exactly where the state says."""
        self.number = state.number
        for name, value in state.values.items():
            self.values[name][...] = value


def _copy(values: Array) -> Array:
    copy = np.array(values, order="C", copy=True)
    copy.setflags(write=False)
    return copy


def _table(values: ArrayLike, name: str) -> Array:
    rows = np.asarray(values, dtype=np.float64)
    rows = rows[:, None] if rows.ndim == 1 and name == "targets" else rows
    if rows.ndim != 2 or not rows.size:
        raise ShapeError(f"Expected {name} as rows of numbers. Received: shape={as_list(rows.shape)}", place="rule")
    if not np.isfinite(rows).all():
        raise DataError(f"Expected {name} that are finite numbers. Received: one that is not")
    return rows


def _check(problem: Problem, wants: str, key: str) -> None:
    if wants == "values":
        return
    if len(problem.targets) != problem.n or problem.k == 0:
        received = len(problem.targets) if problem.k else "none"
        raise SpecError(
            f"Expected {problem.n} rows of targets. Received: {received}", f"The rule {key} learns by them."
        )
    if wants == "labels" and problem.k != 1:
        raise ShapeError(f"Expected one column of labels. Received: {problem.k}", place="rule")


def _refuse_unknown(given: Mapping[str, Any], states: tuple[str, ...]) -> None:
    for name in given:
        if name not in states:
            raise SpecError(f"Expected start values among: {', '.join(states) or 'none'}. Received: {name!r}")
