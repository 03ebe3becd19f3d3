"""Likelihood of targets under the probabilities that a network gives: what cross-entropy is minus the logarithm of."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.errors import ShapeError, SpecError, as_list

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Likelihood:
    """How probable the targets of a batch are: of each example (n,), of all together, and its logarithm."""

    each: Floats
    product: float
    log: float


def bernoulli(a: ArrayLike, y: ArrayLike) -> Likelihood:
    """Return the likelihood Π a^y (1 − a)^(1 − y) of independent yes-or-no outputs.

    Shapes: a, y (k, n) or (n,). Raises: ShapeError, SpecError for numbers outside 0 … 1.
    Source: curriculum LOS-09, LOS-10.
    """
    probabilities, targets = _checked(a, y)
    # Sums of logarithms keep what a product of many small factors would lose to underflow.
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = _times(targets, np.log(probabilities)) + _times(1 - targets, np.log1p(-probabilities))
    return _gathered(logs)


def categorical(a: ArrayLike, y: ArrayLike) -> Likelihood:
    """Return the likelihood Π a^y of one class out of k. Shapes: a, y (k, n). Raises: ShapeError, SpecError."""
    probabilities, targets = _checked(a, y)
    with np.errstate(divide="ignore", invalid="ignore"):
        return _gathered(_times(targets, np.log(probabilities)))


LIKELIHOODS = {
    "binary_cross_entropy": bernoulli,
    "categorical_cross_entropy": categorical,
    "sparse_categorical_cross_entropy": categorical,
}


def likelihood_of(loss: str, a: ArrayLike, y: ArrayLike) -> Likelihood | None:
    """Return the likelihood that a loss of this key is minus the logarithm of; None where outputs are no probabilities.

    Shapes: a, y (k, n). Raises: ShapeError.
    """
    if loss not in LIKELIHOODS:
        return None
    try:
        return LIKELIHOODS[loss](a, y)
    except SpecError:
        return None


def _times(weight: Floats, log: Floats) -> Floats:
    """Multiply, with 0 · ln 0 = 0."""
    return np.where(weight == 0, 0.0, weight * log)


def _gathered(logs: Floats) -> Likelihood:
    each = logs.sum(axis=0)
    total = float(each.sum())
    return Likelihood(np.exp(each), float(np.exp(total)), total)


def _checked(a: ArrayLike, y: ArrayLike) -> tuple[Floats, Floats]:
    probabilities, targets = (np.array(each, dtype=np.float64, ndmin=2) for each in (a, y))
    if probabilities.shape != targets.shape:
        raise ShapeError(
            f"Expected targets of shape {as_list(probabilities.shape)}. Received: shape={as_list(targets.shape)}"
        )
    for values in (probabilities, targets):
        wrong = values[~((values >= 0) & (values <= 1))]
        if wrong.size:
            raise SpecError(f"Expected numbers from 0 to 1. Received: {wrong[0]:g}")
    return probabilities, targets
