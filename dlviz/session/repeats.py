"""What comes of one row that runs through the network again and again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating]


@dataclass(frozen=True)
class RepeatQuestion:
    """Which layer is looked at, of which row of the data, and whether as in training or as in use."""

    layer: str
    row: int
    is_training: bool = True


@dataclass(frozen=True, eq=False)
class Repeats:
    """What came of a row at a layer: mean and standard deviation of every unit over all passes, (units,).

    kept: of the first pass, 1 for units that stayed and 0 for dropped ones; None where nothing is dropped.
    normalised: ẑ (units, m) of training rows run as one batch; None where nothing is normalised.
    rows: of a batch.
    """

    question: RepeatQuestion
    times: int
    rows: int
    mean: FloatArray
    std: FloatArray
    kept: FloatArray | None = None
    normalised: FloatArray | None = None
