"""Races on the loss of the document's network: each optimizer trains it, and one plane shows all their paths."""

import re
from collections.abc import Generator, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.descent import Path
from dlviz.core.errors import SpecError
from dlviz.core.evaluate import Evaluator
from dlviz.core.optimizers import lr_of
from dlviz.core.planes import Plane, filter_normalised
from dlviz.core.schedules import Curve
from dlviz.core.surfaces import Surface, SurfaceEntry
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.measure import measure
from dlviz.session.prepared import prepared_for
from dlviz.session.race.ground import Ground, named
from dlviz.session.race.result import NetworkPart, Race
from dlviz.session.race.spec import RaceSpec
from dlviz.session.race.standings import standing_of
from dlviz.session.trainer import Trainer

MOST_NUMBERS = 40_000_000  # kept of all paths: 320 MB
MOST_POINTS = 600  # of all paths together, from which the principal directions are taken
SIDES = (13, 25, 49)  # points along each side, picture after picture
FAR = 10.0  # times as far from the start as the middle one of all paths came
MARGIN, THINNEST = 0.2, 0.25  # of the paths' width: room about them; least width of the other side
LARGE = 10_000  # parameters from which single precision is enough for a picture
FloatArray = NDArray[np.float64]
_WEIGHT = re.compile(r"^\s*([a-z][a-z0-9_]*\.[A-Za-z]+)\s*\[([0-9,\s]+)\]\s*$")

ENTRY = SurfaceEntry(
    "network", "This network's loss", lambda _: _unknown(), lambda _: (), (-1.0, 1.0, -1.0, 1.0), (0.0, 0.0),
    "All train the same network from the same weights on the same batches; the plane is the same for all.",
    "H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein, Visualizing the loss landscape of neural nets, 2018",
)  # fmt: skip

Walked = tuple[FloatArray, FloatArray, FloatArray, float]  # thetas (steps + 1, P), losses, rates, seconds


def race_network(spec: RaceSpec, document: Document) -> Generator[float | Race, None, Race]:
    """Train in parts, giving how far it has come, then ever finer pictures. Raises: DlvizError."""
    trainers = _trainers(spec, document)
    walked: list[Walked] = []
    for number, trainer in enumerate(trainers):
        for share in (training := _Training(trainer, spec.steps)):
            yield 0.8 * (number + share) / len(trainers)
        walked.append(training.walked())
    middle, axes = plane_of(spec, trainers[0], [each[0] for each in walked])
    ground = Ground(trainers[0], tuple(each[0] for each in walked))
    race = _without_picture(spec, walked, middle, axes, ground)
    for heights in _pictures(ground, middle, axes, race.extent):
        race = replace(race, heights=heights, surface=_surface(heights, race.extent))
        yield race
    return race


def _trainers(spec: RaceSpec, document: Document) -> list[Trainer]:
    prepared = prepared_for(document)
    plans = (replace(document.training, optimizer=each) for each in spec.optimizers)
    trainers = [Trainer(replace(document, training=plan), prepared) for plan in plans]
    for trainer in trainers:
        if trainer.refusal:
            raise SpecError(str(trainer.refusal))
    size = sum(np.size(value) for value in trainers[0].read().values())
    most = MOST_NUMBERS // (size * len(trainers))
    if spec.steps > most:
        raise SpecError(
            tr("Expected at most {most} steps for {size} parameters and {n} optimizers. Received: {steps}",
               most=most, size=size, n=len(trainers), steps=spec.steps),
            place="race.steps",
        )  # fmt: skip
    return trainers


class _Training:
    """One optimizer's training; iterating does it, a few steps between two pauses."""

    def __init__(self, trainer: Trainer, steps: int) -> None:
        self._trainer, self._steps = trainer, steps
        self._thetas = [_flat(trainer.read())]
        self._evaluator = Evaluator(trainer.document.network, trainer.document.training.objective, "float64")
        self._losses = [self._loss()]
        self._seconds = 0.0

    def __iter__(self) -> Generator[float, None, None]:
        scratch = np.zeros(1)
        for step in range(self._steps):
            began = perf_counter()
            self._trainer.run(1, scratch)
            self._seconds += perf_counter() - began
            self._thetas.append(_flat(self._trainer.read()))
            self._losses.append(self._loss())
            yield step / self._steps

    def _loss(self) -> float:
        """Return the loss over all training rows, without penalties, as in use."""
        self._evaluator.load(self._trainer.read())
        with np.errstate(all="ignore"):
            return measure(self._evaluator, self._trainer, self._trainer.prepared.train)[0]

    def walked(self) -> Walked:
        """Return where it went."""
        return np.array(self._thetas), np.array(self._losses), _rates(self._trainer, self._steps), self._seconds


