"""Which rows train, validate and test: seeded, stratified, always at least one row to train on."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import SpecError
from dlviz.core.randomness import permutations
from dlviz.data.spec import SplitSpec
from dlviz.i18n import tr

Rows = NDArray[np.int64]


@dataclass(frozen=True)
class Split:
    """Row indices, ascending and read-only; together they are all rows that are used, none twice."""

    train: Rows
    validation: Rows
    test: Rows
    notes: tuple[str, ...] = ()


def split_rows(n: int, spec: SplitSpec, labels: NDArray[np.int64] | None = None) -> Split:
    """Deal n rows into training, validation and test rows.

    labels: (n,) class indices; with them and spec.stratify every class keeps its share in each
    part, within one row.
    Raises: SpecError for fractions outside [0, 1), a share used outside (0, 1], no rows, and listed rows that leave
    none to train on.
    """
    if spec.is_listed:
        return _listed(n, spec)
    n_validation, n_test, notes = _sizes(n, spec)
    groups = _groups(_order(n, spec), labels if spec.stratify else None)
    test, groups = _take(groups, n_test)
    validation, groups = _take(groups, n_validation)
    return Split(_settled(_used(groups, spec.used)), _settled(validation), _settled(test), notes)


def _used(groups: list[Rows], share: float) -> list[Rows]:
    """Return the rows that train: the first ones of every group, so that a larger share has those of a smaller one."""
    if not (math.isfinite(share) and 0.0 < share <= 1.0):
        raise SpecError(
            f"Expected split.used to be above 0 and at most 1. Received: used={share!r}.", place="data.split"
        )
    return groups if share == 1.0 else _take(groups, max(round(share * sum(map(len, groups))), 1))[0]


def _listed(n: int, spec: SplitSpec) -> Split:
    """Hold out the very rows that are listed."""
    validation, test = spec.validation_rows or (), spec.test_rows or ()
    held = np.array([*validation, *test], dtype=np.int64)
    trains = np.ones(n, dtype=bool)
    wrong = held[(held < 0) | (held >= n)]
    if len(wrong):
        raise SpecError(
            f"Expected rows held out from 0 to {n - 1}. Received: {wrong[0]}.",
            "Split the data by fractions again.",
            "data.split",
        )
    trains[held] = False
    if len(held) != len(np.unique(held)) or not trains.any():
        received = "a row that is held out twice" if trains.any() else "every row held out"
        raise SpecError(f"Expected rows left to train on, each in one part. Received: {received}.", place="data.split")
    order = _order(n, spec)
    rows = _used([order[trains[order]]], spec.used)
    return Split(_settled(rows), _settled([np.array(validation)]), _settled([np.array(test)]))


def _sizes(n: int, spec: SplitSpec) -> tuple[int, int, tuple[str, ...]]:
    """Return how many rows validate and test, with a note where that is not what was asked for."""
    for name, fraction in (("validation", spec.validation), ("test", spec.test)):
        if not (math.isfinite(fraction) and 0.0 <= fraction < 1.0):
            raise SpecError(
                f"Expected split.{name} to be at least 0 and below 1. Received: {name}={fraction!r}.",
                place="data.split",
            )
    if n < 1:
        raise SpecError("Expected at least one row of data. Received: no rows.", place="data")
    n_test = min(round(n * spec.test), n - 1)
    n_validation = min(round(n * spec.validation), n - 1 - n_test)
    return n_validation, n_test, tuple(_size_notes(n, spec, n_validation, n_test))


def _size_notes(n: int, spec: SplitSpec, n_validation: int, n_test: int) -> list[str]:
    parts = ((tr("validation"), spec.validation, n_validation), (tr("testing"), spec.test, n_test))
    return [
        tr("{percent:g} % of {n} rows for {part} gives {count}.", percent=100 * asked, n=n, part=part, count=count)
        for part, asked, count in parts
        if asked > 0 and (count == 0 or count != round(n * asked))
    ]


def _order(n: int, spec: SplitSpec) -> Rows:
    """Return the rows in the order in which they are dealt: at random, or the last one first."""
    return permutations(spec.seed, "split", n, 0, 1)[0].astype(np.int64) if spec.shuffle else np.arange(n)[::-1]


def _groups(order: Rows, labels: NDArray[np.int64] | None) -> list[Rows]:
    """Return one group of rows a class in the order given, or a single group."""
    if labels is None:
        return [order]
    return [order[labels[order] == label] for label in np.unique(labels)]


def _take(groups: list[Rows], total: int) -> tuple[list[Rows], list[Rows]]:
    """Split every group: its fair share of total rows, and the rest."""
    counts = _shares([len(group) for group in groups], total)
    taken = [group[:count] for group, count in zip(groups, counts, strict=True)]
    return taken, [group[count:] for group, count in zip(groups, counts, strict=True)]


def _shares(sizes: list[int], total: int) -> list[int]:
    """Deal total over groups in proportion to their sizes by largest remainders (Hamilton's method)."""
    exact = [size * total / max(sum(sizes), 1) for size in sizes]
    counts = [math.floor(share) for share in exact]
    by_remainder = sorted(range(len(sizes)), key=lambda group: counts[group] - exact[group])
    for group in by_remainder[: total - sum(counts)]:
        counts[group] += 1
    return counts


def _settled(groups: list[Rows]) -> Rows:
    rows = np.sort(np.concatenate(groups)).astype(np.int64)
    rows.setflags(write=False)
    return rows
