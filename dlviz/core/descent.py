"""Descent: an optimizer walks on a function of a few numbers, by the same micro-steps that train networks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import Array, Call, Workspace, to_host
from dlviz.core.choice import Choice
from dlviz.core.clipping import clip_point
from dlviz.core.errors import ShapeError
from dlviz.core.execute import run_flat
from dlviz.core.optimizers import Clock, MicroStep, Optimizer, UpdateBuffers, resolve
from dlviz.core.optimizers.kind import Settings
from dlviz.core.schedules import Curve
from dlviz.core.surfaces import Surface
from dlviz.core.trace import Phase, Step, Trace

POINT = "f.p"  # what a trace calls the point; its gradient is f.dp, a state f.p.m
FloatArray = NDArray[np.floating[Any]]
Bound = tuple[MicroStep, tuple[Call, ...]]


@dataclass(frozen=True, eq=False)
class Path:
    """Where a descent went; starts are the axes of its starting points after the first, none for one start.

    points: (steps + 1, d, *starts), values: (steps + 1, *starts); the start is the first of both.
    gradients: (steps, d, *starts) that each step used, clipped where it clips, and at the point ahead where the
    optimizer looks ahead. states: (steps + 1, d, *starts) by name. Neither is there if only points were kept.
    rates: (steps,).
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
        moves = np.abs(np.diff(self.points, axis=0)).reshape(len(self.rates), -1).max(axis=1, initial=0.0)
        still = np.flatnonzero(moves < tolerance)
        return int(still[0]) + 1 if len(still) else None


@dataclass(frozen=True, eq=False)
class Walker:
    """One optimizer of a descent, bound to its rows of numbers; before are the micro-steps ahead of the gradient.

    lr: as chosen. states: their names, in order; rows: where they lie in what is kept.
    """

    lr: float
    states: tuple[str, ...]
    rows: range
    update: UpdateBuffers
    before: tuple[Bound, ...]
    after: tuple[Bound, ...]
    clip: tuple[Call, ...]


