"""Quadratic bowls, valleys and saddles by their matrix, and Rosenbrock's curved valley."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Call, Calls, Workspace
from dlviz.core.errors import ShapeError, as_list
from dlviz.core.surfaces.kind import Surface


def quadratic(matrix: Sequence[Sequence[float]], centre: Sequence[float] = (), offset: float = 0.0) -> Surface:
    """Return ½ (p − c)ᵀ A (p − c) + offset; an A that is not symmetric counts as ½ (A + Aᵀ).

    matrix: (d, d). centre: (d,), by default the origin. Raises: ShapeError if they do not fit.
    """
    given = np.asarray(matrix, dtype=np.float64)
    if given.ndim != 2 or given.shape[0] != given.shape[1]:
        raise ShapeError(f"Expected a square matrix. Received: shape={as_list(given.shape)}")
    d = len(given)
    middle = np.asarray(centre or [0.0] * d, dtype=np.float64)
    if middle.shape != (d,):
        raise ShapeError(f"Expected a centre of {d} numbers. Received: shape={as_list(middle.shape)}")
    hessian = 0.5 * (given + given.T)

    def value(points: Array) -> Array:
        away = [point - float(c) for point, c in zip(points, middle, strict=True)]
        products = [float(hessian[i, j]) * away[i] * away[j] for i in range(d) for j in range(d)]
        return 0.5 * sum(products[1:], products[0]) + offset

    def gradient(w: Workspace, points: Array, out: Array) -> Calls:
        return _affine(w, hessian, -(hessian @ middle), points, out)

    return Surface("Quadratic", r"f = \frac{1}{2} (p - c)^T A (p - c)", d, value, gradient)


def _affine(
    w: Workspace, matrix: NDArray[np.float64], shift: NDArray[np.float64], points: Array, out: Array
) -> Calls:  # fmt: skip
    """Return the calls of out = matrix · points + shift, one coordinate after the other.

    A product of d = 1 or 2 would cost more as one call of dot than as these, and dot rounds otherwise for one
    point than for many.
    """
    t = w.like(points[0:1])
    calls: list[Call] = []
    for row, (factors, constant) in enumerate(zip(matrix, shift, strict=True)):
        target, used = out[row : row + 1], [column for column, factor in enumerate(factors) if factor]
        if not used:
            calls.append((target.fill, (constant,)))
        for place, column in enumerate(used):
            factor = w.constant(float(factors[column]))
            calls.append((w.xp.multiply, (points[column : column + 1], factor, t if place else target)))
            if place:
                calls.append((w.xp.add, (target, t, target)))
        if used and constant:
            calls.append((w.xp.add, (target, w.constant(float(constant)), target)))
    return calls


def rosenbrock(steepness: float = 100.0) -> Surface:
    """Return (1 − x)² + b (y − x²)², with its minimum at (1, 1). Source: Rosenbrock 1960."""

    def value(points: Array) -> Array:
        x, y = points
        return (1 - x) ** 2 + steepness * (y - x**2) ** 2

    def gradient(w: Workspace, points: Array, out: Array) -> Calls:
        x, y, across, along = points[0, ...], points[1, ...], out[0, ...], out[1, ...]
        t, xp = w.zeros(*points.shape[1:]), w.xp
        return (
            # along = 2b (y − x²), across = 2 (x − 1) − 2x · along.
            (xp.multiply, (x, x, t)),
            (xp.subtract, (y, t, along)),
            (xp.multiply, (along, w.constant(2 * steepness), along)),
            (xp.subtract, (x, w.constant(1.0), across)),
            (xp.multiply, (along, x, t)),
            (xp.subtract, (across, t, across)),
            (xp.add, (across, across, across)),
        )

    return Surface("Rosenbrock", r"f = (1 - x)^2 + b \, (y - x^2)^2", 2, value, gradient)
