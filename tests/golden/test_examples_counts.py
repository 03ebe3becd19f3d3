"""Worked examples that count parameters and updates."""

import pytest

from dlviz.core.inference import parameters
from dlviz.core.network import InputSpec, NetworkSpec, dense
from dlviz.session.batches import last_batch_size, n_batches
from tests.golden.example import Example


def counts(sizes: list[int]) -> list[tuple[int, int]]:
    """Return for every layer of a dense network how many weights and how many biases it has."""
    layers = tuple(dense(f"h{number}", units) for number, units in enumerate(sizes[1:], 1))
    found = {each.name: each.size for each in parameters(NetworkSpec(layers, (InputSpec("x", (sizes[0],)),)))}
    return [(found[f"{layer.id}.W"], found[f"{layer.id}.b"]) for layer in layers]


def total(sizes: list[int]) -> int:
    return sum(weights + biases for weights, biases in counts(sizes))


@pytest.mark.example("EX-25", "count")
def test_parameters_of_the_smallest_and_largest_network_searched(example: Example) -> None:
    example.check("params_784_200_100_50_10", total([784, 200, 100, 50, 10]))
    example.check("params_784_400_200_100_10", total([784, 400, 200, 100, 10]))


@pytest.mark.example("EX-28", "count")
def test_parameters_of_the_drawn_networks(example: Example) -> None:
    for name, sizes in (("arch_4_4_3_2_1", [4, 4, 3, 2, 1]), ("arch_5_4_3_2_1", [5, 4, 3, 2, 1])):
        example.check(f"{name}/per_layer", [weights + biases for weights, biases in counts(sizes)])
        example.check(f"{name}/total", total(sizes))
    example.check("arch_5_4_3_2_1/weights_only", [weights for weights, _ in counts([5, 4, 3, 2, 1])])


@pytest.mark.example("EX-32", "count")
def test_updates_of_the_three_modes(example: Example) -> None:
    n, epochs, size = example.inputs["n"], example.inputs["epochs"], example.inputs["batch"]
    example.check("batch_updates", epochs * n_batches(n, n))
    example.check("sgd_updates", epochs * n_batches(n, 1))
    example.check("minibatch_updates", epochs * n_batches(n, size))
    example.check("minibatches_per_epoch", n_batches(n, size))
    example.check("last_batch_size", last_batch_size(n, size))


@pytest.mark.example("EX-64", "count")
def test_batches_of_five_million_rows(example: Example) -> None:
    example.check("batches", n_batches(example.inputs["m"], example.inputs["batch"]))