class Descent:
    """Points under one optimizer or under several side by side, with the calls of one step bound to them.

    kept: (rows, d, n) for n starts: the points of every optimizer, their gradients, then all states.
    Only an optimizer that walks alone may look ahead.
    Raises: SpecError for unknown settings; ShapeError if the start has not d numbers first.
    """

    def __init__(
        self, surface: Surface, optimizers: Sequence[Choice], start: ArrayLike, clip: Choice | None = None,
        xp: Any = np,
    ) -> None:  # fmt: skip
        points = np.asarray(start, dtype=np.float64)
        if points.ndim == 0 or len(points) != surface.d:
            raise ShapeError(f"Expected {surface.d} numbers to start from. Received: shape={points.shape}")
        self.surface, self.starts, self.workspace = surface, points.shape[1:], Workspace(xp)
        self.n_walkers = len(optimizers)
        resolved = [resolve(each) for each in optimizers]
        counts = [len(entry.first_states(settings)) for entry, settings in resolved]
        rows = [2 * self.n_walkers + before for before in accumulate(counts, initial=0)]
        # Starts always have an axis: NumPy's loops over arrays without one take four times as long in place.
        flat = points.reshape(surface.d, -1)
        self.kept = self.workspace.zeros(rows[-1], *flat.shape)
        self.kept[: self.n_walkers] = xp.asarray(flat)
        self.walkers = tuple(
            self._walker(number, range(*pair), entry, settings, clip)
            for number, (pair, (entry, settings)) in enumerate(zip(pairwise(rows), resolved, strict=True))
        )
        self.gradient_calls = tuple(surface.gradient(self.workspace, *self._surveyed()))
        self.calls: tuple[Call, ...] = (
            *(call for walker in self.walkers for call in _calls(walker.before)),
            *self.gradient_calls,
            *(call for walker in self.walkers for call in (*walker.clip, *_calls(walker.after))),
        )

    def _walker(self, number: int, rows: range, entry: Optimizer, settings: Settings, clip: Choice | None) -> Walker:
        w, first = self.workspace, entry.first_states(settings)
        vectors = {"theta": self.kept[number], "grad": self.kept[self.n_walkers + number]}
        for row, (state, value) in zip(rows, first.items(), strict=True):
            self.kept[row] = value
            vectors[state] = self.kept[row]
        passing = (role for role in entry.passing(settings) if role != "grad")
        vectors |= {role: w.zeros(*self.kept.shape[1:]) for role in passing}
        update = UpdateBuffers(w, vectors, Clock(w))
        update.set_rate(settings["lr"])
        before, after = (_bound(steps(settings), update) for steps in (entry.before, entry.micro_steps))
        clipped = () if clip is None else tuple(clip_point(w, clip, vectors["grad"]))
        return Walker(float(settings["lr"]), tuple(first), rows, update, before, after, clipped)

    def _surveyed(self) -> tuple[Array, Array]:
        """Return where the gradient is taken and where it goes: (d, optimizers, n), or (d, n) for one optimizer."""
        if self.n_walkers == 1:
            vectors = self.walkers[0].update.vectors
            return vectors["ahead" if self.walkers[0].before else "theta"], vectors["grad"]
        both = (self.kept[: self.n_walkers], self.kept[self.n_walkers : 2 * self.n_walkers])
        points, gradients = (self.workspace.xp.moveaxis(each, 0, 1) for each in both)
        # Without an axis of one these are evenly spaced, and NumPy takes its short way through them.
        return (points[..., 0], gradients[..., 0]) if self.kept.shape[2] == 1 else (points, gradients)

    def run(self, rates: Sequence[Sequence[float]], history: Array) -> None:
        """Take as many steps as history has room for, (steps + 1, rows, d, n), and note what is kept before and after.

        rows: all, or the first ones. rates: for every optimizer the learning rate of every step;
        empty to leave them as they are.
        """
        flat = [(function, *arguments) for function, arguments in self.calls]
        copy, kept = self.workspace.xp.copyto, self.kept[: history.shape[1]]
        history[0] = kept
        with np.errstate(all="ignore"):
            for step, row in enumerate(history[1:]):
                for walker, own in zip(self.walkers, rates, strict=False):
                    walker.update.set_rate(own[step])
                run_flat(flat)
                copy(row, kept)

    def record(self, rate: float | None = None, number: int = 0) -> Trace:
        """Take one step of the only optimizer from its only start; it moves just as one step of run does."""
        (walker,) = self.walkers
        update = walker.update
        if rate is not None:
            update.set_rate(rate)
        before = {name_of(role): self.copy(role) for role in ("theta", *walker.states)}
        recorder = _Recorder(self)
        with np.errstate(all="ignore"):
            recorder.micro_steps("forward", walker.before)
            recorder.add("loss", "value", f"f = {self.surface.title}", (POINT,), (), {"loss": self._value()})
            read = name_of("ahead" if walker.before else "theta")
            recorder.add("backward", "gradient", "∂f/∂p", (read,), self.gradient_calls, roles=("grad",))
            if walker.clip:
                recorder.add("update", "clip", "∂f/∂p ← clipped", (name_of("grad"),), walker.clip, roles=("grad",))
            recorder.micro_steps("update", walker.after)
        return Trace(
            tuple(recorder.steps), before, np.zeros(1, np.intp), global_step=number, loss_after=float(self._value()),
            lr=update.lr, updates=update.clock.t,
        )  # fmt: skip

    def _value(self) -> NDArray[np.generic]:
        with np.errstate(all="ignore"):
            value = self.surface.value(self.kept[0, :, 0])
        # NumPy gives a number of its own kind for a single point, no array.
        return _read_only(to_host(self.workspace.xp.asarray(value)))

    def copy(self, role: str) -> NDArray[np.generic]:
        """Return a vector of the only optimizer and start, (d,)."""
        return _read_only(to_host(self.walkers[0].update.vectors[role])[:, 0])


