"""Whatever a narration shows can be computed again, and comes to what was recorded."""

import itertools

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.expression import parse, walk
from dlviz.core.narration import OPERATIONS, Focus, Narration, Plan, cost, functions, narrate
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.objective import Objective, OutputLoss
from dlviz.core.trace import Trace
from tests.unit.core.latex_arithmetic import computed
from tests.unit.core.narrated_runs import IMAGE_NETWORKS, SGD, SQUARED, network, recorded, two_layers

FULL = 15
EXACT = 40  # numbers read as they stand, without the room that rounding leaves
ADAMS = [
    chosen("adam", lr=0.1, **settings)
    for settings in (
        {},
        {"bias_correction": False},
        {"eps_place": "inside", "eps": 1e-3},
        {"eps_place": "hat", "eps": 1e-3},
        {"beta1": 0.99999, "beta2": 0.5},
    )
]
OPTIMIZERS = [
    chosen("sgd", lr=0.3),
    *(chosen("momentum", form=f, rate=r) for f in ("classical", "ema") for r in ("outside", "inside")),
    *(chosen("nesterov", form=form) for form in ("library", "look_ahead")),
    *ADAMS,
    *(chosen("sgd", lr=0.3, weight_decay=0.2, decays=decays) for decays in ("all", "weights")),
    chosen("adamw", lr=0.1, weight_decay=0.5),
    *(chosen("amsgrad", lr=0.1, bias_correction=corrected) for corrected in (True, False)),
    chosen("amsgrad", lr=0.1, beta2=0.1, eps_place="hat"),
    chosen("nadam", lr=0.1),
    chosen("nadam", lr=0.1, beta1=0.6, momentum_decay=0.5),
    *(chosen("adagrad", lr=0.1, eps_place=place, eps=1e-3, initial=0.1) for place in ("outside", "inside")),
    *(chosen("rmsprop", eps_place=place, eps=1e-3) for place in ("outside", "inside")),
    chosen("adadelta"),
    chosen("delta_bar_delta", lr=0.2),
    chosen("delta_bar_delta", lr=0.2, max_gain=1.05, min_gain=0.95),
    chosen("rprop", lr=0.2),
    chosen("rprop", lr=0.2, max_size=1.0, min_size=0.15),
    chosen("lbfgs"),
    chosen("lbfgs", lr=0.3, history=2),
]
CLIPS = [
    *(chosen("value", max_value=limit) for limit in (0.05, 100.0)),
    *(chosen(kind, max_norm=limit) for kind in ("norm", "global_norm") for limit in (0.05, 100.0)),
]
LOSSES = [
    (two_layers(), chosen("squared_error", factor=0.5, reduction="sum")),
    (two_layers(output="sigmoid"), chosen("squared_error", outputs="mean")),
    (two_layers(output="sigmoid"), chosen("binary_cross_entropy")),
    (two_layers(output="softmax", units=3), chosen("categorical_cross_entropy", reduction="sum")),
    (two_layers(output="softmax", units=3), chosen("sparse_categorical_cross_entropy", factor=2.0)),
    (two_layers(output=Choice("softmax", {"temperature": 4.0}), units=3), chosen("categorical_cross_entropy")),
    (two_layers(), chosen("hinge", factor=0.3)),
    (two_layers(), chosen("perceptron")),
    (two_layers(), chosen("huber", delta=0.4, factor=2.0)),
    (two_layers(), chosen("huber")),
    (two_layers(output="sigmoid"), chosen("binary_cross_entropy", base="10")),
    (two_layers(output="softmax", units=3), chosen("categorical_cross_entropy", base="2")),
    (two_layers(output="softmax", units=9), SQUARED),
]
ACTIVATIONS = [
    "linear",
    "step",
    Choice("step", {"threshold": 0.4, "at_zero": "0"}),
    "sigmoid",
    Choice("sigmoid", {"slope": 2.5}),
    "tanh",
    "relu",
    Choice("relu", {"slope_at_zero": "1"}),
    "leaky_relu",
    Choice("leaky_relu", {"slope": 0.2}),
    Choice("step", {"values": "plus_minus_one"}),
    Choice("tanh", {"slope": 0.4}),
    "piecewise_linear",
    Choice("piecewise_linear", {"slope": 0.25}),
    "softplus",
    "elu",
    Choice("elu", {"alpha": 0.3}),
    "gelu",
    "silu",
    "softmax",
    Choice("softmax", {"temperature": 2.5}),
]


REGULARIZERS = [
    *(chosen("l2", strength=0.7, scale=scale) for scale in ("sum", "half", "mean")),
    *(chosen("l1", strength=0.3, scale=scale) for scale in ("sum", "mean")),
    chosen("elastic_net", l1=0.2, l2=0.4, scale="mean"),
    chosen("max_norm", limit=0.9),
]


