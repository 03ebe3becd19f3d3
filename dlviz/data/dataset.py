"""Dataset: rows of inputs and targets with their names, and nothing about networks."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Task = Literal["regression", "binary", "multiclass"]


@dataclass(frozen=True)
class Dataset:
    """Examples as rows; all arrays read-only.

    inputs: (n, d) float64. targets: (n, k) float64 for regression, else (n,) int64 class indices
    into class_names. notes: sentences on everything that was changed or dropped while reading.
    """

    title: str
    task: Task
    inputs: NDArray[np.float64]
    targets: NDArray[np.float64] | NDArray[np.int64]
    input_names: tuple[str, ...]
    target_names: tuple[str, ...]
    class_names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    attribution: str = ""

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.inputs)

    @property
    def d(self) -> int:
        """Number of inputs."""
        return int(self.inputs.shape[1])

    @property
    def n_outputs(self) -> int:
        """Output units that fit: target columns, 1 for two classes, else one a class."""
        if self.task == "regression":
            return int(self.targets.shape[1])
        return 1 if self.task == "binary" else len(self.class_names)
