"""Curriculum F03: a 2-1 network with a sigmoid is logistic regression, and ends where Newton's method does."""

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.network import NetworkSpec, dense
from dlviz.data.spec import DataSpec, SplitSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.run import Run

STRENGTH = 0.01  # λ of the penalty (λ/2) Σ w²


def overlapping() -> Document:
    """Return two blobs that overlap, all rows in one batch, and a small L2 penalty on the weights, not on the bias."""
    penalty = Choice("l2", {"strength": STRENGTH, "scale": "half"})
    return Document(
        dtype="float64", data=DataSpec("blobs", {"classes": 2, "noise": 0.6, "samples": 300}, split=SplitSpec()),
        network=NetworkSpec((dense("o", 1, "sigmoid", regularizer=penalty),)),
        training=TrainingSpec(
            loss=Choice("binary_cross_entropy"), optimizer=Choice("sgd", {"lr": 1.0}), batch_size=300, shuffle=False
        ),
    )  # fmt: skip


def newton(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Return the weights and the bias that minimise mean cross-entropy + (λ/2) Σ w², by Newton's method."""
    design = np.column_stack([x, np.ones(len(x))])
    w, penalised = np.zeros(3), STRENGTH * np.diag([1.0, 1.0, 0.0])
    for _ in range(50):
        p = 1 / (1 + np.exp(-design @ w))
        gradient = design.T @ (p - y) / len(y) + penalised @ w
        hessian = design.T @ (design * (p * (1 - p))[:, None]) / len(y) + penalised
        w = w - np.linalg.solve(hessian, gradient)
    return w


def test_training_reaches_the_solution_of_logistic_regression() -> None:
    run = Run(overlapping())
    x, y = run.prepared.inputs[run.prepared.train], run.prepared.dataset.targets[run.prepared.train]
    for _ in range(10):
        run.advance(4000)
    wanted = newton(x, y)
    found = np.append(run.parameters()["o.W"].ravel(), run.parameters()["o.b"].ravel())
    np.testing.assert_allclose(found, wanted, atol=1e-6)
    p = 1 / (1 + np.exp(-(x @ wanted[:2] + wanted[2])))
    assert 0.02 < np.mean((p > 0.5) != y) < 0.4, "the blobs overlap"
    assert np.abs(wanted).max() == pytest.approx(np.abs(found).max(), abs=1e-6)
