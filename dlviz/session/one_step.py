"""OneStep: what is computed from end to end at once, as a run of one step."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array
from dlviz.core.trace import Trace
from dlviz.data.prepare import Prepared
from dlviz.session.document import Document
from dlviz.session.prepared import prepared_for
from dlviz.session.trainer import TrainingState


class OneStep:
    """A formula or a sheet with its numbers. It learns nothing, so its only step leads to its end."""

    dtype = "float64"
    batches_per_epoch = 1
    batch = 0
    has_loss = False

    def __init__(self, document: Document, trace: Trace) -> None:
        self.document, self.trace = document, trace
        self.step = 0

    @property
    def prepared(self) -> Prepared:
        """The document's rows, which nothing here looks at."""
        return prepared_for(self.document)

    @property
    def epoch(self) -> int:
        """1 once it is computed."""
        return self.step

    @property
    def room(self) -> int:
        """1 until it is computed."""
        return 1 - self.step

    def loss_of(self, trace: Trace) -> NDArray[np.float64]:
        """Return (): there is no loss."""
        return np.zeros(0)

    def read(self) -> Mapping[str, NDArray[np.generic]]:
        """Return nothing: nothing is learnt."""
        return {}

    def state(self) -> TrainingState:
        """Return where it stands."""
        kept = np.zeros((1, 0))
        kept.setflags(write=False)
        return TrainingState(self.step, self.step, 0, 0, kept)

    def restore(self, state: TrainingState) -> None:
        """Stand before or after it."""
        self.step = min(state.step, 1)

    def run(self, count: int, losses: Array) -> None:
        """Go to the end."""
        losses[:count] = 0
        self.step = min(self.step + count, 1)

    def record(self) -> Trace:
        """Go to the end and return every operation on the way."""
        self.step = 1
        return self.trace

    def is_sound(self, losses: NDArray[np.floating[Any]]) -> bool:
        """Say yes: whatever it comes to is shown."""
        return True

    def is_finite(self) -> bool:
        """Say yes: nothing is learnt that could break."""
        return True

    def back_to_sound(self, start: TrainingState, losses: NDArray[np.floating[Any]]) -> int:
        """Go back to the start; never asked for, as every chunk is sound."""
        self.restore(start)
        return 0
