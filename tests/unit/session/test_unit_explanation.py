"""What is behind a unit: its activation where it stands, and the loss of its example."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.network import LayerSpec, NetworkSpec, dense
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.explainer import Explainer
from dlviz.session.explanation import UnitExplanation, UnitQuestion
from dlviz.session.presets import example_document
from dlviz.session.run import Run


def explained(document: Document, layer: str, unit: int, sample: int = 0) -> tuple[Run, UnitExplanation]:
    run = Run(document)
    run.walk_to(0)
    run.walk_to(run.walk.length)
    run.look(sample)
    return run, Explainer().explain(run, UnitQuestion(layer, unit), run.trainer.record)


def classes() -> Document:
    layers = (dense("h", 5, "tanh"), dense("o", 3, "softmax"))
    training = TrainingSpec(loss=Choice("categorical_cross_entropy"), batch_size=12)
    return Document(dtype="float64", data=DataSpec("blobs"), network=NetworkSpec(layers), training=training)


def test_the_mark_stands_where_the_unit_is() -> None:
    run, found = explained(example_document(), "h", 1)
    picture, trace = found.activation, run.walk.trace
    assert picture.z == trace.value("h.z", 99)[0, 1] == pytest.approx(0.3925)
    assert picture.a == trace.value("h.a", 99)[0, 1]
    assert picture.slope == pytest.approx(picture.a * (1 - picture.a), rel=1e-14)


def test_errors_come_from_every_output() -> None:
    run, found = explained(example_document(), "h", 0)
    deltas, weights = run.walk.trace.value("o.dz", 99)[0], run.walk.trace.before["o.W"][:, 0]
    assert [term.value for term in found.errors] == pytest.approx((deltas * weights).tolist(), rel=1e-12)


def test_the_loss_of_the_worked_example_is_a_parabola_with_its_dot() -> None:
    run, found = explained(example_document(), "o", 0)
    loss, a = found.loss, run.walk.trace.value("o.a", 99)[0]
    rest = 0.5 * (a[1] - 0.99) ** 2
    assert (loss.a, loss.y) == (a[0], 0.01)
    assert loss.loss == pytest.approx(0.298371109, abs=5e-10)
    assert loss.gradient == pytest.approx(0.741365070, abs=5e-10)
    np.testing.assert_allclose(loss.losses, 0.5 * (loss.outputs - 0.01) ** 2 + rest, rtol=1e-12)


@pytest.mark.parametrize("sample", [0, 7])
def test_softmax_and_cross_entropy_cancel_to_the_difference(sample: int) -> None:
    run, found = explained(classes(), "o", 2, sample)
    loss = found.loss
    assert loss.delta == pytest.approx((loss.a - loss.y) * loss.share, rel=1e-12)
    assert loss.share == 1 / 12
    assert loss.of_each.mean() == pytest.approx(float(run.walk.trace.value("loss", 99)), rel=1e-12)
    assert found.activation is None, "softmax has no curve of its own for one unit"


def test_dropped_units_hear_nothing() -> None:
    layers = (dense("h", 8, "tanh"), LayerSpec("d", "dropout", settings={"rate": 0.5}), dense("o", 1, "tanh"))
    run, _ = explained(Document(data=DataSpec("circles"), network=NetworkSpec(layers)), "h", 0)
    dropped = np.flatnonzero(run.walk.trace.value("d.mask", 99)[0] == 0)
    found = Explainer().explain(run, UnitQuestion("h", int(dropped[0])), run.trainer.record)
    assert sum(term.value for term in found.errors) == 0


def test_gradients_wrong_on_purpose_are_not_explained() -> None:
    document = example_document()
    _, found = explained(replace(document, training=replace(document.training, slip=Choice("missing_half"))), "h", 0)
    assert "on purpose" in found.problem
