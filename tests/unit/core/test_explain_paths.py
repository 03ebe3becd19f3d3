"""Paths of a weight: all of them in small networks, the largest in big ones, and their exact number."""

from itertools import product
from typing import Any

import numpy as np
import pytest

from dlviz.core.choice import chosen
from dlviz.core.errors import ShapeError, SpecError
from dlviz.core.explain import (
    Pass,
    Weight,
    count_paths,
    derive,
    differentiate,
    differentiate_trace,
    paths,
    shares,
    slope_picture,
    terms,
)
from dlviz.core.explain.passes import gradient_slot
from dlviz.core.inference import parameters
from dlviz.core.inference import shapes as shapes_of
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.core.objective import OutputLoss
from dlviz.session.format.document import document_from_json
from tests.guards import at_once
from tests.property.networks import trainer_of

ROUNDING = 1e-12


def pass_of(json: dict[str, Any]) -> Pass:
    document = document_from_json(json)
    parameters = {name: each.array for name, each in document.parameters.items()}
    data = json["data"]
    return differentiate(document.network, document.training.objective, parameters, data["inputs"], data["targets"])


def random_pass(layers: tuple[LayerSpec, ...], d: int, n: int = 1, targets: Any = None) -> Pass:
    """Differentiate squared error, for a network with random parameters and rows of d numbers."""
    network, dice = NetworkSpec(layers, (InputSpec("x", (d,)),)), np.random.default_rng(5)
    values = {each.name: dice.normal(0, 0.5, each.shape) for each in parameters(network)}
    rows = dice.normal(size=(n, d))
    wanted = dice.normal(size=(n, shapes_of(network)[layers[-1].id][0])) if targets is None else targets
    return differentiate(network, chosen("squared_error"), values, rows, wanted)


def test_first_weight_of_the_example_has_two_paths(example_document_json: dict[str, Any]) -> None:
    found = paths(pass_of(example_document_json), Weight("h.W", (0, 0)))
    assert [path.value for path in found.paths] == pytest.approx([0.000668396, -0.000229828], abs=5e-10)
    assert found.share == pytest.approx(0.000438568, abs=5e-10)
    assert (found.count, abs(found.remainder) < 1e-18) == (2, True)


def test_factors_of_a_path_are_those_of_the_chain_rule(example_document_json: dict[str, Any]) -> None:
    largest = paths(pass_of(example_document_json), Weight("h.W", (0, 0))).paths[0]
    assert [factor.role for factor in largest.factors] == ["loss", "slope", "weight", "slope", "input"]
    assert largest.factors[0].value == pytest.approx(0.741365070, abs=5e-10)  # a − y of the first output
    assert (largest.factors[2].parameter, largest.factors[2].entry) == ("o.W", (0, 0))
    assert largest.factors[2].value == 0.40
    assert largest.factors[4].value == 0.05
    assert [place.slot for place in largest.places] == ["o.da", "o.dz", "h.da", "h.dz"]
    assert np.prod([factor.value for factor in largest.factors]) == pytest.approx(largest.value, ROUNDING)


def by_hand(weights: list[np.ndarray], slopes: list[np.ndarray], start: np.ndarray, unit: int, x: float) -> list[float]:
    """Multiply out every path of a weight of the first layer, by going through all combinations of units."""
    found = []
    for way in product(*(range(len(w)) for w in weights[1:])):
        units = (unit, *way)
        value = x * start[units[-1]] * slopes[0][unit]
        for level in range(1, len(weights)):
            value *= weights[level][units[level], units[level - 1]] * slopes[level][units[level]]
        found.append(float(value))
    return found


def test_largest_paths_of_a_deep_network_are_those_of_listing_all() -> None:
    sizes = [3, 4, 5, 4, 3]
    names = ["a", "b", "c", "o"]
    passed = random_pass(tuple(dense(name, units, "tanh") for name, units in zip(names, sizes[1:], strict=True)), 3)
    read = passed.binding.memory.read()
    slopes = [1 - passed.binding.array(f"{name}.a")[:, 0] ** 2 for name in names]
    start = passed.deltas["o.da"][:, 0]
    every = by_hand([read[f"{name}.W"] for name in names], slopes, start, 2, passed.binding.buffers.inputs()[0, 1])
    found = paths(passed, Weight("a.W", (2, 1)), most=7)
    assert found.count == len(every) == 60
    largest = sorted(every, key=abs, reverse=True)[:7]
    assert [path.value for path in found.paths] == pytest.approx(largest, rel=ROUNDING)
    assert found.remainder == pytest.approx(sum(every) - sum(largest), rel=1e-9)


