"""Principal components: the two directions in which points spread most, with signs that stay from fit to fit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Principal:
    """A plane through points of d numbers: its centre (d,) and two directions of length 1 at right angles (d, 2).

    shares: (2,) of the variance that lies along each. Of two numbers or fewer nothing is fitted: the directions are
    the numbers themselves and shares is None.
    """

    centre: FloatArray
    directions: FloatArray
    shares: FloatArray | None

    def project(self, points: NDArray[np.floating]) -> FloatArray:
        """Return where points (n, d) lie in the plane (n, 2)."""
        return np.asarray((points - self.centre) @ self.directions, dtype=np.float64)


def principal(
    points: NDArray[np.floating], before: Principal | None = None, beside: FloatArray | None = None
) -> Principal:
    """Fit the plane of points (n, d), n ≥ 1.

    before: the last fit of the same numbers: each direction points to the side where it pointed then. Without one it
    points to where the same rows grow in another picture of them, beside (n, 2), and without that its largest entry is
    positive. Source: Jolliffe 2002, chapter 3 (components by singular values).
    """
    d = points.shape[1]
    if d <= 2:
        return Principal(np.zeros(d), np.eye(d, 2), None)
    values = np.asarray(points, dtype=np.float64)
    centre = values.mean(axis=0)
    directions, variances, whole = _spread(values - centre)
    shares = variances / whole if whole > 0 else np.zeros(2)
    if before is not None and before.directions.shape == directions.shape:
        along = (directions * before.directions).sum(axis=0)
    elif beside is not None:
        along = ((values - centre) @ directions * (beside - beside.mean(axis=0))).sum(axis=0)
    else:
        along = directions[np.abs(directions).argmax(axis=0), [0, 1]]
    return Principal(centre, directions * np.where(along < 0, -1.0, 1.0), shares)


def _spread(away: FloatArray) -> tuple[FloatArray, FloatArray, float]:
    """Return the two directions of largest variance (d, 2), these variances (2,) and the sum of all."""
    n, d = away.shape
    if d <= n:
        squares, vectors = np.linalg.eigh(away.T @ away)
        first = vectors[:, ::-1][:, :2]
        variances = np.maximum(squares[::-1][:2], 0.0)
    else:
        _, singular, right = np.linalg.svd(away, full_matrices=False)
        first, variances = np.zeros((d, 2)), np.zeros(2)
        kept = min(2, len(singular))
        first[:, :kept], variances[:kept] = right[:kept].T, singular[:kept] ** 2
    return first, variances, float(np.vdot(away, away))
