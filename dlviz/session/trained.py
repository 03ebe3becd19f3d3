"""Trained: with what a run that was trained elsewhere opens in the session without being trained again."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dlviz.session.trainer import TrainingState
from dlviz.session.watcher import Watched


@dataclass(frozen=True, eq=False)
class Trained:
    """How far a training came, where it stands then, and its history.

    losses: (k, 4) as `LossLog.table`, from step first_loss on, of `stride` steps each. measured: (m, 6), a step and
    what `Measurements.add` takes. watched: what its stop rules had seen.
    """

    end: int
    state: TrainingState
    first_loss: int
    stride: int
    losses: NDArray[np.float64]
    measured: NDArray[np.float64]
    watched: Watched

    @property
    def nbytes(self) -> int:
        """How much memory it takes."""
        return self.state.kept.nbytes + self.losses.nbytes + self.measured.nbytes
