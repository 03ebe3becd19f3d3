"""Descent: an optimizer walks on a function of a few numbers, by the same micro-steps that train networks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import Array, Call, Workspace, to_host
from dlviz.core.choice import Choice
from dlviz.core.clipping import clip_point
from dlviz.core.errors import ShapeError
from dlviz.core.optimizers import Clock, MicroStep, UpdateBuffers, resolve
from dlviz.core.schedules import Curve
from dlviz.core.surfaces import Surface
from dlviz.core.trace import Phase, Step, Trace

POINT = "f.p"  # what a trace calls the point; its gradient is f.dp, a state f.p.m
FloatArray = NDArray[np.floating[Any]]


@dataclass(frozen=True, eq=False)
class Path:
    """Where a descent went; starts are the axes of its starting points after the first, none for one start.

    points: (steps + 1, d, *starts), values: (steps + 1, *starts); the start is the first of both.
    gradients: (steps, d, *starts) that each step used, clipped where it clips, and at the point ahead where the
    optimizer looks ahead. states: (steps + 1, d, *starts) by name. rates: (steps,).
    """

    points: FloatArray
    values: FloatArray
    gradients: FloatArray
    states: Mapping[str, FloatArray]
    rates: FloatArray

    @property
    def is_finite(self) -> NDArray[np.bool_]:
        """Say of every start, (*starts), whether all its points and values are finite."""
        return np.asarray(np.isfinite(self.points).all(axis=(0, 1)) & np.isfinite(self.values).all(axis=0))

    def settled(self, tolerance: float) -> int | None:
        """Return after how many steps no number of any start moved by as much as the tolerance, or None."""
        moves = np.abs(np.diff(self.points, axis=0)).reshape(len(self.gradients), -1).max(axis=1, initial=0.0)
        still = np.flatnonzero(moves < tolerance)
        return int(still[0]) + 1 if len(still) else None


class Descent:
    """Points under one optimizer, with the calls of one step bound to them.

    kept: (2 + states, d, *starts): the points, the gradient, then the optimizer's states.
    Raises: SpecError for unknown settings; ShapeError if the start has not d numbers first.
    """

    def __init__(
        self, surface: Surface, optimizer: Choice, start: ArrayLike, clip: Choice | None = None, xp: Any = np
    ) -> None:
        points = np.asarray(start, dtype=np.float64)
        if points.ndim == 0 or len(points) != surface.d:
            raise ShapeError(f"Expected {surface.d} numbers to start from. Received: shape={points.shape}")
        entry, settings = resolve(optimizer)
        workspace, first = Workspace(xp), entry.first_states(settings)
        self.surface = surface
        self.lr = float(settings["lr"])
        self.states = tuple(first)
        self.kept = workspace.zeros(2 + len(first), *points.shape)
        self.kept[0] = xp.asarray(points)
        for row, value in enumerate(first.values(), 2):
            self.kept[row] = value
        self.vectors = {role: self.kept[row, ...] for row, role in enumerate(("theta", "grad", *first))}
        self.vectors |= {role: workspace.zeros(*points.shape) for role in entry.passing(settings) if role != "grad"}
        self.update = UpdateBuffers(workspace, self.vectors, Clock(workspace))
        self.update.set_rate(self.lr)
        self._before = self._bound(entry.before(settings))
        self._gradient = tuple(
            surface.gradient(workspace, self.vectors["ahead" if self._before else "theta"], self.vectors["grad"])
        )
        self._clip = () if clip is None else tuple(clip_point(workspace, clip, self.vectors["grad"]))
        self._after = self._bound(entry.micro_steps(settings))
        before, after = (_calls(bound) for bound in (self._before, self._after))
        self.calls: tuple[Call, ...] = (*before, *self._gradient, *self._clip, *after)

    def _bound(self, steps: Sequence[MicroStep]) -> list[tuple[MicroStep, tuple[Call, ...]]]:
        return [(step, tuple(step.emit(self.update))) for step in steps]

    def run(self, rates: Sequence[float] | None, history: Array) -> None:
        """Take as many steps as history has room for, (steps + 1, *kept.shape), and note kept before and after each.

        rates: the learning rate of every step, or None to leave it as it is.
        """
        calls, kept = self.calls, self.kept
        history[0] = kept
        with np.errstate(all="ignore"):
            for step in range(1, len(history)):
                if rates is not None:
                    self.update.set_rate(rates[step - 1])
                for function, arguments in calls:
                    function(*arguments)
                history[step] = kept

    def record(self, rate: float | None = None, number: int = 0) -> Trace:
        """Take one step from a single start and return it as a trace; it moves just as one step of run does."""
        if rate is not None:
            self.update.set_rate(rate)
        before = {POINT: self._copy("theta"), **{name_of(state): self._copy(state) for state in self.states}}
        recorder = _Recorder(self)
        with np.errstate(all="ignore"):
            for step, calls in self._before:
                recorder.micro_step("forward", step, calls)
            recorder.add("loss", "value", f"f = {self.surface.title}", (POINT,), (), {"loss": self._value()})
            read = name_of("ahead" if self._before else "theta")
            recorder.add("backward", "gradient", "∂f/∂p", (read,), self._gradient, roles=("grad",))
            if self._clip:
                recorder.add("update", "clip", "∂f/∂p ← clipped", (name_of("grad"),), self._clip, roles=("grad",))
            for step, calls in self._after:
                recorder.micro_step("update", step, calls)
        update = self.update
        return Trace(
            tuple(recorder.steps), before, np.zeros(1, np.intp), global_step=number, loss_after=float(self._value()),
            lr=update.lr, updates=update.clock.t,
        )  # fmt: skip

    def _value(self) -> NDArray[np.generic]:
        with np.errstate(all="ignore"):
            value = self.surface.value(self.vectors["theta"])
        # NumPy gives a number of its own kind for a single point, no array.
        return _read_only(to_host(self.update.xp.asarray(value)))

    def _copy(self, role: str) -> NDArray[np.generic]:
        return _read_only(to_host(self.vectors[role]))


class _Recorder:
    """Collects the steps of one trace of a descent."""

    def __init__(self, descent: Descent) -> None:
        self._descent = descent
        self.steps: list[Step] = []

    def micro_step(self, phase: Phase, step: MicroStep, calls: Sequence[Call]) -> None:
        """Run a micro-step and note it."""
        self.add(phase, step.op, step.formula, tuple(map(name_of, step.reads)), calls, roles=step.writes)

    def add(
        self, phase: Phase, op: str, formula: str, reads: tuple[str, ...], calls: Sequence[Call],
        writes: Mapping[str, NDArray[np.generic]] | None = None, roles: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Run calls and note what they wrote: the vectors of these roles, or what is given."""
        for function, arguments in calls:
            function(*arguments)
        written = writes or {name_of(role): self._descent._copy(role) for role in roles}
        self.steps.append(Step(len(self.steps), phase, "f", op, formula, reads, written))


