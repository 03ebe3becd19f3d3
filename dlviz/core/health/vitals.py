"""Vitals: what symptoms are looked for in, from what metrics measure and the losses of a run."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dlviz.core.choice import Choice
from dlviz.core.health.kind import Vitals
from dlviz.core.inference import activation_of
from dlviz.core.metrics import Observed, measured
from dlviz.core.metrics.classes import labels, threshold_of
from dlviz.core.network import NetworkSpec, output_ids
from dlviz.core.trace import Trace

FloatArray = NDArray[np.float64]
#: Functions that sit at their limits by design: neither is slow there, since neither has a slope anywhere.
JUMPS = ("step", "stochastic")
UNIT_ROWS = ("dense", "conv2d")  # kinds whose W has one row for each unit (or filter)
MAX_EPOCHS = 1000  # newest epochs that are looked at, beside the first
SAME = 1e-9  # of the largest number: closer rows are copies, apart from rounding


def vitals_of(observed: Observed) -> Vitals:
    """Return the vitals that one observed step of training shows; errors, losses and progress are the caller's to add.

    observed: needs everything but outputs and targets.
    """
    network = observed.network
    shown = measured([Choice(key) for key in ("update_ratio", "dead_units", "saturated_units")], observed)
    hidden = hidden_layers(network)
    return Vitals(
        network,
        weights=root_mean_squares(observed.parameters),
        gradients=root_mean_squares(observed.gradients),
        updates=_of(shown["update_ratio"], [layer.id for layer in network.layers]),
        dead=_of(shown["dead_units"], hidden),
        saturated={
            layer: share for layer, share in _of(shown["saturated_units"], hidden).items() if not _jumps(network, layer)
        },
        twins=_twins_of(observed, hidden),
    )


def errors_of(trace: Trace) -> dict[str, float]:
    """Return √mean((dL/dz)²) of every node that has one, from the data to the output, in time from first to last."""
    found: dict[str, float] = {}
    for step in trace.steps:
        for name, values in step.writes.items():
            node, _, part = name.rpartition(".")
            if step.phase == "backward" and part == "dz" and values.size:
                found[node] = math.sqrt(float(np.mean(np.square(values, dtype=np.float64))))
    return dict(reversed(found.items()))


def _of(value: object, names: Sequence[str]) -> dict[str, float]:
    assert isinstance(value, Mapping)
    return {name: float(value[name]) for name in names if name in value}


def _jumps(network: NetworkSpec, layer: str) -> bool:
    chosen = activation_of(network, layer)
    return chosen is not None and chosen.kind in JUMPS


def hidden_layers(network: NetworkSpec) -> list[str]:
    """Return the ids of the layers that are no outputs."""
    outputs = output_ids(network)
    return [layer.id for layer in network.layers if layer.id not in outputs]


def root_mean_squares(arrays: Mapping[str, NDArray[np.floating]]) -> dict[str, float]:
    """Return √mean(w²) over all parameters of each layer, so that layers of different size compare."""
    squares: dict[str, float] = {}
    sizes: dict[str, int] = {}
    for name, array in arrays.items():
        layer = name.partition(".")[0]
        squares[layer] = squares.get(layer, 0.0) + float(np.vdot(array, array))
        sizes[layer] = sizes.get(layer, 0) + array.size
    return {layer: math.sqrt(squares[layer] / sizes[layer]) for layer in squares if sizes[layer]}


def _twins_of(observed: Observed, hidden: Sequence[str]) -> dict[str, tuple[tuple[int, ...], int]]:
    """Return, by layer, the units with the same weights that also get the same gradient."""
    found = {}
    for layer in observed.network.layers:
        name = f"{layer.id}.W"
        if layer.id in hidden and layer.kind in UNIT_ROWS and name in observed.gradients:
            rows = [_rows(each[f"{layer.id}.{part}"]) for each in (observed.parameters, observed.gradients)
                    for part in ("W", "b") if f"{layer.id}.{part}" in each]  # fmt: skip
            found[layer.id] = (twins(rows), len(rows[0]))
    return {layer: pair for layer, pair in found.items() if pair[0]}


def _rows(array: NDArray[np.floating]) -> FloatArray:
    return np.asarray(array, dtype=np.float64).reshape(len(array), -1)


def twins(parts: Sequence[FloatArray]) -> tuple[int, ...]:
    """Return the rows that have a copy among the others; parts (m, …) are scaled to their largest number each.

    Rows are sorted by one random-looking sum of their numbers; only neighbours in that order are compared in full.
    """
    scales = [float(np.abs(part).max(initial=0.0)) or 1.0 for part in parts]
    table = np.hstack([part / scale for part, scale in zip(parts, scales, strict=True)])
    order = np.argsort(table @ np.cos(np.arange(1.0, table.shape[1] + 1.0)), kind="stable")
    is_same = (np.abs(np.diff(table[order], axis=0)) <= SAME).all(axis=1)
    copies = {int(row) for first in np.flatnonzero(is_same) for row in order[first : first + 2]}
    return tuple(sorted(copies))


def epoch_means(ends: NDArray[np.int64], means: FloatArray, start: int, first: int, per_epoch: int) -> FloatArray:
    """Return the mean loss of the first whole epoch after the step start, and of the newest MAX_EPOCHS (e,).

    ends (k,): the last step of each interval of the record, which begins at the step first; means (k,): its
    mean loss. Inside an interval every step counts as its mean. Epochs before the record are left out.
    """
    if not len(ends):
        return np.zeros(0)
    start += max(-(-(first - start) // per_epoch), 0) * per_epoch
    counts = np.diff(ends, prepend=first)
    sums = np.concatenate([[0.0], np.cumsum(means * counts)])
    whole = (int(ends[-1]) - start) // per_epoch
    if whole <= 0:
        return np.zeros(0)
    steps = np.concatenate([[first], ends])
    epochs = np.concatenate([[0], np.arange(max(whole - MAX_EPOCHS, 1), whole)])
    begin, end = (np.interp(start + per_epoch * (epochs + shift), steps, sums) for shift in (0, 1))
    return np.asarray((end - begin) / per_epoch, dtype=np.float64)


def learned(score: float, targets: NDArray[np.floating], is_classes: bool) -> float:
    """Return how far a score has come from the best constant answer (0) to all right (1); 0 where it is unknown.

    score: accuracy of classes, R² of values, whose constant answer scores 0. targets: (n, k).
    """
    if not math.isfinite(score) or not len(targets):
        return 0.0
    if not is_classes:
        return score
    counts = np.bincount(labels(targets, threshold_of(targets)))
    usual = float(counts.max() / counts.sum())
    return 1.0 if usual == 1 else (score - usual) / (1 - usual)
