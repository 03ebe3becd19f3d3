"""Plan: which numbers a document's run keeps from step to step, and how they start."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dlviz.core.errors import DlvizError
from dlviz.core.inference import parameters
from dlviz.core.layers import ParameterSpec
from dlviz.core.optimizers import resolve as resolve_optimizer
from dlviz.core.program import float_type
from dlviz.core.rules import Learner
from dlviz.session import rule_trainer, trainer
from dlviz.session.document import Document
from dlviz.session.prepared import prepared_for


def kept_parameters(document: Document) -> tuple[ParameterSpec, ...]:
    """Return what is learnt: a network's parameters, or what a rule keeps; nothing for a formula or a sheet.

    A rule that does not fit its data, or whose data file was not opened, keeps nothing yet.
    """
    if document.subject == "network":
        return parameters(document.network) if document.network.layers else ()
    learner = _learner(document)
    return () if learner is None else rule_trainer.parameter_specs(learner)


def first_values(document: Document) -> Mapping[str, NDArray[np.float64]]:
    """Return the starting values of everything that is learnt, by name."""
    if document.subject == "network":
        return trainer.start_values(document)
    learner = _learner(document)
    return {} if learner is None else learner.state().values


def first_roles(document: Document) -> Mapping[str, float]:
    """Return the vectors that a run keeps, and the number each begins with: "theta", and the optimizer's states."""
    if document.subject != "network":
        return {"theta": 0.0}
    entry, settings = resolve_optimizer(document.explicit.training.optimizer)
    return {"theta": 0.0, **entry.first_states(settings)}


def kept_type(document: Document, size: int) -> str:
    """Return the dtype of those vectors."""
    return float_type(document.dtype, size) if document.subject == "network" else rule_trainer.DTYPE


def _learner(document: Document) -> Learner | None:
    if document.rule is None:
        return None
    try:
        return rule_trainer.learner_for(document, prepared_for(document))
    except DlvizError:
        return None
