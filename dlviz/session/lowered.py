"""The steps that a document's training takes, or its forward pass alone where there is no way back."""

from dlviz.core.program import Program, lower
from dlviz.core.sampling import no_way_back
from dlviz.session.document import Document


def lowered(document: Document) -> Program:
    """Return the steps of a batch of training; those of forward pass and loss where nothing can be learnt.

    Raises: SpecError, ShapeError where something is unknown or does not fit.
    """
    document = document.explicit
    network, plan = document.network, document.training
    if no_way_back(network) is not None:
        return lower(network, plan.objective, mode="evaluate", training=True, slip=plan.slip)
    return lower(network, plan.objective, plan.optimizer, slip=plan.slip, clip=plan.clip)
