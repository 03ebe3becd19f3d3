"""Loss functions: value and gradient as calls on preallocated buffers.

The value of a batch is scale × Σ over examples and outputs, where scale gathers the factor, a mean
over outputs (1/k) and a mean over examples (1/n). Gradients contain the same scale.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dlviz.core.array import Array, Call, Calls, Workspace
from dlviz.core.choice import Choice
from dlviz.core.hyper import Hyper, choice, complete, floating
from dlviz.core.registry import Registry

Settings = Mapping[str, Any]

CONVENTION = (
    floating("factor", 1.0, minimum=0, is_open_minimum=True, help="constant in front, such as 1/2"),
    choice("outputs", "sum", ("sum", "mean"), "how the outputs of one example are gathered"),
    choice("reduction", "mean", ("mean", "sum"), "how the examples of a batch are gathered"),
)


@dataclass(frozen=True)
class LossBuffers:
    """The arrays a loss works on: outputs a and targets y (k, n), the sum of all terms (1, 1), and the scale.

    The loss is scale × sum; the product is left to whoever reads it, for it would cost a call a step.
    """

    a: Array
    y: Array
    sum: Array
    scale: float
    work: Array

    def total(self, w: Workspace, terms: Array, sign: int = 1) -> tuple[Call]:
        """Return the call that sums the terms, or minus them (a dot beats a sum into one cell)."""
        flat = terms.reshape(1, -1)
        return ((flat.dot, (w.full(flat.T, sign), self.sum)),)


@dataclass(frozen=True)
class Loss:
    """A loss L(a, y); value and gradient give calls that fill the sum of terms and da.

    fused maps an output activation to the calls that give dz straight from a and y, where the two
    derivatives cancel. labels says how targets are written.
    formula is LaTeX of one example's loss; text and slope_text are plain forms of it and of dL/da,
    the latter for a factor of 1/slope_factor.
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
    source: str = ""


losses: Registry[Loss] = Registry("loss")


def resolve(chosen: Choice, place: str = "loss") -> tuple[Loss, dict[str, Any]]:
    """Return the entry and complete settings of a choice. Raises: SpecError."""
    entry = losses.get(chosen.kind, place)
    return entry, complete(chosen.settings, entry.settings, place)


def formulas(entry: Loss, settings: Settings, a: str) -> tuple[str, str]:
    """Return the plain formulas of the batch loss and of dL/da, with the document's convention in front."""
    share = ("1/n " if settings["reduction"] == "mean" else "") + ("1/k " if settings["outputs"] == "mean" else "")
    value = _with_front(share + _number_in_front(settings["factor"]), entry.text)
    slope_front = share + _number_in_front(settings["factor"] * entry.slope_factor)
    return value, _with_front(slope_front, entry.slope_text.format(a=a))


def _with_front(front: str, text: str) -> str:
    """Put a factor in front of a formula, behind its sign: −1/n Σ y ln a, never 1/n −Σ y ln a."""
    sign, rest = ("−", text[1:]) if text.startswith("−") else ("", text)
    return f"{sign}{front}{'· ' if front and rest[0] not in 'Σ(' else ''}{rest}"


def _number_in_front(factor: float) -> str:
    return {1.0: "", 0.5: "½ "}.get(factor, f"{factor:g} ")


def scale(settings: Settings, n_outputs: int, n: int) -> float:
    """Return the number that multiplies the sum of all terms of a batch."""
    value = float(settings["factor"])
    value /= n_outputs if settings["outputs"] == "mean" else 1
    return value / (n if settings["reduction"] == "mean" else 1)


def _squared_value(w: Workspace, b: LossBuffers) -> Calls:
    error = b.work
    flat = error.reshape(1, -1)
    return (w.xp.subtract, (b.a, b.y, error)), (flat.dot, (flat.T, b.sum))


def _squared_gradient(w: Workspace, b: LossBuffers, da: Array) -> Calls:
    return ((w.xp.multiply, (b.work, w.constant(2 * b.scale), da)),)


def _log_of(w: Workspace, probability: Array, out: Array) -> Calls:
    # A probability that rounded to 0 would give −inf × 0; the smallest normal number gives a finite loss.
    return w.maximum(probability, _tiny(w, out), out), (w.xp.log, (out, out))


def _tiny(w: Workspace, array: Array) -> Array:
    return w.full(array, float(np.finfo(w.dtype).tiny))


