"""The plane through a network's parameters that shows the paths of a race, and where these lie on it."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import SpecError
from dlviz.core.planes import filter_normalised
from dlviz.i18n import tr
from dlviz.session.race.ground import named
from dlviz.session.race.spec import RaceSpec
from dlviz.session.trainer import Trainer

MOST_POINTS = 300  # of all paths together, from which the principal directions are taken
FAR = 10.0  # times as far from the start as the middle one of all paths came
MARGIN, THINNEST = 0.2, 0.25  # of the paths' width: room about them; least width of the other side
FloatArray = NDArray[np.float64]
_WEIGHT = re.compile(r"^\s*([a-z][a-z0-9_]*\.[A-Za-z]+)\s*\[([0-9,\s]+)\]\s*$")


class Walked(NamedTuple):
    """Where an optimizer went: thetas (steps + 1, P), losses and distances from the start (steps + 1,), rates (steps,).

    seconds: that training took.
    """

    thetas: FloatArray
    losses: FloatArray
    away: FloatArray
    rates: FloatArray
    seconds: float


def plane_of(spec: RaceSpec, trainer: Trainer, walked: list[Walked]) -> tuple[FloatArray, FloatArray]:
    """Return the plane that shows all paths: its middle (P,) and two directions (2, P). Raises: SpecError."""
    if spec.plane == "weights":
        axes = _two_weights(spec, trainer)
        return walked[0].thetas[0] * (1 - axes.sum(axis=0)), axes  # so that a place is the two weights themselves
    if spec.plane == "random":
        ends = [each.thetas[rows[-1]] for each, rows in zip(walked, seen_steps(walked), strict=True)]
        middle = np.mean(ends, axis=0)
        values = named(middle, trainer.read())
        drawn = (filter_normalised(trainer.document.network, values, spec.seed, number) for number in (0, 1))
        whole = ({name: each.get(name, 0 * values[name]) for name in values} for each in drawn)
        return middle, np.array([flat_values(each) for each in whole])
    most = MOST_POINTS // len(walked)
    chosen = [each.thetas[_thinned(rows, most)] for each, rows in zip(walked, seen_steps(walked), strict=True)]
    return _principal(np.concatenate(chosen))


def _thinned(rows: NDArray[np.intp], most: int) -> NDArray[np.intp]:
    return np.asarray(rows[np.linspace(0, len(rows) - 1, min(len(rows), most)).astype(int)])


def seen_steps(walked: list[Walked]) -> list[NDArray[np.intp]]:
    """Return the steps of each path that decide what is seen: none far beyond where most of them ever came.

    That is FAR times the farthest that the middle one of the paths came from the start, which all have in common.
    """
    reached = sorted(float(each.away[np.isfinite(each.away)].max()) for each in walked)
    limit = FAR * reached[(len(reached) - 1) // 2]
    return [np.flatnonzero(each.away <= limit) for each in walked]


def _principal(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the mean of points (m, P) and their two principal directions, (2, P), each of length 1.

    Source: Pearson 1901; of training paths: Li et al. 2018, section 7.
    """
    middle = points.mean(axis=0)
    directions = _directions(points - middle)
    lengths = np.linalg.norm((points - middle) @ directions.T, axis=0)
    if len(directions) < 2 or lengths[1] <= 1e-12 * max(lengths[0], 1e-300):
        raise SpecError(
            tr("Expected paths that span a plane. Received: paths along one line"),
            tr("Choose two weights or random directions instead."),
        )
    return middle, directions


def _directions(points: FloatArray) -> FloatArray:
    """Return the first two principal directions of points (m, P) about their mean."""
    if points.shape[1] <= len(points):
        return np.asarray(np.linalg.svd(points, full_matrices=False)[2][:2])
    # From the products of all pairs: of 4 000 parameters in a twentieth of the time.
    _, shares = np.linalg.eigh(points @ points.T)
    return np.asarray(np.linalg.qr(points.T @ shares[:, :-3:-1])[0].T)


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
    axes = np.zeros((2, at))
    axes[[0, 1], indices] = 1.0
    return axes


def _place(text: str, values: Mapping[str, Any], starts: Mapping[str, int]) -> int:
    found = _WEIGHT.match(text)
    name = found.group(1) if found else ""
    entry = tuple(int(each) - 1 for each in found.group(2).split(",")) if found else ()
    shape = np.shape(values[name]) if name in values else ()
    if len(entry) != len(shape) or not shape or not all(0 <= e < s for e, s in zip(entry, shape, strict=True)):
        raise SpecError(tr("Expected a weight such as h.W[1,2], counted from 1. Received: {given!r}", given=text))
    return starts[name] + int(np.ravel_multi_index(entry, shape))


def on_plane(thetas: FloatArray, middle: FloatArray, axes: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return where points (m, P) lie nearest on a plane, (m, 2), and how far off it, (m,)."""
    with np.errstate(all="ignore"):  # a path that breaks exceeds every number before
        away = thetas - middle
        places = np.asarray(np.linalg.solve(axes @ axes.T, (away @ axes.T).T).T)
        places[~np.isfinite(away).all(axis=1)] = np.nan
        off: FloatArray = np.linalg.norm(away - places @ axes, axis=1)
    return places, off


def extent_of(points: FloatArray) -> tuple[float, ...]:
    """Return (x0, x1, y0, y1) with room about points (m, 2)."""
    known = points[np.isfinite(points).all(axis=1)]
    low, high = known.min(axis=0), known.max(axis=0)
    widths = np.maximum(high - low, THINNEST * float((high - low).max()) or 1.0)
    middle = (low + high) / 2
    reach = widths * (0.5 + MARGIN)
    return tuple(np.stack([middle - reach, middle + reach], axis=1).ravel().tolist())


def flat_values(values: Mapping[str, Any]) -> FloatArray:
    """Return all parameters in one vector."""
    return np.concatenate([np.asarray(each, dtype=np.float64).ravel() for each in values.values()])
