"""Portrait: what a unit of a network of images looks for, as its weights and as its strongest inputs."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.session.explanation import UnitQuestion

FloatArray = NDArray[np.floating]


@dataclass(frozen=True, eq=False)
class Portrait:
    """The answer about a unit.

    weights: (planes, height, width) of its incoming weights where it reads pixels, else None. places: (k,) of the rows
    that activate it most in the sample of the data, the strongest first, with their activations (k,). looked_at: among
    how many rows; test rows are not looked at.
    """

    question: UnitQuestion
    weights: FloatArray | None
    places: NDArray[np.int64]
    activations: FloatArray
    looked_at: int
