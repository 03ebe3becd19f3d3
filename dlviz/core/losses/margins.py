"""Losses of margins: y a, for labels −1 and 1 and a raw score a."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dlviz.core.array import Array, Calls, Workspace
from dlviz.core.hyper import choice
from dlviz.core.losses.kind import CONVENTION, Floats, Loss, LossBuffers, Settings, losses

MARGIN = (
    *CONVENTION,
    choice("labels", "plus_minus_one", ("plus_minus_one", "zero_one"), "labels in the data; 0 and 1 become −1 and 1"),
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


def _perceptron_value(w: Workspace, b: LossBuffers) -> Calls:
    term = w.like(b.a)
    return (
        (w.xp.multiply, (b.y, b.a, b.work)),
        (w.xp.negative, (b.work, term)),
        w.maximum(term, w.like(term), term),
        *b.total(w, term),
    )


def _perceptron_gradient(w: Workspace, b: LossBuffers, da: Array) -> Calls:
    # A score of exactly 0 counts as wrong: weights that start at 0 could not learn otherwise.
    return (
        (w.xp.less_equal, (b.work, w.constant(0), da)),
        (w.xp.multiply, (da, b.y, da)),
        (w.xp.multiply, (da, w.constant(-b.scale), da)),
    )


def _below(margin: float) -> Callable[[Settings, Floats, Floats], NDArray[np.generic]]:
    return lambda settings, a, y: y * a < margin


losses.add(
    Loss(
        "hinge", "Hinge", r"\sum_k \max(0, 1 - y_k a_k)", "Σ max(0, 1 − y a)", "−y where y {a} < 1",
        _hinge_value, _hinge_gradient, settings=MARGIN, labels="plus_minus_one", piece=_below(1.0),
        source="Cortes & Vapnik 1995",
    )
)  # fmt: skip
losses.add(
    Loss(
        "perceptron", "Perceptron criterion", r"\sum_k \max(0, -y_k a_k)", "Σ max(0, −y a)", "−y where y {a} ≤ 0",
        _perceptron_value, _perceptron_gradient, settings=MARGIN, labels="plus_minus_one", piece=_below(0.0),
        source="Rosenblatt 1962; Bishop 2006, eq. 4.54",
    )
)  # fmt: skip
