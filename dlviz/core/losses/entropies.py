"""Cross-entropies: minus the logarithm of the probability given to what was right."""

import numpy as np

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.hyper import choice
from dlviz.core.losses.kind import BASES, CONVENTION, Floats, Loss, LossBuffers, Settings, losses

ENTROPY = (
    *CONVENTION,
    choice("base", "e", tuple(BASES), "base of the logarithm shown; gradients are those of ln"),
)
SMALLEST = float(np.finfo(np.float64).eps)


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


def _binary_magnified(a: Floats, y: Floats) -> float:
    # In ln(1 − a) the rounding of an output a near 1 counts 1/(1 − a) times.
    return float(np.sum((1 - y) / np.maximum(1 - a, SMALLEST)))


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


def _softmax_value(w: Workspace, s: Settings, z: Array, b: LossBuffers) -> Calls:
    """Return the calls of −Σ y ln a with ln a = z − max z − ln Σ e^(z − max z), which needs no a."""
    shifted, every, row, weights = w.like(z), w.like(z), w.zeros(1, z.shape[1]), w.zeros(1, z.shape[1])
    to_row, to_every, right = w.ones(1, len(z)), w.ones(len(z), 1), w.zeros(1, 1)
    cooled = () if s["temperature"] == 1 else ((w.xp.divide, (shifted, w.constant(s["temperature"]), shifted)),)
    return (
        (z.max, (0, row[0])),
        (to_every.dot, (row, every)),
        (w.xp.subtract, (z, every, shifted)),
        *cooled,
        (w.xp.exp, (shifted, every)),
        (to_row.dot, (every, row)),
        (w.xp.log, (row, row)),
        (to_row.dot, (b.y, weights)),
        (row.dot, (weights.T, b.sum)),
        (shifted.reshape(1, -1).dot, (b.y.reshape(-1, 1), right)),
        (w.xp.subtract, (b.sum, right, b.sum)),
    )


def _categorical_gradient(w: Workspace, b: LossBuffers, da: Array) -> Calls:
    return (
        w.maximum(b.a, _tiny(w, da), da),
        (w.xp.divide, (b.y, da, da)),
        (w.xp.multiply, (da, w.constant(-b.scale), da)),
    )


losses.add(
    Loss(
        "binary_cross_entropy", "Binary cross-entropy",
        r"-\sum_k \left[y_k \ln a_k + (1 - y_k)\ln(1 - a_k)\right]", "−Σ[y ln a + (1 − y) ln(1 − a)]",
        "({a} − y) / ({a}(1 − {a}))",
        _binary_value, _binary_gradient, {"sigmoid": _fused_sigmoid}, ENTROPY, "zero_one",
        magnified=_binary_magnified, source="minus the Bernoulli log-likelihood: Bishop 2006, eq. 4.90",
    )
)  # fmt: skip
losses.add(
    Loss(
        "categorical_cross_entropy", "Categorical cross-entropy", r"-\sum_k y_k \ln a_k", "−Σ y ln a", "−y / {a}",
        _categorical_value, _categorical_gradient, {"softmax": _fused_softmax}, ENTROPY, "one_hot",
        from_sums={"softmax": _softmax_value}, source="minus the categorical log-likelihood: Bishop 2006, eq. 4.108",
    )
)  # fmt: skip
losses.add(
    Loss(
        "sparse_categorical_cross_entropy", "Sparse categorical cross-entropy", r"-\ln a_{y}", "−Σ ln a_y", "−y / {a}",
        _categorical_value, _categorical_gradient, {"softmax": _fused_softmax}, ENTROPY, "index",
        from_sums={"softmax": _softmax_value}, source="Bishop 2006, eq. 4.108, by the number of the class",
    )
)  # fmt: skip
