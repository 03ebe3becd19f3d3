"""Explanation: where one number of a parameter has its gradient from, and what a change of it would do."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.explain import Derivation, Multiplications, Paths, Shares, SlopePicture, Term, Weight
from dlviz.session.collapsed import Collapsed
from dlviz.session.forward_times import ForwardTimes
from dlviz.session.loss_explanation import LossExplanation, LossQuestion
from dlviz.session.skips import SkipNorms
from dlviz.session.tolerance import PruneQuestion, Tolerance

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Question:
    """Which number is to be explained, and how far the slope picture reaches; 0: three times the next step."""

    weight: Weight
    reach: float = 1.0


@dataclass(frozen=True)
class UnitQuestion:
    """Which unit is to be explained."""

    layer: str
    unit: int


@dataclass(frozen=True)
class DerivativesQuestion:
    """Of which layer all derivatives are to be written; of all layers where it is empty.

    collapses: whether the network is wanted as one linear map, too.
    """

    layer: str = ""
    collapses: bool = False


AnyQuestion = Question | UnitQuestion | DerivativesQuestion | LossQuestion | PruneQuestion


@dataclass(frozen=True)
class Kept:
    """What is known of a weight over the run: (k,) steps at which the state was kept, and its values there."""

    steps: NDArray[np.int64]
    values: FloatArray


@dataclass(frozen=True)
class Update:
    """What one batch did to a number: the batch, counted from 1, the change, and the number after it."""

    batch: int
    change: float
    value: float


@dataclass(frozen=True)
class Explanation:
    """The answer to a question about the batch at the playhead, for the example looked at.

    paths: the largest from the weight to the loss; None where `problem` says why there are none.
    terms: one for every use of the weight by the example. shares: what every example adds.
    written: the derivative in letters, where it is short. numeric: the central difference of the loss.
    kept: the weight over the run. updates: the last ones, oldest first; none where they would take long.
    problem: why something is missing.
    """

    question: Question
    sample: int
    shares: Shares | None = None
    terms: tuple[Term, ...] = ()
    paths: Paths | None = None
    written: Derivation | None = None
    saved: Multiplications | None = None
    slope: SlopePicture | None = None
    numeric: float = math.nan
    kept: Kept | None = None
    updates: tuple[Update, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Stand:
    """Where a unit stands on its activation for the example: z, a = φ(z), slope = φ′(z); symbol: how φ is written."""

    symbol: str
    z: float
    a: float
    slope: float


@dataclass(frozen=True)
class LossPicture:
    """The loss of one example as one output moves, all other outputs fixed.

    outputs, losses: (points,). a, y, loss: where the example stands. gradient: dL/da there. of_each: (n,) the
    losses of the batch. delta: dL/dz as it was computed, None where it was not. share: what the example's
    loss counts in that of the batch, which `delta` contains.
    """

    title: str
    outputs: FloatArray
    losses: FloatArray
    a: float
    y: float
    loss: float
    gradient: float
    of_each: FloatArray
    delta: float | None
    share: float


@dataclass(frozen=True)
class UnitExplanation:
    """The answer to a question about a unit. errors: what sums up to dL/da, one term for every reader."""

    question: UnitQuestion
    sample: int
    errors: tuple[Term, ...] = ()
    activation: Stand | None = None
    loss: LossPicture | None = None
    problem: str = ""


@dataclass(frozen=True)
class DerivativesExplanation:
    """All derivatives of a layer or network, from the loss back; empty where there are too many. n: of the batch.

    times: of its forward pass, where there are several examples and the network is asked for. collapsed: the network
    as one linear map, where that was wanted. skips: of a whole network with sums of nodes.
    """

    question: DerivativesQuestion
    written: tuple[tuple[Weight, Derivation], ...] = ()
    n: int = 0
    times: ForwardTimes | None = None
    collapsed: Collapsed | None = None
    skips: SkipNorms | None = None
    problem: str = ""


AnyExplanation = Explanation | UnitExplanation | DerivativesExplanation | LossExplanation | Tolerance