def regularized(regularizer: Choice, inputs: int = 3) -> NetworkSpec:
    return network(
        dense("h", 3, "tanh", regularizer=regularizer), dense("o", 2, regularizer=chosen("l2")), inputs=inputs
    )  # fmt: skip


def graph() -> NetworkSpec:
    """Return a network with a skip, a join and units that several layers read."""
    return network(
        dense("a", 3, "tanh"),
        dense("b", 3, "sigmoid"),
        LayerSpec("sum", "add", ("a", "b")),
        dense("c", 8, "tanh", inputs=("sum",), bias=False),
        LayerSpec("both", "concatenate", ("c", "a", "c")),
        dense("out_put", 2, "linear"),
    )


def unrolled(kind: str) -> NetworkSpec:
    """Return a recurrent layer that passes on all states, below one that passes on its last."""
    states = LayerSpec("s", kind, (), {"units": 2, "return": "sequence"})
    return NetworkSpec((states, LayerSpec("r", kind, (), {"units": 2})), (InputSpec("x", (3, 1)),))


def chain(*between: LayerSpec) -> NetworkSpec:
    """Return a network whose hidden layer is followed by these layers, each read by the next."""
    return network(dense("h", 7, "tanh"), *between, dense("out_put", 2, "linear"))


BETWEEN = {
    "dropout": chain(LayerSpec("d", "dropout", (), {"rate": 0.3})),
    "classic": chain(LayerSpec("d", "dropout", (), {"form": "classic"})),
    "batch_norm": chain(LayerSpec("n", "batch_norm"), LayerSpec("s", "activation", (), {"activation": Choice("tanh")})),
    "no_scale": chain(
        LayerSpec("n", "batch_norm", (), {"affine": False, "running_variance": "unbiased", "momentum_is": "taken"})
    ),
    "shared": chain(LayerSpec("n", "batch_norm"), LayerSpec("m", "dense", shares="n"), LayerSpec("s", "activation")),
    "layer_norm": chain(LayerSpec("n", "layer_norm", (), {"activation": Choice("tanh")})),
    "plain_layer_norm": chain(LayerSpec("n", "layer_norm", (), {"affine": False})),
    "branches": chain(
        LayerSpec("n", "batch_norm", ("h",)), LayerSpec("d", "dropout", ("h",)), LayerSpec("s", "activation", ("h",)),
        LayerSpec("sum", "add", ("n", "d", "s")),
    ),
}  # fmt: skip


def two_outputs() -> tuple[NetworkSpec, Objective]:
    """Return a network with two outputs, each with a loss of its own that counts differently."""
    layers = (dense("h", 3, "tanh"), dense("o", 2), dense("p", 3, "softmax", inputs=("h",)))
    losses = {
        "o": OutputLoss(chosen("squared_error", factor=0.5), 0.25),
        "p": OutputLoss(chosen("categorical_cross_entropy", reduction="sum"), 3.0),
    }
    return NetworkSpec(layers, (InputSpec("x", (3,)),), ("o", "p")), losses


def every_focus(trace: Trace, plan: Plan) -> list[Focus]:
    names = [name for name in trace.before if name.endswith((".W", ".b", ".gamma", ".beta"))]
    places = itertools.product((0, 1, 7), (0, 2, 11), range(min(2, len(trace.rows))))
    return [Focus(u, s, i, name) for (u, s, i), name in zip(places, itertools.cycle(names), strict=False)]


def assert_right(told: Narration, digits: int) -> None:
    for shown in filter(None, (told.numbers, told.terms)):
        for interval, value in zip(computed(shown, digits), told.values, strict=True):
            assert interval.holds(value, slack=1e-11 * abs(value) + 1e-14), (shown, told.symbols, value, interval)
    if told.chain is not None:
        assert told.chain.value == told.value
        assert_right(told.chain, digits)
    for interval, value in zip(computed(told.result, EXACT), told.values, strict=True):
        assert interval.low == pytest.approx(value, rel=0.51 * 10.0 ** (1 - digits), abs=1e-300)


def assert_everything_right(trace: Trace, plan: Plan, precisions: tuple[int, ...] = (4, FULL)) -> None:
    for step, focus, digits in itertools.product(trace.steps, every_focus(trace, plan), precisions):
        assert_right(narrate(step, trace, plan, focus, digits), digits)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
@pytest.mark.parametrize("n", [1, 3])
def test_every_activation_can_be_recomputed(activation: str | Choice, n: int) -> None:
    assert_everything_right(*recorded(two_layers(activation), n=n))


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "softmax"])
def test_saturated_units_keep_their_digits(activation: str) -> None:
    assert_everything_right(*recorded(two_layers(activation), spread=8.0, n=2))


