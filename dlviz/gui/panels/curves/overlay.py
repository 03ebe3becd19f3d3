"""Which other runs are drawn beside the one on show, and which curve is under the pointer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from dlviz.gui.panels.curves.series import Series, pair
from dlviz.session.run_row import RunRow

MOST = 9  # runs beside the one on show; more could not be told apart


@dataclass(frozen=True, eq=False)
class Drawn:
    """A curve on the plot: its run, which rows it is about ("train", "dev"), and its points."""

    row: RunRow | None
    part: str
    series: Series


def others(rows: Iterable[RunRow], most: int = MOST) -> list[RunRow]:
    """Return the runs to draw beside the current one, oldest first.

    A loss is compared on the same data only: runs on other data are drawn if they are pinned.
    """
    rows = list(rows)
    current = next((row for row in rows if row.is_current), None)
    if current is None:
        return []
    like = [row for row in rows if row is not current and (row.label.is_pinned or _is_same_data(row, current))]
    newest = sorted(like, key=lambda row: (row.label.is_pinned, row.uid))[-most:]
    return sorted(newest, key=lambda row: row.uid)


def _is_same_data(row: RunRow, other: RunRow) -> bool:
    one, two = row.document, other.document
    return one.subject == two.subject and one.data.is_same(two.data)


def training_of(row: RunRow, metric: str, is_log: bool) -> Series:
    """Return the training curve of a run that stands."""
    assert row.curves is not None
    return pair(row.curves, metric, is_log)[0]


def nearest(curves: Sequence[Drawn], step: float, height: float, is_log: bool) -> tuple[Drawn, float, float] | None:
    """Return the curve whose value at a step is nearest to a height on the axis, with its step and value there."""
    found = []
    for curve in curves:
        point = curve.series.at(step)
        if point is not None:
            at = np.log10(point[1]) if is_log else point[1]
            found.append((abs(at - height), curve, *point))
    if not found:
        return None
    _, curve, at_step, value = min(found, key=lambda each: each[0])
    return curve, at_step, value
