"""The question how a layer bears it that parts of it are taken out at random, and its answer."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.session.edits.pruning import Pruned

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class PruneQuestion:
    """Of which layer weights or units are to be taken out, and which random order counts."""

    layer: str
    what: Pruned = "weights"
    seed: int = 0


@dataclass(frozen=True)
class Tolerance:
    """The answer: accuracy or R² (k,) and loss (k,) for shares (k,) taken out, over so many rows.

    metric: "accuracy" or "r2". is_dev: of the rows held out for choosing, else of those trained on.
    """

    question: PruneQuestion
    shares: FloatArray
    scores: FloatArray
    losses: FloatArray
    metric: str = "accuracy"
    rows: int = 0
    is_dev: bool = False
    problem: str = ""
