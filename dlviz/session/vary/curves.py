"""Curves of a training that were thinned, so that many of them can be kept and drawn."""

import numpy as np

from dlviz.session.curves import Curves
from dlviz.session.history import History

CURVE_POINTS = 512  # intervals of batches


def thinned(history: History, most: int = CURVE_POINTS) -> Curves:
    """Return the curves of a run with at most so many intervals of batches; minimum, maximum and mean of each stay."""
    curves = history.curves()
    counts, sums, lows, highs = history.losses.table().T
    if len(counts) <= most:
        return curves
    starts = np.arange(0, len(counts), -(-len(counts) // most))
    ends = np.append(starts[1:], len(counts)) - 1
    mean = np.add.reduceat(sums, starts) / np.add.reduceat(counts, starts)
    return Curves(
        curves.steps, curves.train_loss, curves.train_score, curves.validation_steps, curves.validation_loss,
        curves.validation_score, curves.batch_steps[ends], mean, np.minimum.reduceat(lows, starts),
        np.maximum.reduceat(highs, starts), curves.penalty,
    )  # fmt: skip