def _rates(trainer: Trainer, steps: int) -> FloatArray:
    """Return the learning rate of every step."""
    training = trainer.document.training
    lr = lr_of(training.optimizer)
    if training.schedule is None:
        return np.full(steps, lr)
    return np.array(Curve(training.schedule, lr).rates(steps, trainer.batches_per_epoch))


def plane_of(spec: RaceSpec, trainer: Trainer, thetas: list[FloatArray]) -> tuple[FloatArray, FloatArray]:
    """Return the plane that shows all paths: its middle (P,) and two directions (2, P). Raises: SpecError."""
    if spec.plane == "weights":
        axes = _two_weights(spec, trainer)
        return thetas[0][0] * (1 - axes.sum(axis=0)), axes  # so that a place is the two weights themselves
    if spec.plane == "random":
        middle = np.mean([each[np.flatnonzero(_seen(each, thetas))[-1]] for each in thetas], axis=0)
        values = named(middle, trainer.read())
        drawn = (filter_normalised(trainer.document.network, values, spec.seed, number) for number in (0, 1))
        return middle, np.array([_flat({name: each.get(name, 0 * values[name]) for name in values}) for each in drawn])
    return _principal(np.concatenate([each[_seen(each, thetas)] for each in thetas]))


def _seen(points: FloatArray, paths: list[FloatArray]) -> NDArray[np.bool_]:
    """Say which points (m, P) decide what is seen: none of a path that ran away, far from where the others went."""
    reached = sorted(_reach(each) for each in paths)
    with np.errstate(all="ignore"):
        return np.asarray(np.linalg.norm(points - paths[0][0], axis=1) <= FAR * reached[(len(reached) - 1) // 2])


def _reach(path: FloatArray) -> float:
    """Return how far a path came from its start, where it is finite."""
    with np.errstate(all="ignore"):
        away = np.linalg.norm(path - path[0], axis=1)
    return float(away[np.isfinite(away)].max())


def _principal(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean of points (m, P) and their two principal directions, (2, P), each of length 1.

    Source: Pearson 1901; of training paths: Li et al. 2018, section 7.
    """
    chosen = points[np.linspace(0, len(points) - 1, min(len(points), MOST_POINTS)).astype(int)]
    middle = chosen.mean(axis=0)
    _, lengths, directions = np.linalg.svd(chosen - middle, full_matrices=False)
    if len(directions) < 2 or lengths[1] <= 1e-12 * max(lengths[0], 1e-300):
        raise SpecError(
            tr("Expected paths that span a plane. Received: paths along one line"),
            tr("Choose two weights or random directions instead."),
        )
    return middle, directions[:2]


def _two_weights(spec: RaceSpec, trainer: Trainer) -> FloatArray:
    """Return the unit directions of two weights, by default the first two numbers of the network."""
    values = trainer.read()
    places = [each for each in spec.weights.split(";") if each.strip()]
    starts, at = {}, 0
    for name, value in values.items():
        starts[name], at = at, at + int(np.size(value))
    indices = [_place(each, values, starts) for each in places] or [0, min(1, at - 1)]
    if len(set(indices)) != 2:
        raise SpecError(tr("Expected two weights, such as h.W[1,1]; h.W[1,2]. Received: {n}", n=len(set(indices))))
    return np.eye(at)[indices]


def _place(text: str, values: Mapping[str, Any], starts: Mapping[str, int]) -> int:
    found = _WEIGHT.match(text)
    name = found.group(1) if found else ""
    entry = tuple(int(each) - 1 for each in found.group(2).split(",")) if found else ()
    shape = np.shape(values[name]) if name in values else ()
    if len(entry) != len(shape) or not shape or not all(0 <= e < s for e, s in zip(entry, shape, strict=True)):
        raise SpecError(tr("Expected a weight such as h.W[1,2], counted from 1. Received: {given!r}", given=text))
    return starts[name] + int(np.ravel_multi_index(entry, shape))


def _without_picture(
    spec: RaceSpec, walked: list[Walked], middle: FloatArray, axes: FloatArray, ground: Ground
) -> Race:
    paths, residuals, lengths = [], [], []
    for thetas, losses, rates, _ in walked:
        with np.errstate(all="ignore"):  # a path that breaks exceeds every number before
            places, residual = _on_plane(thetas - middle, axes)
            moves = np.linalg.norm(np.diff(thetas, axis=0), axis=1)
            lengths.append(np.concatenate([[0.0], np.cumsum(moves)]))
        paths.append(Path(places, losses, np.zeros((0, 2)), {}, rates))
        residuals.append(residual)
    whole = [each[0] for each in walked]
    seen = [_seen(each, whole) for each in whole]
    extent = _extent(np.concatenate([path.points[rows] for path, rows in zip(paths, seen, strict=True)]))
    part = NetworkPart(tuple(residuals), tuple(lengths), tuple(each[3] for each in walked), len(middle), ground)
    heights = np.full((2, 2), np.nan)
    unknown = np.full((spec.steps + 1, 2), np.nan)
    start = tuple(float(each) for each in paths[0].points[0])
    return Race(
        spec, ENTRY, _unknown(), start, (), extent, heights, tuple(paths), tuple(unknown for _ in paths),
        np.zeros((0, 2)), tuple(standing_of(path, (), spec.tolerance) for path in paths), network=part,
    )  # fmt: skip


def _on_plane(away: FloatArray, axes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where points (m, P) from the middle of a plane lie nearest on it, (m, 2), and how far off it, (m,)."""
    places = np.asarray(np.linalg.lstsq(axes.T, np.nan_to_num(away).T, rcond=None)[0].T, dtype=np.float64)
    places[~np.isfinite(away).all(axis=1)] = np.nan
    off: FloatArray = np.linalg.norm(away - places @ axes, axis=1)
    return places, off


def _pictures(
    ground: Ground, middle: FloatArray, axes: FloatArray, extent: tuple[float, ...]
) -> Generator[FloatArray, None, None]:
    """Yield the losses on the plane, (side, side), ever finer."""
    document, like = ground.trainer.document, ground.trainer.read()
    u, v = (named(each, like) for each in axes)
    plane = Plane(
        document.network, document.training.objective, named(middle, like), (u, v), ground.rows(),
        "float32" if len(middle) > LARGE else "float64",
    )  # fmt: skip
    x0, x1, y0, y1 = extent
    for side in SIDES:
        along, across = np.linspace(x0, x1, side), np.linspace(y0, y1, side)
        yield np.array(list(plane.rows(along, across)))


def _extent(points: FloatArray) -> tuple[float, ...]:
    known = points[np.isfinite(points).all(axis=1)]
    low, high = known.min(axis=0), known.max(axis=0)
    widths = np.maximum(high - low, THINNEST * float((high - low).max()) or 1.0)
    middle = (low + high) / 2
    reach = widths * (0.5 + MARGIN)
    return tuple(np.stack([middle - reach, middle + reach], axis=1).ravel().tolist())


def _surface(heights: FloatArray, extent: tuple[float, ...]) -> Surface:
    """Return the picture as a surface: read between its points, for words under the pointer."""

    def value(points: Array) -> Array:
        x, y = (
            np.clip((each - low) / (high - low), 0, 1) * (len(heights) - 1)
            for each, low, high in zip(points, extent[::2], extent[1::2], strict=True)
        )
        left, below = (np.minimum(each.astype(int), len(heights) - 2) for each in (x, y))
        a, b = x - left, y - below
        lower = heights[below, left] * (1 - a) + heights[below, left + 1] * a
        upper = heights[below + 1, left] * (1 - a) + heights[below + 1, left + 1] * a
        return np.asarray(lower * (1 - b) + upper * b)

    return replace(_unknown(), value=value)


def _unknown() -> Surface:
    def gradient(w: Workspace, points: Array, out: Array) -> Calls:
        return ((out.fill, (np.nan,)),)

    return Surface("L", r"L(\theta)", 2, lambda points: np.full(np.shape(points)[1:], np.nan), gradient)


def _flat(values: Mapping[str, Any]) -> FloatArray:
    return np.concatenate([np.asarray(each, dtype=np.float64).ravel() for each in values.values()])
