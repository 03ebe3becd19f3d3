"""How a surface bends at a point: the reason why a rate is too high there."""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import Workspace
from dlviz.core.execute import run_flat
from dlviz.core.surfaces.kind import Surface

FloatArray = NDArray[np.float64]
MOST_PIECES = 4  # times as many as asked for, where the line bends
STRAIGHT = 0.8  # cosine of the angle by which a piece may turn
GROWTH, SHORTEST = 1.3, 1e-3
STEP = 1e-5  # of the central difference; that of a linear gradient is exact whatever the step


class Slopes:
    """The gradient at n points at a time, on the host, with its calls bound once."""

    def __init__(self, surface: Surface, n: int) -> None:
        self._points, self._out = np.zeros((surface.d, n)), np.zeros((surface.d, n))
        calls = surface.gradient(Workspace(), self._points, self._out)
        self._calls = [(function, *arguments) for function, arguments in calls]

    def at(self, points: FloatArray) -> FloatArray:
        """Return the gradient at points (d, n), (d, n)."""
        self._points[...] = points
        with np.errstate(all="ignore"):
            run_flat(self._calls)
        return self._out.copy()


def gradient_at(surface: Surface, points: ArrayLike) -> FloatArray:
    """Return the gradient at points (d, n) on the host, (d, n)."""
    given = np.asarray(points, dtype=np.float64)
    return Slopes(surface, given.shape[1]).at(given)


def hessian_at(surface: Surface, points: ArrayLike) -> FloatArray:
    """Return the second derivatives at points (d, n), as central differences of the gradient, (n, d, d)."""
    given = np.asarray(points, dtype=np.float64)
    steps = STEP * np.maximum(1.0, np.abs(given))
    moved = np.eye(len(given))[:, :, None] * steps  # (d, d, n): along which number, which coordinate, of which point
    slopes = [
        gradient_at(surface, (given + sign * moved).transpose(1, 0, 2).reshape(len(given), -1)) for sign in (1, -1)
    ]
    rises = (slopes[0] - slopes[1]).reshape(len(given), len(given), -1)  # of which slope, along which number
    found = rises.transpose(2, 0, 1) / (2 * steps.T[:, None, :])
    return np.asarray(0.5 * (found + found.transpose(0, 2, 1)))


def curvatures_at(surface: Surface, points: ArrayLike) -> FloatArray:
    """Return the curvatures at points (d, n): eigenvalues of the second derivatives, smallest first, (n, d), or NaN."""
    with np.errstate(all="ignore"):
        hessians = hessian_at(surface, points)
    is_sound = np.isfinite(hessians).all(axis=(1, 2))
    found = np.full(hessians.shape[:2], np.nan)
    if is_sound.any():
        found[is_sound] = np.linalg.eigvalsh(hessians[is_sound])
    return found


def flow(surface: Surface, start: ArrayLike, length: float, pieces: int) -> FloatArray:
    """Return the line that runs downhill everywhere (dp/dt = −∇f) from a start (d,), (points, d).

    It is followed by its length, by the midpoint rule, in pieces of length/pieces; where the slope turns within one
    they get shorter, and where even short ones turn round the line ends: in a minimum.
    Source: gradient flow, e.g. Nesterov 2004, section 1.2.
    """
    point, longest, slopes = np.asarray(start, dtype=np.float64), length / pieces, Slopes(surface, 1)
    line, stride, rest = [point], longest, length
    for _ in range(MOST_PIECES * pieces):
        middle = _downhill(slopes, point + 0.5 * stride * _downhill(slopes, point))
        after = point + stride * middle
        if float(middle @ _downhill(slopes, after)) > STRAIGHT:
            line.append(after)
            point, rest, stride = after, rest - stride, min(stride * GROWTH, longest)
        else:
            stride /= 2  # not finite, or turned too far
        if stride < SHORTEST * longest or rest <= 0:
            break
    return np.array(line)


def _downhill(slopes: Slopes, point: FloatArray) -> FloatArray:
    slope = slopes.at(point[:, None])[:, 0]
    with np.errstate(over="ignore"):
        norm = float(np.linalg.norm(slope))
    return -slope / norm if 0 < norm < math.inf else np.zeros_like(slope)
