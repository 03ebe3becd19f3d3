"""Racer: walks a race in small parts on the worker's thread, so that a newer one may take its place at any time."""

import math
from collections.abc import Generator, Sequence
from dataclasses import replace
from time import perf_counter
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.descent import Course, record_step, walk_in_parts
from dlviz.core.errors import DlvizError
from dlviz.core.parts import finished
from dlviz.core.randomness import normals_in_parts, uniforms
from dlviz.core.surfaces import Surface, curvatures_at, flow
from dlviz.core.surfaces import resolve as resolve_surface
from dlviz.core.trace import Trace
from dlviz.session.document import Document
from dlviz.session.race.bends import Bends
from dlviz.session.race.maps import Mapper
from dlviz.session.race.network_scan import scan_network
from dlviz.session.race.networks import race_network
from dlviz.session.race.result import Crowd, Race, RaceQuestion, RaceView
from dlviz.session.race.scan import RateScan, scan_in_parts
from dlviz.session.race.spec import RaceSpec, start_of
from dlviz.session.race.standings import Standing, quartiles_in_parts, standing_of

PART_SECONDS = 0.03  # for one frame; the rest follows with the next
GRID = 192  # heights along each side of the picture
CURVE_POINTS = 1201
FLOW_PIECES = 400
FloatArray = NDArray[np.float64]
T = TypeVar("T")


class Racer:
    """Keeps the race that was walked last, and the one that is being walked."""

    def __init__(self) -> None:
        self._race: Race | None = None
        self._wanted: tuple[object, ...] = ()
        self._walking: Generator[float | Race, None, Race] | None = None
        self._problem = ""
        self._progress = 1.0
        self._step: tuple[Race, RaceQuestion, Trace | None] | None = None
        self._scanning: Generator[None, None, RateScan] | None = None
        self._scans: tuple[RateScan, ...] = ()
        self._has_scans_left = False
        self._bends, self._mapper = Bends(), Mapper()

    @property
    def is_unfinished(self) -> bool:
        """Whether a race is being walked, rates are being scanned, or something is being found out about a network."""
        is_asked = self._bends.is_unfinished or self._mapper.is_unfinished
        return self._walking is not None or self._has_scans_left or is_asked

    def look(self, document: Document, question: RaceQuestion) -> RaceView | None:
        """Return the race of a document, or the one before while it is being walked; None where there is none yet."""
        spec = document.explicit.race
        wanted = (spec, *(_what_trains(document) if spec.on == "network" else ()))
        if wanted != self._wanted:
            self._wanted, self._progress, self._problem = wanted, 0.0, ""
            self._walking = race_network(spec, document) if spec.on == "network" else prepare_race(spec)
            self._scanning, self._scans = None, ()
        until = perf_counter() + PART_SECONDS
        self._go_on(until)
        if question.wants_scans and self._walking is None and not self._problem:
            self._scan_on(document.explicit, until)
        is_asked = question.wants_scans and not self._problem
        self._has_scans_left = is_asked and len(self._scans) < len(spec.optimizers)
        if self._race is None:
            return None
        return RaceView(
            self._race, question, self._trace(self._race, question), self._progress, self._scans, self._problem,
            self._bends.look(self._race, question, until), self._mapper.look(self._race, question, until),
        )  # fmt: skip

    def _go_on(self, until: float) -> None:
        while self._walking is not None and perf_counter() < until:
            try:
                found = next(self._walking)
            except StopIteration as done:
                self._race, self._walking, self._progress = done.value, None, 1.0
            except DlvizError as error:
                self._walking, self._problem = None, str(error)
                self._race = self._race or run_race(RaceSpec())
            else:
                if isinstance(found, Race):
                    self._race = found
                else:
                    self._progress = found

    def _scan_on(self, document: Document, until: float) -> None:
        while len(self._scans) < len(document.race.optimizers) and perf_counter() < until:
            self._scanning = self._scanning or _scan(document, len(self._scans))
            try:
                next(self._scanning)
            except StopIteration as done:
                self._scans, self._scanning = (*self._scans, done.value), None

    def _trace(self, race: Race, question: RaceQuestion) -> Trace | None:
        if self._step is None or self._step[:2] != (race, question):
            self._step = race, question, trace_of(race, question)
        return self._step[2]


