"""Races on the loss of the document's network: each optimizer trains it, and one plane shows all their paths."""

from collections.abc import Generator
from dataclasses import replace
from time import perf_counter

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.descent import Path
from dlviz.core.errors import SpecError
from dlviz.core.evaluate import Evaluator
from dlviz.core.optimizers import lr_of
from dlviz.core.planes import Plane
from dlviz.core.schedules import Curve
from dlviz.core.surfaces import Surface, SurfaceEntry
from dlviz.i18n import tr
from dlviz.session.document import Document
from dlviz.session.measure import measure
from dlviz.session.prepared import prepared_for
from dlviz.session.race.ground import Ground, named
from dlviz.session.race.network_plane import Walked, extent_of, flat_values, on_plane, plane_of, seen_steps
from dlviz.session.race.result import NetworkPart, Race
from dlviz.session.race.spec import RaceSpec
from dlviz.session.race.standings import standing_of
from dlviz.session.trainer import Trainer

MOST_NUMBERS = 40_000_000  # kept of all paths: 320 MB
SIDES = (13, 25, 49)  # points along each side, picture after picture
WALKED = 0.8  # of the whole work, once all have trained
LARGE = 10_000  # parameters from which single precision is enough for a picture
FloatArray = NDArray[np.float64]

ENTRY = SurfaceEntry(
    "network", "This network's loss", lambda _: _unknown(), lambda _: (), (-1.0, 1.0, -1.0, 1.0), (0.0, 0.0),
    "All train the same network from the same weights on the same batches; the plane is the same for all.",
    "H. Li, Z. Xu, G. Taylor, C. Studer and T. Goldstein, Visualizing the loss landscape of neural nets, 2018",
)  # fmt: skip


def race_network(spec: RaceSpec, document: Document) -> Generator[float | Race, None, Race]:
    """Train in parts, giving how far it has come, then ever finer pictures. Raises: DlvizError."""
    trainers = _trainers(spec, document)
    walked: list[Walked] = []
    for number, trainer in enumerate(trainers):
        for share in (training := _Training(trainer, spec.steps)):
            yield WALKED * (number + share) / len(trainers)
        walked.append(training.walked())
    middle, axes = plane_of(spec, trainers[0], walked)
    ground = Ground(trainers[0], tuple(each.thetas for each in walked))
    placed = []
    for each in walked:
        yield WALKED
        placed.append(_placed(each, middle, axes))
    race = _without_picture(spec, walked, placed, ground)
    for heights in _pictures(ground, middle, axes, race.extent):
        if heights is None:
            yield WALKED
        else:
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
        self._thetas = [flat_values(trainer.read())]
        self._evaluator = Evaluator(trainer.document.network, trainer.document.training.objective, "float64")
        self._losses, self._away = [self._loss()], [0.0]
        self._seconds = 0.0

    def __iter__(self) -> Generator[float, None, None]:
        scratch = np.zeros(1)
        for step in range(self._steps):
            began = perf_counter()
            self._trainer.run(1, scratch)
            self._seconds += perf_counter() - began
            self._thetas.append(flat_values(self._trainer.read()))
            self._losses.append(self._loss())
            with np.errstate(all="ignore"):
                self._away.append(float(np.linalg.norm(self._thetas[-1] - self._thetas[0])))
            yield step / self._steps

    def _loss(self) -> float:
        """Return the loss over all training rows, without penalties, as in use."""
        self._evaluator.load(self._trainer.read())
        with np.errstate(all="ignore"):
            return measure(self._evaluator, self._trainer, self._trainer.prepared.train)[0]

    def walked(self) -> Walked:
        """Return where it went."""
        rates = _rates(self._trainer, self._steps)
        return Walked(np.array(self._thetas), np.array(self._losses), np.array(self._away), rates, self._seconds)


def _rates(trainer: Trainer, steps: int) -> FloatArray:
    """Return the learning rate of every step."""
    training = trainer.document.training
    lr = lr_of(training.optimizer)
    if training.schedule is None:
        return np.full(steps, lr)
    return np.array(Curve(training.schedule, lr).rates(steps, trainer.batches_per_epoch))


def _placed(each: Walked, middle: FloatArray, axes: FloatArray) -> tuple[Path, FloatArray, FloatArray]:
    """Return a path on a plane, how far off it each of its points lies, and how long it is up to each."""
    places, residual = on_plane(each.thetas, middle, axes)
    with np.errstate(all="ignore"):
        moves = np.linalg.norm(np.diff(each.thetas, axis=0), axis=1)
    length = np.concatenate([[0.0], np.cumsum(moves)])
    return Path(places, each.losses, np.zeros((0, 2)), {}, each.rates), residual, length


def _without_picture(
    spec: RaceSpec, walked: list[Walked], placed: list[tuple[Path, FloatArray, FloatArray]], ground: Ground
) -> Race:
    paths, residuals, lengths = zip(*placed, strict=True)
    extent = extent_of(
        np.concatenate([path.points[rows] for path, rows in zip(paths, seen_steps(walked), strict=True)])
    )
    part = NetworkPart(residuals, lengths, tuple(each.seconds for each in walked), walked[0].thetas.shape[1], ground)
    heights = np.full((2, 2), np.nan)
    unknown = np.full((spec.steps + 1, 2), np.nan)
    start = tuple(float(each) for each in paths[0].points[0])
    return Race(
        spec, ENTRY, _unknown(), start, (), extent, heights, paths, tuple(unknown for _ in paths),
        np.zeros((0, 2)), tuple(standing_of(path, (), spec.tolerance) for path in paths), network=part,
    )  # fmt: skip


def _pictures(
    ground: Ground, middle: FloatArray, axes: FloatArray, extent: tuple[float, ...]
) -> Generator[FloatArray | None, None, None]:
    """Yield the losses on the plane, (side, side), ever finer; None after every row."""
    document, like = ground.trainer.document, ground.trainer.read()
    u, v = (named(each, like) for each in axes)
    plane = Plane(
        document.network, document.training.objective, named(middle, like), (u, v), ground.rows(),
        "float32" if len(middle) > LARGE else "float64",
    )  # fmt: skip
    x0, x1, y0, y1 = extent
    for side in SIDES:
        along, across = np.linspace(x0, x1, side), np.linspace(y0, y1, side)
        rows = []
        for row in plane.rows(along, across):
            rows.append(row)
            yield None
        yield np.array(rows)


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
