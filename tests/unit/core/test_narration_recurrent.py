"""What is told of recurrent layers can be computed again, at every time step, there and back."""

import itertools
from collections.abc import Sequence
from typing import Any

import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.narration import Focus, Plan, narrate
from dlviz.core.narration.narrate import OPERATIONS
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.trace import Trace
from tests.unit.core.narrated_runs import recorded, told
from tests.unit.core.test_narration_arithmetic import FULL, assert_right, every_focus

KINDS = ("simple_rnn", "gru", "lstm")
TOLD_IN_GENERAL = {"start_gradient"}


def spec(*layers: LayerSpec, shape: Sequence[int] = (3, 1)) -> NetworkSpec:
    return NetworkSpec(layers, (InputSpec("x", tuple(shape)),))


def recurrent(kind: str, id: str = "r", **settings: Any) -> LayerSpec:
    return LayerSpec(id, kind, (), {"units": 2, **settings})


def assert_everything_right(trace: Trace, plan: Plan) -> None:
    """Compute again what is told of every step that is not told by its formula alone."""
    for step, focus, digits in itertools.product(trace.steps, every_focus(trace, plan), (4, FULL)):
        narration = narrate(step, trace, plan, focus, digits)
        if not narration.symbols.startswith(r"\text"):
            assert_right(narration, digits)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [1, 3])
def test_a_last_state_can_be_recomputed(kind: str, n: int) -> None:
    assert_everything_right(*recorded(spec(recurrent(kind), dense("o", 2)), n=n))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "settings",
    [
        {"bias": False, "initial_state": "learned"},
        {"activation": Choice("relu")},
        {"truncation": "block", "truncation_steps": 2},
        {"truncation": "window", "truncation_steps": 2},
    ],
    ids=["learned", "relu", "block", "window"],
)
def test_sequences_can_be_recomputed(kind: str, settings: dict[str, Any]) -> None:
    passed = {"return": "sequence", **settings}
    network = spec(recurrent(kind, **passed), LayerSpec("again", shares="r"), recurrent(kind, "s"), shape=(3, 2))
    assert_everything_right(*recorded(network, n=2))


def test_weights_looked_ahead_are_the_ones_that_are_told() -> None:
    network = spec(recurrent("lstm"), dense("o", 1))
    assert_everything_right(*recorded(network, optimizer=chosen("nesterov", form="look_ahead"), n=2, runs=3))


@pytest.mark.parametrize("kind", KINDS)
def test_every_operation_of_a_recurrent_layer_has_a_narrator(kind: str) -> None:
    trace, _ = recorded(spec(recurrent(kind, **{"return": "sequence"}), recurrent(kind, "s")))
    ops = {step.op for step in trace.steps if step.layer in ("r", "s")} - {"loss", "loss_backward"}
    assert ops - set(OPERATIONS) <= TOLD_IN_GENERAL


def test_a_cell_says_what_it_keeps_and_what_it_takes_in() -> None:
    trace, plan = recorded(spec(recurrent("lstm"), dense("o", 1)))
    step, narration = told(trace, plan, "cell_update", Focus(unit=1), which=2)
    f, c, i, g = (
        trace.value(f"r.t{t}.{short}", step.index)[0, 1] for short, t in zip("fcig", (3, 2, 3, 3), strict=True)
    )
    assert narration.value == pytest.approx(f * c + i * g)
    assert r"c_{2}^{(1)\langle 3\rangle}" in narration.symbols
    assert "kept" in narration.symbols


def test_a_window_is_told_without_a_sum_that_does_not_add_up() -> None:
    window = {"truncation": "window", "truncation_steps": 2, "return": "sequence"}
    trace, plan = recorded(spec(recurrent("simple_rnn", **window)))
    step, narration = told(trace, plan, "state_gradient", which=1)
    assert narration.sentence == narrate(step, trace, plan).sentence
    assert narration.symbols.startswith(r"\text{")


@pytest.mark.parametrize("kind", KINDS)
def test_slopes_of_a_linear_cell_are_told_as_an_equation(kind: str) -> None:
    """At the time step of the unit that is looked at, and never as a bare number or prime."""
    gated = {} if kind == "simple_rnn" else {"recurrent_activation": Choice("linear")}
    cell = recurrent(kind, activation=Choice("linear"), **gated, **{"return": "sequence"})
    trace, plan = recorded(spec(cell, recurrent("simple_rnn", "s")))
    _, narration = told(trace, plan, "local_slopes", Focus(unit=3), which=1)
    step = next(each for each in trace.steps if each.node == "r" and each.op == "local_slopes")
    assert step.formula.startswith("∂")
    assert "′" not in step.formula
    assert r"\langle 2\rangle" in narration.symbols
    assert len(narration.values) == {"simple_rnn": 1, "gru": 3, "lstm": 4}[kind]