def _scan(document: Document, entrant: int) -> Generator[None, None, RateScan]:
    """Begin to scan the rates of one optimizer, on the surface or the network of the race."""
    spec = document.race
    if spec.on == "network":
        return scan_network(document, entrant)
    return scan_in_parts(spec, entrant, course_of(spec, resolve_surface(spec.surface)[0].d))


def _what_trains(document: Document) -> tuple[object, ...]:
    """Return all that a race on the loss of the network depends on, besides the race itself."""
    training = replace(document.training, optimizer=Choice("sgd"))
    return (
        document.network, document.data, training, document.seed, document.dtype, document.conventions,
        document.parameters,
    )  # fmt: skip


def course_of(spec: RaceSpec, d: int, starts: int = 0) -> Course:
    """Return how all walk; starts: how many at once, 0 for the one."""
    return finished(course_in_parts(spec, d, starts))


def course_in_parts(spec: RaceSpec, d: int, starts: int = 0) -> Generator[None, None, Course]:
    """Return the same as `course_of`, with pauses."""
    shape, given, noise = (spec.steps, d, *([starts] if starts else [])), given_gradients(spec), None
    if given is not None:
        noise = np.broadcast_to(given.reshape(spec.steps, *[1] * (len(shape) - 1)), shape)
    if spec.noise:
        drawn = (yield from normals_in_parts(spec.seed, "race.noise", math.prod(shape))).reshape(shape)
        drawn *= spec.noise
        noise = drawn if noise is None else np.add(drawn, noise, drawn)
    return Course(spec.steps, spec.schedule, spec.clip, noise)


def given_gradients(spec: RaceSpec) -> FloatArray | None:
    """Return the gradients that are given instead of a surface, (steps,), zero after the last; None without any."""
    entry, settings = resolve_surface(spec.surface)
    if entry.given is None:
        return None
    known = np.array(entry.given(settings)[: spec.steps])
    return np.concatenate([known, np.zeros(spec.steps - len(known))])


def trace_of(race: Race, question: RaceQuestion) -> Trace | None:
    """Return every micro-step of one step of a race; None where there is no such step, or no finite number in it."""
    if race.network is not None or not (0 <= question.entrant < len(race.paths) and 0 <= question.step < race.steps):
        return None
    path, d = race.paths[question.entrant], race.surface.d
    if question.step >= race.standings[question.entrant].broken:
        return None
    optimizer = race.spec.optimizers[question.entrant]
    return record_step(race.surface, optimizer, path, question.step, course_of(race.spec, d))


def run_race(spec: RaceSpec) -> Race:
    """Walk a race to its end. Raises: SpecError, FormulaError."""
    return finished(prepare_race(spec))


def prepare_race(spec: RaceSpec) -> Generator[float, None, Race]:
    """Walk a race in parts, giving how far it has come, and return it. Raises: SpecError, FormulaError."""
    entry, settings = resolve_surface(spec.surface)
    surface, start = entry.make(settings), start_of(spec)
    extent = _widened(entry.extent, start)
    heights = heights_on(surface, extent)
    yield 0.1
    course = yield from _telling(course_in_parts(spec, surface.d), 0.1)
    paths = yield from _telling(walk_in_parts(surface, spec.optimizers, start, course), 0.1)
    crowd = yield from _crowd(spec, surface, extent)
    if entry.given is not None:
        extent = _around([path.points for path in paths])
        heights = heights_on(surface, extent)
    length = (
        float(np.hypot(*np.diff(np.array(extent).reshape(-1, 2))[:, 0])) if surface.d == 2 else extent[1] - extent[0]
    )
    minima, bends, standings = entry.minima(settings), list[FloatArray](), list[Standing]()
    for path in paths:
        bends.append(curvatures_at(surface, path.points.T))
        standings.append(standing_of(path, minima, spec.tolerance))
        yield 0.97
    return Race(
        spec, entry, surface, start, minima, extent, heights, paths, tuple(bends),
        flow(surface, start, length, FLOW_PIECES), tuple(standings), crowd,
    )  # fmt: skip


