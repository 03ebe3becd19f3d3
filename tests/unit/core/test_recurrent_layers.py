"""Recurrent layers: what they refuse, every activation inside them, and what is said about time."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.activations import activations
from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import DlvizError
from dlviz.core.execute import record, run
from dlviz.core.gradcheck import gradcheck
from dlviz.core.inference import nodes, parameters, shapes
from dlviz.core.layers import through_time
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.program import lower
from dlviz.core.trace import Trace

KINDS = ("simple_rnn", "gru", "lstm")
GATES = {"simple_rnn": 1, "gru": 3, "lstm": 4}
SQUARED = Choice("squared_error")
SMOOTH_ENOUGH = [each.key for each in activations if each.is_elementwise and each.has_gradient]


def network(kind: str, shape: tuple[int, ...] = (4, 2), **settings: Any) -> NetworkSpec:
    return NetworkSpec((LayerSpec("r", kind, (), {"units": 3, **settings}),), (InputSpec("x", shape),))


def values_of(spec: NetworkSpec, spread: float = 0.7) -> dict[str, NDArray[np.float64]]:
    dice = np.random.default_rng(3)
    return {each.name: dice.normal(0, spread, each.shape) for each in parameters(spec)}


def rows(spec: NetworkSpec, n: int = 5) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    dice = np.random.default_rng(4)
    sizes = int(np.prod(spec.inputs[0].shape)), int(np.prod(shapes(spec)[spec.layers[-1].id]))
    return dice.normal(size=(n, sizes[0])), dice.normal(size=(n, sizes[1]))


def traced(spec: NetworkSpec) -> Trace:
    program = lower(spec, SQUARED, chosen("sgd"), mode="gradient")
    memory = Memory(program.layout, chosen("sgd"))
    memory.load(values_of(spec))
    binding = program.bind(memory, 5)
    binding.load(*rows(spec))
    return record(binding)


def value(trace: Trace, name: str) -> NDArray[Any]:
    found = trace.value(name, len(trace.steps))
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("settings", "shape", "message"),
    [
        ({}, (8,), "Expected a sequence of shape"),
        ({}, (2, 3, 4), "Expected a sequence of shape"),
        ({}, (1001, 1), "at most 1000 time steps"),
        ({"units": 4096}, (17, 1), "at most 65536 states"),
        ({"units": 0}, (4, 2), "units"),
        ({"return": "first"}, (4, 2), "return"),
        ({"truncation": "half"}, (4, 2), "truncation"),
        ({"truncation_steps": 0}, (4, 2), "truncation_steps"),
        ({"activation": Choice("softmax")}, (4, 2), "every unit alone"),
        ({"activation": Choice("stochastic")}, (4, 2), "without chance"),
        ({"activation": Choice("nonsense")}, (4, 2), "nonsense"),
    ],
)
@pytest.mark.parametrize("kind", KINDS)
def test_what_does_not_fit_is_refused(kind: str, settings: Any, shape: tuple[int, ...], message: str) -> None:
    with pytest.raises(DlvizError, match=message):
        lower(network(kind, shape, **settings), SQUARED)


@pytest.mark.parametrize("kind", KINDS)
def test_every_time_step_is_a_node(kind: str) -> None:
    found = nodes(network(kind))
    assert [node for node in found if node.startswith("r.")] == ["r.t1", "r.t2", "r.t3", "r.t4"]
    assert {found[f"r.t{t}"] for t in range(1, 5)} == {(3,)}


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_has_the_parameters_that_its_docstring_names(kind: str) -> None:
    gates = GATES[kind]
    biases = 2 * gates * 3 if kind == "gru" else gates * 3
    assert sum(each.size for each in parameters(network(kind))) == gates * (3 * 2 + 3 * 3) + biases


@pytest.mark.parametrize("key", SMOOTH_ENOUGH)
@pytest.mark.parametrize("kind", KINDS)
def test_any_elementwise_activation_passes_the_gradient_check(kind: str, key: str) -> None:
    # The usual formula, z², would grow without end over the steps.
    choice = Choice(key, {"text": "sin(z)"} if key == "formula" else {})
    inside = {"recurrent_activation": choice} if kind != "simple_rnn" else {}
    spec = network(kind, activation=choice, **{"return": "sequence"}, **inside)
    report = gradcheck(spec, SQUARED, values_of(spec, 0.4), *rows(spec))
    assert report.passed


@pytest.mark.parametrize("kind", KINDS)
def test_the_norms_are_those_of_the_states_gradients(kind: str) -> None:
    trace = traced(network(kind))
    expected = [np.linalg.norm(value(trace, f"r.t{t}.dh")) for t in range(1, 5)]
    np.testing.assert_allclose(value(trace, "r.norms"), expected, rtol=1e-14)


@pytest.mark.parametrize("kind", KINDS)
def test_behind_a_cut_no_error_is_left(kind: str) -> None:
    trace = traced(network(kind, truncation="block", truncation_steps=2))
    norms = value(trace, "r.norms")
    assert (norms[:2] == 0).all()
    assert (norms[2:] > 0).all()


def test_contributions_of_long_layers_are_not_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(through_time, "MAX_CONTRIBUTIONS", 50)
    trace = traced(network("lstm"))
    assert all(step.op != "time_contribution" for step in trace.steps)
    assert value(trace, "r.dU").any()


def test_a_squashed_state_can_be_a_probability() -> None:
    spec = network("simple_rnn", activation=Choice("sigmoid"))
    assert lower(spec, Choice("binary_cross_entropy"), mode="gradient").output == "r"
    with pytest.raises(DlvizError, match="between 0 and 1"):
        lower(network("simple_rnn"), Choice("binary_cross_entropy"))


def test_an_lstm_learns_to_say_what_it_heard_first() -> None:
    spec = NetworkSpec((LayerSpec("r", "lstm", (), {"units": 6}), dense("o", 1)), (InputSpec("x", (6, 1)),))
    program = lower(spec, SQUARED, chosen("adam", lr=0.02))
    memory = Memory(program.layout, chosen("adam", lr=0.02))
    memory.load(values_of(spec, 0.3))
    heard = np.random.default_rng(0).choice([-1.0, 1.0], (32, 6))
    binding = program.bind(memory, 32)
    binding.load(heard, heard[:, :1])
    run(binding.calls)
    before = binding.buffers.loss
    for _ in range(300):
        run(binding.calls)
    assert binding.buffers.loss < 0.01 * before
