"""Penalties in training with a smaller last batch, against plain descent written out in a few lines."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.prepared import prepared_for
from dlviz.session.presets import first_document
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer

ROWS, SIZE, LR, EPOCHS = 10, 4, 0.05, 3  # batches of 4, 4 and 2 rows
X = np.random.default_rng(11).normal(size=(ROWS, 3))
Y = np.random.default_rng(12).normal(size=(ROWS, 1))
W0 = np.array([[0.7, -0.4, 0.2]])


def penalty(kind: Choice, w: NDArray[np.float64], n: int) -> tuple[float, NDArray[np.float64]]:
    """Return the penalty and its slope for a batch of n rows. Source: curriculum CNV-06, CNV-07."""
    strength, scale = kind.settings["strength"], kind.settings["scale"]
    if kind.kind == "l2":
        share = {"sum": 1.0, "half": 0.5, "mean": 1 / (2 * n)}[scale]
        return strength * share * (w**2).sum(), 2 * strength * share * w
    share = {"sum": 1.0, "mean": 1 / n}[scale]
    return strength * share * abs(w).sum(), strength * share * np.sign(w)


@pytest.mark.parametrize(
    "kind",
    [
        *(chosen("l2", strength=0.3, scale=scale) for scale in ("sum", "half", "mean")),
        *(chosen("l1", strength=0.3, scale=scale) for scale in ("sum", "mean")),
    ],
    ids=str,
)
def test_a_smaller_last_batch_divides_by_its_own_rows(kind: Choice) -> None:
    """The cost of a batch is 1/n Σ loss + λ/2n Σ w² with one n, that of the batch, in both of its parts."""
    w, b, expected = W0.copy(), np.zeros(1), []
    for _ in range(EPOCHS):
        for start in range(0, ROWS, SIZE):
            x, y = X[start : start + SIZE], Y[start : start + SIZE]
            error = x @ w.T + b - y
            more, slope = penalty(kind, w, len(x))
            expected.append((error**2).mean() + more)
            w, b = w - LR * (2 * error.T @ x / len(x) + slope), b - LR * 2 * error.mean(axis=0)
    trainer = trainer_of(kind)
    losses = np.zeros(len(expected))
    trainer.run(len(losses), losses)
    np.testing.assert_allclose(losses, expected, rtol=1e-13)
    np.testing.assert_allclose(trainer.read()["o.W"], w, rtol=1e-13)
    np.testing.assert_allclose(trainer.read()["o.b"], b, rtol=1e-12)


def trainer_of(kind: Choice) -> Trainer:
    rows = Dataset("Rows", "regression", X, Y, ("a", "b", "c"), ("y",))
    document = Document(
        "Ridge", data=DataSpec("table", dataset=rows),
        network=NetworkSpec((dense("o", 1, "linear", regularizer=kind),), (InputSpec("x", (3,)),)),
        parameters={"o.W": handle(W0), "o.b": handle(np.zeros(1))},
        training=TrainingSpec(optimizer=chosen("sgd", lr=LR), batch_size=SIZE, shuffle=False),
    )  # fmt: skip
    return Trainer(document, prepared_for(document))


def test_curves_hold_loss_and_penalty_apart() -> None:
    run = Run(trainer_of(chosen("l2", strength=0.3, scale="mean")).document)
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"curves"}))
    weights = []
    for _ in range(5):
        weights.append(run.parameters())
        curves = maker.make(run, is_running=False).curves
        run.advance(1)
    assert curves is not None
    expected = [0.3 / (2 * SIZE) * (each["o.W"] ** 2).sum() for each in weights]
    np.testing.assert_allclose(curves.penalty, expected, rtol=1e-13)
    fits = [((X @ each["o.W"].T + each["o.b"] - Y) ** 2).mean() for each in weights]
    np.testing.assert_allclose(curves.train_loss, fits, rtol=1e-13)
    assert len(curves.penalty) == len(curves.steps)


def test_a_run_without_regularizers_has_no_penalty() -> None:
    run = Run(first_document())
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"curves"}))
    maker.make(run, is_running=False)
    assert np.isnan(run.history.curves().penalty).all()
