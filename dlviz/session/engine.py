"""Engine: what a run needs of whatever computes its steps, be it a network, a rule, a formula or a sheet."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array
from dlviz.core.trace import Trace
from dlviz.data.prepare import Prepared
from dlviz.session.document import Document
from dlviz.session.formula_trainer import FormulaTrainer
from dlviz.session.prepared import prepared_for
from dlviz.session.rule_trainer import RuleTrainer
from dlviz.session.sheet_trainer import SheetTrainer
from dlviz.session.trainer import Trainer, TrainingState


class Engine(Protocol):
    """Runs and records one step after another, and can stand at any of them again.

    A step is a batch of a network, a row presented to a learning rule, or the whole of a formula or sheet.
    """

    @property
    def dtype(self) -> str:
        """The precision it computes in."""

    @property
    def step(self) -> int:
        """How many steps are done."""

    @property
    def epoch(self) -> int:
        """How many epochs are done."""

    @property
    def batch(self) -> int:
        """How many steps of this epoch are done."""

    @property
    def batches_per_epoch(self) -> int:
        """Steps of an epoch."""

    @property
    def prepared(self) -> Prepared:
        """The rows it works on. Raises: DataError where there are none."""

    @property
    def room(self) -> int | None:
        """How many steps there are until its end; None where it can go on for ever."""

    @property
    def has_loss(self) -> bool:
        """Whether every step has a loss."""

    def loss_of(self, trace: Trace) -> NDArray[np.float64]:
        """Return the loss of a recorded step (1,); () where steps have none."""

    def read(self) -> Mapping[str, NDArray[np.generic]]:
        """Return copies of what is learnt, by name."""

    def state(self) -> TrainingState:
        """Return where it stands."""

    def restore(self, state: TrainingState) -> None:
        """Stand there."""

    def run(self, count: int, losses: Array) -> None:
        """Go count steps on."""

    def record(self) -> Trace:
        """Go one step on and keep everything that it wrote."""

    def is_sound(self, losses: NDArray[np.floating[Any]]) -> bool:
        """Say whether these losses and all that is learnt are finite numbers."""

    def is_finite(self) -> bool:
        """Say whether all that is learnt are finite numbers."""

    def back_to_sound(self, start: TrainingState, losses: NDArray[np.floating[Any]]) -> int:
        """Stand before the step that broke a chunk, and return how many steps of it were sound."""


def engine_for(document: Document) -> Engine:
    """Return what computes the steps of a document. Raises: DlvizError where it cannot."""
    if document.subject == "formula":
        return FormulaTrainer(document)
    if document.subject == "sheet":
        return SheetTrainer(document)
    prepared = prepared_for(document)
    return RuleTrainer(document, prepared) if document.subject == "rule" else Trainer(document, prepared)
