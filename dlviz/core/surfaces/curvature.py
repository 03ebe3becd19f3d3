"""How a surface bends at a point: the reason why a rate is too high there."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import Workspace
from dlviz.core.execute import run_flat
from dlviz.core.surfaces.kind import Surface

FloatArray = NDArray[np.float64]
STEP = 1e-5  # of the central difference; that of a linear gradient is exact whatever the step


def gradient_at(surface: Surface, points: ArrayLike) -> FloatArray:
    """Return the gradient at points (d, n) on the host, (d, n)."""
    given = np.array(points, dtype=np.float64)
    out = np.zeros_like(given)
    with np.errstate(all="ignore"):
        run_flat([(function, *arguments) for function, arguments in surface.gradient(Workspace(np), given, out)])
    return out


def hessian_at(surface: Surface, point: ArrayLike) -> FloatArray:
    """Return the second derivatives at one point (d,), as central differences of the gradient, (d, d)."""
    middle = np.asarray(point, dtype=np.float64)
    steps = STEP * np.maximum(1.0, np.abs(middle))
    around = np.concatenate([middle[:, None] + np.diag(steps), middle[:, None] - np.diag(steps)], axis=1)
    slopes = gradient_at(surface, around)
    found = (slopes[:, : len(middle)] - slopes[:, len(middle) :]) / (2 * steps)
    return np.asarray(0.5 * (found + found.T))


def largest_curvature(surface: Surface, point: ArrayLike) -> float:
    """Return the largest eigenvalue of the second derivatives at a point (d,); NaN where they are not finite."""
    hessian = hessian_at(surface, point)
    return float(np.linalg.eigvalsh(hessian)[-1]) if np.isfinite(hessian).all() else float("nan")


def flow(surface: Surface, start: ArrayLike, length: float, pieces: int) -> FloatArray:
    """Return the line that runs downhill everywhere (dp/dt = −∇f) from a start (d,), (points, d).

    It is followed by its length, in that many pieces of equal length, by the midpoint rule; it ends early where the
    slope turns round within a piece: in a minimum. Source: gradient flow, e.g. Nesterov 2004, section 1.2.
    """
    point, line = np.asarray(start, dtype=np.float64), [np.asarray(start, dtype=np.float64)]
    stride = length / pieces
    for _ in range(pieces):
        down = _downhill(surface, point)
        middle = _downhill(surface, point + 0.5 * stride * down)
        after = point + stride * middle
        if not np.isfinite(after).all() or float(middle @ _downhill(surface, after)) <= 0:
            break
        line.append(after)
        point = after
    return np.array(line)


def _downhill(surface: Surface, point: FloatArray) -> FloatArray:
    slope = gradient_at(surface, point[:, None])[:, 0]
    norm = float(np.linalg.norm(slope))
    return -slope / norm if norm > 0 and np.isfinite(norm) else np.zeros_like(slope)