def test_paths_of_a_digit_network_are_found_at_once() -> None:
    layers = dense("h", 256, "tanh"), dense("g", 128, "tanh"), dense("o", 10, "softmax")
    passed = random_pass(layers, 784, n=8)
    with at_once():
        found = paths(passed, Weight("h.W", (3, 5)), sample=4, most=10)
    assert len(found.paths) == 10
    assert found.count == 128 * 10 * 10  # each output moves every probability
    assert found.share == pytest.approx(shares(passed, Weight("h.W", (3, 5))).shares[4], rel=ROUNDING)
    assert found.remainder == pytest.approx(found.share - sum(path.value for path in found.paths), rel=ROUNDING)


def test_number_of_paths_is_exact_beyond_floats() -> None:
    layers = tuple(dense(f"h{number}", 3) for number in range(60))
    assert count_paths(random_pass(layers, 2), Weight("h0.W", (0, 0))) == 3**59


def test_dead_units_keep_their_paths_with_value_0() -> None:
    network = NetworkSpec((dense("h", 1, "relu"), dense("o", 2)))
    values = {"h.W": [[1, 1]], "h.b": [-9], "o.W": [[2], [3]], "o.b": [0, 0]}
    found = paths(differentiate(network, chosen("squared_error"), values, [[1, 1]], [[5, 5]]), Weight("h.W", (0, 0)))
    assert [path.value for path in found.paths] == [0, 0]
    assert found.count == 2


SHARED = (
    dense("h", 2, "tanh"), LayerSpec("h2", shares="h", inputs=("h",)), LayerSpec("s", "add", ("x", "h", "h2")),
    dense("o", 2, "softmax", inputs=("s",)),
)  # fmt: skip


def test_a_shared_weight_has_one_term_for_each_use() -> None:
    passed = random_pass(SHARED, 2, n=3)
    weight = Weight("h.W", (1, 0))
    found = [terms(passed, weight, sample) for sample in range(3)]
    assert [{term.node for term in each} for each in found] == [{"h", "h2"}] * 3
    total = sum(term.value for each in found for term in each)
    assert total == pytest.approx(passed.gradient(weight), rel=ROUNDING)


@pytest.mark.parametrize("entry", [(0, 0), (1, 1)])
def test_paths_through_skips_and_both_uses_sum_to_the_gradient(entry: tuple[int, int]) -> None:
    passed = random_pass(SHARED, 2, n=3)
    found = [paths(passed, Weight("h.W", entry), sample, most=100) for sample in range(3)]
    # Directly over the skip, or over each unit of the second use; softmax doubles all. The second use: directly.
    assert [each.count for each in found] == [2 * 2 * (1 + 2) + 2 * 2] * 3
    total = sum(path.value for each in found for path in each.paths)
    assert total == pytest.approx(passed.gradient(Weight("h.W", entry)), rel=ROUNDING)


def test_a_bias_has_no_input_factor(example_document_json: dict[str, Any]) -> None:
    found = paths(pass_of(example_document_json), Weight("h.b", (1,)))
    assert [factor.role for factor in found.paths[0].factors] == ["loss", "slope", "weight", "slope"]


def test_a_number_that_is_not_there_is_refused(example_document_json: dict[str, Any]) -> None:
    passed = pass_of(example_document_json)
    with pytest.raises(SpecError, match=r"Expected a trainable parameter among h.W, h.b, o.W, o.b. Received: 'h.V'"):
        paths(passed, Weight("h.V", (0, 0)))
    with pytest.raises(ShapeError, match=r"Expected a place in shape \[2, 2\]. Received: \[2, 0\]"):
        terms(passed, Weight("h.W", (2, 0)))
    with pytest.raises(SpecError, match="Expected an example between 0 and 0. Received: 1"):
        paths(passed, Weight("h.W", (0, 0)), sample=1)


