"""Hidden space: where every layer puts the rows of the data, and what becomes of a grid over the inputs there."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.principal import Principal, principal

INPUT = "x"
FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class HiddenLayer:
    """One layer as two numbers a row: its own two units, or the plane in which its activations spread most.

    places: (n, 2) of the rows; grid: (lines, points, 2) of the grid over the inputs, no lines where there is none.
    shares: of the variance, of both numbers (2,); None where they are the units themselves.
    """

    node: str
    units: int
    places: FloatArray
    grid: FloatArray
    shares: FloatArray | None


@dataclass(frozen=True, eq=False)
class HiddenSpace:
    """The inputs, then every layer in order. rows: (n,) which rows of those on show the places belong to."""

    rows: NDArray[np.int64]
    layers: tuple[HiddenLayer, ...]


@dataclass(frozen=True, eq=False)
class Laid:
    """What goes through the layers: inputs (n + lines · points, d) of rows (n,), then of the grid; and how they lie."""

    rows: NDArray[np.int64]
    inputs: FloatArray
    lines: tuple[int, int]
    first: HiddenLayer


class Projections:
    """The planes of the layers of one network, which keep their sides from frame to frame."""

    def __init__(self) -> None:
        self._planes: dict[str, Principal] = {}

    def clear(self) -> None:
        """Forget the planes: another network begins."""
        self._planes.clear()

    def layer(
        self, node: str, values: NDArray[np.floating], n: int, lines: tuple[int, int], beside: FloatArray | None
    ) -> HiddenLayer:
        """Project activations (units, n + lines · points): the first n are rows, by which the plane is fitted.

        beside: (n, 2) where the layer before puts the rows; a new plane is turned so that they move little.
        """
        points = np.nan_to_num(np.asarray(values, dtype=np.float64).T, posinf=0.0, neginf=0.0)
        plane = self._planes[node] = principal(points[:n], self._planes.get(node), beside)
        found = plane.project(points)
        found.setflags(write=False)
        return HiddenLayer(node, points.shape[1], found[:n], found[n:].reshape(*lines, 2), plane.shares)


def grid_lines(
    extent: tuple[float, float, float, float], d: int, count: int, points: int
) -> tuple[FloatArray, tuple[int, int]]:
    """Return a grid over a plane of two inputs, or a line along one: (lines · points, 2), and (lines, points)."""
    x0, x1, y0, y1 = extent
    if d == 1:
        along = np.linspace(x0, x1, points)
        return np.stack([along, np.zeros(points)], axis=1), (1, points)
    x, y, fine = np.linspace(x0, x1, count), np.linspace(y0, y1, count), np.linspace(0.0, 1.0, points)
    across = np.stack(np.broadcast_arrays(x0 + fine[None, :] * (x1 - x0), y[:, None]), axis=-1)
    up = np.stack(np.broadcast_arrays(x[:, None], y0 + fine[None, :] * (y1 - y0)), axis=-1)
    return np.concatenate([across, up]).reshape(-1, 2), (2 * count, points)
