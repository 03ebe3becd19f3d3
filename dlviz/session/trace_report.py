"""What a recorded step is asked for, whatever it is a step of."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.core.trace import Trace

Arrays = Mapping[str, NDArray[np.generic]]


@dataclass(frozen=True)
class TraceReport:
    """One recorded step of training, with what most people ask of it.

    loss: NaN where there is none. outputs: (n, k). gradients, parameters_after: by parameter name; no gradients
    where back-propagation is not defined.
    """

    trace: Trace
    loss: float
    outputs: NDArray[np.generic]
    gradients: Arrays
    parameters_after: Arrays
