"""What a learning rule answers as it stands: row by row, epoch by epoch, and how often a stochastic unit fires."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.rules.threshold import firing_probability, mean_output

FloatArray = NDArray[np.float64]

MOST_EPOCHS = 200  # whose wrong answers are told, the newest
REACH, POINTS = 5.0, 201  # of the picture of P over v
ROOM = 1.2  # times v that the picture reaches


@dataclass(frozen=True)
class RowAnswers:
    """What is answered to each row: rows (n,) of the data, inputs (n, d), targets, sums v and answers y (n,)."""

    rows: NDArray[np.int64]
    inputs: FloatArray
    targets: FloatArray
    sums: FloatArray
    answers: FloatArray

    @property
    def is_wrong(self) -> NDArray[np.bool_]:
        """Which rows are answered wrongly, (n,)."""
        return np.asarray(self.targets != self.answers)


@dataclass(frozen=True)
class EpochErrors:
    """Rows that were answered wrongly when they were presented, epoch by epoch, the last one at the end.

    first: the number of the first epoch told, from 0. is_exact: they are whole counts, not means over several epochs.
    """

    first: int
    counts: tuple[float, ...]
    is_exact: bool


def epoch_errors(ends: NDArray[np.int64], means: FloatArray, begin: int, per_epoch: int) -> EpochErrors:
    """Return the wrong answers of every whole epoch that is recorded.

    ends (k,): the last step of each interval of the record, which begins at the step begin; means (k,): the share of
    wrong answers in it.
    """
    if not len(ends):
        return EpochErrors(0, (), True)
    counts = np.diff(ends, prepend=begin)
    sums = np.concatenate([[0.0], np.cumsum(means * counts)])
    whole = int(ends[-1]) // per_epoch
    first = max(whole - MOST_EPOCHS, -(-begin // per_epoch))
    at = np.interp(per_epoch * np.arange(first, whole + 1), np.concatenate([[begin], ends]), sums)
    is_exact = per_epoch % int(counts.max()) == 0
    found = np.diff(at)
    return EpochErrors(first, tuple((np.round(found) if is_exact else found).tolist()), is_exact)


@dataclass(frozen=True)
class Corrections:
    """How often a perceptron was corrected up to where it stands, and how often it can be at most.

    most: by the convergence theorem; None where no line was found that parts the rows.
    """

    made: int
    most: float | None


def corrections(ends: NDArray[np.int64], means: FloatArray, begin: int, step: int, most: float | None) -> Corrections:
    """Return the corrections up to a step. ends, means, begin: the record, as for epoch_errors."""
    counts = np.diff(ends, prepend=begin)
    sums = np.concatenate([[0.0], np.cumsum(means * counts)])
    return Corrections(round(float(np.interp(step, np.concatenate([[begin], ends]), sums))), most)


@dataclass(frozen=True)
class Firing:
    """A stochastic unit at one sum: P(+1), the mean of ±1, how often it answered −1 and +1, and P over v (points,)."""

    v: float
    temperature: float
    probability: float
    mean: float
    tally: tuple[int, int]
    sums: FloatArray
    probabilities: FloatArray

    @property
    def draws(self) -> int:
        """How often it was drawn."""
        return sum(self.tally)

    @property
    def share(self) -> float:
        """The share of +1 among the draws; NaN before the first."""
        return self.tally[1] / self.draws if self.draws else float("nan")


def firing(v: float, temperature: float, tally: FloatArray) -> Firing:
    """Return how a unit fires. tally: (2,) how often it answered −1 and +1."""
    reach = max(REACH, ROOM * abs(v))
    at = np.linspace(-reach, reach, POINTS)
    here = np.array([v])
    return Firing(
        v, temperature, float(firing_probability(here, temperature)[0]), float(mean_output(here, temperature)[0]),
        (round(float(tally[0])), round(float(tally[1]))), at, firing_probability(at, temperature),
    )  # fmt: skip
