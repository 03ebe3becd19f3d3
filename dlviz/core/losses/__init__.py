"""Loss functions, one module a family; importing this package registers them all."""

from dlviz.core.losses import squares, entropies, margins  # noqa: F401, I001  (registration, in the order of lists)
from dlviz.core.losses.along import along, kinks, terms
from dlviz.core.losses.formulas import formulas, front
from dlviz.core.losses.kind import Loss, LossBuffers, Settings, losses, natural, resolve, scale, shown

__all__ = [
    "Loss",
    "LossBuffers",
    "Settings",
    "along",
    "formulas",
    "front",
    "kinks",
    "losses",
    "natural",
    "resolve",
    "scale",
    "shown",
    "terms",
]