def name_of(role: str) -> str:
    """Return what a trace of a descent calls a vector: f.p, f.dp, f.p.m."""
    return {"theta": POINT, "grad": "f.dp"}.get(role, f"{POINT}.{role}")


def descend(
    surface: Surface, optimizer: Choice, start: ArrayLike, steps: int, schedule: Choice | None = None,
    clip: Choice | None = None, xp: Any = np,
) -> Path:  # fmt: skip
    """Walk so many steps from a start (d,), or from many at once (d, *starts).

    A schedule counts every step as an epoch. Raises: SpecError, ShapeError.
    """
    descent = Descent(surface, optimizer, start, clip, xp)
    rates = None if schedule is None else Curve(schedule, descent.lr).rates(steps, 1)
    history = descent.update.workspace.zeros(steps + 1, *descent.kept.shape)
    descent.run(rates, history)
    with np.errstate(all="ignore"):
        values = to_host(surface.value(xp.moveaxis(history[:, 0], 0, 1)))
    noted = to_host(history)
    states = {state: noted[:, row] for row, state in enumerate(descent.states, 2)}
    used = np.full(steps, descent.lr) if rates is None else np.array(rates)
    return Path(noted[:, 0], values, noted[1:, 1], states, used)


def record(
    surface: Surface, optimizer: Choice, start: ArrayLike, steps: int, schedule: Choice | None = None,
    clip: Choice | None = None,
) -> tuple[Trace, ...]:  # fmt: skip
    """Walk so many steps from one start (d,) and return a trace of each, every micro-step with what it wrote."""
    descent = Descent(surface, optimizer, start, clip)
    rates = None if schedule is None else Curve(schedule, descent.lr).rates(steps, 1)
    return tuple(descent.record(None if rates is None else rates[step], step) for step in range(steps))


def _calls(bound: Sequence[tuple[MicroStep, tuple[Call, ...]]]) -> list[Call]:
    return [call for _, calls in bound for call in calls]


def _read_only(values: NDArray[Any]) -> NDArray[np.generic]:
    copy = np.array(values, order="C", copy=True)
    copy.setflags(write=False)
    return copy