def _binary_value(w: Workspace, b: LossBuffers) -> Calls:
    other = w.like(b.a)
    weight = w.like(b.a)
    one = w.constant(1)
    return (
        *_log_of(w, b.a, b.work),
        (w.xp.multiply, (b.work, b.y, b.work)),
        (w.xp.subtract, (one, b.a, other)),
        *_log_of(w, other, other),
        (w.xp.subtract, (one, b.y, weight)),
        (w.xp.multiply, (other, weight, other)),
        (w.xp.add, (b.work, other, b.work)),
        *b.total(w, b.work, sign=-1),
    )


def _binary_gradient(w: Workspace, b: LossBuffers, da: Array) -> Calls:
    variance = w.like(b.a)
    return (
        (w.xp.subtract, (w.constant(1), b.a, variance)),
        (w.xp.multiply, (variance, b.a, variance)),
        w.maximum(variance, _tiny(w, variance), variance),
        (w.xp.subtract, (b.a, b.y, da)),
        (w.xp.divide, (da, variance, da)),
        (w.xp.multiply, (da, w.constant(b.scale), da)),
    )


def _error_times(w: Workspace, b: LossBuffers, factor: float, dz: Array) -> Calls:
    return (w.xp.subtract, (b.a, b.y, dz)), (w.xp.multiply, (dz, w.constant(factor), dz))


def _fused_sigmoid(w: Workspace, s: Settings, b: LossBuffers, dz: Array) -> Calls:
    return _error_times(w, b, b.scale * s["slope"], dz)


def _fused_softmax(w: Workspace, s: Settings, b: LossBuffers, dz: Array) -> Calls:
    return _error_times(w, b, b.scale / s["temperature"], dz)


def _categorical_value(w: Workspace, b: LossBuffers) -> Calls:
    return (
        *_log_of(w, b.a, b.work),
        (w.xp.multiply, (b.work, b.y, b.work)),
        *b.total(w, b.work, sign=-1),
    )


def _categorical_gradient(w: Workspace, b: LossBuffers, da: Array) -> Calls:
    return (
        w.maximum(b.a, _tiny(w, da), da),
        (w.xp.divide, (b.y, da, da)),
        (w.xp.multiply, (da, w.constant(-b.scale), da)),
    )


def _hinge_value(w: Workspace, b: LossBuffers) -> Calls:
    return (
        (w.xp.multiply, (b.y, b.a, b.work)),
        (w.xp.subtract, (w.constant(1), b.work, b.work)),
        w.maximum(b.work, w.like(b.work), b.work),
        *b.total(w, b.work),
    )


def _hinge_gradient(w: Workspace, b: LossBuffers, da: Array) -> Calls:
    return (
        (w.xp.greater, (b.work, w.constant(0), da)),
        (w.xp.multiply, (da, b.y, da)),
        (w.xp.multiply, (da, w.constant(-b.scale), da)),
    )


losses.add(
    Loss(
        "squared_error", "Squared error", r"\sum_k (a_k - y_k)^2", "Σ(a − y)²", "({a} − y)",
        _squared_value, _squared_gradient, slope_factor=2.0, source="Gauss 1809; curriculum LOS-01, LOS-02",
    )
)  # fmt: skip
losses.add(
    Loss(
        "binary_cross_entropy", "Binary cross-entropy",
        r"-\sum_k \left[y_k \ln a_k + (1 - y_k)\ln(1 - a_k)\right]", "−Σ[y ln a + (1 − y) ln(1 − a)]",
        "({a} − y) / ({a}(1 − {a}))",
        _binary_value, _binary_gradient, {"sigmoid": _fused_sigmoid}, labels="zero_one",
        source="minus the Bernoulli log-likelihood",
    )
)  # fmt: skip
losses.add(
    Loss(
        "categorical_cross_entropy", "Categorical cross-entropy", r"-\sum_k y_k \ln a_k", "−Σ y ln a", "−y / {a}",
        _categorical_value, _categorical_gradient, {"softmax": _fused_softmax}, labels="one_hot",
        source="minus the categorical log-likelihood",
    )
)  # fmt: skip
losses.add(
    Loss(
        "sparse_categorical_cross_entropy", "Sparse categorical cross-entropy", r"-\ln a_{y}", "−Σ ln a_y", "−y / {a}",
        _categorical_value, _categorical_gradient, {"softmax": _fused_softmax}, labels="index",
        source="categorical cross-entropy with integer targets",
    )
)  # fmt: skip
losses.add(
    Loss(
        "hinge", "Hinge", r"\sum_k \max(0, 1 - y_k a_k)", "Σ max(0, 1 − y a)", "−y where y {a} < 1",
        _hinge_value, _hinge_gradient, labels="plus_minus_one", source="Cortes & Vapnik 1995",
    )
)  # fmt: skip
