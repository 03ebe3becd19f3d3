"""Losses of distances: the squared error, and Huber's, which grows only linearly for far targets."""

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.hyper import floating
from dlviz.core.losses.kind import CONVENTION, Floats, Loss, LossBuffers, Settings, losses


def _squared_value(w: Workspace, b: LossBuffers) -> Calls:
    error = b.work
    flat = error.reshape(1, -1)
    return (w.xp.subtract, (b.a, b.y, error)), (flat.dot, (flat.T, b.sum))


def _squared_gradient(w: Workspace, b: LossBuffers, da: Array) -> Calls:
    return ((w.xp.multiply, (b.work, w.constant(2 * b.scale), da)),)


def _huber_value(w: Workspace, b: LossBuffers) -> Calls:
    error, clipped, delta = w.like(b.a), b.work, b.settings["delta"]
    # With c the error clipped to ±δ, both branches are c (e − c/2).
    return (
        (w.xp.subtract, (b.a, b.y, error)),
        w.maximum(error, w.full(error, -delta), clipped),
        w.minimum(clipped, w.full(error, delta), clipped),
        (w.xp.subtract, (error, clipped, error)),
        (w.xp.add, (error, error, error)),
        (w.xp.add, (error, clipped, error)),
        (w.xp.multiply, (error, clipped, error)),
        (w.xp.multiply, (error, w.constant(0.5), error)),
        *b.total(w, error),
    )


def _huber_gradient(w: Workspace, b: LossBuffers, da: Array) -> Calls:
    return ((w.xp.multiply, (b.work, w.constant(b.scale), da)),)


def _huber_piece(settings: Settings, a: Floats, y: Floats) -> NDArray[np.generic]:
    # The slope is continuous, but its own slope jumps, which a central difference notices.
    return np.digitize(a - y, (-settings["delta"], settings["delta"]))


losses.add(
    Loss(
        "squared_error", "Squared error", r"\sum_k (a_k - y_k)^2", "Σ(a − y)²", "({a} − y)",
        _squared_value, _squared_gradient, slope_factor=2.0, source="Gauss 1809; curriculum LOS-01, LOS-02",
    )
)  # fmt: skip
losses.add(
    Loss(
        "huber", "Huber",
        r"\sum_k \tfrac{1}{2} e_k^2 \text{ if } |e_k| \le \delta \text{ else } \delta(|e_k| - \tfrac{\delta}{2})",
        "Σ(½e² where |e| ≤ {delta:g}, else {delta:g}|e| − ½ {delta:g}²), e = a − y",
        "({a} − y cut at ±{delta:g})",
        _huber_value, _huber_gradient,
        settings=(
            floating("delta", 1.0, minimum=0, is_open_minimum=True, maximum=1e6, help="error δ where the line begins"),
            *CONVENTION,
        ),
        piece=_huber_piece, source="Huber 1964",
    )
)  # fmt: skip
