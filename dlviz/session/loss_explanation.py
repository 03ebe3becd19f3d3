"""Loss explanation: one loss seen from the example looked at, from all examples, and over the run."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class LossQuestion:
    """Whose loss is to be explained: an output layer ("" for the first), and which of its units is moved.

    trial: an output that is put in by hand. of_all: every training row is listed, not only the batch.
    """

    output: str = ""
    unit: int = 0
    trial: float | None = None
    of_all: bool = False


@dataclass(frozen=True)
class LossCurve:
    """The loss (points,) as the output moves, for one target. kinks: outputs at which its formula changes."""

    target: float
    losses: FloatArray
    kinks: tuple[float, ...] = ()


@dataclass(frozen=True)
class Standing:
    """One output a against its target y: the loss of the example, dL/da, φ′(z) and dL/dz by themselves.

    loss is as it is shown; gradients are those of natural logarithms. slope and delta are NaN where the
    activation is no function of one sum, or cannot give this output.
    """

    a: float
    y: float
    loss: float
    gradient: float
    slope: float
    delta: float


@dataclass(frozen=True)
class Trial:
    """What an output put in by hand would cost: by target, and against the target of the example."""

    losses: tuple[float, ...]
    own: Standing


@dataclass(frozen=True)
class Rival:
    """Another loss where the output stands."""

    key: str
    title: str
    standing: Standing


@dataclass(frozen=True)
class Counted:
    """How the examples of a batch are counted: the settings, how many there are, and the learning rate."""

    factor: float
    outputs: str
    reduction: str
    n: int
    lr: float


@dataclass(frozen=True)
class LossRows:
    """Every example by itself: its row of the data, outputs and targets (n, k), loss and likelihood (n,).

    cost: the loss of them all in its reduction. likelihoods, product, log: None where outputs are no
    probabilities. total: how many rows there are; those beyond the listed ones count in cost alone.
    """

    rows: NDArray[np.int64]
    outputs: FloatArray
    targets: FloatArray
    losses: FloatArray
    cost: float
    total: int
    likelihoods: FloatArray | None = None
    product: float | None = None
    log: float | None = None


@dataclass(frozen=True)
class Approach:
    """How the example came nearer: (k,) steps, its output and its loss with the weights of each."""

    steps: NDArray[np.int64]
    outputs: FloatArray
    losses: FloatArray


@dataclass(frozen=True)
class Average:
    """The loss over training: what each batch cost (b,), what all rows cost where they were measured (m,).

    now: the mean over all training rows with the weights as they are. mean: of the batches of the last epoch.
    n: rows.
    """

    steps: NDArray[np.int64]
    batches: FloatArray
    measured_steps: NDArray[np.int64]
    measured: FloatArray
    now: float
    mean: float
    n: int


@dataclass(frozen=True)
class LossExplanation:
    """The answer to a question about a loss, for the example looked at.

    formula, slope_formula: of the batch. a, y, terms: (k,) outputs, targets and what each output adds.
    activation: key and symbol of what the output applies. deltas: (k,) dL/dz of the example by itself.
    """

    question: LossQuestion
    sample: int
    key: str = ""
    title: str = ""
    labels: str = ""
    base: str = "e"
    formula: str = ""
    slope_formula: str = ""
    activation: str = ""
    a: FloatArray | None = None
    y: FloatArray | None = None
    terms: FloatArray | None = None
    deltas: FloatArray | None = None
    at: FloatArray | None = None
    curves: tuple[LossCurve, ...] = ()
    here: Standing | None = None
    trial: Trial | None = None
    rivals: tuple[Rival, ...] = ()
    counted: Counted | None = None
    rows: LossRows | None = None
    approach: Approach | None = None
    average: Average | None = None
    problem: str = ""
