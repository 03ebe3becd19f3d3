"""The plane of inputs over which maps are drawn: its cells as rows that a network can be given."""

import math

import numpy as np
from numpy.typing import NDArray

from dlviz.data.prepare import Prepared
from dlviz.data.principal_plane import LEAST_INPUTS, Extent, PrincipalPlane
from dlviz.session.messages import Interest

MAX_MAP_NUMBERS = 4_000_000  # inputs of all cells of a map, 32 MB: a picture of 64×64×3 has 12 288 of them a cell


def affordable(side: int, d: int) -> int:
    """Return how many cells a side a map may have where every one is a row of d inputs: the worker may not stall."""
    return max(min(side, math.isqrt(MAX_MAP_NUMBERS // d)), 2)


def plane_key(interest: Interest) -> tuple[object, ...]:
    """Return what decides, for the same data, where the cells of a map lie."""
    return interest.extent, interest.axes, interest.fixed, interest.is_principal


def principal_of(interest: Interest, prepared: Prepared) -> PrincipalPlane | None:
    """Return the plane of the principal components where it is asked for and the data have others."""
    return prepared.principal if interest.is_principal and prepared.dataset.d >= LEAST_INPUTS else None


def extent_of(interest: Interest, prepared: Prepared) -> Extent:
    """Return from where to where the plane is shown."""
    principal = principal_of(interest, prepared)
    return interest.extent if principal is None else principal.extent


def cells_of(interest: Interest, prepared: Prepared, side: int) -> NDArray[np.float64]:
    """Return the centres of side² equal cells of the plane as a network's (scaled) inputs (side², d), read-only."""
    x0, x1, y0, y1 = extent_of(interest, prepared)
    across, up = np.tile(centres(x0, x1, side), side), np.repeat(centres(y0, y1, side), side)
    points = on_plane(interest, prepared, np.stack([across, up], axis=1))
    points.setflags(write=False)  # so that they stay loaded in an evaluator from one call to the next
    return points


def on_plane(interest: Interest, prepared: Prepared, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places (n, 2) of the plane as a network's inputs (n, d); those off the plane of two inputs are held."""
    principal, d = principal_of(interest, prepared), prepared.dataset.d
    if principal is not None:
        return principal.scaled_at(places)
    fixed = interest.fixed if len(interest.fixed) == d else tuple(prepared.dataset.sample.inputs.mean(axis=0))
    points = np.tile(np.asarray(fixed, dtype=np.float64), (len(places), 1))
    points[:, interest.axes[0] % d] = places[:, 0]
    if d > 1:
        points[:, interest.axes[1] % d] = places[:, 1]
    return prepared.scaler.apply(points)


def centres(low: float, high: float, side: int) -> NDArray[np.float64]:
    """Return the centres of side equal cells between low and high."""
    return low + (np.arange(side) + 0.5) * (high - low) / side
