"""Descent: optimizers bound to points on a surface, and one step of them as calls or as a trace."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import Array, Backend, Call, Workspace, to_host
from dlviz.core.choice import Choice
from dlviz.core.clipping import clip_point
from dlviz.core.descent.path import Path
from dlviz.core.errors import ShapeError, as_list
from dlviz.core.execute import run_flat
from dlviz.core.optimizers import Clock, MicroStep, Optimizer, UpdateBuffers, resolve
from dlviz.core.optimizers.kind import Settings
from dlviz.core.surfaces import Surface
from dlviz.core.trace import Phase, Step, Trace

POINT = "f.p"  # what a trace calls the point; its gradient is f.dp, a state f.p.m
Bound = tuple[MicroStep, tuple[Call, ...]]


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
    noise: (d, n), added to every gradient, if there is any; the one who walks fills it before each step.
    Only an optimizer that walks alone may look ahead.
    Raises: SpecError for unknown settings; ShapeError if the start has not d numbers first.
    """

    def __init__(
        self, surface: Surface, optimizers: Sequence[Choice], start: ArrayLike, clip: Choice | None = None,
        xp: Any = np, has_noise: bool = False,
    ) -> None:  # fmt: skip
        points = np.asarray(start, dtype=np.float64)
        if points.ndim == 0 or len(points) != surface.d:
            raise ShapeError(f"Expected {surface.d} numbers to start from. Received: shape={as_list(points.shape)}")
        self.surface, self.starts, self.workspace = surface, points.shape[1:], Workspace(Backend(xp))
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
        self.noise = self.workspace.zeros(*flat.shape) if has_noise else None
        self.gradient_calls = tuple(surface.gradient(self.workspace, *self._surveyed()))
        self.noise_calls = self._noise_calls()
        self.calls: tuple[Call, ...] = (
            *(call for walker in self.walkers for call in _calls(walker.before)),
            *self.gradient_calls,
            *self.noise_calls,
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

    def _noise_calls(self) -> tuple[Call, ...]:
        """Return the calls that add the noise to the gradient of every optimizer."""
        gradients = (walker.update.vectors["grad"] for walker in self.walkers)
        return () if self.noise is None else tuple((self.workspace.xp.add, (g, self.noise, g)) for g in gradients)

    def _surveyed(self) -> tuple[Array, Array]:
        """Return where the gradient is taken and where it goes: (d, optimizers, n), or (d, n) for one optimizer."""
        if self.n_walkers == 1:
            vectors = self.walkers[0].update.vectors
            return vectors["ahead" if self.walkers[0].before else "theta"], vectors["grad"]
        both = (self.kept[: self.n_walkers], self.kept[self.n_walkers : 2 * self.n_walkers])
        points, gradients = (self.workspace.xp.moveaxis(each, 0, 1) for each in both)
        # Without an axis of one these are evenly spaced, and NumPy takes its short way through them.
        return (points[..., 0], gradients[..., 0]) if self.kept.shape[2] == 1 else (points, gradients)

    def run(self, rates: Sequence[Sequence[float]], history: Array, noise: Array | None = None) -> None:
        """Take as many steps as history has room for, (steps + 1, rows, d, n), and note what is kept before and after.

        rows: all, or the first ones. rates: for every optimizer the learning rate of every step;
        empty to leave them as they are. noise: (steps, d, n), what is added to the gradients of every step.
        """
        flat = [(function, *arguments) for function, arguments in self.calls]
        copy, kept = self.workspace.xp.copyto, self.kept[: history.shape[1]]
        history[0] = kept
        with np.errstate(all="ignore"):
            for step, row in enumerate(history[1:]):
                for walker, own in zip(self.walkers, rates, strict=False):
                    walker.update.set_rate(own[step])
                if noise is not None:
                    copy(self.noise, noise[step])
                run_flat(flat)
                copy(row, kept)

    def record(self, rate: float | None = None, number: int = 0, noise: Array | None = None) -> Trace:
        """Take one step of the only optimizer from its only start; it moves just as one step of run does.

        noise: (d,), added to the gradient.
        """
        (walker,) = self.walkers
        update = walker.update
        if self.noise is not None:
            self.noise[...] = 0 if noise is None else self.workspace.xp.asarray(noise)[:, None]
        if rate is not None:
            update.set_rate(rate)
        before = {name_of(role): self.copy(role) for role in ("theta", *walker.states)}
        recorder = _Recorder(self)
        with np.errstate(all="ignore"):
            recorder.micro_steps("forward", walker.before)
            recorder.add("loss", "value", f"f = {self.surface.title}", (POINT,), (), {"loss": self._value()})
            read = name_of("ahead" if walker.before else "theta")
            recorder.add("backward", "gradient", "∂f/∂p", (read,), self.gradient_calls, roles=("grad",))
            if self.noise_calls:
                recorder.add(
                    "backward", "noise", "∂f/∂p + noise", (name_of("grad"),), self.noise_calls, roles=("grad",)
                )
            if walker.clip:
                recorder.add("update", "clip", "∂f/∂p ← clipped", (name_of("grad"),), walker.clip, roles=("grad",))
            recorder.micro_steps("update", walker.after)
        return Trace(
            tuple(recorder.steps), before, np.zeros(1, np.intp), global_step=number, loss_after=float(self._value()),
            lr=update.lr, updates=update.clock.t,
        )  # fmt: skip

    def stand(self, path: Path, step: int) -> None:
        """Stand where the path of the only optimizer, from its only start, stood after so many steps."""
        (walker,) = self.walkers
        walker.update.clock.t = step
        walker.update.vectors["theta"][...] = path.points[step].reshape(-1, 1)
        for state in walker.states:
            walker.update.vectors[state][...] = path.states[state][step].reshape(-1, 1)

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


def _bound(steps: Sequence[MicroStep], update: UpdateBuffers) -> tuple[Bound, ...]:
    return tuple((step, tuple(step.emit(update))) for step in steps)


def _calls(bound: Sequence[Bound]) -> list[Call]:
    return [call for _, calls in bound for call in calls]


def _read_only(values: NDArray[Any]) -> NDArray[np.generic]:
    copy = np.array(values, order="C", copy=True)
    copy.setflags(write=False)
    return copy
