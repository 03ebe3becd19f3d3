"""The errors that a unit receives add up to the gradient of its output."""

import numpy as np
import pytest

from dlviz.core.choice import Choice
from dlviz.core.explain import Pass, differentiate, received
from dlviz.core.inference import parameters
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense


def passed(*layers: LayerSpec, d: int = 3, n: int = 5) -> Pass:
    draw = np.random.default_rng(3)
    network = NetworkSpec(layers, (InputSpec("x", (d,)),))
    values = {each.name: draw.normal(size=each.shape) for each in parameters(network)}
    return differentiate(network, Choice("squared_error"), values, draw.normal(size=(n, d)), draw.normal(size=(n, 2)))


def test_a_hidden_unit_receives_each_error_times_its_weight() -> None:
    found = passed(dense("h", 4, "tanh"), dense("o", 2, "sigmoid"))
    weights = found.binding.memory.view("theta", "o.W")
    for unit in range(4):
        terms = received(found, "h", unit, 2)
        assert [term.place.unit for term in terms] == [(0,), (1,)]
        assert [term.factor for term in terms] == pytest.approx(weights[:, unit].tolist())
        assert [term.delta for term in terms] == pytest.approx(found.deltas["o.dz"][:, 2].tolist())
        assert sum(term.value for term in terms) == pytest.approx(found.deltas["h.da"][unit, 2], rel=1e-12)


def test_batch_norm_sends_back_errors_of_the_whole_batch() -> None:
    found = passed(dense("h", 4, "linear"), LayerSpec("n", "batch_norm"), dense("o", 2, "tanh"))
    terms = received(found, "h", 1, 2)
    assert {term.place.sample for term in terms} == set(range(5))
    assert sum(term.value for term in terms) == pytest.approx(found.deltas["h.da"][1, 2], rel=1e-9)


def test_an_output_receives_none() -> None:
    assert received(passed(dense("o", 2, "tanh")), "o", 0) == ()
