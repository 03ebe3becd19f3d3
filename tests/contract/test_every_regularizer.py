"""Every regularizer: its formula, its terms in loss and gradient of every kind of layer, its limit after updates."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.core.evaluate import Evaluator
from dlviz.core.execute import record
from dlviz.core.explain.passes import Weight, differentiate
from dlviz.core.explain.terms import shares
from dlviz.core.gradcheck import gradcheck
from dlviz.core.inference import parameters
from dlviz.core.layers import layers
from dlviz.core.memory import Memory
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.penalties import penalties
from dlviz.core.program import Program, lower
from dlviz.core.regularizers import equivalent_strengths, regularizers, resolve
from dlviz.core.trace import Trace

Array = NDArray[np.float64]
N = 3
LOSS = chosen("squared_error")
L2 = chosen("l2", strength=0.3)
# Penalty of one weight for a batch of N examples, written out once more.
TERMS: dict[str, Any] = {
    "l2": lambda w, strength=0.01, scale="sum": strength * w**2 / {"sum": 1, "half": 2, "mean": 2 * N}[scale],
    "l1": lambda w, strength=0.01, scale="sum": strength * abs(w) / {"sum": 1, "mean": N}[scale],
    "elastic_net": lambda w, l1=0.01, l2=0.01, scale="sum": (
        l1 * abs(w) + l2 * w**2 if scale == "sum" else l1 * abs(w) / N + l2 * w**2 / (2 * N)
    ),
}
PENALTIES = [
    *(chosen("l2", strength=0.3, scale=scale) for scale in ("sum", "half", "mean")),
    *(chosen("l1", strength=0.3, scale=scale) for scale in ("sum", "mean")),
    *(chosen("elastic_net", l1=0.2, l2=0.4, scale=scale) for scale in ("sum", "mean")),
]


def network(*nodes: LayerSpec, inputs: tuple[int, ...] = (2,)) -> NetworkSpec:
    return NetworkSpec(nodes, (InputSpec("x", inputs),))


def start(spec: NetworkSpec, seed: int = 3) -> dict[str, Array]:
    dice = np.random.default_rng(seed)
    return {each.name: dice.uniform(-1, 1, each.shape) for each in parameters(spec)}


def trained(spec: NetworkSpec, steps: int = 1, frozen: tuple[str, ...] = ()) -> tuple[Trace, Memory, Program]:
    """Return the trace of the last step, with the memory behind it."""
    program = lower(spec, LOSS, chosen("sgd", lr=0.1))
    memory = Memory(program.layout, chosen("sgd", lr=0.1), frozen)
    memory.load(start(spec))
    binding = program.bind(memory, N)
    dice = np.random.default_rng(5)
    binding.load(dice.uniform(-1, 1, (N, program.input_widths[0])), dice.uniform(-1, 1, (N, program.n_targets)))
    for _ in range(steps):
        trace = record(binding)
    return trace, memory, program


def two_layers(regularizer: Choice) -> NetworkSpec:
    return network(dense("h", 3, "tanh", regularizer=regularizer), dense("o", 1))


def last(trace: Trace, name: str) -> Array:
    value = trace.value(name, len(trace.steps))
    assert value is not None
    return np.asarray(value, dtype=np.float64)


def test_there_is_a_formula_for_every_penalty() -> None:
    assert set(TERMS) == {entry.key for entry in regularizers if entry.has_penalty}


@pytest.mark.parametrize("chosen_one", PENALTIES, ids=str)
def test_penalty_and_gradient_equal_the_formula(chosen_one: Choice) -> None:
    entry, settings = resolve(chosen_one)
    weights = np.random.default_rng(1).uniform(-2, 2, (3, 4))
    term = TERMS[chosen_one.kind]
    expected = sum(term(w, **chosen_one.settings) for w in weights.flat)
    slopes = [
        (term(w + 1e-6, **chosen_one.settings) - term(w - 1e-6, **chosen_one.settings)) / 2e-6 for w in weights.flat
    ]
    share = entry.shares(settings, N)
    assert share.penalty(weights) == pytest.approx(expected, rel=1e-14)
    assert share.gradient(weights).ravel() == pytest.approx(slopes, rel=1e-7)


@pytest.mark.parametrize("chosen_one", PENALTIES, ids=str)
def test_penalties_are_terms_of_the_loss_and_of_the_gradient(chosen_one: Choice) -> None:
    spec, plain = two_layers(chosen_one), two_layers(Choice("none"))
    trace, without = trained(spec)[0], trained(plain)[0]
    (penalty,) = penalties(spec, start(spec), N).values()
    assert last(trace, "data_loss") == last(without, "loss")
    assert last(trace, "h.W.penalty") == pytest.approx(penalty, rel=1e-14)
    assert last(trace, "loss") == pytest.approx(float(last(without, "loss")) + penalty, rel=1e-14)
    entry, settings = resolve(chosen_one)
    expected = last(without, "h.dW") + entry.shares(settings, N).gradient(start(spec)["h.W"])
    assert last(trace, "h.dW") == pytest.approx(expected, rel=1e-13)
    for name in ("h.db", "o.dW", "o.db"):
        assert np.array_equal(last(trace, name), last(without, name))


WEIGHTED = {
    "dense": ((2,), LayerSpec("h", "dense", (), {"units": 3})),
    "conv2d": ((1, 3, 3), LayerSpec("h", "conv2d", (), {"filters": 2, "kernel": 2})),
    "embedding": ((2,), LayerSpec("h", "embedding", (), {"vocabulary": 4, "dim": 3})),
    **{kind: ((2, 2), LayerSpec("h", kind, (), {"units": 2})) for kind in ("simple_rnn", "gru", "lstm")},
}


def test_every_kind_with_weights_has_a_regularizer() -> None:
    assert {kind.key for kind in layers if "regularizer" in kind.choices} == set(WEIGHTED)


@pytest.mark.parametrize("kind", WEIGHTED)
def test_the_gradient_check_includes_the_penalty_of_every_kind(kind: str) -> None:
    shape, layer = WEIGHTED[kind]
    penalised = replace(layer, settings={**layer.settings, "regularizer": L2})
    flat = (LayerSpec("f", "flatten"),) if kind in ("conv2d", "embedding") else ()
    spec = network(penalised, *flat, dense("o", 1), inputs=shape)
    rows = np.random.default_rng(2).integers(0, 4, (N, int(np.prod(shape)))).astype(float)
    report = gradcheck(spec, LOSS, start(spec), rows, np.ones((N, 1)))
    assert report.ratio < 1e-8
    names = {
        name.removesuffix(".penalty") for i in lower(spec, LOSS, mode="gradient").instructions for name in i.writes
    }
    assert {each.name for each in parameters(spec) if each.layer == "h" and each.is_weight} <= names


def test_a_corner_of_the_absolute_value_is_left_out_of_the_check() -> None:
    spec = two_layers(chosen("l1", strength=0.3))
    values = start(spec)
    values["h.W"][1, 0] = 0.0
    report = gradcheck(spec, LOSS, values, np.ones((N, 2)), np.ones((N, 1)))
    row = next(row for row in report.rows if row.name == "h.W")
    assert report.passed
    assert (~row.compared).sum() == 1


def test_a_shared_layer_is_penalised_once() -> None:
    second = LayerSpec("g", inputs=("x",), shares="h")
    spec = network(dense("h", 3, "tanh", regularizer=L2), second, LayerSpec("s", "add", ("h", "g")), dense("o", 1))
    steps = [step.op for step in trained(spec)[0].steps]
    assert steps.count("penalty") == steps.count("penalty_gradient") == 1
    assert gradcheck(spec, LOSS, start(spec), np.ones((N, 2)), np.ones((N, 1))).ratio < 1e-8


def test_a_layer_that_no_output_reads_shrinks_and_does_not_gather_gradients() -> None:
    spec = network(dense("h", 3, regularizer=L2), dense("o", 1, inputs=("x",)))
    trace = trained(spec, steps=3)[0]
    assert last(trace, "h.dW") == pytest.approx(0.6 * trace.before["h.W"], rel=1e-14)


def test_evaluation_leaves_the_penalty_out() -> None:
    spec = two_layers(L2)
    found = [Evaluator(each, LOSS, "float64") for each in (spec, two_layers(Choice("none")))]
    for evaluator in found:
        evaluator.load(start(spec))
    rows, targets = np.ones((N, 2)), np.ones((N, 1))
    assert found[0].loss_and_outputs(rows, targets)[0] == found[1].loss_and_outputs(rows, targets)[0]


def test_explanations_tell_the_penalty_apart() -> None:
    spec = two_layers(L2)
    found = shares(differentiate(spec, LOSS, start(spec), np.ones((N, 2)), np.ones((N, 1))), Weight("h.W", (1, 0)))
    assert found.penalty == pytest.approx(0.6 * start(spec)["h.W"][1, 0], rel=1e-14)
    assert found.shares.sum() + found.penalty == pytest.approx(found.gradient, rel=1e-13)


@pytest.mark.parametrize("layer", [dense("h", 3), LayerSpec("h", "conv2d", (), {"filters": 2, "kernel": 2})])
def test_norms_are_cut_after_the_update(layer: LayerSpec) -> None:
    is_image = layer.kind == "conv2d"
    tail = (LayerSpec("f", "flatten"), dense("o", 1)) if is_image else (dense("o", 1),)
    shape = (2, 3, 3) if is_image else (2,)
    limited = replace(layer, settings={**layer.settings, "regularizer": chosen("max_norm", limit=0.8)})
    spec, plain = network(limited, *tail, inputs=shape), network(layer, *tail, inputs=shape)
    (_, memory, _), (_, other, _) = trained(spec), trained(plain)
    cut, free = memory.read(), other.read()
    norms = np.linalg.norm(free["h.W"].reshape(len(free["h.W"]), -1), axis=1)
    factors = np.minimum(1, 0.8 / norms).reshape(-1, *[1] * (free["h.W"].ndim - 1))
    assert (norms > 0.8).any()
    assert cut["h.W"] == pytest.approx(free["h.W"] * factors, rel=1e-14)
    assert np.array_equal(cut["h.b"], free["h.b"])
    assert np.array_equal(cut["o.W"], free["o.W"])


def test_a_row_within_its_limit_keeps_its_bits() -> None:
    spec = two_layers(chosen("max_norm", limit=100.0))
    assert np.array_equal(trained(spec)[1].read()["h.W"], trained(two_layers(Choice("none")))[1].read()["h.W"])


def test_a_frozen_layer_is_not_cut() -> None:
    memory = trained(two_layers(chosen("max_norm", limit=0.01)), frozen=("h",))[1]
    assert np.array_equal(memory.read()["h.W"], start(two_layers(Choice("none")))["h.W"])


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (chosen("l3"), "known regularizer"),
        (chosen("l2", strength=-1.0), "Expected strength to be a number at least 0"),
        (chosen("max_norm", limit=0.0), "Expected limit to be a number above 0"),
        (chosen("l1", scale="half"), "one of sum, mean"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: Choice, words: str) -> None:
    with pytest.raises(SpecError, match=words):
        lower(two_layers(wrong), LOSS, mode="evaluate")


@pytest.mark.parametrize("scale", ["sum", "half", "mean"])
def test_strengths_of_all_conventions_mean_the_same_penalty(scale: str) -> None:
    given = chosen("l2", strength=0.3, scale=scale)
    found = equivalent_strengths(given, N, lr=0.1)
    weights = np.array([0.5, -2.0])
    for word in ("sum", "half", "mean"):
        entry, settings = resolve(chosen("l2", strength=found[word], scale=word))
        ours, settings_of = resolve(given)
        assert entry.shares(settings, N).penalty(weights) == pytest.approx(ours.shares(settings_of, N).penalty(weights))
    assert found[scale] == pytest.approx(0.3)


def test_magnitudes_convert_by_the_number_of_examples() -> None:
    assert equivalent_strengths(chosen("l1", strength=0.3), N, lr=0.1) == pytest.approx({"sum": 0.3, "mean": 0.9})