class _Recorder:
    """Collects the steps of one trace of a descent."""

    def __init__(self, descent: Descent) -> None:
        self._descent = descent
        self.steps: list[Step] = []

    def micro_steps(self, phase: Phase, bound: Sequence[Bound]) -> None:
        """Run micro-steps and note each."""
        for step, calls in bound:
            self.add(phase, step.op, step.formula, tuple(map(name_of, step.reads)), calls, roles=step.writes)

    def add(
        self, phase: Phase, op: str, formula: str, reads: tuple[str, ...], calls: Sequence[Call],
        writes: Mapping[str, NDArray[np.generic]] | None = None, roles: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Run calls and note what they wrote: the vectors of these roles, or what is given."""
        for function, arguments in calls:
            function(*arguments)
        written = writes or {name_of(role): self._descent.copy(role) for role in roles}
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
    return _walk(Descent(surface, (optimizer,), start, clip, xp), steps, schedule)[0]


def race(
    surface: Surface, optimizers: Sequence[Choice], start: ArrayLike, steps: int, schedule: Choice | None = None,
    clip: Choice | None = None, keeps_all: bool = True,
) -> tuple[Path, ...]:  # fmt: skip
    """Walk with each optimizer as `descend` does; side by side they take half the time.

    keeps_all: gradients and states as well as points; a hundred starts would fill a hundred megabytes.
    Raises: SpecError, ShapeError.
    """
    alone = [number for number, each in enumerate(optimizers) if _looks_ahead(each)]
    together = [number for number in range(len(optimizers)) if number not in alone]
    paths: dict[int, Path] = {}
    for numbers in (*([number] for number in alone), together):
        own = [optimizers[number] for number in numbers]
        descent = Descent(surface, own, start, clip)
        paths |= zip(numbers, _walk(descent, steps, schedule, keeps_all), strict=True)
    return tuple(paths[number] for number in range(len(optimizers)))


def _walk(descent: Descent, steps: int, schedule: Choice | None, keeps_all: bool = True) -> list[Path]:
    rates = [] if schedule is None else [Curve(schedule, walker.lr).rates(steps, 1) for walker in descent.walkers]
    rows = len(descent.kept) if keeps_all else descent.n_walkers
    history = descent.workspace.zeros(steps + 1, rows, *descent.kept.shape[1:])
    descent.run(rates, history)
    return [_path(descent, number, history, rates) for number in range(descent.n_walkers)]


def _path(descent: Descent, number: int, history: Array, rates: Sequence[Sequence[float]]) -> Path:
    """Return the path of one optimizer from what was noted at every step, (steps + 1, rows, d, n)."""
    walker, starts = descent.walkers[number], descent.starts
    with np.errstate(all="ignore"):
        values = to_host(descent.surface.value(descent.workspace.xp.moveaxis(history[:, number], 0, 1)))
    shape = (len(history), descent.surface.d, *starts)
    noted = to_host(history)
    has_all = noted.shape[1] > descent.n_walkers
    rows = zip(walker.rows, walker.states, strict=True) if has_all else ()
    states = {state: noted[:, row].reshape(shape) for row, state in rows}
    gradients = noted[1:, descent.n_walkers + number] if has_all else noted[:0, 0]
    used = np.array(rates[number]) if rates else np.full(len(history) - 1, walker.lr)
    return Path(
        noted[:, number].reshape(shape), values.reshape(-1, *starts), gradients.reshape(-1, *shape[1:]), states, used
    )


def record(
    surface: Surface, optimizer: Choice, start: ArrayLike, steps: int, schedule: Choice | None = None,
    clip: Choice | None = None,
) -> tuple[Trace, ...]:  # fmt: skip
    """Walk so many steps from one start (d,) and return a trace of each, every micro-step with what it wrote."""
    descent = Descent(surface, (optimizer,), start, clip)
    rates = None if schedule is None else Curve(schedule, descent.walkers[0].lr).rates(steps, 1)
    return tuple(descent.record(None if rates is None else rates[step], step) for step in range(steps))


def _looks_ahead(optimizer: Choice) -> bool:
    entry, settings = resolve(optimizer)
    return bool(entry.before(settings))


def _bound(steps: Sequence[MicroStep], update: UpdateBuffers) -> tuple[Bound, ...]:
    return tuple((step, tuple(step.emit(update))) for step in steps)


def _calls(bound: Sequence[Bound]) -> list[Call]:
    return [call for _, calls in bound for call in calls]


def _read_only(values: NDArray[Any]) -> NDArray[np.generic]:
    copy = np.array(values, order="C", copy=True)
    copy.setflags(write=False)
    return copy