def _telling(work: Generator[None, None, T], progress: float) -> Generator[float, None, T]:
    """Work on, giving how far it has come; nobody knows how many parts there are, so a tenth of the way is left off."""
    while True:
        try:
            next(work)
        except StopIteration as done:
            result: T = done.value
            return result
        progress += (0.95 - progress) * 0.1
        yield progress


def _crowd(spec: RaceSpec, surface: Surface, extent: tuple[float, ...]) -> Generator[float, None, Crowd | None]:
    if spec.starts == "one":
        return None
    starts = starts_of(spec, extent)
    course = yield from _telling(course_in_parts(spec, surface.d, starts.shape[1]), 0.5)
    walking = walk_in_parts(surface, spec.optimizers, starts, course, keeps_all=False)
    paths = yield from _telling(walking, 0.5)
    bands = []
    for path in paths:
        band = yield from _telling(quartiles_in_parts(path.values), 0.95)
        bands.append(band)
    ends = tuple(path.points[-1] for path in paths), tuple(path.values[-1] for path in paths)
    return Crowd(starts, *ends, paths, tuple(bands))


def starts_of(spec: RaceSpec, extent: tuple[float, ...]) -> FloatArray:
    """Return the many starts of a race, (d, n): on a grid, drawn from its seed, or its one start again and again."""
    ends = np.array(extent).reshape(-1, 2)
    if spec.starts == "again":
        return np.repeat(np.array(start_of(spec), dtype=np.float64)[:, None], spec.count, axis=1)
    if spec.starts == "random":
        shares = uniforms(spec.seed, "race.starts", len(ends) * spec.count).reshape(len(ends), spec.count)
    else:
        side = max(round(spec.count ** (1 / len(ends))), 1)
        places = (np.arange(side) + 0.5) / side
        shares = np.array(np.meshgrid(*[places] * len(ends))).reshape(len(ends), -1)
    return np.asarray(ends[:, :1] + shares * (ends[:, 1:] - ends[:, :1]))


def heights_on(surface: Surface, extent: tuple[float, ...]) -> FloatArray:
    """Return the values of a surface on a grid, (side, side) with rows along y from below, or (side,) of a curve."""
    x0, x1, *up = extent
    with np.errstate(all="ignore"):
        if not up:
            return np.asarray(surface.value(np.linspace(x0, x1, CURVE_POINTS)[None]))
        x, y = np.meshgrid(np.linspace(x0, x1, GRID), np.linspace(up[0], up[1], GRID))
        return np.asarray(np.broadcast_to(surface.value(np.array([x, y])), x.shape))


def _around(points: Sequence[NDArray[np.floating]]) -> tuple[float, ...]:
    """Return an extent with room for all points of a curve."""
    whole = np.concatenate([each.ravel() for each in points])
    known = whole[np.isfinite(whole)]
    room = 0.1 * float(np.ptp(known)) or 1.0
    return float(known.min()) - room, float(known.max()) + room


def _widened(extent: tuple[float, ...], start: tuple[float, ...]) -> tuple[float, ...]:
    """Return the extent, moved apart so far that the start lies within."""
    ends = np.array(extent, dtype=np.float64).reshape(-1, 2)
    at = np.array(start)
    return tuple(np.stack([np.minimum(ends[:, 0], at), np.maximum(ends[:, 1], at)], axis=1).ravel().tolist())
