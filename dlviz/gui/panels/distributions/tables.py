"""The numbers of histograms and sizes as rows, with every digit."""

from collections.abc import Sequence

from dlviz.core.distribution import edges
from dlviz.gui.panels.distributions.page import Table
from dlviz.session.distributions import Column


def sizes_table(columns: Sequence[Column]) -> Table:
    """Return the norm of the gradient and of the update against the weights, by step and layer."""
    rows: list[tuple[object, ...]] = [
        (column.step, layer, norm, column.update_ratio.get(layer, float("nan")))
        for column in columns
        for layer, norm in column.gradient_norm.items()
    ]
    return ("step", "layer", "gradient_norm", "update_ratio"), rows


def histogram_table(moments: Sequence[Column | None], kind: str) -> Table:
    """Return the bins of the histograms of some moments that hold any number."""
    found: list[tuple[object, ...]] = []
    for column in moments:
        for layer, histogram in column.histograms[kind].items() if column else ():
            ends = edges(histogram.exponent).tolist()
            bins = zip(ends[:-1], ends[1:], histogram.counts.tolist(), strict=True)
            found += [(column.step, layer, low, high, count) for low, high, count in bins if column and count]
    return ("step", "layer", "from", "to", "count"), found
