"""What is asked about the loss around a run, and what comes out."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.explain import Weight

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class SliceQuestion:
    """Over which two weights the loss is wanted, and how far on either side of where they are."""

    across: Weight
    up: Weight
    reach: float = 6.0


@dataclass(frozen=True)
class Slice:
    """The loss over two weights as far as it is known.

    across, up: (side,) values of the weights. losses: (side, side), rows by `up`. here: where the weights are,
    and the loss there. basins: (column, row) of the bottoms found on the finest picture, none before.
    is_finished: no finer picture follows. n: rows that count.
    """

    question: SliceQuestion
    across: FloatArray
    up: FloatArray
    losses: FloatArray
    here: tuple[float, float]
    loss: float
    n: int
    basins: tuple[tuple[int, int], ...] = ()
    is_finished: bool = False
    problem: str = ""


@dataclass(frozen=True)
class RestartQuestion:
    """From how many starts, and for how many epochs each; serial: asked again, it is a new question."""

    count: int = 8
    epochs: int = 200
    serial: int = 0


@dataclass(frozen=True)
class Restart:
    """One training: the seed of its first weights, and the loss of all training rows before and after."""

    seed: int
    first: float
    last: float


@dataclass(frozen=True)
class RestartView:
    """The trainings that are over, in the order of their seeds. is_finished: no other follows."""

    question: RestartQuestion
    found: tuple[Restart, ...] = ()
    is_finished: bool = False
    problem: str = ""
