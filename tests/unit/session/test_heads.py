"""Other heads on the same sum: worked examples, and conversions that change no probability, loss or boundary."""

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import SpecError
from dlviz.session.document import Document
from dlviz.session.edits import set_activation, set_loss
from dlviz.session.edits.heads import can_change_head, head_of, heads, set_head
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.model_row import ModelRow
from dlviz.session.neuron_presets import one_neuron, one_neuron_as_models, softmax_of_three
from dlviz.session.presets import document_for
from dlviz.session.run import Run
from tests.golden.example import Example

DIGITS = 1e-10


def models(run: Run) -> dict[str, ModelRow]:
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"models"}))
    return {row.key: row for row in maker.make(run, is_running=False).models}


def measured(run: Run) -> tuple[float, float]:
    maker = FrameMaker()
    maker.interest = Interest()
    frame = maker.make(run, is_running=False)
    assert frame.train_loss is not None
    assert frame.train_score is not None
    return frame.train_loss, frame.train_score


def outputs(run: Run) -> np.ndarray:
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"predictions"}))
    found = maker.make(run, is_running=False).predictions
    assert found is not None
    return np.asarray(found.outputs)


def trained(document: Document, batches: int = 60) -> Run:
    run = Run(document)
    run.advance(batches)
    return run


def test_one_neuron_is_four_models() -> None:
    example = Example("EX-27")
    run = Run(one_neuron_as_models())
    first = models(run)
    run.walk_to(1)
    run.leave_walk()
    assert first["perceptron"].output == pytest.approx(example.expected["z"], rel=DIGITS)
    assert first["perceptron"].answer == example.expected["perceptron"]["output"]
    assert first["perceptron"].loss == example.expected["perceptron"]["hinge_y_plus"]
    assert first["logistic"].output == pytest.approx(example.expected["logistic"]["p"], rel=DIGITS)
    assert first["logistic"].loss == pytest.approx(example.expected["logistic"]["bce_y1"], rel=DIGITS)
    assert first["linear"].output == pytest.approx(example.expected["linear"]["output"], rel=DIGITS)
    assert first["linear"].loss == pytest.approx(0.25, rel=DIGITS)  # (1.5 - 1)² here, (1.5 - 2)² in the example
    assert first["softmax"].output == pytest.approx(example.expected["logistic"]["p"], rel=DIGITS)
    assert [key for key, row in first.items() if row.is_in_force] == ["logistic"]


def test_the_other_label_costs_what_the_example_says() -> None:
    example = Example("EX-27")
    rows = models(Run(one_neuron_as_models()))
    both = example.expected["logistic"]
    assert rows["logistic"].mean_loss == pytest.approx((both["bce_y1"] + both["bce_y0"]) / 2, rel=DIGITS)


def test_three_classes_of_the_example() -> None:
    example = Example("EX-27").expected["softmax"]
    run = Run(softmax_of_three())
    run.walk_to(3)
    trace = run.walk.trace
    assert trace.value("o.z", 9)[0] == pytest.approx(example["z"], rel=DIGITS)
    assert trace.value("o.a", 9)[0] == pytest.approx(example["p"], rel=DIGITS)
    assert float(trace.value("loss", 9)) == pytest.approx(example["cce_class0"], rel=DIGITS)


@pytest.mark.parametrize("slope", [1.0, 2.5])
@pytest.mark.parametrize("document", [one_neuron(), document_for("moons")], ids=["no hidden layer", "hidden layer"])
def test_softmax_of_two_has_the_probabilities_and_loss_of_the_sigmoid(document: Document, slope: float) -> None:
    run = trained(set_activation(document, "o", chosen("sigmoid", slope=slope)))
    before, p = measured(run), outputs(run)
    run.edit(set_head(run.document, "o", "softmax", run.parameters()), "softmax")
    assert outputs(run)[:, 1] == pytest.approx(p[:, 0], rel=1e-12)
    assert outputs(run).sum(axis=1) == pytest.approx(1.0, rel=1e-12)
    assert measured(run) == pytest.approx(before, rel=1e-12)
    assert head_of(run.document, "o") == "softmax"
    run.edit(set_head(run.document, "o", "logistic", run.parameters()), "sigmoid")
    assert outputs(run) == pytest.approx(p, rel=1e-12)
    assert measured(run) == pytest.approx(before, rel=1e-12)


def test_a_trained_softmax_of_two_becomes_the_sigmoid_of_the_difference() -> None:
    start = one_neuron()
    run = Run(set_head(start, "o", "softmax", {}))
    run.advance(80)
    values, p, loss = run.parameters(), outputs(run), measured(run)
    assert np.abs(values["o.W"][0]).max() > 0.1, "training moves both rows"
    run.edit(set_head(run.document, "o", "logistic", values), "sigmoid")
    assert run.parameters()["o.W"] == pytest.approx(values["o.W"][1:] - values["o.W"][:1])
    assert outputs(run)[:, 0] == pytest.approx(p[:, 1], rel=1e-12)
    assert measured(run) == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize("key", heads.keys())
def test_a_row_of_the_table_is_what_the_document_comes_to(key: str) -> None:
    run = trained(one_neuron())
    row = models(run)[key]
    run.edit(set_head(run.document, "o", key, run.parameters()), key)
    loss, right = measured(run)
    assert (row.mean_loss, row.right) == pytest.approx((loss, right), rel=1e-12)
    run.advance(5)
    assert run.problem is None


def test_heads_are_for_two_classes_and_one_sum() -> None:
    assert not can_change_head(document_for("iris"), "o")
    assert not can_change_head(document_for("line"), "o")
    assert not can_change_head(document_for("moons"), "h1")
    with pytest.raises(SpecError, match="two classes"):
        set_head(document_for("iris"), "o", "logistic", {})
    assert models(Run(document_for("iris"))) == {}


def test_a_mean_over_outputs_becomes_a_sum() -> None:
    document = set_loss(one_neuron(), chosen("binary_cross_entropy", outputs="mean", reduction="sum"))
    run = trained(document, 10)
    before = measured(run)
    run.edit(set_head(run.document, "o", "softmax", run.parameters()), "softmax")
    assert measured(run) == pytest.approx(before, rel=1e-12)
