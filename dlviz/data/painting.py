"""Rows put, erased, moved and relabelled by hand; pure functions from one set of rows to the next."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DataError
from dlviz.core.randomness import uniforms
from dlviz.data.dataset import Dataset
from dlviz.i18n import tr

Rows = NDArray[np.integer[Any]]
Places = NDArray[np.float64]


def with_rows(dataset: Dataset, inputs: Places, target: float) -> Dataset:
    """Return the rows followed by others (m, d) of one target: a number, or the index of a class."""
    targets = np.full((len(inputs), *dataset.targets.shape[1:]), target, dataset.targets.dtype)
    added = replace(
        dataset,
        inputs=_kept(np.concatenate([dataset.inputs, inputs])),
        targets=_kept(np.concatenate([dataset.targets, targets])),
        row_names=(*dataset.row_names, *("" for _ in inputs)) if dataset.row_names else (),
    )
    return _noted(added, tr("Rows put by hand:"), len(inputs))


def with_values(dataset: Dataset, inputs: Places, values: Places) -> Dataset:
    """Return the rows of a regression followed by others: inputs (m, d), values (m,)."""
    added = with_rows(dataset, inputs, 0.0)
    return replace(added, targets=_kept(np.concatenate([dataset.targets, np.reshape(values, (-1, 1))])))


def without_rows(dataset: Dataset, rows: Rows) -> Dataset:
    """Return the rows without some of them. Raises: DataError if none would be left."""
    stays = np.ones(dataset.n, dtype=bool)
    stays[rows] = False
    if not stays.any():
        raise DataError(tr("Expected at least one row of data. Received: all of them erased"))
    left = replace(
        dataset,
        inputs=_kept(dataset.inputs[stays]),
        targets=_kept(dataset.targets[stays]),
        row_names=tuple(name for name, is_left in zip(dataset.row_names, stays, strict=False) if is_left),
    )
    return _noted(left, tr("Rows erased by hand:"), int((~stays).sum()))


def with_row_at(dataset: Dataset, row: int, inputs: Sequence[float], value: float | None = None) -> Dataset:
    """Return the rows with one of them elsewhere. value: what it is to be predicted as, where that moves too."""
    moved, targets = dataset.inputs.copy(), dataset.targets.copy()
    moved[row] = inputs
    if value is not None:
        targets[row] = value
    return _noted(replace(dataset, inputs=_kept(moved), targets=_kept(targets)), tr("Moves by hand:"), 1)


def with_target(dataset: Dataset, rows: Rows, target: float) -> Dataset:
    """Return the rows, some of them with another target: a number, or the index of a class."""
    targets = dataset.targets.copy()
    targets[rows] = target
    return _noted(replace(dataset, targets=_kept(targets)), tr("Targets changed by hand:"), len(rows))


def sprayed(seed: int, row: int, count: int, centre: tuple[float, float], reach: tuple[float, float]) -> Places:
    """Return places (count, 2), evenly spread over an ellipse, that depend on seed and first row alone."""
    turn, share = uniforms(seed, f"painted at row {row}", 2 * count).reshape(2, -1)
    radius, angle = np.sqrt(share), 2 * np.pi * turn
    return np.stack([centre[0] + reach[0] * radius * np.cos(angle), centre[1] + reach[1] * radius * np.sin(angle)], 1)


def _kept(array: NDArray[Any]) -> NDArray[Any]:
    array.setflags(write=False)
    return array


def _noted(dataset: Dataset, about: str, count: int) -> Dataset:
    """Count what was done by hand: nothing that students compute with is changed silently."""
    counts = {note: note.removeprefix(about).strip() for note in dataset.notes if note.startswith(about)}
    before = sum(int(written) for written in counts.values() if written.isdecimal())
    others = tuple(note for note in dataset.notes if note not in counts)
    return replace(dataset, notes=(*others, f"{about} {before + count}"))
