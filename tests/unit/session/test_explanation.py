"""The answer to a question about a weight is about exactly the batch at the playhead."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.explain import Weight
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.trace import Trace
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.explainer import Explainer
from dlviz.session.explanation import Explanation, Question, UnitQuestion
from dlviz.session.presets import example_document
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer

FIRST = Weight("h.W", (0, 0))


def no_peek() -> Trace:
    raise AssertionError("a walked batch needs no other")


def explained(run: Run, weight: Weight = FIRST, reach: float = 1.0) -> Explanation:
    return Explainer().explain(run, Question(weight, reach), no_peek)


def dropping(**training: object) -> Document:
    layers = (
        dense("h", 6, "tanh"),
        LayerSpec("d", "dropout", settings={"rate": 0.3}),
        dense("o", 1, "tanh"),
    )
    settings = {"batch_size": 8, "optimizer": chosen("adam", lr=0.05), **training}
    return Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers),
                    training=TrainingSpec(**settings))  # fmt: skip


def walked(document: Document, batches: int = 0) -> Run:
    run = Run(document)
    run.advance(batches)
    run.walk_to(0)
    run.walk_to(run.walk.length)
    return run


def test_the_worked_example_has_two_paths() -> None:
    ways = explained(walked(example_document())).paths
    values = [path.value for path in ways.paths]
    assert values == pytest.approx([0.000668396, -0.000229828], abs=5e-10)
    assert sum(values) == pytest.approx(0.000438568, abs=5e-10)


@pytest.mark.parametrize("batches", [0, 3, 71])
def test_examples_add_up_to_the_gradient_that_was_recorded(batches: int) -> None:
    """With dropout, a shuffled order and Adam, so that a batch of another place would differ."""
    run = walked(dropping(), batches)
    recorded = run.walk.trace.value("h.dW", run.walk.length)
    for weight in (FIRST, Weight("h.W", (4, 1))):
        found = explained(run, weight).shares
        assert found.shares.sum() + found.penalty == pytest.approx(recorded[weight.entry], rel=1e-12)


def test_the_numeric_derivative_agrees() -> None:
    found = explained(walked(dropping(), 5))
    assert found.numeric == pytest.approx(found.shares.gradient, rel=1e-6, abs=1e-10)


def test_the_slope_picture_shows_the_update_of_this_weight_alone() -> None:
    run = walked(example_document())
    slope = explained(run).slope
    step = run.walk.trace.value("h.W.step", run.walk.length)[0, 0]
    assert slope.change == step == pytest.approx(-0.5 * 0.000438568, rel=1e-5)
    moved = np.array(example_document().parameters["h.W"].array)
    moved[0, 0] += step
    after = Trainer(example_document(), run.prepared)
    after.memory.load({**after.memory.read(), "h.W": moved})
    real = float(after.record().value("loss", 99)) - float(run.walk.trace.value("loss", 99))
    assert slope.real == pytest.approx(real, abs=1e-12)


def test_slopes_and_real_changes_of_twenty_weights() -> None:
    """The tangent is the recorded gradient; the real change is that of the loss under the moved weight."""
    network = NetworkSpec((dense("h", 5, "tanh"), dense("k", 4, "sigmoid"), dense("o", 1, "tanh")))
    training = TrainingSpec(batch_size=10)
    document = Document(dtype="float64", data=DataSpec("moons"), network=network, training=training)
    run = walked(document)
    before = {name: np.array(run.walk.trace.before[name]) for name in ("h.W", "h.b", "k.W", "k.b", "o.W", "o.b")}
    draw = np.random.default_rng(1)
    for name in draw.choice(list(before), 20):
        entry = tuple(int(draw.integers(size)) for size in before[name].shape)
        slope = explained(run, Weight(str(name), entry)).slope
        assert slope.gradient == pytest.approx(run.walk.trace.value(gradient_name(name), 99)[entry], rel=1e-12)
        moved = {key: value.copy() for key, value in before.items()}
        moved[name][entry] += slope.change
        assert slope.real == pytest.approx(loss_of(document, moved, run) - loss_of(document, before, run), abs=1e-9)


def gradient_name(parameter: str) -> str:
    layer, _, short = parameter.partition(".")
    return f"{layer}.d{short}"


def loss_of(document: Document, values: dict[str, np.ndarray], run: Run) -> float:
    trainer = Trainer(document, run.prepared)
    trainer.memory.load(values)
    trace = trainer.record_rows(run.walk.trace.rows.tolist())
    return float(trace.value("loss", len(trace.steps)))


def test_a_reach_of_zero_looks_three_steps_far() -> None:
    slope = explained(walked(example_document()), reach=0.0).slope
    assert slope.values[-1] - slope.value == pytest.approx(3 * abs(slope.change))


def test_the_next_batch_is_explained_where_none_is_walked() -> None:
    run = Run(example_document())
    scratch = Trainer(run.document, run.prepared)
    found = Explainer().explain(run, Question(FIRST), scratch.record)
    assert found.shares.gradient == pytest.approx(0.000438568, abs=5e-10)
    assert run.step == 0


def test_an_answer_is_kept_while_the_batch_is_walked() -> None:
    run, explainer = walked(dropping()), Explainer()
    first = explainer.explain(run, Question(FIRST), no_peek)
    run.walk_to(3)
    assert explainer.explain(run, Question(FIRST), no_peek).paths is first.paths
    run.look(2)
    other = explainer.explain(run, Question(FIRST), no_peek)
    assert other.sample == 2
    assert other.paths.share == pytest.approx(other.shares.shares[2], rel=1e-12)


def test_another_value_of_a_weight_is_another_answer() -> None:
    run, explainer = walked(example_document()), Explainer()
    before = explainer.explain(run, Question(FIRST), no_peek)
    run.type_parameter("o.W", (0, 0), 0.0, "typed")
    run.walk_to(0)
    after = explainer.explain(run, Question(FIRST), no_peek)
    assert after.paths.share != before.paths.share
    assert min(abs(path.value) for path in after.paths.paths) == 0


def test_values_of_the_run_are_those_that_training_had() -> None:
    document = dropping(optimizer=chosen("sgd", lr=0.1))
    run = Run(document)
    expected = {0: run.parameters()["h.W"][0, 0]}
    for _ in range(6):
        run.forward("batch")
        expected[run.step] = run.parameters()["h.W"][0, 0]
    kept = explained(run).kept
    assert kept.steps.tolist() == list(expected)
    np.testing.assert_array_equal(kept.values, list(expected.values()))


def test_mistakes_made_on_purpose_are_not_explained() -> None:
    document = example_document()
    wrong = replace(document, training=replace(document.training, slip=Choice("missing_half")))
    assert "on purpose" in explained(walked(wrong)).problem


def test_a_number_that_does_not_exist_is_refused_in_words() -> None:
    assert "Expected" in explained(walked(example_document()), Weight("h.W", (5, 0))).problem


def test_several_uses_are_several_terms() -> None:
    layers = (
        dense("a", 2, "tanh"),
        LayerSpec("b", "dense", settings={"units": 2, "activation": Choice("tanh")}, shares="a"),
        dense("o", 1, "linear"),
    )
    run = walked(Document(dtype="float64", data=DataSpec("circles"), network=NetworkSpec(layers)))
    found = explained(run, Weight("a.W", (0, 0)))
    assert {term.node for term in found.terms} == {"a", "b"}
    assert sum(term.value for term in found.terms) == pytest.approx(found.paths.share, rel=1e-12)


def test_a_window_of_time_steps_has_uses_and_samples_but_no_single_paths() -> None:
    settings = {"units": 2, "truncation": "window", "truncation_steps": 2}
    network = NetworkSpec((LayerSpec("r", "lstm", (), settings), dense("o", 1)), (InputSpec("x", (8, 1)),))
    document = Document(dtype="float64", data=DataSpec("echo"), network=network, training=TrainingSpec(batch_size=4))
    found = explained(walked(document), Weight("r.W", (0, 0)))
    assert found.problem == "Back-propagation truncated by a window has no single paths; choose blocks."
    assert len(found.terms) == 8
    assert found.shares is not None


@pytest.mark.parametrize(("layer", "unit"), [("h", 2), ("gone", 0)])
def test_a_unit_that_is_gone_is_refused_in_words(layer: str, unit: int) -> None:
    """What is selected may be a moment older than the network: an undone unit must not stop the run."""
    found = Explainer().explain(walked(example_document()), UnitQuestion(layer, unit), no_peek)
    assert found.problem == f"Expected a unit of this network. Received: unit {unit + 1} of {layer}."
