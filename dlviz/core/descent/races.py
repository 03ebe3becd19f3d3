"""Races: one optimizer or several walk on one surface, from one start or many at once."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from dlviz.core.array import Array, to_host
from dlviz.core.choice import Choice
from dlviz.core.descent.path import FloatArray, Path
from dlviz.core.descent.walkers import Descent
from dlviz.core.optimizers import resolve
from dlviz.core.parts import finished
from dlviz.core.schedules import Curve
from dlviz.core.surfaces import Surface
from dlviz.core.trace import Trace

PART_WALKS = 200  # steps of all optimizers together between two pauses: 25 ms of L-BFGS, the slowest
PART_VALUES = 50_000  # heights between two pauses: 10 ms


@dataclass(frozen=True, eq=False)
class Course:
    """How all walk: so many steps, a schedule that counts every step as an epoch, clipping, and noise.

    noise: (steps, d, *starts), added to the gradients of every optimizer alike.
    """

    steps: int
    schedule: Choice | None = None
    clip: Choice | None = None
    noise: FloatArray | None = None

    def rates(self, lr: float) -> list[float]:
        """Return the learning rate of every step for a rate chosen as lr."""
        return [lr] * self.steps if self.schedule is None else list(Curve(self.schedule, lr).rates(self.steps, 1))


def walk(
    surface: Surface, optimizers: Sequence[Choice], start: ArrayLike, course: Course, keeps_all: bool = True
) -> tuple[Path, ...]:
    """Walk with each optimizer from a start (d,), or from many at once (d, *starts).

    keeps_all: gradients and states as well as points; a hundred starts would fill a hundred megabytes.
    Side by side they take half the time. Raises: SpecError, ShapeError.
    """
    return finished(walk_in_parts(surface, optimizers, start, course, keeps_all))


def walk_in_parts(
    surface: Surface, optimizers: Sequence[Choice], start: ArrayLike, course: Course, keeps_all: bool = True
) -> Generator[None, None, tuple[Path, ...]]:
    """Walk as `walk` does, with a pause after every few steps, so that somebody may stop it."""
    alone = [number for number, each in enumerate(optimizers) if _looks_ahead(each)]
    together = [number for number in range(len(optimizers)) if number not in alone]
    paths: dict[int, Path] = {}
    for numbers in (*([number] for number in alone), *([together] if together else ())):
        own = [optimizers[number] for number in numbers]
        descent = Descent(surface, own, start, course.clip, has_noise=course.noise is not None)
        found = yield from _walk(descent, course, keeps_all)
        paths |= zip(numbers, found, strict=True)
    return tuple(paths[number] for number in range(len(optimizers)))


def race(
    surface: Surface, optimizers: Sequence[Choice], start: ArrayLike, steps: int, schedule: Choice | None = None,
    clip: Choice | None = None, keeps_all: bool = True,
) -> tuple[Path, ...]:  # fmt: skip
    """Walk as `walk` does, without noise."""
    return walk(surface, optimizers, start, Course(steps, schedule, clip), keeps_all)


def descend(
    surface: Surface, optimizer: Choice, start: ArrayLike, steps: int, schedule: Choice | None = None,
    clip: Choice | None = None, xp: Any = np,
) -> Path:  # fmt: skip
    """Walk with one optimizer; xp: the array module that computes. Raises: SpecError, ShapeError."""
    return finished(_walk(Descent(surface, (optimizer,), start, clip, xp), Course(steps, schedule)))[0]


def record(
    surface: Surface, optimizer: Choice, start: ArrayLike, steps: int, schedule: Choice | None = None,
    clip: Choice | None = None,
) -> tuple[Trace, ...]:  # fmt: skip
    """Walk so many steps from one start (d,) and return a trace of each, every micro-step with what it wrote."""
    descent = Descent(surface, (optimizer,), start, clip)
    rates = Course(steps, schedule).rates(descent.walkers[0].lr)
    return tuple(descent.record(rates[step], step) for step in range(steps))


def record_step(surface: Surface, optimizer: Choice, path: Path, step: int, course: Course) -> Trace:
    """Return the trace of the step after so many of a path from one start: every micro-step with what it wrote."""
    descent = Descent(surface, (optimizer,), path.points[0], course.clip, has_noise=course.noise is not None)
    descent.stand(path, step)
    return descent.record(float(path.rates[step]), step, None if course.noise is None else course.noise[step])


def _walk(descent: Descent, course: Course, keeps_all: bool = True) -> Generator[None, None, list[Path]]:
    rates = [] if course.schedule is None else [course.rates(walker.lr) for walker in descent.walkers]
    rows = len(descent.kept) if keeps_all else descent.n_walkers
    history = descent.workspace.zeros(course.steps + 1, rows, *descent.kept.shape[1:])
    noise = None if course.noise is None else course.noise.reshape(course.steps, *descent.kept.shape[1:])
    steps = max(PART_WALKS // descent.n_walkers, 1)
    for first in range(0, max(course.steps, 1), steps):
        part = slice(first, first + steps)
        now = [own[part] for own in rates]
        descent.run(now, history[first : first + steps + 1], None if noise is None else noise[part])
        yield
    paths = []
    for number in range(descent.n_walkers):
        path = yield from _path(descent, number, history, rates)
        paths.append(path)
    return paths


def _path(
    descent: Descent, number: int, history: Array, rates: Sequence[Sequence[float]]
) -> Generator[None, None, Path]:
    """Return the path of one optimizer from what was noted at every step, (steps + 1, rows, d, n)."""
    walker, starts = descent.walkers[number], descent.starts
    values = yield from _values(descent, history[:, number])
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


def _values(descent: Descent, points: Array) -> Generator[None, None, FloatArray]:
    """Return the height of the surface at points (steps + 1, d, n), in parts: (steps + 1, n)."""
    values = np.empty((len(points), points.shape[2]))
    steps = max(PART_VALUES // points.shape[2], 1)
    for first in range(0, len(points), steps):
        part = slice(first, first + steps)
        with np.errstate(all="ignore"):
            values[part] = to_host(descent.surface.value(descent.workspace.xp.moveaxis(points[part], 0, 1)))
        yield
    return values


def _looks_ahead(optimizer: Choice) -> bool:
    entry, settings = resolve(optimizer)
    return bool(entry.before(settings))
