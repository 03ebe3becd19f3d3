"""Ground: what a race on the loss of a network stands on, for what is worked out later of a step that is looked at."""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.explain import Curvature
from dlviz.session.sharpness import counted_rows, curvature_of
from dlviz.session.trainer import Trainer

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ground:
    """The network as it is trained, and where each optimizer stood after every step.

    trainer: of any of the optimizers; nothing of it but what is the same for all counts.
    thetas: for each optimizer (steps + 1, P), all parameters in the order of the trainer.
    """

    trainer: Trainer
    thetas: tuple[FloatArray, ...]

    def rows(self) -> tuple[FloatArray, FloatArray]:
        """Return inputs (n, d) and targets (n, k) of the training rows that count."""
        return counted_rows(self.trainer)

    def curvature(self, entrant: int, step: int) -> Generator[None, None, Curvature]:
        """Find in parts how the loss bends most where an optimizer stood after a step. Raises: DlvizError."""
        return curvature_of(self.trainer, named(self.thetas[entrant][step], self.trainer.read()))


def named(theta: FloatArray, like: Mapping[str, Any]) -> dict[str, FloatArray]:
    """Part a flat vector into parameters of the names and shapes of others."""
    parted, at = {}, 0
    for name, value in like.items():
        parted[name] = theta[at : at + np.size(value)].reshape(np.shape(value))
        at += int(np.size(value))
    return parted