@pytest.mark.parametrize(("spec", "loss"), LOSSES, ids=[each[1].kind for each in LOSSES])
@pytest.mark.parametrize("n", [1, 4, 9])
def test_every_loss_can_be_recomputed(spec: NetworkSpec, loss: Choice, n: int) -> None:
    assert_everything_right(*recorded(spec, loss, n=n))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
@pytest.mark.parametrize("runs", [1, 3, 6])
def test_every_optimizer_can_be_recomputed(optimizer: Choice, runs: int) -> None:
    assert_everything_right(*recorded(two_layers(), optimizer=optimizer, n=2, runs=runs))


@pytest.mark.parametrize("clip", CLIPS, ids=str)
@pytest.mark.parametrize("frozen", [(), ("h",)])
def test_every_clipping_can_be_recomputed(clip: Choice, frozen: tuple[str, ...]) -> None:
    assert_everything_right(*recorded(two_layers(), clip=clip, n=2, frozen=frozen))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_the_rate_of_a_layer_is_told_with_its_scale(optimizer: Choice) -> None:
    spec = network(dense("h", 3, "tanh", lr_scale=0.25), dense("o", 2))
    assert_everything_right(*recorded(spec, optimizer=optimizer, n=2, runs=3))


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=str)
def test_frozen_parameters_stand_still_in_their_formula(optimizer: Choice) -> None:
    trace, plan = recorded(two_layers(), optimizer=optimizer, frozen=("h",), runs=2)
    assert_everything_right(trace, plan)
    step = next(step for step in trace.steps if step.op == "step")
    assert narrate(step, trace, plan, Focus(parameter="h.W")).value == 0
    assert narrate(step, trace, plan, Focus(parameter="o.W")).value != 0


def test_single_precision_runs_are_told_in_their_own_numbers() -> None:
    trace, plan = recorded(two_layers("sigmoid"), optimizer=chosen("adam"), dtype="float32")
    for step in trace.steps:
        told = narrate(step, trace, plan)
        for interval, value in zip(computed(told.numbers, 4), told.values, strict=True):
            assert interval.holds(value, slack=1e-5 * abs(value))


@pytest.mark.parametrize("n", [1, 8])
def test_every_graph_operation_can_be_recomputed(n: int) -> None:
    assert_everything_right(*recorded(graph(), n=n))


@pytest.mark.parametrize("regularizer", REGULARIZERS, ids=str)
@pytest.mark.parametrize(("n", "inputs"), [(1, 3), (4, 3), (2, 9)])
def test_every_regularizer_can_be_recomputed(regularizer: Choice, n: int, inputs: int) -> None:
    assert_everything_right(*recorded(regularized(regularizer, inputs), n=n, runs=2))


def test_a_frozen_layer_keeps_its_norm_in_words_too() -> None:
    trace, plan = recorded(regularized(REGULARIZERS[-1]), frozen=("h",))
    assert_everything_right(trace, plan)
    assert np.array_equal(trace.steps[-1].writes["h.W"], trace.before["h.W"])


@pytest.mark.parametrize("key", IMAGE_NETWORKS)
@pytest.mark.parametrize("n", [1, 3])
def test_every_operation_on_images_can_be_recomputed(key: str, n: int) -> None:
    assert_everything_right(*recorded(IMAGE_NETWORKS[key], optimizer=chosen("adam"), n=n))


@pytest.mark.parametrize("spec", BETWEEN.values(), ids=BETWEEN)
@pytest.mark.parametrize("n", [2, 8])
@pytest.mark.parametrize("optimizer", [SGD, chosen("nesterov", form="look_ahead")], ids=str)
def test_every_layer_between_can_be_recomputed(spec: NetworkSpec, n: int, optimizer: Choice) -> None:
    # In full: normalised values often round to 1, which the reader takes for a whole number.
    run = recorded(spec, n=n, optimizer=optimizer, positive="running_var", runs=2)
    assert_everything_right(*run, precisions=(FULL,))


@pytest.mark.parametrize("temperature", [0.0, 0.3, 1.0, 7.5])
def test_drawn_values_can_be_recomputed(temperature: float) -> None:
    assert_everything_right(*recorded(two_layers(chosen("stochastic", temperature=temperature)), n=4))


@pytest.mark.parametrize("n", [1, 3])
def test_both_uses_of_a_shared_layer_can_be_recomputed(n: int) -> None:
    spec = network(dense("h", 3, "tanh"), LayerSpec("again", shares="h"), dense("o", 2))
    trace, plan = recorded(spec, n=n)
    assert_everything_right(trace, plan)
    sums = [narrate(step, trace, plan).symbols for step in trace.steps if step.op == "affine"]
    assert [r"w_{11}^{(1)}" in each for each in sums] == [True, True, False]


