"""Replay: a recorded batch run once more on arrays of its own, right, wrong on purpose, or rounded after each step."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.answers.changes import Rounding, each_rounded
from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.execute import AfterStep, record, run
from dlviz.core.inference import parameters
from dlviz.core.layout import layout
from dlviz.core.memory import Memory
from dlviz.core.network import NetworkSpec
from dlviz.core.notation import Notation
from dlviz.core.objective import Objective
from dlviz.core.program import Binding, Program, lower
from dlviz.core.trace import Trace


@dataclass(frozen=True)
class Exercise:
    """A recorded batch, and what it was recorded with: all that is needed to calculate it again.

    slip: the mistake that the recording itself made. seed, number: the run and batch that address random draws.
    notation: how its numbers are called.
    """

    network: NetworkSpec
    losses: Choice | Objective
    optimizer: Choice
    trace: Trace
    frozen: tuple[str, ...] = ()
    clip: Choice | None = None
    slip: Choice | None = None
    seed: int = 0
    number: int = 0
    notation: Notation = Notation()

    def program(self, slip: Choice | None = None) -> Program:
        """Return the steps of the pass; slip: with this mistake instead of the recording's own."""
        return lower(self.network, self.losses, self.optimizer, slip=slip or self.slip, clip=self.clip)


class Replay:
    """Runs the batch of an exercise as often as asked; the recording and the run it came from stay as they are."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self.n = len(exercise.trace.rows)
        plan = layout(parameters(exercise.network))
        first = next(iter(plan.views), "")
        dtype = str(exercise.trace.before[first].dtype) if first else "float64"
        self.memory = Memory(plan, exercise.optimizer, exercise.frozen, dtype=dtype, seed=exercise.seed)
        self._inputs, self._targets = self._rows(), self._before("y").reshape(self.n, -1)
        self._bindings: dict[object, Binding] = {}
        self._evaluate = self._bound(
            lower(exercise.network, exercise.losses, mode="evaluate", training=True, slip=exercise.slip)
        )

    def _before(self, name: str) -> NDArray[Any]:
        found = self.exercise.trace.before.get(name)
        if found is None:
            raise SpecError(f"Expected a trace of this network. Received: one without {name}")
        return np.asarray(found)

    def _rows(self) -> NDArray[Any]:
        parts = [self._before(node.id).reshape(self.n, -1) for node in self.exercise.network.inputs]
        return np.concatenate(parts, axis=1)

    def _bound(self, program: Program) -> Binding:
        binding = program.bind(self.memory, self.n)
        binding.load(self._inputs, self._targets)
        return binding

    def record(self, slip: Choice | None = None, after: AfterStep | None = None) -> Trace:
        """Run the batch and keep what every step wrote. Raises: SpecError for an unknown slip.

        slip: a mistake to make on purpose. after: sees, and may change, what each step wrote.
        """
        key = None if slip is None else (slip.kind, *sorted(slip.settings.items()))
        if key not in self._bindings:
            self._bindings[key] = self._bound(self.exercise.program(slip))
        self._rewind()
        trace = self.exercise.trace
        with np.errstate(all="ignore"):
            position = {"epoch": trace.epoch, "batch": trace.batch, "global_step": trace.global_step}
            found = record(self._bindings[key], trace.rows, after, **position)
            return replace(found, loss_after=self._loss())

    def _rewind(self) -> None:
        """Put parameters, optimizer states, rate, count and place among random draws back before the batch."""
        memory, trace = self.memory, self.exercise.trace
        memory.load(trace.before)
        for state in memory.states:
            values = {name: trace.before.get(f"{name}.{state}") for name in memory.layout.trainable}
            memory.load({name: value for name, value in values.items() if value is not None}, state)
        memory.update.set_rate(trace.lr)
        memory.update.clock.t = trace.updates - 1
        memory.position.move(self.exercise.number)

    def _loss(self) -> float:
        """Return the loss of the same rows with the parameters that the update left."""
        if self.memory.looks_ahead:
            self.memory.vectors["ahead"][...] = self.memory.vectors["theta"]
        run(self._evaluate.calls)
        return self._evaluate.buffers.loss


def board(exercise: Exercise, decimals: int) -> Trace:
    """Record the batch as it comes out where every intermediate is rounded to so many decimals before it is used.

    A step's result is kept as it was found, from rounded numbers, before it is rounded itself: with four
    decimals 0.4 · 0.5498 + 0.1 · 0.7109 − 0.2 = 0.09101, which later steps read as 0.0910.
    """
    return Replay(exercise).record(after=each_rounded(Rounding(decimals)))
