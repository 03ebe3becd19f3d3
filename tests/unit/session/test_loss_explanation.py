"""What is told about a loss, against the worked examples: curves, derivatives, likelihoods, approach, other losses."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.edits import set_optimizer_setting
from dlviz.session.explainer import Explainer
from dlviz.session.loss_explanation import LossExplanation, LossQuestion
from dlviz.session.run import Run


def table(inputs: Any, targets: Any) -> DataSpec:
    x, y = (np.array(each, dtype=np.float64) for each in (inputs, targets))
    names = tuple(f"x{i + 1}" for i in range(x.shape[1])), tuple(f"y{i + 1}" for i in range(y.shape[1]))
    for array in (x, y):
        array.setflags(write=False)
    return DataSpec("table", dataset=Dataset("Table", "regression", x, y, *names))


def passing(sums: Any, targets: Any, activation: str, loss: str, **settings: Any) -> Document:
    """Return a document whose output layer gets these numbers (n, k) as its sums z."""
    z = np.array(sums, dtype=np.float64)
    k = z.shape[1]
    return Document(
        dtype="float64", data=table(z, targets),
        network=NetworkSpec((dense("o", k, activation),), (InputSpec("x", (k,)),)),
        parameters={"o.W": handle(np.eye(k)), "o.b": handle(np.zeros(k))},
        training=TrainingSpec(loss=chosen(loss, **settings), optimizer=chosen("sgd", lr=0.1), batch_size=len(z),
                              shuffle=False),
    )  # fmt: skip


def explained(document: Document, question: LossQuestion = LossQuestion(), sample: int = 0) -> LossExplanation:  # noqa: B008
    run = Run(document)
    run.walk_to(99)
    run.look(sample)
    answer = Explainer().explain(run, question, run.network.record)
    assert isinstance(answer, LossExplanation)
    assert answer.problem == ""
    return answer


def logistic(**settings: Any) -> Document:
    """Return the three examples of curriculum EX-46."""
    return passing([[2.0], [-1.0], [0.5]], [[1.0], [0.0], [0.0]], "sigmoid", "binary_cross_entropy", **settings)


@pytest.mark.parametrize("sample", [0, 1, 2])
def test_the_derivative_cancels_to_the_error(sample: int) -> None:
    a = [0.8807970779778823, 0.2689414213699951, 0.6224593312018546][sample]
    gradient = [-1.1353352832366128, 1.3678794411714423, 2.648721270700128][sample]
    slope = [0.10499358540350662, 0.19661193324148185, 0.2350037122015945][sample]
    here = explained(logistic(), sample=sample).here
    assert here is not None
    assert here.a == pytest.approx(a, rel=1e-14)
    assert here.gradient == pytest.approx(gradient, rel=1e-13)
    assert here.slope == pytest.approx(slope, rel=1e-13)
    assert here.delta == pytest.approx(a - here.y, rel=1e-13)


@pytest.mark.parametrize("of_all", [False, True])
def test_the_likelihood_of_a_batch_and_of_all_rows(of_all: bool) -> None:
    rows = explained(logistic(), LossQuestion(of_all=of_all)).rows
    assert rows is not None
    if not of_all:  # the walk is over, so that all rows are seen with the weights after the update
        assert rows.product == pytest.approx(0.24310382032676786, rel=1e-13)
        assert rows.log == pytest.approx(-1.4142666827413022, rel=1e-13)
        assert rows.cost == pytest.approx(0.47142222758043406, rel=1e-13)
        assert rows.losses.sum() == pytest.approx(1.4142666827413022, rel=1e-13)
    assert rows.likelihoods is not None
    assert np.prod(rows.likelihoods) == pytest.approx(rows.product, rel=1e-13)
    assert rows.rows.tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    ("p", "minus_log10"), [(0.1, 1.0), (0.2, 0.6989700043), (0.8, 0.096910013), (0.95, 0.0222763947)]
)
def test_a_probability_put_in_costs_what_the_list_says(p: float, minus_log10: float) -> None:
    """Curriculum EX-12; a gradient is that of ln whatever the base."""
    trial = explained(logistic(base="10"), LossQuestion(trial=p)).trial
    assert trial is not None
    assert trial.losses[0] == pytest.approx(minus_log10, abs=1e-10)
    assert trial.own.gradient == pytest.approx(-1 / p, rel=1e-12)
    assert trial.own.slope == pytest.approx(p * (1 - p), rel=1e-12)


def test_categorical_terms_and_their_sum() -> None:
    """Curriculum EX-13 and the derivative of EX-68: softmax and cross-entropy leave a − y."""
    z = np.log([[0.1, 0.3, 0.6]])
    for loss, targets in (
        ("categorical_cross_entropy", [[0.0, 1.0, 0.0]]),
        ("sparse_categorical_cross_entropy", [[1.0]]),
    ):
        found = explained(passing(z, targets, "softmax", loss), LossQuestion(unit=1))
        assert found.terms is not None and found.deltas is not None and found.here is not None
        assert found.terms == pytest.approx([0.0, 1.2039728043259361, 0.0], rel=1e-13)
        assert found.here.gradient == pytest.approx(-3.3333333333333335, rel=1e-13)
        assert found.deltas == pytest.approx([0.1, -0.7, 0.6], rel=1e-12)


@pytest.mark.parametrize(("score", "losses"), [(-2.0, (3.0, 0.0)), (0.5, (0.5, 1.5)), (2.0, (0.0, 3.0))])
def test_hinge_loss_and_its_kink(score: float, losses: tuple[float, float]) -> None:
    """Curriculum EX-26."""
    found = explained(passing([[score]], [[1.0]], "linear", "hinge"), LossQuestion(trial=score))
    assert found.trial is not None and found.here is not None
    assert found.trial.losses == pytest.approx(losses, abs=1e-15)
    assert [curve.kinks for curve in found.curves] == [
        (pytest.approx(1.0, abs=1e-15),),
        (pytest.approx(-1.0, abs=1e-15),),
    ]
    assert found.here.gradient == (-1.0 if score < 1 else 0.0)


def test_both_errors_of_two_outputs_and_their_energy() -> None:
    found = explained(passing([[0.5, 2.0]], [[1.0, 1.0]], "linear", "squared_error", factor=0.5))
    assert found.terms == pytest.approx([0.125, 0.5], rel=1e-14)
    assert found.rows is not None
    assert found.rows.losses == pytest.approx([0.625], rel=1e-14)


def test_a_saturated_wrong_unit_learns_from_cross_entropy_alone() -> None:
    rivals = explained(passing([[-8.0]], [[1.0]], "sigmoid", "binary_cross_entropy")).rivals
    by_key = {rival.key: rival.standing for rival in rivals}
    a = 1 / (1 + math.exp(8.0))
    assert by_key["binary_cross_entropy"].delta == pytest.approx(a - 1, rel=1e-12)
    assert by_key["squared_error"].delta == pytest.approx(2 * (a - 1) * a * (1 - a), rel=1e-12)
    assert abs(by_key["squared_error"].delta) < 1e-3


def test_the_squared_error_falls_as_the_output_comes_nearer() -> None:
    """Curriculum EX-05: 20, 23, 30, 45 towards 47; the rate of each step is chosen so that the bias gets there."""
    document = passing([[1.0]], [[47.0]], "linear", "squared_error")
    document = replace(
        document, parameters={"o.W": handle([[0.0]]), "o.b": handle([20.0])},
        training=replace(document.training, frozen=("o.W",)),
    )  # fmt: skip
    run, explainer = Run(document), Explainer()
    for error, following in ((27, 24), (24, 17), (17, 2)):
        run.edit(set_optimizer_setting(run.document, "lr", (1 - following / error) / 2), "rate")
        run.forward("batch")
    answer = explainer.explain(run, LossQuestion(), run.network.record)
    assert isinstance(answer, LossExplanation) and answer.approach is not None
    assert answer.approach.steps.tolist() == [0, 1, 2, 3]
    assert answer.approach.outputs == pytest.approx([20.0, 23.0, 30.0, 45.0], rel=1e-10)
    assert answer.approach.losses == pytest.approx([729.0, 576.0, 289.0, 4.0], rel=1e-9)


def test_the_average_over_the_training_rows_stands_beside_the_batches() -> None:
    document = logistic()
    run = Run(replace(document, training=replace(document.training, batch_size=1)))
    run.forward("epoch")
    answer = Explainer().explain(run, LossQuestion(), run.network.record)
    assert isinstance(answer, LossExplanation) and answer.average is not None
    assert len(answer.average.batches) == 3
    w, b = (float(run.parameters()[name].item()) for name in ("o.W", "o.b"))
    a = 1 / (1 + np.exp(-(w * np.array([2.0, -1.0, 0.5]) + b)))
    expected = -np.mean([np.log(a[0]), np.log(1 - a[1]), np.log(1 - a[2])])
    assert answer.average.now == pytest.approx(expected, rel=1e-12)
    assert answer.average.mean == pytest.approx(answer.average.batches.mean(), rel=1e-12)


def test_a_unit_that_is_not_there_is_refused_in_words() -> None:
    run = Run(logistic())
    run.walk_to(99)
    answer = Explainer().explain(run, LossQuestion("o", 4), run.network.record)
    assert isinstance(answer, LossExplanation)
    assert answer.problem == "Expected a unit of o. Received: 5."


def test_the_loss_of_a_layer_that_is_no_output_is_refused_in_words() -> None:
    run = Run(logistic())
    run.walk_to(99)
    answer = Explainer().explain(run, LossQuestion("h"), run.network.record)
    assert isinstance(answer, LossExplanation)
    assert answer.problem == "Expected an output of the network. Received: h."