@pytest.mark.parametrize("n", [1, 3])
def test_every_loss_of_two_outputs_can_be_recomputed(n: int) -> None:
    spec, losses = two_outputs()
    trace, plan = recorded(spec, losses, n=n)
    assert_everything_right(trace, plan)
    symbols = [narrate(step, trace, plan).symbols for step in trace.steps if step.phase == "loss"]
    assert symbols[0].startswith(r"L_{\mathrm{o}} = ")
    assert symbols[-1].startswith("L = ")


def test_all_operations_were_met() -> None:
    runs = [
        recorded(graph()),
        *(recorded(spec, n=3, positive="running_var") for spec in BETWEEN.values()),
        recorded(two_layers(output="sigmoid"), chosen("binary_cross_entropy")),
    ]
    runs += [recorded(two_layers(), optimizer=optimizer) for optimizer in OPTIMIZERS]
    runs += [recorded(unrolled(kind)) for kind in ("simple_rnn", "gru", "lstm")]
    runs += [recorded(two_layers(), clip=clip) for clip in CLIPS]
    runs.append(recorded(regularized(REGULARIZERS[-1])))
    runs += [recorded(spec) for spec in IMAGE_NETWORKS.values()]
    runs += [recorded(*two_outputs()), recorded(two_layers("stochastic"))]
    traces = [trace for trace, _ in runs] + [walk(parse("w*x"), {"w": 2, "x": 3}).trace]
    assert not set(OPERATIONS) - {step.op for trace in traces for step in trace.steps}


def test_newcomers_without_a_narrator_are_told_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(cost._COSTS, "hinge")
    monkeypatch.delitem(functions._VALUES, "tanh")
    monkeypatch.delitem(functions._SLOPES, "tanh")
    trace, plan = recorded(two_layers("tanh"), chosen("hinge"))
    told = {step.op: narrate(step, trace, plan, Focus()) for step in trace.steps}
    assert told["loss"].symbols == r"L = \text{Hinge}(a, y)"
    assert told["loss"].value == float(next(s for s in trace.steps if s.op == "loss").writes["loss"])
    first = narrate(next(step for step in trace.steps if step.op == "activate"), trace, plan)
    assert first.symbols.endswith(r"\text{Tanh}(z_{1}^{(1)})")


def test_long_sums_state_their_remainder() -> None:
    trace, plan = recorded(network(dense("h", 1), inputs=64), n=1)
    told = narrate(trace.steps[0], trace, plan, Focus(source=40))
    products = trace.before["h.W"][0] * trace.before["x"][0]
    left_out = np.delete(products, [0, 1, 2, 3, 40]).sum()
    assert "59 more terms" in told.numbers
    assert f"{abs(left_out):.4g}" in told.numbers
    assert told.numbers.count(r"\cdot") == 5


def test_a_hidden_weight_is_written_out_over_all_ways() -> None:
    trace, plan = recorded(two_layers("tanh", units=3))
    step = [each for each in trace.steps if each.op == "weight_gradient"][-1]
    chain = narrate(step, trace, plan, Focus(1, 2)).chain
    assert chain is not None
    value = {name: array for each in (trace.before, *(s.writes for s in trace.steps)) for name, array in each.items()}
    slope = 1 - np.tanh(value["h.z"][0, 1]) ** 2
    ways = value["o.dz"][0] * trace.before["o.W"][:, 1] * slope * trace.before["x"][0, 2]
    shown = [interval.low for part in chain.numbers.split(" + ") for interval in computed(part, EXACT)]
    assert shown == pytest.approx(ways, rel=2e-3)
    assert ways.sum() == pytest.approx(value["h.dW"][1, 2], rel=1e-12)
    assert chain.sentence == "3 ways lead from it to the loss; add them."


@pytest.mark.parametrize(
    ("spec", "n"), [(two_layers("softmax"), 1), (two_layers("tanh"), 2), (two_layers("linear", units=1), 1)]
)
def test_where_there_is_no_chain_none_is_told(spec: NetworkSpec, n: int) -> None:
    trace, plan = recorded(spec, n=n)
    steps = [each for each in trace.steps if each.op == "weight_gradient"]
    told = [narrate(step, trace, plan).chain for step in steps]
    assert told[0] is None or "slope" not in told[0].symbols
    assert n == 1 or told == [None, None]


def test_a_wrong_number_would_be_seen() -> None:
    trace, plan = recorded(two_layers())
    told = narrate(trace.steps[0], trace, plan)
    with pytest.raises(AssertionError):
        assert_right(Narration(told.symbols, told.numbers + " + 0.01", told.result, "", told.values), 4)
