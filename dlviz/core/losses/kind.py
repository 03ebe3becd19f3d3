"""What a loss declares: value and gradient as calls on preallocated buffers; and the registry of losses.

The value of a batch is scale × Σ over examples and outputs, where scale gathers the factor, a mean
over outputs (1/k) and a mean over examples (1/n). Gradients contain the same scale.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlviz.core.array import Array, Call, Calls, Workspace
from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, choice, complete, floating
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]
Floats = NDArray[np.float64]

CONVENTION = (
    floating("factor", 1.0, minimum=0, is_open_minimum=True, help="constant in front, such as 1/2"),
    choice("outputs", "sum", ("sum", "mean"), "how the outputs of one example are gathered"),
    choice("reduction", "mean", ("mean", "sum"), "how the examples of a batch are gathered"),
)
BASES: Mapping[str, float] = {"e": 1.0, "2": math.log(2), "10": math.log(10)}  # what ln is divided by when shown


@dataclass(frozen=True)
class LossBuffers:
    """The arrays a loss works on: outputs a and targets y (k, n), the sum of all terms (1, 1), and the scale.

    The loss is scale × sum; the product is left to whoever reads it, for it would cost a call a step.
    work: (k, n), what the value leaves for the gradient.
    """

    a: Array
    y: Array
    sum: Array
    scale: float
    work: Array
    settings: Settings = field(default_factory=dict)

    def total(self, w: Workspace, terms: Array, sign: int = 1) -> tuple[Call]:
        """Return the call that sums the terms, or minus them (a dot beats a sum into one cell)."""
        flat = terms.reshape(1, -1)
        return ((flat.dot, (w.full(flat.T, sign), self.sum)),)


@dataclass(frozen=True)
class Loss:
    """A loss L(a, y); value and gradient give calls that fill the sum of terms and da.

    fused maps an output activation to the calls that give dz straight from a and y, where the two
    derivatives cancel. from_sums maps one to the calls that fill the sum straight from its z, for whoever wants
    nothing but the loss. labels says how targets are written.
    formula is LaTeX of one example's loss; text and slope_text are plain forms of it and of dL/da,
    the latter for a factor of 1/slope_factor; both may name settings in braces.
    piece(settings, a, y) gives (k, n) numbers that say on which smooth piece each term lies; None for a
    loss that is smooth. magnified(a, y) says how often the rounding of an output counts in the sum.
    """

    key: str
    title: str
    formula: str
    text: str
    slope_text: str
    value: Callable[[Workspace, LossBuffers], Calls]
    gradient: Callable[[Workspace, LossBuffers, Array], Calls]
    fused: Mapping[str, Callable[[Workspace, Settings, LossBuffers, Array], Calls]] = field(default_factory=dict)
    settings: tuple[Hyper, ...] = CONVENTION
    labels: str = "values"
    slope_factor: float = 1.0
    piece: Callable[[Settings, Floats, Floats], NDArray[np.generic]] | None = None
    magnified: Callable[[Floats, Floats], float] = lambda a, y: 0.0
    from_sums: Mapping[str, Callable[[Workspace, Settings, Array, LossBuffers], Calls]] = field(default_factory=dict)
    source: str = ""

    def evaluate(self, a: ArrayLike, y: ArrayLike, settings: Settings | None = None) -> tuple[float, Floats]:
        """Return the loss of a batch and dL/da, in float64. Shapes: a, y and the gradient (k, n). Raises: SpecError."""
        checked = complete(settings or {}, self.settings, self.key)
        # Row by row in memory: the sum of terms is taken over a flat view of them.
        at, targets = (np.array(each, dtype=np.float64, ndmin=2, order="C") for each in (a, y))
        gradient, total = np.zeros_like(at), np.zeros((1, 1))
        b = LossBuffers(at, targets, total, scale(checked, *at.shape), np.zeros_like(at), checked)
        with np.errstate(all="ignore"):
            for function, arguments in (*self.value(Workspace(), b), *self.gradient(Workspace(), b, gradient)):
                function(*arguments)
        return shown(checked) * b.scale * float(total[0, 0]), gradient

    def each(self, a: ArrayLike, y: ArrayLike, settings: Settings | None = None) -> Floats:
        """Return the loss of every example by itself, (n,). Shapes: a, y (k, n). Raises: SpecError."""
        checked = complete(settings or {}, self.settings, self.key)
        at, targets = (np.array(values, dtype=np.float64, ndmin=2) for values in (a, y))
        one, target, total = np.zeros((len(at), 1)), np.zeros((len(at), 1)), np.zeros((1, 1))
        b = LossBuffers(one, target, total, scale(checked, len(at), 1), np.zeros_like(one), checked)
        calls, found = tuple(self.value(Workspace(), b)), np.empty(at.shape[1])
        with np.errstate(all="ignore"):
            for column in range(at.shape[1]):
                one[:, 0], target[:, 0] = at[:, column], targets[:, column]
                for function, arguments in calls:
                    function(*arguments)
                found[column] = total[0, 0]
        return shown(checked) * b.scale * found


losses: Registry[Loss] = Registry("loss")


def resolve(chosen: Choice, place: str = "loss") -> tuple[Loss, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = losses.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def scale(settings: Settings, n_outputs: int, n: int) -> float:
    """Return the number that multiplies the sum of all terms of a batch."""
    value = float(settings["factor"])
    value /= n_outputs if settings["outputs"] == "mean" else 1
    return value / (n if settings["reduction"] == "mean" else 1)


def shown(settings: Settings) -> float:
    """Return what a loss is multiplied by when it is shown: the base of its logarithm changes no gradient."""
    return 1 / BASES[settings.get("base", "e")]


def natural(chosen: Choice) -> Choice:
    """Return a choice with its logarithm to base e, which is the loss that gradients belong to."""
    return Choice(chosen.kind, {name: value for name, value in chosen.settings.items() if name != "base"})
