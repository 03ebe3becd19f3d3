"""The sum z that an activation turns into a given output."""

import math

import numpy as np

from dlviz.core.activations.kind import Activation, Settings

FARTHEST = 750.0  # beyond this z every function of e^z is at its limit in double precision
HALVINGS = 200


def sum_for(entry: Activation, a: float, settings: Settings) -> float:
    """Return z with φ(z) = a, by halving; NaN where φ takes the value nowhere or is no function of one z."""
    if entry.is_alias:
        return a
    if not entry.is_elementwise or not entry.has_gradient:
        return math.nan
    low, high = -FARTHEST, FARTHEST
    ends = entry.value(np.array([low, high]), settings)
    if not ends[0] < a < ends[1]:
        return math.nan
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if float(entry.value(np.array([middle]), settings)[0]) < a else (low, middle)
    return (low + high) / 2
