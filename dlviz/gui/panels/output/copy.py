"""The rows behind the output panel's pictures, to be copied."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dlviz.gui.panels.output.map import Extent
from dlviz.gui.response import FloatArray
from dlviz.gui.widgets.copying import Rows
from dlviz.session.vary.agreement import Agreement


def map_rows(values: FloatArray, extent: Extent) -> Iterator[list[float]]:
    """Give x, y and all outputs at the centre of every cell of maps (k, rows, columns)."""
    x0, x1, y0, y1 = extent
    _, rows, columns = values.shape
    x = x0 + (np.arange(columns) + 0.5) * (x1 - x0) / columns
    y = y0 + (np.arange(rows) + 0.5) * (y1 - y0) / rows
    for row in range(rows):
        for column in range(columns):
            yield [float(x[column]), float(y[row]), *(float(each) for each in values[:, row, column])]


def curve_table(values: FloatArray, extent: Extent, across: str) -> Rows:
    """Return the points of curves (k, 1, columns) over one input of that name."""
    outputs = ["output"] if len(values) == 1 else [f"output {k + 1}" for k in range(len(values))]
    return Rows((across, *outputs), ([row[0], *row[2:]] for row in map_rows(values, extent)))


def agreement_table(found: Agreement, names: Sequence[str]) -> Rows:
    """Return the cells of what several networks answer: mean, deviation, the share that agrees, or all curves.

    names: of the inputs that span the picture, one for curves.
    """
    if found.mean.shape[1] == 1:
        return _curves(found, names[0])
    outputs = range(1, len(found.mean) + 1)
    spread = [*(f"mean {k}" for k in outputs), *(f"deviation {k}" for k in outputs)]
    parts = [found.mean, found.std] if found.share is None else [found.mean, found.std, found.share[None]]
    share = [] if found.share is None else ["share that agrees"]
    return Rows((*names, *spread, *share), map_rows(np.concatenate(parts), found.extent))


def _curves(found: Agreement, across: str) -> Rows:
    """Return mean, deviation and each network's curve: of every class, or of the first measured value."""
    count = 1 if found.share is None else len(found.mean)
    parts = [("mean", found.mean), ("deviation", found.std)]
    parts += [(f"seed {each.seed}" + " output" * (count > 1), each.outputs) for each in found.answers]
    headings = [name if count == 1 else f"{name} {k + 1}" for name, _ in parts for k in range(count)]
    whole = np.concatenate([each[:count] for _, each in parts])
    return Rows((across, *headings), ([row[0], *row[2:]] for row in map_rows(whole, found.extent)))


def count_rows(counts: NDArray[np.int64], names: Sequence[str]) -> Iterator[list[object]]:
    """Give one row a true class: its name, then the counts by predicted class."""
    for name, row in zip(names, counts.tolist(), strict=True):
        yield [name, *row]
