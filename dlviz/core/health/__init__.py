"""The health of a training in words, one module a family of symptoms; importing this registers them all."""

from dlviz.core.health import choices, data, gradients, progress, targets, units  # noqa: F401  (registration)
from dlviz.core.health.kind import Broken, Finding, Symptom, Vitals, examine, symptoms
from dlviz.core.health.vitals import epoch_means, errors_of, learned, twins, vitals_of

__all__ = [
    "Broken",
    "Finding",
    "Symptom",
    "Vitals",
    "epoch_means",
    "errors_of",
    "examine",
    "learned",
    "symptoms",
    "twins",
    "vitals_of",
]