def test_paths_of_several_outputs_begin_at_each_with_its_weight() -> None:
    layers = (dense("h", 2, "tanh"), dense("p", 1, "sigmoid", inputs=("h",)), dense("q", 1, inputs=("h",)))
    network = NetworkSpec(layers, outputs=("p", "q"))
    objective = {"p": OutputLoss(chosen("binary_cross_entropy"), 0.3), "q": OutputLoss(chosen("squared_error"), 2.0)}
    dice = np.random.default_rng(8)
    values = {each.name: dice.normal(size=each.shape) for each in parameters(network)}
    rows, targets = dice.normal(size=(4, 2)), np.column_stack([[0, 1, 1, 0], dice.normal(size=4)])
    passed, weight = differentiate(network, objective, values, rows, targets), Weight("h.W", (1, 0))
    found = [paths(passed, weight, sample) for sample in range(4)]
    assert {path.factors[0].node for path in found[0].paths} == {"p", "q"}
    total = sum(path.value for each in found for path in each.paths)
    assert total == pytest.approx(passed.gradient(weight), rel=ROUNDING)
    ends = slope_picture(passed, weight, reach=1e-5, points=2).losses
    assert total == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-7)


@pytest.mark.parametrize("size", [1e160, 1e308, float("inf"), float("nan")])
def test_a_diverged_network_is_told_without_an_error(size: float) -> None:
    network = NetworkSpec((dense("h", 2, "relu"), dense("g", 2), dense("o", 2)))
    values = {each.name: np.full(each.shape, size) for each in parameters(network)}
    passed = differentiate(network, chosen("squared_error"), values, [[1, -1]] * 2, np.zeros((2, 2)))
    weight = Weight("h.W", (0, 0))
    assert paths(passed, weight, 1).count == 4
    assert len(terms(passed, weight)) == 1
    assert derive(passed, weight).symbols
    assert not np.isfinite(slope_picture(passed, weight, points=3).loss)
    assert not np.isfinite(passed.gradient(Weight("o.b", (0,))))


OPTIMIZERS = [{"kind": "sgd"}, {"kind": "nesterov", "form": "look_ahead", "lr": 0.3}, {"kind": "adam"}]


@pytest.mark.parametrize("optimizer", OPTIMIZERS, ids=lambda each: each["kind"])
def test_a_recorded_step_is_taken_apart_where_its_gradient_was_taken(optimizer: dict[str, Any]) -> None:
    layers = [
        {"id": "h", "kind": "dense", "units": 4, "activation": "tanh"},
        {"id": "d", "kind": "dropout", "rate": 0.5},
        {"id": "o", "kind": "dense", "units": 1, "activation": "sigmoid"},
    ]
    json = {
        "format": "dlviz", "version": 1, "seed": 3, "dtype": "float64", "data": {"kind": "xor"},
        "network": {"layers": layers}, "training": {"optimizer": optimizer, "batch_size": 3},
    }  # fmt: skip
    document = document_from_json(json)
    trainer = trainer_of(document)
    trainer.run(17, np.zeros(17))
    trace = trainer.record()
    passed = differentiate_trace(document.network, document.training.objective, trace, document.seed)
    for name, gradient in passed.gradients.items():
        recorded = trace.value(gradient_slot(name), len(trace.steps))
        np.testing.assert_allclose(gradient, recorded, rtol=1e-12, atol=1e-15)


PENALISED = NetworkSpec(
    (
        dense("h", 3, "tanh", regularizer=chosen("elastic_net")), LayerSpec("h2", shares="h"),
        dense("o", 1, regularizer=chosen("l2")),
    ),
    (InputSpec("x", (3,)),),
)  # fmt: skip


@pytest.mark.parametrize("weight", [Weight("h.W", (1, 2)), Weight("o.W", (0, 1)), Weight("h.b", (1,))])
def test_a_penalty_stands_beside_the_examples(weight: Weight) -> None:
    dice = np.random.default_rng(0)
    values = {each.name: dice.normal(size=each.shape) for each in parameters(PENALISED)}
    rows = dice.normal(size=(5, 3)), dice.normal(size=(5, 1))
    passed = differentiate(PENALISED, chosen("squared_error"), values, *rows)
    found, value = shares(passed, weight), values[weight.name][weight.entry]
    assert found.shares.sum() + found.penalty == pytest.approx(passed.gradient(weight), rel=ROUNDING)
    ends = slope_picture(passed, weight, reach=1e-5, points=2).losses
    assert passed.gradient(weight) == pytest.approx((ends[1] - ends[0]) / 2e-5, rel=1e-6)
    has_penalty = weight.name.endswith(".W")
    assert np.sign(found.penalty) == (np.sign(value) if has_penalty else 0)
    letter = {"h.W": "w¹₂₃", "o.W": "w²₁₂"}.get(weight.name, "")
    assert derive(passed, weight).symbols.endswith(f" + ∂R/∂{letter}") == has_penalty
