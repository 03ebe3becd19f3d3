"""Studies of activations: values of worked examples, where the sums of a run lie, what is flat, and what coincides."""

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.session.activation_study import ActivationQuestion, ActivationStudy, study
from dlviz.session.edits import set_activation
from dlviz.session.frames import FrameMaker
from dlviz.session.messages import Interest
from dlviz.session.presets import document_for, step_document
from dlviz.session.run import Run
from tests.golden.example import Example

DIGITS = 1e-10


def studied(run: Run, question: ActivationQuestion, is_running: bool = False) -> ActivationStudy:
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"activation"}), activation=question)
    found = maker.make(run, is_running).activation
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "choice"),
    [
        ("step", Choice("step")), ("sigmoid", Choice("sigmoid")), ("tanh", Choice("tanh")),
        ("relu", chosen("relu", slope_at_zero="1")),
        ("leaky_relu_0.01", chosen("leaky_relu", slope=0.01, slope_at_zero="1")), ("linear", Choice("linear")),
    ],
)  # fmt: skip
def test_table_gives_values_and_derivatives(name: str, choice: Choice) -> None:
    example = Example("EX-70")
    table = study(ActivationQuestion("h", points=tuple(example.inputs["x"])), choice, None, None).table
    assert table is not None
    assert table[:, 1] == pytest.approx(example.expected[name]["value"], rel=DIGITS)
    assert table[:, 2] == pytest.approx(example.expected[name]["derivative"], rel=DIGITS)


@pytest.mark.parametrize("a", [0.5, 1, 2, 5])
def test_slope_of_a_sigmoid_peaks_at_a_quarter(a: float) -> None:
    example = Example("EX-35")
    found = study(ActivationQuestion("h", points=tuple(example.inputs["v"])), chosen("sigmoid", slope=a), None, None)
    assert found.table is not None
    assert found.shape is not None
    assert found.table[:, 1] == pytest.approx(example.expected[f"a={a}"]["phi"], rel=DIGITS)
    assert found.table[:, 2] == pytest.approx(example.expected[f"a={a}"]["dphi"], rel=DIGITS)
    assert found.shape.peak == pytest.approx((0, a / 4), abs=1e-12)


def test_tanh_and_a_stretched_sigmoid_coincide() -> None:
    other = chosen("formula", text="2*sigmoid(2*z) - 1")
    found = study(ActivationQuestion("h", other=other), Choice("tanh"), None, None)
    assert found.difference < 1e-15
    assert study(ActivationQuestion("h", other=Choice("sigmoid")), Choice("tanh"), None, None).difference > 0.9


def test_adding_a_constant_changes_exponentials_but_no_probability() -> None:
    example = Example("EX-68")
    z = np.array(example.inputs["z"])
    found = study(ActivationQuestion("o"), Choice("softmax"), z[:, None], z).softmax
    moved = study(ActivationQuestion("o", shift=3.0), Choice("softmax"), z[:, None], z).softmax
    assert found is not None
    assert moved is not None
    assert found.exponentials == pytest.approx(example.expected["t"], rel=DIGITS)
    assert found.total == pytest.approx(example.expected["sum_t"], rel=DIGITS)
    assert found.probabilities == pytest.approx(example.expected["a"], rel=DIGITS)
    assert moved.exponentials == pytest.approx(np.exp(3.0) * found.exponentials, rel=1e-14)
    assert moved.probabilities == pytest.approx(found.probabilities, rel=1e-14)


def test_sums_are_those_of_the_training_rows() -> None:
    run = Run(document_for("xor"))
    run.advance(7)
    spread = studied(run, ActivationQuestion("h1")).spread
    values, inputs = run.parameters(), run.prepared.inputs[run.prepared.train]
    z = values["h1.W"] @ inputs.T + values["h1.b"][:, None]
    assert spread is not None
    assert spread.ticks == pytest.approx(z.ravel()[: len(spread.ticks)], rel=1e-12)
    assert spread.counts.sum() == z.size
    own = studied(run, ActivationQuestion("h1", 2)).spread
    assert own is not None
    assert own.ticks == pytest.approx(z[2], rel=1e-12)


def test_saturated_share_is_that_of_the_metric() -> None:
    z = np.array([[-4.0, -1.0, 0.3, 3.0, 5.0]])
    found = study(ActivationQuestion("h"), Choice("sigmoid"), z, None)
    assert found.spread is not None
    assert found.spread.flat == pytest.approx(np.mean(np.abs(z) > np.log(19)))  # σ = 0.05 and 0.95
    (_, low), (high, _) = found.zones
    assert (low, high) == pytest.approx((-np.log(19), np.log(19)), abs=0.06)
    assert found.is_limited


def test_dead_units_are_those_without_slope_for_every_row() -> None:
    z = np.array([[-1.0, -2.0], [-1.0, 2.0], [1.0, 2.0]])
    relu = study(ActivationQuestion("h"), Choice("relu"), z, None).spread
    leaky = study(ActivationQuestion("h"), Choice("leaky_relu"), z, None).spread
    assert relu is not None
    assert leaky is not None
    assert (relu.dead, relu.units, relu.flat) == (1, 3, 0.5)
    assert (leaky.dead, leaky.flat) == (0, 0)


def test_another_activation_can_be_tried_on_the_same_sums() -> None:
    run = Run(set_activation(document_for("xor"), "h1", "relu"))
    own, tried = (studied(run, ActivationQuestion("h1", 0, tried=each)) for each in (None, Choice("tanh")))
    assert own.spread is not None
    assert tried.spread is not None
    assert tried.shape is not None
    assert tried.spread.ticks == pytest.approx(own.spread.ticks, rel=1e-15)
    assert tried.shape.kind == "tanh"
    assert run.document.network.layers[0].settings["activation"].kind == "relu"


def test_a_typed_formula_is_written_with_its_derivative() -> None:
    shape = study(ActivationQuestion("h"), chosen("formula", text="z**3"), None, None).shape
    assert shape is not None
    assert (shape.formula, shape.slope_formula) == ("z^{3}", r"3 \cdot z^{2}")


def test_drawn_values_are_shown_by_their_mean() -> None:
    z = np.array([[0.7, -0.2]])
    found = study(ActivationQuestion("h", 0), chosen("stochastic", temperature=2.0), z, z[:, 0])
    assert found.shape is not None
    assert found.shape.values == pytest.approx(np.tanh(found.sums / 4), abs=1e-12)
    assert found.stands is None, "a draw lies on no curve"
    assert found.zones == ()


def test_the_unit_stands_where_the_example_puts_it() -> None:
    run = Run(step_document())
    stands = studied(run, ActivationQuestion("h", 0)).stands
    z = 0.6 * 0 - 0.1 * 1 + 0.3
    a = 1 / (1 + np.exp(-z))
    assert stands == pytest.approx((z, a, a * (1 - a)), rel=1e-12)


def test_a_run_that_goes_on_is_studied_now_and_then() -> None:
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"activation"}), activation=ActivationQuestion("h1"))
    run = Run(document_for("xor"))
    first = maker.make(run, is_running=True).activation
    run.advance(1)
    assert maker.make(run, is_running=True).activation is first
    assert maker.make(run, is_running=False).activation is not first


def test_a_layer_without_an_activation_has_no_study() -> None:
    maker = FrameMaker()
    maker.interest = Interest(needs=frozenset({"activation"}), activation=ActivationQuestion("x"))
    assert maker.make(Run(document_for("xor")), is_running=False).activation is None
