"""How alike the units of a layer are where a run stands, worked out when somebody looks at it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dlviz.core.network import NetworkSpec
from dlviz.core.similarity import correlations, cosines

Arrays = Mapping[str, NDArray[np.floating]]
By = Literal["weights", "answers"]
MAX_UNITS = 128  # compared; of more, the first
UNIT_ROWS = ("dense", "conv2d")  # kinds whose W has one row for each unit or filter


@dataclass(frozen=True)
class SimilarityQuestion:
    """Of which layer, and whether its weights are compared (cosine, bias included) or its answers (correlation)."""

    layer: str
    by: By = "weights"


@dataclass(frozen=True, eq=False)
class Similarity:
    """values (u, u) of the first u units, of so many; NaN where a pair cannot be compared."""

    question: SimilarityQuestion
    values: NDArray[np.float64]
    units: int


def similarity(
    network: NetworkSpec, question: SimilarityQuestion, parameters: Callable[[], Arrays], answers: Callable[[], Arrays]
) -> Similarity | None:
    """Answer a question; None where the layer has no units of its own.

    parameters, answers: give those of every layer, the latter (units, n) to n rows.
    """
    layer = next((each for each in network.layers if each.id == question.layer), None)
    if layer is None or layer.kind not in UNIT_ROWS:
        return None
    if question.by == "answers":
        values = answers()[layer.id]
        return Similarity(question, correlations(values[:MAX_UNITS]), len(values))
    own, owner = parameters(), layer.shares or layer.id
    parts = [own[name].reshape(len(own[name]), -1) for name in (f"{owner}.W", f"{owner}.b") if name in own]
    rows = np.hstack(parts)
    return Similarity(question, cosines(rows[:MAX_UNITS]), len(rows))
