"""The loss over two weights of a real network, and trainings from other starts."""

from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.explain import Weight
from dlviz.session.document import Document
from dlviz.session.network_presets import logistic_unit, two_basins
from dlviz.session.run import Run
from dlviz.session.slices import RestartQuestion, RestartView, Slice, SliceQuestion
from dlviz.session.slices.restarts import Restarts
from dlviz.session.slices.slicer import SIDES, Slicer

FIRST, SECOND = Weight("h.W", (0, 0)), Weight("h.W", (1, 0))
BOTH = Weight("o.W", (0, 0)), Weight("o.W", (0, 1))


def finished(run: Run, question: SliceQuestion) -> Slice:
    slicer = Slicer()
    while True:
        found = slicer.look(run, question)
        if not slicer.is_unfinished:
            assert found is not None
            return found


def logistic_cost(w1: float, w2: float, b: float = 0.1) -> float:
    """Return the cost of the logistic unit of EX-54, calculated here."""
    x = np.array([[1.0, 0.5], [2.0, -1.0], [-1.0, 2.0], [0.5, 0.0]])
    y = np.array([1.0, 0.0, 1.0, 0.0])
    a = 1 / (1 + np.exp(-(x @ [w1, w2] + b)))
    return float(-np.mean(y * np.log(a) + (1 - y) * np.log(1 - a)))


def test_every_point_is_the_cost_of_the_network_there() -> None:
    found = finished(Run(logistic_unit()), SliceQuestion(*BOTH, reach=2.0))
    assert found.here == (0.3, -0.2)
    assert found.loss == pytest.approx(logistic_cost(0.3, -0.2), rel=1e-9)
    for row, column in ((0, 0), (10, 50), (64, 3)):
        expected = logistic_cost(found.across[column], found.up[row])
        assert found.losses[row, column] == pytest.approx(expected, rel=1e-9)


def test_the_logistic_cost_has_one_basin_and_the_network_has_several() -> None:
    assert len(finished(Run(logistic_unit()), SliceQuestion(*BOTH)).basins) == 1
    found = finished(Run(two_basins()), SliceQuestion(FIRST, SECOND))
    places = sorted((float(found.across[column]), float(found.up[row])) for column, row in found.basins)
    assert places == [pytest.approx((-2.0, 3.0), abs=0.1), pytest.approx((3.0, -2.0), abs=0.1)]
    for column, row in found.basins:
        assert found.losses[row, column] < 0.01


def test_pictures_come_coarse_first_and_another_question_ends_the_work() -> None:
    run, slicer = Run(two_basins()), Slicer()
    sides, question = [], SliceQuestion(FIRST, SECOND)
    while True:
        found = slicer.look(run, question)
        assert found is not None
        sides.append(found.losses.shape[0])
        if not slicer.is_unfinished:
            break
    assert sides == sorted(sides) and sides[-1] == SIDES[-1]
    assert slicer.look(run, question) is found
    assert slicer.look(run, SliceQuestion(SECOND, FIRST)) is not found


def test_a_step_of_training_is_a_new_picture() -> None:
    run = Run(two_basins())
    before = finished(run, SliceQuestion(FIRST, SECOND))
    run.forward("batch")
    after = finished(run, SliceQuestion(FIRST, SECOND))
    assert after.here == tuple(float(run.parameters()["h.W"][unit, 0]) for unit in (0, 1))
    assert after.loss < before.loss


@pytest.mark.parametrize(
    ("up", "message"),
    [(FIRST, "Expected two weights. Received: the same one twice."),
     (Weight("q.W", (0, 0)), "Expected a weight of this network. Received: q.W."),
     (Weight("h.W", (7, 0)), "Expected a weight of this network. Received: h.W.")],
)  # fmt: skip
def test_weights_that_cannot_be_are_refused_in_words(up: Weight, message: str) -> None:
    assert finished(Run(two_basins()), SliceQuestion(FIRST, up)).problem == message


def trained(document: Document, question: RestartQuestion) -> RestartView:
    run, restarts = Run(document), Restarts()
    while True:
        found = restarts.look(run, question)
        if found.is_finished:
            assert found.problem == ""
            return found


def test_a_network_ends_at_different_losses_from_different_starts_and_a_logistic_unit_does_not() -> None:
    ends = [each.last for each in trained(two_basins(), RestartQuestion(8, 1000)).found]
    assert max(ends) > 100 * min(ends)
    penalised = replace(logistic_unit(), seed=3)
    ends = [each.last for each in trained(penalised, RestartQuestion(4, 2000)).found]
    assert max(ends) < 1.1 * min(ends)


def test_a_restart_is_the_training_of_a_document_with_that_seed() -> None:
    document = two_basins()
    (found,) = trained(document, RestartQuestion(1, 50)).found
    assert found.seed == document.seed + 1
    run = Run(replace(document, seed=found.seed, parameters={}))
    run.advance(50)
    x, y = run.prepared.inputs, run.network.targets
    p = run.parameters()
    out = np.tanh(x @ p["h.W"].T + p["h.b"]) @ p["o.W"].T + p["o.b"]
    assert found.last == pytest.approx(float(np.mean((out - y) ** 2)), rel=1e-9)
