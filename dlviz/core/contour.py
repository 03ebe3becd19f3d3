"""Contour of a sampled map at one level: marching squares, all cells at once."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]


def segments(values: FloatArray, level: float) -> FloatArray:
    """Return the pieces of the line where a map crosses a level.

    Shapes: values (rows, columns); result (m, 2, 2): m pieces, two ends, (column, row) in
    samples from the first one. Cells that are crossed four times give two pieces; there are none between
    infinities, which the map of a network that diverged holds.
    """
    shifted = np.asarray(values, dtype=np.float64) - level
    points, crossed = _edge_crossings(shifted)
    count = crossed.sum(axis=0)
    plain = _pairs(points, crossed, count == 2)
    saddle = count == 4
    corners = [np.stack([points[a][saddle], points[b][saddle]], axis=1) for a, b in ((0, 3), (1, 2))]
    found = np.concatenate([plain, *corners])
    finite: FloatArray = found[np.isfinite(found).all(axis=(1, 2))]
    return finite


def class_boundaries(outputs: FloatArray) -> FloatArray:
    """Return the line pieces where the largest of k maps (k, rows, columns) changes, as `segments` does."""
    finite = np.nan_to_num(outputs, nan=0.0)
    winners = np.unique(np.argmax(finite, axis=0))
    pieces = [segments(_lead(finite, int(winner)), 0.0) for winner in winners[:-1]]
    return np.concatenate(pieces) if pieces else np.empty((0, 2, 2))


def _lead(outputs: FloatArray, winner: int) -> FloatArray:
    lead: FloatArray = outputs[winner] - np.delete(outputs, winner, axis=0).max(axis=0)
    return lead


def _edge_crossings(shifted: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    """Cross every cell's bottom, right, top and left edge: (4, r, c, 2) points, (4, r, c) whether crossed."""
    rows, columns = shifted.shape
    along, along_hit = _crossings(shifted[:, :-1], shifted[:, 1:])
    up, up_hit = _crossings(shifted[:-1], shifted[1:])
    y, x = np.mgrid[0:rows, 0:columns].astype(float)
    flat = np.stack([x[:, :-1] + along, y[:, :-1]], axis=-1)
    steep = np.stack([x[:-1], y[:-1] + up], axis=-1)
    points = np.stack([flat[:-1], steep[:, 1:], flat[1:], steep[:, :-1]])
    return points, np.stack([along_hit[:-1], up_hit[:, 1:], along_hit[1:], up_hit[:, :-1]])


def _crossings(first: FloatArray, second: FloatArray) -> tuple[FloatArray, NDArray[np.bool_]]:
    hit = (first > 0) != (second > 0)
    with np.errstate(all="ignore"):  # between two infinities there is no place, and no line
        span = np.where(hit, first - second, 1.0)
        return np.where(hit, first / span, 0.0), hit


def _pairs(points: FloatArray, crossed: NDArray[np.bool_], cells: NDArray[np.bool_]) -> FloatArray:
    chosen = np.argsort(~crossed[:, cells], axis=0, kind="stable")[:2]
    ends = points[:, cells]
    index = np.arange(ends.shape[1])
    return np.stack([ends[chosen[0], index], ends[chosen[1], index]], axis=1)


def level_lines(values: FloatArray, levels: FloatArray, x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the lines at several levels as one curve with gaps (NaN), in the units of the samples.

    Shapes: values (rows, columns), x (columns,), y (rows,).
    """
    pieces = np.concatenate([segments(values, float(level)) for level in levels] or [np.empty((0, 2, 2))])
    gap = np.full((len(pieces), 1), np.nan)
    across = np.interp(pieces[..., 0], np.arange(len(x)), x)
    up = np.interp(pieces[..., 1], np.arange(len(y)), y)
    return np.hstack([across, gap]).ravel(), np.hstack([up, gap]).ravel()
